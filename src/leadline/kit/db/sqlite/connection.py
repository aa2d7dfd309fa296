"""A connection to the data file, and transactions on it."""

from collections.abc import Awaitable, Hashable, Sequence
from pathlib import Path
from typing import cast

import apsw

from leadline.kit.db import ConstraintViolation, CounterRow, Dialect, Row, SqlValue, T
from leadline.kit.db.sqlite.budgets import StepBudget
from leadline.kit.db.sqlite.dialect import SqliteDialect
from leadline.kit.text import fold_case

BUSY_SECONDS = 5.0


def open_connection(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), statementcachesize=256)
    prepare_reading(connection)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0").fetchall()  # see `Checkpointer`
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_size_limit = 67108864").fetchall()
    return connection


def prepare_reading(connection: apsw.Connection) -> None:
    """Applies the settings that every connection needs. None of them writes to the file."""
    connection.set_busy_timeout(int(BUSY_SECONDS * 1000))
    connection.execute("PRAGMA cache_size = -16384")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.create_scalar_function("fold", _fold_case, 1, deterministic=True)


def _fold_case(*values: object) -> str | None:
    return fold_case(values[0]) if isinstance(values[0], str) else None


class SqliteTransaction:
    """A transaction on a connection. Its methods never suspend, so that `run_sync` can run work without an event
    loop."""

    dialect: Dialect = SqliteDialect()
    data_version: Hashable = None
    is_rehearsal = False

    def __init__(
        self, connection: apsw.Connection, *, must_be_quick: bool = False, steps: StepBudget | None = None
    ) -> None:
        """`steps` is the budget of the connection's queries, if their steps are counted."""
        self._connection = connection
        self._steps = steps
        self.must_be_quick = must_be_quick

    def expect_slow(self) -> None:
        """Raises `apsw.InterruptError` if only quick work may run here, as a query beyond its budget does."""
        if self.must_be_quick:
            raise apsw.InterruptError

    def expect_few(self) -> None:
        if self._steps is not None:
            self._steps.lift()

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return cast("list[Row]", self._connection.execute(sql, parameters).fetchall())

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        rows = self._connection.execute(sql, parameters).fetchall()
        return cast("Row", rows[0]) if rows else None

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        return await self.fetch_one(sql, parameters)

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        return await self.fetch_all(sql, parameters)

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return await self.fetch_all(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        self._connection.execute(sql, parameters)
        return self._connection.changes()

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        try:
            self._connection.executemany(sql, rows).fetchall()
        except apsw.ConstraintError as error:
            raise ConstraintViolation(str(error)) from error

    async def defer_insert(self, sql: str, parameters: Sequence[SqlValue]) -> None:
        self._connection.execute(sql, parameters)

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        return await self.fetch_one(cell.find, (key,))

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        self._connection.execute(cell.save, (*row, key))

    async def run_script(self, script: str) -> None:
        self._connection.execute(script).fetchall()


def run_sync(work: Awaitable[T]) -> T:
    """Runs work to its end without an event loop. The work may await only the transaction, which never suspends."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return cast("T", end.value)
    raise RuntimeError("Work inside a transaction may await nothing but the transaction.")
