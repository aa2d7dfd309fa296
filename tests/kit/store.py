"""A database with one table of notes, and the work that is done on it in these tests."""

import asyncio
import os
import resource
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from leadline.kit.db import Database, Transaction, Work
from leadline.kit.db.postgres import PostgresDatabase
from leadline.kit.db.sqlite import SqliteDatabase, disk_stalls
from tests.postgres import Cluster

SLOW = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"
"""Far more steps than a read may cost on the event loop."""
_PLACE = {"sqlite": "rowid", "postgres": "ctid"}
"""What orders rows as they were written."""


class Store:
    """`run` does work and waits for it; `together` does several pieces that are all asked for at once."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self.database = database

    def wait(self, coroutine: Any) -> Any:
        return self._runner.run(coroutine)

    def write(self, work: Work[Any]) -> Any:
        return self.wait(_awaited(self.database.write(work)))

    def read(self, work: Work[Any]) -> Any:
        return self.wait(_awaited(self.database.read(work)))

    def write_together(self, *works: Work[Any]) -> list[Any]:
        """What each answered, or raised."""

        async def gather() -> list[Any]:
            return await asyncio.gather(*map(self.database.write, works), return_exceptions=True)

        answers: list[Any] = self.wait(gather())
        return answers

    def notes(self) -> list[str]:
        notes: list[str] = self.read(all_notes)
        return notes


class FileStore(Store):
    """One in a SQLite file."""

    def __init__(self, runner: asyncio.Runner, path: Path) -> None:
        super().__init__(runner, SqliteDatabase(path))
        self.path = path


@contextmanager
def opened(runner: asyncio.Runner, path: Path) -> Iterator[FileStore]:
    store = FileStore(runner, path)
    with open_notes(store):
        yield store


@contextmanager
def opened_on(cluster: Cluster, runner: asyncio.Runner) -> Iterator[Store]:
    """One in a database of its own on a PostgreSQL cluster."""
    with cluster.copy() as name:
        store = Store(runner, PostgresDatabase(cluster.url(name), 4))
        with open_notes(store):
            yield store


@contextmanager
def slow_disk(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileStore]:
    """A store with one large note, on a disk that is slow whenever it is read, and nothing of the store in memory."""
    monkeypatch.setattr(disk_stalls, "STALL_SECONDS", 0.0)
    monkeypatch.setattr(disk_stalls, "RECENT_SECONDS", 0.2)
    with TemporaryDirectory(dir="/var/tmp") as folder:
        path = Path(folder) / "data.db"
        with opened(runner, path) as store:
            store.write(sql("INSERT INTO notes (text) VALUES (hex(randomblob(2000000)))"))
        with opened(runner, path) as store:
            store.wait(asyncio.sleep(disk_stalls.RECENT_SECONDS))  # for opening it may have read from the disk, too
            with path.open("r+b") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            yield store


def look_through(store: Store, run: Callable[[Work[Any]], Any]) -> None:
    """Reads every note from the disk, by the store's `run`. Skips where the folder is no disk's."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_inblock
    run(fetch("SELECT sum(length(text)) FROM notes"))
    if resource.getrusage(resource.RUSAGE_THREAD).ru_inblock == before:
        pytest.skip("there is no disk here that is read")


@contextmanager
def open_notes(store: Store) -> Iterator[None]:
    store.wait(store.database.open())
    try:
        store.write(sql("CREATE TABLE IF NOT EXISTS notes (text TEXT NOT NULL UNIQUE)"))
        yield
    finally:
        store.wait(store.database.close())


async def _awaited(answer: Awaitable[Any]) -> Any:
    return await answer


def sql(statement: str, *parameters: Any) -> Work[Any]:
    async def work(tx: Transaction) -> int:
        return await tx.execute(statement, parameters)

    return work


def note(text: str) -> Work[Any]:
    return sql("INSERT INTO notes (text) VALUES (?)", text)


def failing(error: Exception, *texts: str) -> Work[Any]:
    """Writes the notes, and then raises the error."""

    async def work(tx: Transaction) -> None:
        for text in texts:
            await note(text)(tx)
        raise error

    return work


async def all_notes(tx: Transaction) -> list[str]:
    return [str(text) for (text,) in await tx.fetch_all(f"SELECT text FROM notes ORDER BY {_PLACE[tx.dialect.name]}")]


def fetch(statement: str) -> Callable[[Transaction], Awaitable[Any]]:
    async def work(tx: Transaction) -> Any:
        row = await tx.fetch_one(statement)
        return row and row[0]

    return work
