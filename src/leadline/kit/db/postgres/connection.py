"""A transaction on a connection, in the words that the rest of Leadline uses."""

import re
from collections.abc import Hashable, Sequence
from functools import lru_cache
from itertools import count
from typing import TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from leadline.kit.db import Dialect, Misfit, Row, SqlValue
from leadline.kit.db.postgres.dialect import PostgresDialect, schema

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
"""One that the pool lends."""


class PostgresTransaction:
    """`writes` counts the statements that may have changed something."""

    dialect: Dialect = PostgresDialect()
    data_version: Hashable = None

    def __init__(self, connection: Connection) -> None:
        self.writes = 0
        self._connection = connection

    def expect_slow(self) -> None:
        """Whoever waits for the server holds up nobody."""

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return [tuple(row) for row in await self._connection.fetch(_numbered(sql), *parameters)]

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        row = await self._connection.fetchrow(_numbered(sql), *parameters)
        return None if row is None else tuple(row)

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        self.writes += 1
        status: str = await self._connection.execute(_numbered(sql), *parameters)
        rows = status.rpartition(" ")[2]
        return int(rows) if rows.isdigit() else 0

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        self.writes += 1
        try:
            await self._connection.executemany(_numbered(sql), rows)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise Misfit(str(error).partition("\n")[0]) from error

    async def run_script(self, script: str) -> None:
        self.writes += 1
        await self._connection.execute(schema(script))


@lru_cache(maxsize=1024)
def _numbered(sql: str) -> str:
    """The SQL with `$1`, `$2`, … for each `?`; ours has none in texts."""
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
