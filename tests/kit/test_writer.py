"""Group commit: units of work that wait together share a commit, and nothing else."""

import asyncio
import gc
import shutil
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline.kit.db import ConstraintViolation, DatabaseError, Transaction, Unavailable, Work, write_queue
from leadline.kit.db.sqlite import disk_stalls, writer
from leadline.kit.db.sqlite.checkpointer import Checkpointer
from leadline.kit.db.sqlite.writer import SqliteWriter
from tests.full_disk import full_disk
from tests.kit.store import SLOW, FileStore, failing, fetch, look_through, note, opened, slow_disk, sql

SLOW_NOTE = f"INSERT INTO notes (text) {SLOW}"
Handed = asyncio.Future[object]
"""The answer to a unit that was handed in."""
LARGE = "INSERT INTO notes (text) VALUES (hex(randomblob(200000)))"


@contextmanager
def held(store: FileStore) -> Iterator[list[Handed]]:
    """Keeps the writer waiting with a first unit, so that what is handed in meanwhile waits together."""
    with closing(apsw.Connection(str(store.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = hand_in(store, fetch("SELECT 1"))
        while store.database.write_stats().waiting:
            store.wait(asyncio.sleep(0))
        try:
            yield waiting
        finally:
            other.execute("ROLLBACK")
            store.wait(asyncio.wait(waiting))


def traced(work: Work[object], threads: list[str]) -> Work[object]:
    """Notes the thread that each run of the work is in."""

    async def run(tx: Transaction) -> object:
        threads.append(threading.current_thread().name)
        return await work(tx)

    return run


def hand_in(store: FileStore, *works: Work[object]) -> list[Handed]:
    async def start() -> list[Handed]:
        handed: list[Handed] = [asyncio.ensure_future(store.database.write(work)) for work in works]
        await asyncio.sleep(0)
        return handed

    handed: list[Handed] = store.wait(start())
    return handed


def no_room(store: FileStore) -> AbstractContextManager[None]:
    """The write-ahead log may not grow."""
    return full_disk(Path(f"{store.path}-wal").stat().st_size)


def test_a_write_answers_what_its_work_answered(store: FileStore) -> None:
    assert store.write(note("one")) == 1
    assert store.notes() == ["one"]


def test_what_waits_together_is_written_in_the_order_it_was_handed_in(store: FileStore) -> None:
    texts = [f"note {number}" for number in range(300)]
    with held(store) as waiting:
        waiting += hand_in(store, *map(note, texts))
    assert [answer.result() for answer in waiting[1:]] == [1] * 300
    assert store.notes() == texts


def test_clients_that_are_out_of_step_come_to_share_commits(store: FileStore) -> None:
    async def client(name: str, turns_before: int) -> None:
        for number in range(5):
            for _ in range(turns_before):  # what it takes to send an answer, and to get the next request
                await asyncio.sleep(0)
            await store.database.write(note(f"{name}{number}"))
            turns_before = 5

    async def crowd() -> None:
        await asyncio.gather(*(client(name, turns) for name, turns in zip("abcdefgh", [0, 4] * 4, strict=True)))

    before = store.database.write_stats()
    store.wait(crowd())
    after = store.database.write_stats()
    assert after.units - before.units == 40
    assert after.groups - before.groups <= 6


def test_an_answered_write_is_seen_by_another_connection(store: FileStore) -> None:
    store.write_together(note("one"), note("two"))
    with closing(apsw.Connection(str(store.path))) as other:
        assert other.execute("SELECT count(*) FROM notes").fetchall() == [(2,)]


@pytest.mark.parametrize("written", [(), ("lost", "lost too")])
def test_one_that_raises_takes_nothing_with_it(store: FileStore, written: tuple[str, ...]) -> None:
    error = ValueError("no")
    with held(store) as waiting:
        waiting += hand_in(store, note("before"), failing(error, *written), note("after"))
    assert waiting[2].exception() is error
    assert store.notes() == ["before", "after"]


def test_one_that_breaks_a_constraint_halfway_leaves_nothing_of_itself(store: FileStore) -> None:
    async def twice(tx: Transaction) -> None:
        await note("half")(tx)
        await note("taken")(tx)

    answers = store.write_together(note("taken"), twice, note("other"))
    assert [type(answer) for answer in answers] == [int, ConstraintViolation, int]
    assert store.notes() == ["taken", "other"]


def test_one_that_raises_after_changing_the_schema_leaves_nothing_of_itself(store: FileStore) -> None:
    async def half(tx: Transaction) -> None:
        await tx.run_script("CREATE TABLE half (made INTEGER); CREATE TABLE notes (made INTEGER)")

    answers = store.write_together(note("before"), half)
    assert isinstance(answers[1], apsw.SQLError)
    assert store.read(fetch("SELECT count(*) FROM sqlite_schema WHERE name = 'half'")) == 0
    assert store.notes() == ["before"]


def test_work_that_awaits_something_else_is_refused_and_undone(store: FileStore) -> None:
    async def sleepy(tx: Transaction) -> None:
        await note("half")(tx)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="may await nothing but the transaction"):
        store.write(sleepy)
    assert store.notes() == []


def test_a_full_disk_fails_the_whole_group_and_writes_nothing(store: FileStore) -> None:
    store.write(note("kept"))
    with no_room(store), held(store) as waiting:
        waiting += hand_in(store, note("one"), sql(LARGE), note("two"))
    assert [type(answer.exception()) for answer in waiting[1:]] == [Unavailable] * 3
    assert store.notes() == ["kept"]


def test_after_a_full_disk_was_emptied_writing_goes_on(store: FileStore) -> None:
    store.write(note("kept"))
    with no_room(store), pytest.raises(Unavailable, match="nothing was changed"):
        store.write(note("lost"))
    store.write(note("new"))
    assert store.notes() == ["kept", "new"]


class FailingFlushes(apsw.VFS):
    """A disk that takes what is written, and then fails to flush it, for as long as it `fails`."""

    fails = False

    def __init__(self) -> None:
        super().__init__("failing", "unix", makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802
        return FileOnIt(self, name, flags)


class FileOnIt(apsw.VFSFile):
    def __init__(self, disk: FailingFlushes, name: Any, flags: Any) -> None:
        self._disk = disk
        super().__init__("unix", name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802
        if not self._disk.fails:
            super().xSync(flags)
            return
        error = apsw.IOError("as a disk that is broken")
        error.extendedresult = apsw.SQLITE_IOERR_FSYNC  # type: ignore[attr-defined]
        raise error


@pytest.fixture
def failing_flushes() -> Iterator[FailingFlushes]:
    disk = FailingFlushes()
    yield disk
    gc.collect()  # what is still open on it
    disk.unregister()


def test_of_a_write_that_could_not_be_flushed_nobody_says_that_it_was_not_written(
    failing_flushes: FailingFlushes, runner: asyncio.Runner, tmp_path: Path
) -> None:
    after = tmp_path / "after"
    with opened(runner, tmp_path / "data.db") as store:
        failing_flushes.fails = True
        with pytest.raises(Unavailable, match="see whether the change is there before you repeat it"):
            store.write(note("in doubt"))
        failing_flushes.fails = False
        assert store.notes() == []
        after.mkdir()
        for end in ("", "-wal"):  # as who opens them finds them if the process ends now
            shutil.copy(f"{store.path}{end}", after / f"data.db{end}")
    with opened(runner, after / "data.db") as found:
        assert found.notes() == ["in doubt"]


def test_a_disk_without_room_for_what_lies_beside_the_file_is_full(runner: asyncio.Runner, tmp_path: Path) -> None:
    with opened(runner, tmp_path / "data.db") as store:
        store.write(note("kept"))
    with full_disk(8_192), pytest.raises(DatabaseError, match="disk is full"):
        store.wait(store.database.open())
    with opened(runner, tmp_path / "data.db") as store:
        assert store.notes() == ["kept"]


@pytest.mark.parametrize("statement", [LARGE, f"{LARGE}, (hex(randomblob(200001)))"])
def test_a_file_at_its_largest_size_is_unavailable(store: FileStore, statement: str) -> None:
    store.write(sql("PRAGMA max_page_count = 50"))
    with held(store) as waiting:
        waiting += hand_in(store, note("small"), sql(statement))
    assert [type(answer.exception()) for answer in waiting[1:]] == [Unavailable] * 2
    assert store.notes() == []


def test_a_file_that_another_process_keeps_locked_is_unavailable(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "BUSY_SECONDS", 0.02)
    with closing(apsw.Connection(str(store.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="nothing was changed"):
            store.write(note("lost"))
        other.execute("ROLLBACK")
    store.write(note("new"))
    assert store.notes() == ["new"]


def test_a_write_that_is_quick_runs_on_the_event_loop_alone(store: FileStore) -> None:
    threads: list[str] = []
    store.write(traced(note("quick"), threads))
    assert threads == ["MainThread"]


def test_a_write_that_is_slow_is_undone_there_and_runs_in_a_thread_with_its_group(store: FileStore) -> None:
    threads: list[str] = []
    answers = store.write_together(note("before"), traced(sql(SLOW_NOTE), threads), note("after"))
    assert threads == ["MainThread", "leadline-writer_0"]
    assert answers == [1, 1, 1]
    assert store.notes() == ["before", "200000", "after"]


def test_a_write_that_says_it_is_slow_goes_to_the_thread_at_once(store: FileStore) -> None:
    async def bulk(tx: Transaction) -> str:
        tx.expect_slow()
        await note("bulk")(tx)
        return threading.current_thread().name

    assert store.write(bulk) == "leadline-writer_0"
    assert store.notes() == ["bulk"]


def test_while_the_disk_is_slow_writes_wait_for_it_in_the_thread(
    runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    with slow_disk(runner, monkeypatch) as store:
        look_through(store, store.write)
        store.write(traced(note("soon after"), threads))
        store.wait(asyncio.sleep(disk_stalls.RECENT_SECONDS))
        store.write(traced(note("later"), threads))
        assert store.notes()[1:] == ["soon after", "later"]
    assert threads == ["leadline-writer_0", "MainThread"]


def test_one_write_too_many_is_refused_at_once(store: FileStore) -> None:
    with held(store) as waiting:
        waiting += hand_in(store, *(note(f"{number}") for number in range(write_queue.MAX_WAITING_WRITES)))
        with pytest.raises(Unavailable, match="Too many writes"):
            store.write(note("one too many"))
    assert len(store.notes()) == write_queue.MAX_WAITING_WRITES


def test_a_caller_that_gave_up_holds_nothing_up(store: FileStore) -> None:
    with held(store) as waiting:
        waiting += hand_in(store, note("unheard"), note("heard"))
        waiting[1].cancel()
    assert waiting[2].result() == 1
    assert store.notes() == ["unheard", "heard"]


def test_closing_finishes_what_was_handed_in(runner: asyncio.Runner, tmp_path: Path) -> None:
    with opened(runner, tmp_path / "data.db") as store:
        handed = hand_in(store, *(note(f"{number}") for number in range(20)))
    with opened(runner, tmp_path / "data.db") as store:
        assert len(store.notes()) == 20
    assert [answer.result() for answer in handed] == [1] * 20


def test_a_writer_that_fails_unexpectedly_goes_on_with_the_next_group(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As where the system has no thread to give."""

    def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(SqliteWriter, "_commit_group", no_thread)
        [refused] = store.write_together(note("lost"))
    assert isinstance(refused, Unavailable)
    assert store.database.write_stats().are_failing
    assert "a group of writes failed" in caplog.text
    assert store.write(note("kept")) == 1
    assert not store.database.write_stats().are_failing
    assert store.notes() == ["kept"]


def test_a_checkpoint_that_cannot_be_begun_costs_no_write(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(Checkpointer, "_schedule_checkpoint", no_thread)
    assert [store.write(note(f"{number}")) for number in range(2)] == [1, 1]
    assert store.notes() == ["0", "1"]
