"""Group commit on PostgreSQL: units of a lane share a commit, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from leadline.kit.db import ConstraintViolation, Transaction, Unavailable, Work, postgres, write_queue
from leadline.kit.db.postgres import PostgresDatabase
from tests.kit.store import Store, all_notes, failing, fetch, note, open_notes
from tests.postgres import Cluster

TRANSACTION = fetch("SELECT pg_current_xact_id()::text")


def test_a_write_answers_what_its_work_answered(store: Store) -> None:
    assert store.write(note("one")) == 1
    assert store.notes() == ["one"]


def test_what_waits_together_is_committed_together_in_the_order_it_was_handed_in(store: Store) -> None:
    texts = [f"note {number}" for number in range(20)]
    answers = store.write_together(*map(note, texts), TRANSACTION, TRANSACTION)
    assert answers[:20] == [1] * 20
    assert answers[20] == answers[21]
    assert store.notes() == texts


def test_partitions_do_not_wait_for_each_other(store: Store) -> None:
    async def meet() -> None:
        arrived = {1: asyncio.Event(), 2: asyncio.Event()}

        def lane(own: int, other: int) -> Work[int]:
            async def work(tx: Transaction) -> int:
                arrived[own].set()
                await arrived[other].wait()
                return await tx.execute("INSERT INTO notes (text) VALUES (?)", (f"lane {own}",))

            return work

        await asyncio.gather(store.database.write(lane(1, 2), 1), store.database.write(lane(2, 1), 2))

    store.wait(asyncio.wait_for(meet(), 5))
    assert sorted(store.notes()) == ["lane 1", "lane 2"]


@pytest.mark.parametrize("written", [(), ("lost", "lost too")])
def test_one_that_raises_takes_nothing_with_it(store: Store, written: tuple[str, ...]) -> None:
    error = ValueError("no")
    answers = store.write_together(note("before"), failing(error, *written), note("after"))
    assert answers == [1, error, 1]
    assert store.notes() == ["before", "after"]


def test_one_that_breaks_a_constraint_halfway_leaves_nothing_of_itself(store: Store) -> None:
    async def twice(tx: Transaction) -> None:
        await note("half")(tx)
        await note("taken")(tx)

    answers = store.write_together(note("taken"), twice, note("other"))
    assert [type(answer) for answer in answers] == [int, ConstraintViolation, int]
    assert store.notes() == ["taken", "other"]


def test_a_write_says_its_isolation(runner: asyncio.Runner, cluster: Cluster) -> None:
    with cluster.copy() as name:
        cluster.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'")
        store = Store(runner, PostgresDatabase(cluster.url(name), 4))
        with open_notes(store):
            assert store.write(fetch("SHOW transaction_isolation")) == "read committed"


@asynccontextmanager
async def locked_notes(cluster: Cluster, name: str) -> AsyncIterator[None]:
    """Nobody else reads or writes notes meanwhile."""
    connection = await asyncpg.connect(cluster.url(name))
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE notes")
            yield
    finally:
        await connection.close()


def test_a_request_waits_for_somebody_elses_lock_as_long_as_it_may(
    runner: asyncio.Runner, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_SECONDS", 0.2)
    with cluster.copy() as name:
        store = Store(runner, PostgresDatabase(cluster.url(name), 4))
        with open_notes(store):
            store.database.bound_requests(0.2)

            async def ask() -> Any:
                async with locked_notes(cluster, name):
                    writing, reading = store.database.write(note("late")), store.database.read(all_notes)
                    return await asyncio.gather(writing, reading, return_exceptions=True)

            write, read = runner.run(ask())
    assert isinstance(write, Unavailable)
    assert "see whether the change is there" in str(write)
    assert isinstance(read, Unavailable)
    assert "did not answer in time" in str(read)


def test_a_stop_breaks_off_who_waits_for_somebody_elses_lock(
    runner: asyncio.Runner, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_SECONDS", 0.2)
    with cluster.copy() as name:
        store = Store(runner, PostgresDatabase(cluster.url(name), 4))

        async def stop() -> BaseException | None:
            async with locked_notes(cluster, name):
                writing = asyncio.ensure_future(store.database.write(note("late")))
                await asyncio.sleep(0.1)
                await store.database.close()
                await asyncio.wait([writing], timeout=5)
                return writing.exception()

        with open_notes(store):
            assert isinstance(runner.run(stop()), Unavailable)
            runner.run(store.database.open())


def test_one_whose_question_is_wrong_leaves_the_others_alone(store: Store) -> None:
    answers = store.write_together(note("before"), fetch("SELECT nothing"), note("after"))
    assert [type(answer) for answer in answers] == [int, asyncpg.UndefinedColumnError, int]
    assert store.notes() == ["before", "after"]


def test_one_write_too_many_is_refused_at_once(store: Store) -> None:
    answers = store.write_together(*[note(f"{number}") for number in range(write_queue.MAX_WAITING_WRITES + 1)])
    assert isinstance(answers[-1], Unavailable)
    assert len(store.notes()) == write_queue.MAX_WAITING_WRITES


def test_a_server_that_stops_is_unavailable_and_then_used_again(store: Store, cluster: Cluster) -> None:
    store.write(note("kept"))
    cluster.stop("immediate")
    with pytest.raises(Unavailable, match="nothing was changed"):
        store.write(note("lost"))
    with pytest.raises(Unavailable, match="could not be asked"):
        store.notes()
    cluster.start()
    store.write(note("new"))
    assert store.notes() == ["kept", "new"]
