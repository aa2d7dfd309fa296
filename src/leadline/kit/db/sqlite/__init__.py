"""SQLite through apsw, in WAL mode with `synchronous=FULL`: one writer with group commit, and readers beside it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import apsw

from leadline.kit.db import DatabaseError, ReadStats, T, Transaction, Work, WriteStats
from leadline.kit.db.commit_signal import CommitListener, CommitSignal
from leadline.kit.db.sqlite.checkpointer import Checkpointer
from leadline.kit.db.sqlite.connection import SqliteTransaction, open_connection
from leadline.kit.db.sqlite.errors import describe_error
from leadline.kit.db.sqlite.reader import SqliteReader
from leadline.kit.db.sqlite.writer import SqliteWriter

FIRST_SAFE_VERSION = (3, 51, 3)
"""The first version in which two processes that write at the same instant cannot corrupt the file
(sqlite.org/wal.html, 11.1)."""


class SqliteDatabase:
    """A data file, which any number of processes on the same machine may share."""

    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._commit_signal = CommitSignal()
        self._checkpoints: Checkpointer
        self._readers: SqliteReader
        self._writer: SqliteWriter

    async def open(self) -> None:
        version = apsw.sqlite_lib_version()
        if tuple(int(part) for part in version.split(".")) < FIRST_SAFE_VERSION:
            raise DatabaseError(f"SQLite {version} can corrupt a shared file; install apsw 3.51.3 or newer.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._refuse_folder()
        if not self._path.exists():
            self._path.touch(mode=0o600)  # SQLite gives the files beside it the same permissions
        try:
            self._checkpoints = Checkpointer(partial(open_connection, self._path))
            self._writer = SqliteWriter(open_connection(self._path), self._checkpoints, self._commit_signal)
            self._readers = SqliteReader(self._connect_reader)
        except apsw.Error as error:
            raise DatabaseError(f"{self._path} cannot be opened as a data file {describe_error(error)}") from error

    def _refuse_folder(self) -> None:
        if self._path.is_dir():
            raise DatabaseError(f"{self._path} is a folder and no data file; move it away, or name another place.")

    async def close(self) -> None:
        """Finishes all queued writes, and then closes the file."""
        await self._writer.close()
        self._checkpoints.close()
        self._readers.close()

    def read(self, work: Work[T], share: str | None = None) -> Awaitable[T]:
        return self._readers.read(work)

    @asynccontextmanager
    async def snapshot(self, partition: int = 0) -> AsyncIterator[Transaction]:
        try:
            with closing(self._connect_reader()) as connection:
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # opens the snapshot
                yield SqliteTransaction(connection)
        except apsw.Error as error:
            raise DatabaseError(f"{self._path} cannot be read {describe_error(error)}") from error

    def write(self, work: Work[T], partition: int = 0, *, is_slow: bool = False) -> Awaitable[T]:
        """Writes one after the other in all partitions, because the file has one writer."""
        return self._writer.write(work, partition, is_slow=is_slow)

    def rehearse(self, work: Work[T], partition: int = 0) -> Awaitable[T]:
        return self._writer.write(work, partition, is_rehearsal=True)

    def subscribe(self, on_commit: CommitListener) -> None:
        self._commit_signal.subscribe(on_commit)

    def bound_requests(self, seconds: float) -> None:
        """Does nothing: waits for the file and for other processes are bounded already."""

    def write_stats(self) -> WriteStats:
        return self._writer.write_stats()

    def read_stats(self) -> ReadStats:
        return ReadStats()

    def _connect_reader(self) -> apsw.Connection:
        connection = open_connection(self._path)
        connection.execute("PRAGMA query_only = ON")
        return connection
