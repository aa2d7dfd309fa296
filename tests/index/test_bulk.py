"""Bulk writing beside lists: the index stays, and follows in the background."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from leadline.app import App
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.index import background_search, builder, live_indexes, replica
from leadline.index.builder import IndexBuilder
from leadline.index.replica import IndexReplica
from leadline.kit.db import DatabaseError, Transaction
from leadline.kit.db.retry import RetryWhenDone
from leadline.records.body import read_new
from leadline.records.filters import Predicate
from tests.cast import Desk
from tests.index.desks import ask, count, is_told, wait_for_index, worker
from tests.waiting import until


@pytest.fixture
def other(desk: Desk) -> Iterator[App]:
    """A worker that is told of no write, and has the index."""
    desk.lead(company="Umbrella")
    with worker(desk) as app:
        wait_for_index(desk, LEADS, app)
        yield app


async def load(desk: Desk, leads: int, company: str = "Startup IO") -> None:
    """As many by one operation."""

    async def write(tx: Transaction) -> None:
        bodies = (
            {"lastName": f"Lee {n}", "email": f"lee{n}@startup.example", "company": company} for n in range(leads)
        )
        drafts = [read_new(LEADS, body) for body in bodies]
        await desk.app.records.create_many(tx, desk.acme.system, LEADS, drafts)

    await desk.app.database.write(write)


def test_thousands_by_one_operation_leave_the_index_in_place(
    desk: Desk, other: App, made: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    made.clear()
    desk.run(load(desk, 4_000))
    assert is_told(desk, other, LEADS)
    assert count(desk, other, "search=startup io") == 4_000
    for _ in range(2):
        desk.run(load(desk, 600))
    assert is_told(desk, other, LEADS)
    assert count(desk, other, "sort=lastName&status=new") == 5_201
    assert not made
    assert not caplog.text


def test_an_index_that_was_behind_follows_by_itself_until_all_is_quiet(
    desk: Desk, other: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background_search, "MAX_QUIET_ROUNDS", 3)
    replica = other.live._replicas[desk.acme.workspace.number, LEADS.name]
    following = (replica.workspace, "lead", None)
    desk.run(load(desk, 600))
    assert count(desk, other) == 601
    for more in (10, 600):
        start = replica.at.seq
        desk.run(load(desk, more))
        until(partial(lambda start: replica.at.seq > start, start))
    until(lambda: following not in other.live._background_search._under_way)
    assert count(desk, other) == 1_211


def test_an_index_that_nobody_asks_for_stops_following(desk: Desk, other: App) -> None:
    desk.run(load(desk, 600))
    assert count(desk, other) == 601
    desk.clock.passed += live_indexes.IDLE_SECONDS + 1
    until(lambda: not other.live._background_search._under_way)


def test_an_account_with_many_contacts_is_deleted_and_the_index_of_contacts_stays(
    desk: Desk, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "MAX_INLINE_CHANGES", 50)
    account = desk.account()

    async def write(tx: Transaction) -> None:
        body = {"lastName": "Lee", "firstName": "Ann", "email": "lee@startup.example", "accountId": account["id"]}
        drafts = [read_new(CONTACTS, body)] * 600
        await desk.app.records.create_many(tx, desk.acme.system, CONTACTS, drafts)

    desk.run(desk.app.database.write(write))
    wait_for_index(desk, CONTACTS)
    made.clear()
    assert desk.team.delete(f"/api/accounts/{account['id']}/").status_code == 204
    assert count(desk, desk.app, "accountId[null]=true", "contacts") == 600
    assert is_told(desk, desk.app, CONTACTS)
    assert not made


def test_one_operation_after_the_other_never_takes_the_index_away(
    desk: Desk, other: App, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "MAX_INLINE_CHANGES", 100)
    made.clear()

    async def write_and_ask() -> list[Any]:
        is_over = False

        async def write() -> None:
            nonlocal is_over
            for _ in range(40):
                await load(desk, 50)
            is_over = True

        async def read() -> list[Any]:
            told = []
            while not is_over:
                told.append(
                    await other.database.read(
                        lambda tx: ask(other, tx, number, LEADS, Predicate(), lambda _, chosen: len(chosen))
                    )
                )
                await asyncio.sleep(0)
            return told

        told: list[Any]
        _, told = await asyncio.gather(write(), read())
        return told

    number = desk.acme.workspace.number
    told = desk.run(write_and_ask())
    assert told
    assert None not in told
    assert told == sorted(told)
    assert count(desk, other) == 2_001
    assert not made


def test_an_index_is_made_beside_an_operation_that_does_much(
    desk: Desk, made: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Which comes between its last look at the log, and that for what is to be tidied."""
    tidy = IndexBuilder._rebalance_index

    async def tidy_after(made: IndexBuilder, of: IndexReplica) -> None:
        loaded = asyncio.run_coroutine_threadsafe(load(desk, 700), desk.loop)
        await asyncio.wrap_future(loaded)
        await tidy(made, of)

    desk.lead()
    monkeypatch.setattr(IndexBuilder, "_rebalance_index", tidy_after)
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app) >= 701
    assert made == ["lead"]
    assert "cannot be made" not in caplog.text


