"""Reads: quick ones on the event loop, slow ones in a thread, none older than an answered write."""

import asyncio
import threading
from collections.abc import Hashable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from leadline.kit.db import Transaction
from leadline.kit.db.sqlite import disk_stalls
from tests.kit.store import SLOW, FileStore, all_notes, fetch, look_through, note, opened, slow_disk

LOOP = threading.current_thread()


async def where(tx: Transaction) -> threading.Thread:
    return threading.current_thread()


async def where_slow(tx: Transaction) -> threading.Thread:
    await tx.fetch_one(SLOW)
    return threading.current_thread()


async def data_version(tx: Transaction) -> Hashable:
    return tx.data_version


def test_a_quick_read_runs_on_the_event_loop(store: FileStore) -> None:
    assert store.read(where) is LOOP


def test_a_slow_read_moves_to_a_thread_and_answers_right(store: FileStore) -> None:
    assert store.read(where_slow) is not LOOP
    assert store.read(fetch(SLOW)) == 200_000


def test_a_read_that_says_it_is_slow_moves_to_a_thread_at_once(store: FileStore) -> None:
    async def work(tx: Transaction) -> threading.Thread:
        tx.expect_slow()
        return threading.current_thread()

    assert store.read(work) is not LOOP


def test_while_the_disk_is_slow_reads_wait_for_it_in_threads(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow_disk(runner, monkeypatch) as store:
        look_through(store, store.read)
        assert store.read(where) is not LOOP
        store.wait(asyncio.sleep(disk_stalls.RECENT_SECONDS))
        assert store.read(where) is LOOP


def test_what_is_slow_without_the_disk_stays_on_the_event_loop(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with slow_disk(runner, monkeypatch) as earlier:
        look_through(earlier, earlier.read)
    with opened(runner, tmp_path / "data.db") as store:
        assert [store.read(where), store.read(where)] == [LOOP, LOOP]


def test_while_a_slow_read_runs_the_loop_keeps_answering(store: FileStore) -> None:
    go = threading.Event()

    async def slow(tx: Transaction) -> list[str]:
        await tx.fetch_one(SLOW)
        go.wait()
        return await all_notes(tx)

    async def meet() -> tuple[list[str], list[str]]:
        waiting = asyncio.ensure_future(store.database.read(slow))
        await asyncio.sleep(0)
        await store.database.write(note("meanwhile"))
        quick = await store.database.read(all_notes)
        assert not waiting.done()
        go.set()
        return quick, await waiting

    quick, _ = store.wait(meet())
    assert quick == ["meanwhile"]


def test_a_slow_read_keeps_the_snapshot_it_began_with(store: FileStore) -> None:
    begun, go = threading.Event(), threading.Event()

    async def slow(tx: Transaction) -> list[str]:
        tx.expect_slow()
        before = await all_notes(tx)
        begun.set()
        go.wait()
        assert await all_notes(tx) == before
        return before

    async def meet() -> list[str]:
        waiting = asyncio.ensure_future(store.database.read(slow))
        await asyncio.to_thread(begun.wait)
        await store.database.write(note("later"))
        go.set()
        return await waiting

    assert store.wait(meet()) == []


def test_reads_of_one_turn_share_a_snapshot_also_past_a_slow_one(store: FileStore) -> None:
    async def meet() -> list[object]:
        reads = (data_version, where_slow, data_version)
        return list(await asyncio.gather(*map(store.database.read, reads)))

    first, thread, second = store.wait(meet())
    assert first == second
    assert thread is not LOOP


def test_no_read_is_older_than_an_answered_write(store: FileStore) -> None:
    async def write_and_read(name: str) -> None:
        for number in range(20):
            await store.database.write(note(f"{name} {number}"))
            assert f"{name} {number}" in await store.database.read(all_notes)

    async def meet() -> None:
        await asyncio.gather(*(write_and_read(name) for name in "abcdefgh"))

    store.wait(meet())
    assert len(store.notes()) == 160


def test_what_another_process_wrote_is_seen_by_the_next_read(store: FileStore) -> None:
    with closing(apsw.Connection(str(store.path))) as other:
        for number in range(10):
            other.execute("INSERT INTO notes (text) VALUES (?)", (f"{number}",))
            assert len(store.notes()) == number + 1


def test_the_data_version_changes_with_the_data_and_only_then(store: FileStore) -> None:
    before = store.read(data_version)
    assert store.read(data_version) == before
    store.write(note("one"))
    assert store.read(data_version) != before


def test_a_read_that_writes_is_refused(store: FileStore) -> None:
    with pytest.raises(apsw.ReadOnlyError):
        store.read(note("one"))
    assert store.notes() == []


@pytest.mark.parametrize("statement", ["SELECT nothing FROM notes", f"SELECT ({SLOW}), nothing FROM notes"])
def test_an_error_reaches_the_reader_and_the_next_read_is_well(store: FileStore, statement: str) -> None:
    with pytest.raises(apsw.SQLError, match="nothing"):
        store.read(fetch(statement))
    assert store.notes() == []
