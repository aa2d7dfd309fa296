"""Reads from a real standby: whatever happens to it, none is older than what was acknowledged before it began."""

import asyncio
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from leadline.kit.db import DatabaseError, Unavailable
from leadline.kit.db.postgres import PostgresDatabase
from leadline.kit.db.postgres.replica import ReplicatedDatabase
from leadline.kit.db.postgres.wal_positions import WalPosition, WalPositions
from tests.kit.later import Errand
from tests.kit.store import Store, fetch, note, open_notes
from tests.postgres import Cluster, cluster, send_all
from tests.waiting import until

COUNT = fetch("SELECT count(*) FROM notes")
SERVER = fetch("SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END")


class Pair:
    """A primary and its standby."""

    def __init__(self, primary: Cluster, standby: Cluster) -> None:
        self.primary = primary
        self.standby = standby

    def wait_for_the_standby(self) -> None:
        """Until it has all that there is now."""
        reached = self.primary.ask(lambda connection: connection.fetchval("SELECT pg_current_wal_flush_lsn()::text"))
        behind = "SELECT pg_last_wal_replay_lsn() < $1::text::pg_lsn"
        try:
            until(lambda: not self.standby.ask(lambda connection: connection.fetchval(behind, reached)))
        except AssertionError as error:
            error.add_note((self.standby.folder / "log").read_text("utf-8"))
            raise


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with cluster() as primary, cluster(primary=primary) as standby:
        yield Pair(primary, standby)


@contextmanager
def opened(runner: asyncio.Runner, url: str, replica: str) -> Iterator[Store]:
    store = Store(runner, ReplicatedDatabase(url, 6, replica))
    with open_notes(store):
        yield store


@pytest.fixture
def store(pair: Pair, runner: asyncio.Runner) -> Iterator[Store]:
    """A node that reads from the standby."""
    with pair.primary.copy() as name:
        pair.wait_for_the_standby()
        with opened(runner, pair.primary.url(name), pair.standby.url(name)) as store:
            wait_until_used(store)
            yield store


def wait_until_used(store: Store) -> None:
    until(lambda: bool(store.read(SERVER) == "standby"))


def write_and_read(store: Store, times: int) -> None:
    """Each read finds the write before it."""
    before = store.read(COUNT)
    for number in range(1, times + 1):
        store.write(note(f"note {before + number}"))
        assert store.read(COUNT) == before + number


def taken(store: Store, work: Callable[[], None]) -> tuple[int, int]:
    """How many reads the replica answered meanwhile, and how many the primary."""
    before = store.database.read_stats()
    work()
    after = store.database.read_stats()
    return after.replica - before.replica, after.primary - before.primary


def test_the_standby_answers_and_finds_what_was_written_just_before(store: Store) -> None:
    by_replica, by_primary = taken(store, lambda: write_and_read(store, 100))
    assert by_replica + by_primary == 101
    assert by_replica > 0


def test_it_finds_what_another_node_was_told_is_written(pair: Pair, store: Store, runner: asyncio.Runner) -> None:
    name = store.read(fetch("SELECT current_database()::text"))
    other = Store(runner, PostgresDatabase(pair.primary.url(name), 2))
    with open_notes(other):
        for number in range(1, 101):
            other.write(note(f"note {number}"))
            assert store.read(COUNT) == number
    assert taken(store, lambda: wait_until_used(store))[0] > 0


def test_what_the_standby_is_asked_may_wait_for_another_thread(store: Store) -> None:
    async def meet() -> object:
        errand = Errand()
        waiting = asyncio.ensure_future(store.database.read(errand.read(COUNT)))
        await errand.awaited_by(1)
        await store.database.write(note("meanwhile"))
        errand.done.set_result(True)
        return await waiting

    before = store.read(COUNT)
    assert store.wait(meet()) == before + 1


