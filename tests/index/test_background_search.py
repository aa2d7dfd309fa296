"""Searches for words that many records have: learnt in the background, and known from then on."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx2
import pytest

from leadline.crm.leads import LEADS
from leadline.index import background_search, builder, recent_operations, record_search, replica, undecided
from leadline.index.background_search import BackgroundSearch
from leadline.index.builder import Snapshots
from leadline.kit.db import DatabaseError, retry
from leadline.records import store
from tests.cast import BASE_URL, Desk, Place, desk_on
from tests.index.desks import count, wait_for_index, worker

COMMON = "search=Dana Lee"
"""What all leads have, and no index knows for certain: it is two fields."""


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two records are too many to be looked at in a request, and three in one go."""
    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 1)
    monkeypatch.setattr(record_search, "CHUNK_RECORDS", 2)


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The terms that were learnt, one after the other."""
    terms: list[str] = []

    async def noted(snapshot: Any, of: replica.IndexReplica, term: str) -> None:
        terms.append(term)
        await record_search.search_records(snapshot, of, term)

    monkeypatch.setattr(background_search, "search_records", noted)
    return terms


class Held:
    """Searches that go on once they are let go."""

    def __init__(self) -> None:
        self._go = asyncio.Event()
        self._under_way = 0

    async def search_records(self, *asked: Any) -> None:
        self._under_way += 1
        await self._go.wait()
        await record_search.search_records(*asked)

    async def wait(self, searches: int) -> None:
        while self._under_way < searches:  # noqa: ASYNC110  (they run in another thread)
            await asyncio.sleep(0.001)

    def let_go(self, desk: Desk) -> None:
        learner_of(desk)._loop.call_soon_threadsafe(self._go.set)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held = Held()
    monkeypatch.setattr(background_search, "search_records", held.search_records)
    return held


def learner_of(desk: Desk) -> BackgroundSearch:
    return desk.app.live._background_search


def make(desk: Desk, leads: int, **fields: str) -> None:
    for _ in range(leads):
        desk.lead(**fields)
    wait_for_index(desk, LEADS)


async def nothing() -> None:
    pass


def ask(desk: Desk, *queries: str, meanwhile: Callable[[], Awaitable[None]] = nothing) -> list[httpx2.Response]:
    """The answers to what is asked at once, while something else is done."""

    async def asked() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=desk.app.http_app(), raise_app_exceptions=True)
        headers = {"Authorization": f"Bearer {desk.acme.key}"}
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers) as client:
            under_way = [asyncio.ensure_future(client.get(f"/api/leads/?{query}")) for query in queries]
            await meanwhile()
            return await asyncio.gather(*under_way)

    answers: list[httpx2.Response] = desk.run(asked())
    return answers


def test_a_word_is_learnt_once_for_all_who_ask(desk: Desk, learnt: list[str]) -> None:
    make(desk, 5)
    desk.lead(lastName="Byron")
    answers = ask(desk, *[COMMON] * 20)
    assert [answer.json()["count"] for answer in answers] == [5] * 20
    assert count(desk, desk.app, f"{COMMON}&limit=2") == 5
    assert learnt == ["dana lee"]


def test_what_takes_too_long_is_told_so_and_answered_later(
    desk: Desk, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(desk, 5)
    with monkeypatch.context() as hasty:
        hasty.setattr(retry, "MAX_SECONDS", 0.05)
        refused = desk.team.get(f"/api/leads/?{COMMON}")
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "unavailable", "2")
    assert refused.json()["detail"].startswith("The search is under way")

    held.let_go(desk)
    assert count(desk, desk.app, COMMON) == 5


def test_what_is_learnt_follows_the_log(desk: Desk, learnt: list[str]) -> None:
    make(desk, 3)
    assert count(desk, desk.app, COMMON) == 3
    lead = desk.lead()
    assert count(desk, desk.app, COMMON) == 4
    desk.team.patch(f"/api/leads/{lead['id']}/", {"lastName": "Byron"})
    assert count(desk, desk.app, COMMON) == 3
    assert learnt == ["dana lee"]


def test_what_is_learnt_is_not_lost_beyond_the_trail(
    desk: Desk, learnt: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_operations, "MAX_OPERATIONS", 2)
    make(desk, 3)
    assert count(desk, desk.app, COMMON) == 3
    monkeypatch.setattr(record_search, "RECORDS_PER_OPERATION", 0.1)
    monkeypatch.setattr(record_search._RecordSearch, "search_anew", None)
    for number in range(4):
        desk.lead()
        assert count(desk, desk.app) == 4 + number
    assert count(desk, desk.app, COMMON) == 7
    assert learnt == ["dana lee"] * 2


def test_what_is_learnt_is_not_lost_with_an_index_that_fell_far_behind(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with worker(desk) as other:
        make(desk, 3)
        wait_for_index(desk, LEADS, other)
        assert count(desk, other, COMMON) == 3
        for module in (builder, replica):
            monkeypatch.setattr(module, "REBUILD_LAG_OPERATIONS", 0)
        monkeypatch.setattr(record_search, "RECORDS_PER_OPERATION", 0.1)
        monkeypatch.setattr(record_search._RecordSearch, "search_anew", None)
        make(desk, 4)
        assert count(desk, other) == 7
        wait_for_index(desk, LEADS, other)
        assert count(desk, other, COMMON) == 7


def test_what_was_found_long_ago_is_searched_for_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_operations, "MAX_OPERATIONS", 2)
    anew, searches = record_search._RecordSearch.search_anew, []

    async def noted(*asked: Any) -> Any:
        searches.append(asked)
        return await anew(*asked)

    monkeypatch.setattr(record_search._RecordSearch, "search_anew", noted)
    make(desk, 3)
    assert count(desk, desk.app, COMMON) == 3
    for number in range(4):
        desk.lead()
        assert count(desk, desk.app) == 4 + number
    assert count(desk, desk.app, COMMON) == 7
    assert len(searches) == 2


def test_what_is_written_meanwhile_is_found(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where the trail is too short for all of it."""
    monkeypatch.setattr(recent_operations, "MAX_OPERATIONS", 1)
    monkeypatch.setattr(record_search, "NEAR_END_OPERATIONS", 0)
    make(desk, 3)
    having, writes = record_search._RecordSearch._filter_by_term, iter(range(3))

    async def while_others_write(*asked: Any) -> Any:
        if next(writes, None) is not None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(write_twice(), desk.loop))
        return await having(*asked)

    async def write_twice() -> None:
        for _ in range(2):
            body = {"firstName": "Dana", "lastName": "Lee", "email": "lee@startup.example"}
            await desk.team._client.post("/api/leads/", json=body, headers=desk.team._headers)

    monkeypatch.setattr(record_search._RecordSearch, "_filter_by_term", while_others_write)
    assert count(desk, desk.app, COMMON) == 9


