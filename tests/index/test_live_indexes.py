"""How an index is kept: always at the state of who asks, made in the background, within its bounds."""

import asyncio
import queue
import weakref
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from leadline.app import App
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.leads import LEADS
from leadline.index import (
    background_search,
    builder,
    follow_throttle,
    live_indexes,
    recent_operations,
    replica,
    undecided,
)
from leadline.index.kind_index import KindIndex
from leadline.index.replica import IndexReplica, Pause
from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.records.body import read_new
from leadline.records.filters import Predicate
from tests.cast import Desk, Place, desk_on
from tests.index.desks import ask, count, is_told, wait_for_index, worker


@pytest.fixture
def awaited(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Where the log was each time that readers had to wait for an index to catch up."""
    go_on, places = IndexReplica._follow_to, []

    async def note(replica: IndexReplica, tx: Transaction, place: feed.LogPosition, pause: Pause) -> int:
        places.append(place.seq)
        return await go_on(replica, tx, place, pause)

    monkeypatch.setattr(IndexReplica, "_follow_to", note)
    return places


def make(desk: Desk, leads: int, name: str = "Lee") -> None:
    """Leads of one company, in one transaction; `name` takes their numbers."""

    async def write(tx: Transaction) -> None:
        for number in range(leads):
            body = {"lastName": name.format(number), "email": f"lee{number}@startup.example", "company": "Startup IO"}
            await desk.app.records.create(tx, desk.acme.system, LEADS, read_new(LEADS, body))

    desk.run(desk.app.database.write(write))


def test_every_worker_knows_what_any_of_them_wrote(desk: Desk) -> None:
    with worker(desk) as other:
        desk.lead(company="Startup IO")
        for app in (desk.app, other):
            wait_for_index(desk, LEADS, app)
        changed = desk.lead(company="Startup IO")
        desk.team.patch(f"/api/leads/{changed['id']}/", {"company": "Umbrella"})
        for app in (desk.app, other):
            assert is_told(desk, app, LEADS)
            assert count(desk, app, "search=startup io") == 1
            assert count(desk, app, "search=um") == 1


def test_a_reader_of_an_older_state_is_told_that_state(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO")
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app, "search=startup io") == 1

    async def read_around_writes() -> list[int]:
        async with desk.app.database.snapshot() as before:
            counts = [await found(before, "umb"), await found(before, "um"), await found(before, "startup io")]
            await desk.app.database.write(change)
            now = [await desk.app.database.read(partial(found, text=text)) for text in ("umb", "um")]
            return [
                *counts,
                *now,
                await found(before, "umb"),
                await found(before, "um"),
                await found(before, "startup io"),
            ]

    async def found(tx: Transaction, text: str) -> int:
        told = await ask(desk.app, tx, 1, LEADS, Predicate(search=text), lambda _, chosen: len(chosen))
        assert told is not None
        return int(told)

    async def change(tx: Transaction) -> None:
        body = read_new(LEADS, {"lastName": "Lee", "email": "lee@umbrella.example", "company": "Umbrella"})
        await desk.app.records.create(tx, desk.acme.system, LEADS, body)
        await desk.app.records.delete(tx, desk.acme.system, LEADS, lead["id"])

    assert desk.run(read_around_writes()) == [0, 0, 1, 1, 1, 0, 0, 1]


def test_a_reader_of_a_state_that_is_forgotten_is_told_by_the_tables(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent_operations, "MAX_OPERATIONS", 3)
    desk.lead()
    wait_for_index(desk, LEADS)

    async def read_long_after() -> tuple[Any, Any]:
        async with desk.app.database.snapshot() as before:
            asked = before, 1, LEADS, Predicate(), lambda _, chosen: len(chosen)
            known = await ask(desk.app, *asked)
            for _ in range(5):
                await desk.app.database.write(create)
                await desk.app.database.read(lambda tx: ask(desk.app, tx, *asked[1:]))
            return known, await ask(desk.app, *asked)

    async def create(tx: Transaction) -> None:
        await desk.app.records.create(
            tx, desk.acme.system, LEADS, read_new(LEADS, {"lastName": "Lee", "email": "lee@startup.example"})
        )

    assert desk.run(read_long_after()) == (1, None)
    assert count(desk, desk.app) == 6


def test_an_index_that_is_very_far_behind_is_made_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, made: list[str]
) -> None:
    for module in (builder, replica):
        monkeypatch.setattr(module, "REBUILD_LAG_OPERATIONS", 10)
    with worker(desk) as other:
        desk.lead()
        wait_for_index(desk, LEADS, other)
        make(desk, 100)
        made.clear()
        assert not is_told(desk, other, LEADS)
        assert count(desk, other) == 101
        wait_for_index(desk, LEADS, other)
        assert count(desk, other, "search=startup io") == 100
        assert made == ["lead"]


def test_all_who_ask_after_many_operations_wait_for_one_reader(desk: Desk, awaited: list[int]) -> None:
    async def ask_at_once(app: App, times: int) -> list[Any]:
        asked = (desk.acme.workspace.number, LEADS, Predicate(), lambda _, chosen: len(chosen))
        reads = [app.database.read(lambda tx: ask(app, tx, *asked)) for _ in range(times)]
        return await asyncio.gather(*reads)

    with worker(desk) as other:
        desk.lead()
        wait_for_index(desk, LEADS, other)
        make(desk, undecided.MAX_INLINE_RECORDS + 10)
        awaited.clear()
        assert desk.run(ask_at_once(other, 30)) == [undecided.MAX_INLINE_RECORDS + 11] * 30
        assert len(awaited) == 1


def test_a_list_after_many_operations_is_answered_however_many_searches_wait(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_search, "MAX_QUEUED_JOBS", 0)
    desk.lead()
    wait_for_index(desk, LEADS)
    make(desk, undecided.MAX_INLINE_RECORDS + 10)
    assert count(desk, desk.app) == undecided.MAX_INLINE_RECORDS + 11


def test_an_index_that_is_in_use_follows_what_its_process_writes(desk: Desk, awaited: list[int]) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    awaited.clear()
    for _ in range(2 * undecided.MAX_INLINE_RECORDS):
        desk.lead()
        desk.clock.passed += follow_throttle.FOLLOW_SECONDS
    assert count(desk, desk.app) == 2 * undecided.MAX_INLINE_RECORDS + 1
    assert not awaited


@pytest.mark.parametrize(
    ("before", "between"), [(2 * live_indexes.IDLE_SECONDS, follow_throttle.FOLLOW_SECONDS), (0, 0)]
)
def test_one_that_is_not_in_use_or_could_not_keep_pace_waits_until_it_is_asked(
    desk: Desk, awaited: list[int], before: float, between: float
) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    awaited.clear()
    desk.clock.passed += before
    for _ in range(2 * undecided.MAX_INLINE_RECORDS):
        desk.lead()
        desk.clock.passed += between
    assert not awaited
    assert count(desk, desk.app) == 2 * undecided.MAX_INLINE_RECORDS + 1
    assert len(awaited) == 1


def test_one_that_breaks_while_it_follows_is_made_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    desk.clock.passed += follow_throttle.FOLLOW_SECONDS
    with monkeypatch.context() as patched:
        patched.setattr(KindIndex, "add_records", lambda *_: 1 / 0)
        for _ in range(follow_throttle.FOLLOW_AFTER_WRITES):
            desk.lead()
        desk.run(asyncio.sleep(0.01))
    assert "broken" in caplog.text
    desk.clock.passed += 2 * live_indexes.RETRY_AFTER_SECONDS
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app) == follow_throttle.FOLLOW_AFTER_WRITES + 1


def test_data_that_went_on_otherwise_for_long_are_told_as_they_are(desk: Desk) -> None:
    """As if an older backup had been put in place, and written to."""

    async def forge(tx: Transaction) -> None:
        await tx.execute(
            "UPDATE operations SET id = ? WHERE workspace = ?", ("op_another", desk.acme.workspace.number)
        )

    desk.lead()
    wait_for_index(desk, LEADS)
    desk.run(desk.app.database.write(forge))
    make(desk, undecided.MAX_INLINE_RECORDS + 10)
    assert count(desk, desk.app) == undecided.MAX_INLINE_RECORDS + 11
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app, "search=startup io") == undecided.MAX_INLINE_RECORDS + 10


def test_what_one_operation_did_to_many_is_no_less(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "MAX_INLINE_CHANGES", 10)
    account = desk.account()
    contacts = [desk.contact(accountId=account["id"]) for _ in range(20)]
    wait_for_index(desk, ACCOUNTS)
    assert desk.team.delete(f"/api/accounts/{account['id']}/").status_code == 204
    assert is_told(desk, desk.app, ACCOUNTS), "to the accounts it was one change"
    assert count(desk, desk.app, "accountId[null]=true", "contacts") == len(contacts)


def test_an_index_is_made_while_others_write(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "CHUNK_ROWS", 1)
    make(desk, 100)
    assert count(desk, desk.app) == 100
    for number in range(20):
        desk.lead(company="Umbrella")
        assert count(desk, desk.app, "search=umbrella") == number + 1
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app) == 120
    assert count(desk, desk.app, "search=um") == 20


def test_who_was_not_asked_for_longest_gives_way(desk: Desk) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    desk.app.live._max_bytes = desk.app.live._used_bytes() + 1_000
    assert desk.stranger.get("/api/leads/").json()["count"] == 0
    wait_until_idle(desk)
    assert not desk.app.live.is_ready(desk.zoes.workspace.number, LEADS), "Acme is at work"
    desk.clock.passed += 2 * live_indexes.IDLE_SECONDS
    assert desk.stranger.get("/api/leads/?limit=1").json()["count"] == 0
    wait_until_idle(desk)
    assert desk.app.live.is_ready(desk.zoes.workspace.number, LEADS)
    assert not desk.app.live.is_ready(desk.acme.workspace.number, LEADS)
    assert count(desk, desk.app) == 1


def wait_until_idle(desk: Desk) -> None:
    while desk.app.live._making:
        desk.run(asyncio.sleep(0.01))


def test_one_that_takes_too_much_room_is_let_go(desk: Desk) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    desk.app.live._max_bytes = 1
    desk.app.live._maintain_all()
    assert not is_told(desk, desk.app, LEADS)
    assert count(desk, desk.app) == 1


def test_the_room_of_one_that_was_made_anew_is_given_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    key = desk.acme.workspace.number, LEADS.name
    before = weakref.ref(desk.app.live._replicas[key])
    gone = queue.SimpleQueue[bool]()
    monkeypatch.setattr(live_indexes, "return_freed_memory", lambda: gone.put(before() is None))
    desk.app.live._start_making(key)
    assert gone.get(timeout=10)
    assert is_told(desk, desk.app, LEADS)


def test_an_index_that_breaks_is_made_anew(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    with monkeypatch.context() as patched:
        patched.setattr(KindIndex, "change_record", lambda *_: 1 / 0)
        desk.lead()
        assert count(desk, desk.app) == 2
    assert "broken" in caplog.text
    assert not desk.app.live.is_ready(1, LEADS)
    desk.clock.passed += 2 * live_indexes.RETRY_AFTER_SECONDS
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app) == 2


def test_without_room_there_is_no_index(place: Place, tmp_path: Path) -> None:
    with desk_on(place, tmp_path / "data", index_mib=0) as desk:
        desk.lead()
        assert count(desk, desk.app) == 1
        assert not is_told(desk, desk.app, LEADS)


def test_names_that_crowd_together_are_spread(desk: Desk) -> None:
    """So that a page among them stays one of a few hundred records, not of thousands."""
    make(desk, 1_100, "Lee {:04}")
    wait_for_index(desk, LEADS)
    for hundred in range(4):
        make(desk, 400, f"Lee 0000 {hundred}{{:03}}")
        assert is_told(desk, desk.app, LEADS)
    index = desk.app.live._replicas[1, "lead"]
    assert index.is_overfull()
    desk.app.live._maintain_all()
    assert not index.is_overfull()
    listed = desk.team.get("/api/leads/?sort=lastName&offset=800&limit=3").json()
    assert (listed["count"], [lead["lastName"] for lead in listed["results"]]) == (
        2_700,
        ["Lee 0000 1399", "Lee 0000 2000", "Lee 0000 2001"],
    )


def test_what_an_index_cannot_tell_is_looked_up_or_left_to_the_tables(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 1)
    lead = desk.lead(email="Dana@startup.example", notes="Met at SaaStr", company="Startup IO")
    desk.lead(company="Umbrella")
    wait_for_index(desk, LEADS)
    for query in ("email=dana@startup.example", "search=startup io", "email[in]=dana@startup.example&search=up i"):
        assert is_told(desk, desk.app, LEADS, query)
        assert count(desk, desk.app, query) == 1
    for query, is_within in (("notes[contains]=saastr", False), ("notes[contains]=saastr&search=startup io", True)):
        assert is_told(desk, desk.app, LEADS, query) is is_within  # with what the search leaves, few are undecided
        assert count(desk, desk.app, query) == 1
    assert desk.team.delete(f"/api/leads/{lead['id']}/").status_code == 204
    assert count(desk, desk.app, "email=dana@startup.example") == 0
