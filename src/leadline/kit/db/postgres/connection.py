"""A transaction on a PostgreSQL connection."""

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import count
from typing import TypeAlias

import asyncpg

from leadline.kit.db import ConstraintViolation, CounterRow, Dialect, Row, SqlValue
from leadline.kit.db.postgres.dialect import PostgresDialect, translate_schema

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class PostgresTransaction:
    dialect: Dialect = PostgresDialect()
    data_version: Hashable = None
    is_rehearsal = False

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def expect_slow(self) -> None:
        """Does nothing, because a slow query on the server delays no other request."""

    def expect_few(self) -> None:
        """Does nothing, because this engine does not count the work of a query."""

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return [tuple(row) for row in await self._connection.fetch(number_placeholders(sql), *parameters)]

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        row = await self._connection.fetchrow(number_placeholders(sql), *parameters)
        return None if row is None else tuple(row)

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        return await self.fetch_one(sql, parameters)

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        return await self.fetch_all(sql, parameters)

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return await self.fetch_all(sql, parameters)

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        status: str = await self._connection.execute(number_placeholders(sql), *parameters)
        rows = status.rpartition(" ")[2]
        return int(rows) if rows.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        try:
            await self._connection.executemany(number_placeholders(sql), rows)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise ConstraintViolation(str(error).partition("\n")[0]) from error

    async def defer_insert(self, sql: str, parameters: Sequence[SqlValue]) -> None:
        await self.execute(sql, parameters)

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        return await self.fetch_one(cell.find + self.dialect.lock_clause, (key,))

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        await self.execute(cell.save, (*row, key))

    async def run_script(self, script: str) -> None:
        await self._connection.execute(translate_schema(script))


@lru_cache(maxsize=1024)
def number_placeholders(sql: str) -> str:
    """Returns the SQL with `$1`, `$2`, … for each `?`. Leadline's SQL has no question marks in text literals."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
