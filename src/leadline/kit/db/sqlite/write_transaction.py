"""A write transaction that saves each counter row once for a whole group of writes."""

from collections.abc import Sequence

import apsw

from leadline.kit.db import CounterRow, Row, SqlValue
from leadline.kit.db.sqlite.connection import SqliteTransaction


class WriteTransaction(SqliteTransaction):
    """A transaction for a group of writes, which saves counter rows late.

    Pending counter rows are saved before any statement that could see them. A deferred INSERT cannot see
    them. A counter row is read once, until a statement may have changed it.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self._unsaved_rows: dict[tuple[CounterRow, SqlValue], Row] = {}
        self._locked_rows: dict[tuple[CounterRow, SqlValue], Row] = {}
        self._saved = 0
        self._uncounted = 0  # writes that SQLite does not count: `save_row`, and scripts, which change the schema

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        self._save_rows()
        return await super().fetch_all(sql, parameters)

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        self._save_rows()
        return await super().fetch_one(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        self.flush()
        return await super().execute(sql, parameters)

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        self.flush()
        await super().execute_many(sql, rows)

    async def run_script(self, script: str) -> None:
        self.flush()
        self._uncounted += 1
        await super().run_script(script)

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        row = self._unsaved_rows.get((cell, key)) or self._locked_rows.get((cell, key))
        if row is None and (row := await super().lock_row(cell, key)) is not None:
            self._locked_rows[cell, key] = row
        return row

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        self._uncounted += 1
        self._unsaved_rows[cell, key] = row

    def flush(self) -> None:
        self._save_rows()
        self._locked_rows.clear()

    def discard_pending(self) -> None:
        """Discards all pending and cached counter rows."""
        self._unsaved_rows.clear()
        self._locked_rows.clear()

    def _save_rows(self) -> None:
        for (cell, key), row in self._unsaved_rows.items():
            self._connection.execute(cell.save, (*row, key))
        self._saved += len(self._unsaved_rows)
        self._locked_rows |= self._unsaved_rows
        self._unsaved_rows.clear()

    def count_writes(self) -> tuple[int, int]:
        """Returns a value that stays the same while nothing is written. A counter row counts when `save_row` is
        called, because it may be saved during another write."""
        return self._connection.total_changes() - self._saved, self._uncounted
