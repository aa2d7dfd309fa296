"""What units of a group have put into cells, and the file does not have yet: each row is saved once."""

from collections.abc import Sequence

import apsw

from leadline.kit.db import CounterRow, Row, SqlValue
from leadline.kit.db.sqlite.connection import SqliteTransaction


class WriteTransaction(SqliteTransaction):
    """Whatever could see a cell waits until it is written; an INSERT for later could not. A cell is read once, until
    a statement may have changed it."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self._unsaved_rows: dict[tuple[CounterRow, SqlValue], Row] = {}
        self._locked_rows: dict[tuple[CounterRow, SqlValue], Row] = {}
        self._saved = 0
        self._uncounted = 0  # by SQLite: rows that were put, and scripts, which change the schema

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
        """Drops what is pending."""
        self._unsaved_rows.clear()
        self._locked_rows.clear()

    def _save_rows(self) -> None:
        for (cell, key), row in self._unsaved_rows.items():
            self._connection.execute(cell.save, (*row, key))
        self._saved += len(self._unsaved_rows)
        self._locked_rows |= self._unsaved_rows
        self._unsaved_rows.clear()

    def count_writes(self) -> tuple[int, int]:
        """Stays the same while nothing is written. A row counts when it is put, not when it is saved: that may be for
        another unit."""
        return self._connection.total_changes() - self._saved, self._uncounted