def test_many_readers_share_a_question_to_the_primary(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    questions = 0
    ask = WalPositions._query_primary

    async def count(positions: WalPositions) -> WalPosition:
        nonlocal questions
        questions += 1
        return await ask(positions)

    async def read_together() -> list[Any]:
        return await asyncio.gather(*[store.database.read(COUNT) for _ in range(60)])

    monkeypatch.setattr(WalPositions, "_query_primary", count)
    assert taken(store, lambda: store.wait(read_together()))[0] > 0
    assert 1 <= questions <= 2


def test_while_it_does_not_replay_no_read_is_old_and_it_is_said_once(
    pair: Pair, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    pair.standby.sql("SELECT pg_wal_replay_pause()")
    try:
        with caplog.at_level(logging.WARNING, "leadline"):
            by_replica, by_primary = taken(store, lambda: write_and_read(store, 50))
    finally:
        pair.standby.sql("SELECT pg_wal_replay_resume()")
    assert (by_replica, by_primary) == (1, 50)
    assert [record.message for record in caplog.records] == [
        "The primary answers all reads until the replica can: it is behind, or follows another primary"
    ]
    wait_until_used(store)


def test_readers_and_writers_together_while_it_stops_and_goes_on_replaying(pair: Pair, store: Store) -> None:
    acknowledged = 0
    random = Random(7)

    async def write() -> None:
        nonlocal acknowledged
        for number in range(300):
            await store.database.write(note(f"note {number}"))
            acknowledged = number + 1
            await asyncio.sleep(random.random() * 0.005)

    async def read(writing: "asyncio.Task[None]") -> None:
        while not writing.done():
            known = acknowledged
            found = await store.database.read(COUNT)
            assert known <= found, "a read is older than what was acknowledged before it"

    async def switch(writing: "asyncio.Task[None]") -> None:
        while not writing.done():
            for what in ("pause", "resume"):
                await asyncio.to_thread(pair.standby.sql, f"SELECT pg_wal_replay_{what}()")
                await asyncio.sleep(random.random() * 0.4)

    async def all_at_once() -> None:
        writing = asyncio.create_task(write())
        await asyncio.gather(writing, switch(writing), *(read(writing) for _ in range(8)))

    by_replica, by_primary = taken(store, lambda: store.wait(all_at_once()))
    assert by_replica > 0
    assert by_primary > 0


def test_one_that_is_killed_fails_no_read_and_is_read_from_again_when_it_is_back(pair: Pair, store: Store) -> None:
    async def read_on(times: int) -> None:
        for _ in range(times):
            await asyncio.gather(*[store.database.read(COUNT) for _ in range(6)])

    async def kill_meanwhile() -> None:
        reading = asyncio.create_task(read_on(30))
        await asyncio.sleep(0.02)
        await asyncio.to_thread(pair.standby.kill)
        await reading

    try:
        store.wait(kill_meanwhile())
        assert taken(store, lambda: write_and_read(store, 20)) == (0, 21)
    finally:
        pair.standby.start()
    wait_until_used(store)


def test_one_that_stands_still_fails_no_read(pair: Pair, store: Store) -> None:
    send_all(pair.standby.postmaster, signal.SIGSTOP)
    try:
        assert taken(store, lambda: write_and_read(store, 20)) == (0, 21)
    finally:
        send_all(pair.standby.postmaster, signal.SIGCONT)
    wait_until_used(store)


def test_what_the_work_raises_is_no_failure_of_the_replica(store: Store) -> None:
    async def refuse(tx: object) -> None:
        raise Unavailable("no")

    with pytest.raises(Unavailable, match="no"):
        store.read(refuse)
    assert store.read(SERVER) == "standby"


def test_one_that_is_promoted_is_not_read_from(pair: Pair, runner: asyncio.Runner) -> None:
    with cluster(primary=pair.primary) as second, pair.primary.copy() as name:
        Pair(pair.primary, second).wait_for_the_standby()
        with opened(runner, pair.primary.url(name), second.url(name)) as store:
            wait_until_used(store)
            second.promote()
            assert taken(store, lambda: write_and_read(store, 20)) == (0, 21)
            assert store.read(SERVER) == "primary"


def test_one_that_did_not_follow_the_new_primary_is_not_read_from(runner: asyncio.Runner) -> None:
    """It has a longer log, but not the one that goes on."""
    with cluster() as old, cluster(primary=old) as heir, cluster(primary=old) as astray, old.copy() as name:
        with open_notes(Store(runner, PostgresDatabase(old.url(name), 2))):
            Pair(old, heir).wait_for_the_standby()
        heir.stop()
        old.sql("CREATE TABLE lost AS SELECT generate_series(1, 100000) AS number")
        Pair(old, astray).wait_for_the_standby()
        old.stop("immediate")
        heir.start()
        heir.promote()
        try:
            with opened(runner, heir.url(name), astray.url(name)) as store:
                write_and_read(store, 20)
                assert store.database.read_stats().replica == 0
        finally:
            old.start()


def test_after_a_switch_the_old_primary_is_read_from_once_it_follows(runner: asyncio.Runner) -> None:
    with cluster() as old, old.copy() as name, cluster(primary=old) as heir:
        with opened(runner, old.url(name), heir.url(name)) as store:
            wait_until_used(store)
        Pair(old, heir).wait_for_the_standby()
        old.stop()
        heir.promote()
        (old.folder / "data" / "standby.signal").touch()
        settings = old.folder / "data" / "postgresql.auto.conf"
        settings.write_text(f"primary_conninfo = 'host={heir.folder} user=leadline'\n", "utf-8")
        old.give(old.folder / "data" / "standby.signal")
        old.start()
        try:
            with opened(runner, heir.url(name), old.url(name)) as store:
                write_and_read(store, 5)
                heir.sql("CHECKPOINT")
                Pair(heir, old).wait_for_the_standby()
                old.sql("CHECKPOINT")
                wait_until_used(store)
                write_and_read(store, 20)
        finally:
            (old.folder / "data" / "standby.signal").unlink()
            old.stop()
            old.start()


@pytest.mark.parametrize("what", ["another database", "the primary", "nobody"])
def test_who_is_no_standby_of_these_data_is_never_read_from(pair: Pair, runner: asyncio.Runner, what: str) -> None:
    with pair.primary.copy() as name:
        replica = {
            "another database": pair.standby.url("postgres"),
            "the primary": pair.primary.url(name),
            "nobody": "postgresql://leadline@127.0.0.1:1/desk",
        }[what]
        with opened(runner, pair.primary.url(name), replica) as store:
            write_and_read(store, 5)
            assert store.database.read_stats().replica == 0


def test_it_is_not_reached_through_pgbouncer(pair: Pair, runner: asyncio.Runner) -> None:
    replica = pair.standby.url("postgres") + "&pgbouncer=true"
    with pytest.raises(DatabaseError, match="must not lead through PgBouncer"):
        runner.run(ReplicatedDatabase(pair.primary.url("postgres"), 2, replica).open())


def test_the_primary_may_be_reached_through_pgbouncer(pair: Pair, runner: asyncio.Runner) -> None:
    with pair.primary.copy() as name:
        pair.wait_for_the_standby()
        with opened(runner, pair.primary.url(name) + "&pgbouncer=true", pair.standby.url(name)) as store:
            wait_until_used(store)
            write_and_read(store, 20)


def test_a_commit_that_is_not_flushed_is_found_too(pair: Pair, runner: asyncio.Runner) -> None:
    with pair.primary.copy() as name:
        pair.primary.sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
        pair.wait_for_the_standby()
        with opened(runner, pair.primary.url(name), pair.standby.url(name)) as store:
            write_and_read(store, 50)
