"""What is committed goes from the write-ahead log into the file, so that the log does not grow."""

import time
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest

from leadline.kit.db import Unavailable
from leadline.kit.db.sqlite import checkpointer
from leadline.kit.db.sqlite.checkpointer import Checkpointer
from leadline.kit.db.sqlite.connection import open_connection
from tests.full_disk import full_disk
from tests.kit.store import FileStore, note, sql
from tests.waiting import until

PAGE = 4_096
SOME_PAGES = "INSERT INTO notes (text) VALUES (hex(randomblob(20000)))"
"""Adds some twenty to the log."""


def log_pages(store: FileStore) -> int:
    """How long the log has become, as it lies on the disk."""
    return Path(f"{store.path}-wal").stat().st_size // PAGE


def pages_to_copy(store: FileStore) -> int:
    """How much of the log is not in the file yet."""
    with closing(apsw.Connection(str(store.path))) as other:
        length, copied = other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    return length - copied


def write_until(store: FileStore, pages: int) -> None:
    while log_pages(store) < pages:
        store.write(sql(SOME_PAGES))


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpointer, "LONG_WAL_PAGES", 50)
    monkeypatch.setattr(checkpointer, "MAX_WAL_PAGES", 200)


@pytest.mark.usefixtures("short")
def test_the_log_stays_short_however_much_is_written(store: FileStore) -> None:
    for _ in range(100):
        store.write(sql(SOME_PAGES))
    assert log_pages(store) < 300
    assert len(store.notes()) == 100


class SlowDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("slow", "")

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802
        return SlowFile("", name, flags)


class SlowFile(apsw.VFSFile):
    def xSync(self, flags: int) -> None:  # noqa: N802
        time.sleep(0.05)
        super().xSync(flags)


@pytest.mark.usefixtures("short")
def test_it_stays_short_beside_checkpoints_that_take_long(store: FileStore) -> None:
    disk = SlowDisk()

    def connect_slowly() -> apsw.Connection:
        connection = apsw.Connection(str(store.path), vfs="slow")
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        return connection

    beside = Checkpointer(connect_slowly)
    with closing(beside), closing(open_connection(store.path)) as connection:
        for _ in range(50):
            connection.execute(SOME_PAGES)
            beside.note_commit(connection)
    disk.unregister()
    assert log_pages(store) < 300


def test_a_log_that_has_become_long_begins_anew_beside_the_writes(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointer, "LONG_WAL_PAGES", 50)  # and no commit makes a checkpoint itself
    write_until(store, 60)

    def has_begun_anew() -> bool:
        before = log_pages(store)
        store.write(note("small"))
        store.write(sql("DELETE FROM notes WHERE text = 'small'"))
        return log_pages(store) == before

    until(has_begun_anew)


@pytest.mark.usefixtures("short")
def test_so_it_is_when_the_file_was_closed_and_opened_again(store: FileStore) -> None:
    write_until(store, 60)
    store.wait(store.database.close())
    store.wait(store.database.open())
    for _ in range(50):
        store.write(sql(SOME_PAGES))
    assert log_pages(store) < 300


@pytest.mark.usefixtures("short")
def test_a_log_that_a_reader_needs_grows_and_begins_anew_once_it_is_done(store: FileStore) -> None:
    with closing(apsw.Connection(str(store.path))) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM notes").fetchall() == [(0,)]
        write_until(store, 250)
        assert reader.execute("SELECT count(*) FROM notes").fetchall() == [(0,)]
    longest = log_pages(store)
    for _ in range(30):
        store.write(sql(SOME_PAGES))
    assert log_pages(store) < longest + 100
    assert pages_to_copy(store) == 0


@pytest.mark.usefixtures("short")
def test_a_checkpoint_that_finds_no_room_fails_no_write(store: FileStore) -> None:
    with full_disk(60 * PAGE):  # the log may have so many pages, and so may the file
        texts = [f"{number:03}{'x' * 3_000}" for number in range(40)]
        kept = [text for text in texts if _is_written(store, text)]
    assert kept
    assert store.notes() == kept
    store.write(note("after"))
    assert store.notes() == [*kept, "after"]


def _is_written(store: FileStore, text: str) -> bool:
    try:
        store.write(note(text))
    except Unavailable:
        return False
    return True
