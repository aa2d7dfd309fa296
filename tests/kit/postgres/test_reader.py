"""Reads on PostgreSQL: few questions, each answer from one snapshot, and nothing from memory that no longer holds."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kit.db import Row, Transaction, Unavailable, Work
from leadline.kit.db.postgres.reader import MAX_CONFLICTS
from tests.kit.later import Errand
from tests.kit.store import Store, fetch, note, sql
from tests.postgres import Cluster

BY_ITSELF = "SELECT current_setting('transaction_isolation') = 'read committed'"
"""Whether the statement stands outside of any transaction."""
NOTES = "SELECT count(*) FROM notes"
FIRST = "SELECT text FROM notes WHERE text LIKE ?"
TASK = ("task%",)


async def familiar(tx: Transaction) -> Row | None:
    return await tx.fetch_cached(FIRST, TASK)


def and_then(statement: str) -> Work[Any]:
    """What is familiar, and the answer to one more question."""

    async def work(tx: Transaction) -> Any:
        known = await familiar(tx)
        row = await tx.fetch_one(statement)
        return known and known[0], row and row[0]

    return work


def test_one_question_is_asked_by_itself(store: Store) -> None:
    assert store.read(fetch(BY_ITSELF)) is True


def test_several_questions_are_answered_from_one_snapshot(store: Store) -> None:
    runs = []

    async def work(tx: Transaction) -> list[Any]:
        runs.append(1)
        before = await tx.fetch_one(NOTES)
        await store.database.write(note(f"note {len(runs)}"))
        return [before, await tx.fetch_one(NOTES), await tx.fetch_all(NOTES)]

    before, after, all_of_them = store.read(work)
    assert before == after == all_of_them[0]
    assert len(runs) == 2  # the first question of the first run had a snapshot of its own


def test_a_list_that_comes_first_takes_the_transaction_at_once(store: Store) -> None:
    runs = []

    async def work(tx: Transaction) -> tuple[Any, Any]:
        runs.append(1)
        return await tx.fetch_all(BY_ITSELF), await tx.fetch_one("SELECT current_setting('plan_cache_mode')")

    assert store.read(work) == ([(False,)], ("force_custom_plan",))
    assert len(runs) == 1


def keyed(*texts: str, runs: list[int], meanwhile: Callable[[], Awaitable[Any]] | None = None) -> Work[Any]:
    """How many notes there are, and then those with the texts."""

    async def work(tx: Transaction) -> Any:
        runs.append(1)
        count = await tx.fetch_one(NOTES)
        if meanwhile is not None:
            await meanwhile()
        isolated = f"SELECT text, NOT ({BY_ITSELF}) FROM notes WHERE text IN ({', '.join('?' * len(texts))})"
        return count and count[0], sorted(await tx.fetch_by_key(isolated, texts))

    return work


def test_rows_by_their_keys_bring_the_first_answer_along(store: Store) -> None:
    runs: list[int] = []
    store.write_together(note("one"), note("two"), note("three"))
    assert store.read(keyed("one", "two", "none", runs=runs)) == (3, [("one", False), ("two", False)])
    assert store.read(keyed("none", runs=runs)) == (3, [])
    assert len(runs) == 2


def test_where_that_is_another_by_then_the_read_goes_on_from_there(store: Store) -> None:
    runs: list[int] = []

    async def one_more() -> None:
        if len(runs) < 3:
            await store.database.write(note(f"note {len(runs)}"))

    told = store.read(keyed("note 1", "note 2", runs=runs, meanwhile=one_more))
    assert told == (2, [("note 1", False), ("note 2", False)])
    assert len(runs) == 3


def test_a_read_that_is_overtaken_again_and_again_takes_a_transaction(store: Store) -> None:
    runs: list[int] = []

    async def one_more() -> None:
        await store.database.write(note(f"note {len(runs)}"))

    told = store.read(keyed("note 1", "note 9", runs=runs, meanwhile=one_more))
    assert told == (MAX_CONFLICTS + 1, [("note 1", True)])
    assert len(runs) == MAX_CONFLICTS + 2


def test_who_was_overtaken_is_who_it_was_taken_for(store: Store) -> None:
    """The question that is not asked again has the caller in it."""

    async def work(tx: Transaction) -> Any:
        runs.append(1)
        known = await familiar(tx)
        count = await tx.fetch_one(NOTES)
        if len(runs) == 1:
            await store.database.write(sql("UPDATE notes SET text = 'task 2'"))
        return known, count, await tx.fetch_by_key(FIRST, TASK)

    store.write(note("task 1"))
    assert store.read(familiar) == ("task 1",)
    runs: list[int] = []
    assert store.read(work) == (("task 2",), (1,), [("task 2",)])


NOW = "SELECT clock_timestamp()::text, pg_sleep(0.2)::text"


async def settled(tx: Transaction) -> list[Row]:
    return await tx.fetch_immutable(NOW)


def test_what_is_settled_is_asked_once_for_all_who_ask_together(store: Store) -> None:
    async def meet() -> list[Any]:
        return await asyncio.gather(*(store.database.read(settled) for _ in range(20)))

    first, second = store.wait(meet()), store.wait(meet())
    assert len({str(rows) for rows in first}) == 1
    assert len({str(rows) for rows in second}) == 1
    assert first != second


def test_who_gives_up_what_others_ask_too_leaves_it_to_them(store: Store) -> None:
    async def meet() -> Any:
        waiting = [asyncio.ensure_future(store.database.read(settled)) for _ in range(2)]
        await asyncio.sleep(0.05)
        waiting[0].cancel()
        return await waiting[1]

    assert len(store.wait(meet())) == 1


def test_what_is_settled_is_asked_between_two_questions_of_one_snapshot(store: Store) -> None:
    runs: list[int] = []

    async def work(tx: Transaction) -> Any:
        runs.append(1)
        count = await tx.fetch_one(NOTES)
        alone = await tx.fetch_immutable(BY_ITSELF)
        return count, alone, await tx.fetch_by_key(FIRST, TASK)

    store.write(note("task 1"))
    assert store.read(work) == ((1,), [(True,)], [("task 1",)])
    assert len(runs) == 1


def test_what_is_settled_is_of_the_snapshot_where_there_is_one(store: Store) -> None:
    async def work(tx: Transaction) -> Any:
        before = await tx.fetch_all(NOTES)
        await store.database.write(note("meanwhile"))
        return before, await tx.fetch_immutable(NOTES)

    assert store.read(work) == ([(0,)], [(0,)])


def test_what_is_asked_after_rows_by_their_keys_is_of_the_same_snapshot(store: Store) -> None:
    runs: list[int] = []

    async def work(tx: Transaction) -> Any:
        told = await keyed("note", runs=runs)(tx)
        await store.database.write(note(f"note {len(runs)}"))
        return told, await tx.fetch_one(NOTES), await tx.fetch_all(NOTES)

    assert store.read(work) == ((1, []), (1,), [(1,)])
    assert len(runs) == 2


def test_who_asks_for_rows_by_their_keys_is_who_it_was_taken_for(store: Store) -> None:
    async def work(tx: Transaction) -> Any:
        known = await familiar(tx)
        return known and known[0], await keyed("task 1", "task 2", runs=[])(tx)

    store.write(note("task 1"))
    assert store.read(work) == ("task 1", (1, [("task 1", True)]))
    assert store.read(work) == ("task 1", (1, [("task 1", False)]))
    store.write(sql("UPDATE notes SET text = 'task 2'"))
    assert store.read(work) == ("task 2", (1, [("task 2", True)]))


def test_reads_that_wait_leave_the_connections_to_others(store: Store) -> None:
    async def meet() -> tuple[Any, list[Any]]:
        errand = Errand()
        waiting = [asyncio.ensure_future(store.database.read(errand.read(fetch(NOTES)))) for _ in range(20)]
        await errand.awaited_by(20)
        await store.database.write(note("meanwhile"))
        count = await store.database.read(fetch(NOTES))
        errand.done.set_result(True)
        return count, await asyncio.gather(*waiting)

    assert store.wait(meet()) == (1, [1] * 20)


def test_a_read_cannot_write(store: Store) -> None:
    with pytest.raises(Unavailable, match="read-only"):
        store.read(note("smuggled"))
    assert store.notes() == []


def test_what_is_familiar_is_told_as_it_is_now(store: Store) -> None:
    assert store.read(familiar) is None
    store.write(note("task 1"))
    assert [store.read(familiar) for _ in range(3)] == [("task 1",)] * 3
    store.write(sql("UPDATE notes SET text = 'task 2'"))
    assert [store.read(familiar) for _ in range(3)] == [("task 2",)] * 3
    store.write(sql("DELETE FROM notes"))
    assert [store.read(familiar) for _ in range(3)] == [None] * 3


def test_the_next_question_brings_it_along(store: Store) -> None:
    store.write(note("task 1"))
    for _ in range(3):
        assert store.read(and_then(BY_ITSELF))[0] == "task 1"
    assert store.read(and_then(BY_ITSELF)) == ("task 1", True)
    assert store.read(and_then("SELECT text FROM notes WHERE text = 'none'")) == ("task 1", None)
    assert store.read(and_then("SELECT NULL")) == ("task 1", None)
    store.write(sql("UPDATE notes SET text = 'task 2'"))
    assert store.read(and_then(FIRST.replace("?", "'task%'"))) == ("task 2", "task 2")
    store.write(sql("DELETE FROM notes"))
    assert store.read(and_then(BY_ITSELF))[0] is None


def test_nobody_is_refused_for_what_no_longer_holds(store: Store) -> None:
    async def refuse_the_first(tx: Transaction) -> str:
        known = await familiar(tx)
        if known == ("task 1",):
            raise LookupError
        return "welcome"

    store.write(note("task 1"))
    for _ in range(2):
        with pytest.raises(LookupError):
            store.read(refuse_the_first)
    store.write(sql("UPDATE notes SET text = 'task 2'"))
    assert store.read(refuse_the_first) == "welcome"


def test_those_who_ask_together_are_told_what_was_so_after_they_asked(store: Store) -> None:
    """Readers beside a writer: none is told anything older than what was saved when it began."""
    saved = 0

    async def write_on() -> None:
        nonlocal saved
        for number in range(1, 60):
            await store.database.write(sql("UPDATE notes SET text = ?", f"task {number:02}"))
            saved = number

    async def read_on(work: Work[Any]) -> None:
        while saved < 59:
            before = saved
            answer = await store.database.read(work)
            assert int(answer[0].removeprefix("task ")) >= before

    async def meet() -> None:
        await asyncio.gather(write_on(), *(read_on(work) for work in [familiar, and_then("SELECT 1")] * 8))

    store.write(note("task 00"))
    store.wait(asyncio.wait_for(meet(), 60))


STEPS = st.lists(
    st.sampled_from(["ask", "ask more", "ask all", "ask by keys", "write", "delete", "change"]), max_size=12
)


async def compare(tx: Transaction, step: str) -> None:
    known = await tx.fetch_cached(FIRST, TASK)
    if step == "ask all":
        await tx.fetch_all(NOTES)
    assert known == await tx.fetch_one(FIRST, TASK)
    if step == "ask by keys":
        assert await tx.fetch_by_key(FIRST, TASK) == ([known] if known else [])


def test_memory_never_shows(store: Store) -> None:
    """Whatever is written between: what is familiar is what a plain question finds."""

    async def alone(tx: Transaction) -> Row | None:
        return await tx.fetch_cached(FIRST, TASK)

    @settings(max_examples=25, deadline=None)
    @given(STEPS)
    def play(steps: list[str]) -> None:
        store.write(sql("DELETE FROM notes"))
        there: Row | None = None
        for number, step in enumerate(steps):
            if step == "write" and there is None:
                there = (f"task {number}",)
                store.write(note(f"task {number}"))
            elif step == "change" and there is not None:
                there = (f"task {number} again",)
                store.write(sql("UPDATE notes SET text = ?", *there))
            elif step == "delete":
                there = None
                store.write(sql("DELETE FROM notes"))
            elif step == "ask":
                assert store.read(alone) == there
            else:
                store.read(partial(compare, step=step))

    play()


@pytest.mark.parametrize("asks", [fetch("SELECT pg_sleep(30)::text"), lambda tx: tx.fetch_all("SELECT pg_sleep(30)")])
def test_who_gives_up_holds_up_nobody(store: Store, asks: Work[Any]) -> None:
    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(store.database.read(asks), 0.2)

    for _ in range(6):  # more than there are connections
        store.wait(asyncio.wait_for(give_up(), 5))
    assert store.notes() == []


def test_while_the_server_is_away_nobody_is_told_from_memory(store: Store, cluster: Cluster) -> None:
    store.write(note("task 1"))
    assert store.read(familiar) == store.read(familiar) == ("task 1",)
    cluster.stop("immediate")
    try:
        for work in (familiar, and_then("SELECT 1")):
            with pytest.raises(Unavailable):
                store.read(work)
    finally:
        cluster.start()
    assert store.read(familiar) == ("task 1",)
