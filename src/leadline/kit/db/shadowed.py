"""A snapshot in which some tables have other rows than the database has."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from leadline.kit.db import ReadTransaction, Row, SqlValue


class RowSource(NamedTuple):
    """A query for rows, with its parameters."""

    sql: str
    parameters: tuple[SqlValue, ...]


class ShadowedTransaction:
    """A snapshot whose queries read the rows of a source in place of a table's, by the table's name: each query is
    preceded by common table expressions with the tables' names."""

    def __init__(self, tx: ReadTransaction, tables: Mapping[str, RowSource]) -> None:
        self.dialect = tx.dialect
        self._tx = tx
        expressions = ", ".join(f"{table} AS ({source.sql})" for table, source in tables.items())
        self._start = f"WITH {expressions} " if tables else ""
        self._parameters = [value for source in tables.values() for value in source.parameters]

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        return await self._tx.fetch_all(self._start + sql, [*self._parameters, *parameters])

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        return await self._tx.fetch_one(self._start + sql, [*self._parameters, *parameters])

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        return await self._tx.fetch_all(self._start + sql, [*self._parameters, *parameters])