def test_few_records_that_other_filters_leave_are_looked_at_at_once(desk: Desk, learnt: list[str]) -> None:
    make(desk, 5)
    desk.lead(status="qualified")
    for query, found in (("status=qualified", 1), ("status[ne]=new", 1), ("status=qualified&firstName[eq]=Ben", 0)):
        assert count(desk, desk.app, f"{COMMON}&{query}") == found
    assert learnt == []
    assert count(desk, desk.app, f"{COMMON}&status=new") == 5
    assert learnt == ["dana lee"]


def test_what_was_looked_at_beside_other_filters_is_not_looked_at_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 100)
    with_text, looked_at = store.with_text, []

    async def noted(tx: Any, kind: Any, workspace: int, nos: Sequence[int], text: str) -> list[int]:
        found = await with_text(tx, kind, workspace, nos, text)
        looked_at.append(len(nos))  # once it was: a read may be run again
        return found

    make(desk, 5)
    lead = desk.lead(status="qualified")
    monkeypatch.setattr(store, "with_text", noted)
    assert count(desk, desk.app, f"{COMMON}&status=new") == 5
    new = desk.lead()
    assert count(desk, desk.app, f"{COMMON}&status=new") == 6
    assert count(desk, desk.app, f"{COMMON}&status=qualified") == 1
    assert looked_at == [5, 1, 1]
    desk.team.patch(f"/api/leads/{lead['id']}/", {"status": "new"})
    desk.team.patch(f"/api/leads/{new['id']}/", {"lastName": "Byron"})
    assert count(desk, desk.app, f"{COMMON}&status=new") == 6
    assert count(desk, desk.app, f"{COMMON}&status[ne]=lost&leadScore[null]=true") == 6
    assert desk.team.delete(f"/api/leads/{lead['id']}/").status_code == 204
    assert count(desk, desk.app, f"{COMMON}&status=new") == 5
    assert sum(looked_at) <= 9


def test_a_name_that_many_share_is_looked_for_in_none_of_them(
    desk: Desk, learnt: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(desk, 3, company="Startup IO")
    desk.lead(company="Stark Industries")
    monkeypatch.setattr(store, "with_text", None)
    assert count(desk, desk.app, "search=tartup io") == 3
    assert learnt == ["tartup io"]


def test_too_many_at_once_are_refused(desk: Desk, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background_search, "MAX_QUEUED_JOBS", 3)
    make(desk, 3)
    words = ["dana lee", "ana lee", "na lee", "dana le"]

    async def meanwhile() -> None:
        await held.wait(2)
        held.let_go(desk)

    statuses = sorted(a.status_code for a in ask(desk, *(f"search={word}" for word in words), meanwhile=meanwhile))
    assert statuses == [200, 200, 200, 503]


def test_a_search_that_fails_is_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: Any) -> None:
        raise DatabaseError("the disk is gone")

    make(desk, 3)
    with monkeypatch.context() as failing:
        failing.setattr(background_search, "search_records", fail)
        assert desk.team.get(f"/api/leads/?{COMMON}").status_code == 503
    assert "the disk is gone" in caplog.text
    assert "dana lee" not in caplog.text.lower(), "nobody's words are logged"
    assert count(desk, desk.app, COMMON) == 3


def test_the_end_does_not_wait_for_searches(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def search_for_an_hour(snapshot: Snapshots, *_: Any) -> None:
        async with snapshot(1) as tx:
            if tx.dialect.name == "postgres":
                await tx.fetch_one("SELECT pg_sleep(3600)")
            await asyncio.sleep(3600)

    monkeypatch.setattr(background_search, "search_records", search_for_an_hour)
    monkeypatch.setattr(retry, "MAX_SECONDS", 0.05)
    with desk_on(place, tmp_path / "data") as desk:
        make(desk, 3)
        assert desk.team.get(f"/api/leads/?{COMMON}").status_code == 503