def test_who_waits_long_is_answered_by_the_tables_until_the_index_is_there_again(
    desk: Desk, other: App, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = IndexReplica._follow_to

    async def held(*asked: Any) -> int:
        while not may_go_on:  # noqa: ASYNC110  (it runs in another thread)
            await asyncio.sleep(0.001)
        return await go_on(*asked)

    monkeypatch.setattr(IndexReplica, "_follow_to", held)
    monkeypatch.setattr(live_indexes, "WAIT_SECONDS", 0.01)
    may_go_on: list[bool] = []
    made.clear()
    desk.run(load(desk, 600))

    desk.run(other.database.read(lambda tx: ask_and_give_up(desk, other, tx)))
    desk.clock.passed += 1
    assert not is_told(desk, other, LEADS)
    assert count(desk, other) == 601
    may_go_on.append(True)
    wait_for_index(desk, LEADS, other)
    assert count(desk, other, "search=startup io") == 600
    assert not made


async def ask_and_give_up(desk: Desk, app: App, tx: Transaction) -> None:
    """As who waits does, to ask again."""
    with pytest.raises(RetryWhenDone):
        await ask(app, tx, desk.acme.workspace.number, LEADS, Predicate(), lambda *_: True)


def test_a_database_that_is_away_for_a_moment_costs_no_index(
    desk: Desk, other: App, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made.clear()
    desk.run(load(desk, 600))
    desk.run(load(desk, 600, company="Other"))
    with monkeypatch.context() as away:
        take_in = IndexReplica._read_operations
        taken: list[int] = []

        async def fail_later(of: IndexReplica, *asked: Any) -> None:
            if taken:
                raise DatabaseError("the database is away")
            taken.append(1)
            await take_in(of, *asked)

        away.setattr(IndexReplica, "_read_operations", fail_later)
        answer = desk.run(refused(desk, other))
        assert answer == 503
    assert count(desk, other, "search=startup io") == 600
    assert is_told(desk, other, LEADS)
    assert not made


async def refused(desk: Desk, app: App) -> int:
    try:
        await app.database.read(
            lambda tx: ask(app, tx, desk.acme.workspace.number, LEADS, Predicate(), lambda *_: True)
        )
    except DatabaseError:
        return 503
    return 200


def test_one_that_is_left_half_way_is_made_anew(desk: Desk, other: App) -> None:
    """It is in no state that anybody could be told."""
    desk.run(load(desk, 600))
    of = other.live._replicas[desk.acme.workspace.number, LEADS.name]

    async def leave() -> None:
        if len(of._index or ()) > 1:
            raise builder.BuilderStopped

    async def follow() -> None:
        async with other.database.snapshot() as tx:
            with pytest.raises(builder.BuilderStopped):
                await of.follow_log(tx, await builder.read_newest(tx, of.workspace), leave)

    desk.run(follow())
    assert of.is_gone
    assert count(desk, other) == 601
    wait_for_index(desk, LEADS, other)
    assert count(desk, other, "search=startup io") == 600


def test_one_that_is_on_its_way_is_not_handed_on(desk: Desk, other: App) -> None:
    of = other.live._replicas[desk.acme.workspace.number, LEADS.name]
    of._owed = of.at
    assert of.take_index() is None
