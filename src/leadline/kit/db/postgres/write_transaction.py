"""A write transaction that sends each statement once for a whole group of writes, with all its rows.

This is invisible to the writes. The deferred rows of a write are sent in its own order, and before anything that
could see them. Rows of several writes may change places, since an INSERT does not see other rows. If a row then
breaks a constraint, for that reason or any other, the group is run again, and each write is sent by itself.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from leadline.kit.db import CounterRow, Row, SqlValue
from leadline.kit.db.postgres.connection import Connection, PostgresTransaction, number_placeholders

_NONE = -1


class WriteTransaction(PostgresTransaction):
    """A transaction for a group of writes, which sends inserts and counter rows late.

    A query is sent after all pending rows if some of them belong to a table that it names. A statement is also sent
    after them if its own write has deferred inserts, since a foreign key may lead to those without naming them.

    `writes` counts the calls that may have changed something.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.writes = 0
        self._deferred_inserts: dict[str, list[Row]] = {}
        self._unsaved_rows: dict[CounterRow, dict[SqlValue, Row]] = {}
        self._locked_rows: dict[tuple[CounterRow, SqlValue], Row] = {}
        self._tables: set[str] = set()
        self._last_statement = _NONE  # the index in `_deferred_inserts` of the INSERT that the write used last

    def begin_unit(self) -> None:
        self._last_statement = _NONE

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        await self._flush_if_named_in(sql)
        return await super().fetch_all(sql, parameters)

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        await self._flush_if_named_in(sql)
        return await super().fetch_one(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        await self._flush_before_statement(sql)
        self._locked_rows.clear()
        self.writes += 1
        return await super().execute(sql, parameters)

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        await self._flush_before_statement(sql)
        self._locked_rows.clear()
        self.writes += 1
        await super().execute_many(sql, rows)

    async def run_script(self, script: str) -> None:
        await self.flush()
        self._locked_rows.clear()
        self.writes += 1
        await super().run_script(script)

    async def defer_insert(self, sql: str, parameters: Sequence[SqlValue]) -> None:
        if sql in self._deferred_inserts and list(self._deferred_inserts).index(sql) < self._last_statement:
            await self.flush()
        self.writes += 1
        self._deferred_inserts.setdefault(sql, []).append(tuple(parameters))
        self._last_statement = list(self._deferred_inserts).index(sql)
        self._tables.add(_find_table(sql))

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        row = self._unsaved_rows.get(cell, {}).get(key) or self._locked_rows.get((cell, key))
        if row is None and (row := await super().lock_row(cell, key)) is not None:
            self._locked_rows[cell, key] = row
        return row

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        self.writes += 1
        self._unsaved_rows.setdefault(cell, {})[key] = self._locked_rows[cell, key] = row
        self._tables.add(_find_table(cell.save))

    async def flush(self) -> None:
        rows, cells = self._deferred_inserts, self._unsaved_rows
        self._deferred_inserts, self._unsaved_rows, self._tables, self._last_statement = {}, {}, set(), _NONE
        for cell, saved in cells.items():
            await self._send_rows(cell.save, [(*row, key) for key, row in saved.items()])
        for sql, pending in rows.items():
            await self._send_rows(sql, pending)

    def discard_pending(self) -> None:
        """Discards all pending rows, and the cached counter rows."""
        self._deferred_inserts, self._unsaved_rows, self._tables, self._last_statement = {}, {}, set(), _NONE
        self._locked_rows.clear()

    async def _send_rows(self, sql: str, rows: list[Row]) -> None:
        await self._connection.executemany(number_placeholders(sql), rows)

    async def _flush_if_named_in(self, sql: str) -> None:
        if not self._tables.isdisjoint(_find_words(sql)):
            await self.flush()

    async def _flush_before_statement(self, sql: str) -> None:
        if self._last_statement != _NONE:
            await self.flush()
        await self._flush_if_named_in(sql)


@lru_cache(maxsize=1024)
def _find_words(sql: str) -> frozenset[str]:
    """Returns the words of the SQL, among them all tables that it names."""
    return frozenset(re.findall(r"\w+", sql))


@lru_cache(maxsize=1024)
def _find_table(sql: str) -> str:
    found = re.match(r"(?:INSERT INTO|UPDATE) (\w+)", sql)
    assert found is not None, f"neither an INSERT nor an UPDATE: {sql}"
    return found[1]
