"""Table parts: the rows and columns of each table that a copy takes, for all data or for one workspace."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from leadline.kit.db import Row, SqlValue, Transaction
from leadline.kit.db.introspection import Table
from leadline.maintenance import copy_mark

STAYS = {"migrations", copy_mark.TABLE}
"""Tables about the database itself. A copy takes every other table, as soon as a migration makes it."""
LOCAL = "row"
"""The column in which each database numbers its rows in its own way. It is never copied."""
WHEREABOUTS = ("cluster", "moving")
"""The columns of a workspace that say where it lives. A copy of one workspace leaves them out."""
_WORKSPACES = "workspaces"
_OPERATIONS = "operations"


@dataclass(frozen=True)
class TablePart:
    """The rows of a table for which the SQL `condition` holds, without the columns in `staying`."""

    table: Table
    condition: str
    parameters: tuple[SqlValue, ...]
    staying: tuple[str, ...] = (LOCAL,)

    @property
    def name(self) -> str:
        return self.table.name

    @cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(column for column in self.table.columns if column not in self.staying)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that identify a row in every database: unique, never null, and quick to read in order."""
        usable = [key for key in self.table.keys if LOCAL not in key and not self.table.nullable & set(key)]
        return min(usable, key=lambda key: (LOCAL in self.table.columns and key[0] != "workspace", usable.index(key)))

    @cached_property
    def detachable_columns(self) -> tuple[str, ...]:
        """The nullable columns of foreign and unique keys. While null, they block no change of other rows."""
        holding = {*(r.column for r in self.table.references), *chain.from_iterable(self.table.keys)}
        return tuple(column for column in self.columns if column in holding & self.table.nullable)

    def key_of(self, row: Row) -> Row:
        return tuple(row[place] for place in self._key_places)

    @cached_property
    def _key_places(self) -> tuple[int, ...]:
        return tuple(self.columns.index(column) for column in self.key)

    async def count_rows(self, tx: Transaction) -> int:
        row = await tx.fetch_one(f"SELECT count(*) FROM {self.name} WHERE {self.condition}", self.parameters)
        return int(row[0] or 0) if row else 0

    async def read_rows(self, tx: Transaction, after: Row, until: Row, limit: int | None = None) -> list[Row]:
        """Returns the rows whose key is greater than `after` and at most `until`, in the order of their keys.

        A bound of () is no bound.
        """
        where, parameters = [self.condition], [*self.parameters]
        for sign, bound in ((">", after), ("<=", until)):
            if bound:
                where.append(f"({', '.join(self.key)}) {sign} ({_placeholders(bound)})")
                parameters += bound
        query = f"SELECT {', '.join(self.columns)} FROM {self.name} WHERE {' AND '.join(where)}"
        ordered = f"{query} ORDER BY {', '.join(self.key)}"
        if limit is None:
            return await tx.fetch_all(ordered, parameters)
        return await tx.fetch_all(f"{ordered} LIMIT ?", [*parameters, limit])

    async def insert_rows(self, tx: Transaction, rows: Sequence[Row]) -> None:
        sql = f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({_placeholders(self.columns)})"
        await tx.execute_many(sql, rows)

    async def update_rows(self, tx: Transaction, rows: Sequence[Row]) -> None:
        assignments = ", ".join(f"{column} = ?" for column in self.columns)
        sql = f"UPDATE {self.name} SET {assignments} WHERE {self._is_key}"
        await tx.execute_many(sql, [row + self.key_of(row) for row in rows])

    async def detach_rows(self, tx: Transaction, keys: Sequence[Row]) -> None:
        if self.detachable_columns:
            assignments = ", ".join(f"{column} = NULL" for column in self.detachable_columns)
            await tx.execute_many(f"UPDATE {self.name} SET {assignments} WHERE {self._is_key}", keys)

    async def delete_rows(self, tx: Transaction, keys: Sequence[Row]) -> None:
        await tx.execute_many(f"DELETE FROM {self.name} WHERE {self._is_key}", keys)

    @property
    def _is_key(self) -> str:
        return " AND ".join(f"{column} = ?" for column in self.key)


def _placeholders(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def travelling_parts(tables: Iterable[Table], workspace: int | None) -> list[TablePart]:
    """Returns the parts to copy, in order: each table after the tables it refers to, the workspaces first and the
    operations last. With a workspace's number, the parts have only the rows of that workspace."""
    moving = sorted(tables, key=lambda table: (table.name != _WORKSPACES, table.name == _OPERATIONS))
    travelling = {table.name: table for table in moving if table.name not in STAYS}
    if workspace is None:
        return [TablePart(table, "1 = 1", ()) for table in travelling.values()]
    found = []
    for table in travelling.values():
        if condition := _find_condition(table, travelling):
            staying = (LOCAL, *WHEREABOUTS) if table.name == _WORKSPACES else (LOCAL,)
            found.append(TablePart(table, condition, (workspace,), staying))
    return found


def changed_since(part: TablePart, seq: int, record_ids: Sequence[str]) -> TablePart:
    """Narrows a workspace's part to the rows that may have changed since operation `seq`. `record_ids` are the ids of
    the records that changed since then.

    Only log tables and tables of versioned rows can be narrowed; any other part is returned unchanged.
    """
    columns = set(part.table.columns)
    if {"workspace", "seq"} <= columns:
        return replace(part, condition=f"{part.condition} AND seq > ?", parameters=(*part.parameters, seq))
    if {"workspace", "id", "version"} <= columns:
        among = f"id IN ({_placeholders(record_ids)})" if record_ids else "1 = 0"
        return replace(part, condition=f"{part.condition} AND {among}", parameters=(*part.parameters, *record_ids))
    return part


def _find_condition(table: Table, all_tables: dict[str, Table]) -> str | None:
    """Returns the SQL condition for a workspace's rows, by its number. None if the table's rows have no workspace."""
    if table.name == _WORKSPACES:
        return "number = ?"
    if "workspace" in table.columns:
        return "workspace = ?"
    for r in table.references:
        if r.target != table.name and (condition := _find_condition(all_tables[r.target], all_tables)):
            return f"{r.column} IN (SELECT {r.target_column} FROM {r.target} WHERE {condition})"
    return None
