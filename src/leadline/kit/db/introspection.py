"""The tables of a database, read from its own catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

from leadline.kit.db import Row, Transaction


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key of one column: each value of `column` is a `target_column` of the table `target`."""

    column: str
    target: str
    target_column: str


@dataclass(frozen=True)
class Table:
    """A table with its columns, keys and foreign keys.

    `keys` has the columns of each unique constraint and of each unique index without a condition, the primary key's
    first.
    """

    name: str
    columns: tuple[str, ...]
    nullable: frozenset[str]
    keys: tuple[tuple[str, ...], ...]
    references: tuple[ForeignKey, ...]


async def read_tables(tx: Transaction) -> list[Table]:
    """Reads all tables, each after those that it refers to."""
    queries = tx.dialect.introspection
    columns = await tx.fetch_all(queries.columns)
    keys = await tx.fetch_all(queries.keys)
    references = await tx.fetch_all(queries.references)
    found = [
        Table(
            name=name,
            columns=tuple(str(row[1]) for row in own),
            nullable=frozenset(str(row[1]) for row in own if row[2]),
            keys=_unique_keys(row for row in keys if row[0] == name),
            references=tuple(
                ForeignKey(str(row[1]), str(row[2]), str(row[3])) for row in references if row[0] == name
            ),
        )
        for name, own in _group_rows(columns).items()
    ]
    return _parents_first(found)


def _group_rows(rows: Iterable[Row], column: int = 0) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(str(row[column]), []).append(row)
    return groups


def _unique_keys(rows: Iterable[Row]) -> tuple[tuple[str, ...], ...]:
    """Returns the columns of each unique key, from the rows of `IntrospectionQueries.keys`."""
    keys = [(not parts[0][3], tuple(str(part[2]) for part in parts)) for parts in _group_rows(rows, 1).values()]
    return tuple(columns for _, columns in sorted(keys))


def _parents_first(waiting: list[Table]) -> list[Table]:
    ordered: list[Table] = []
    while waiting:
        names = {table.name for table in waiting}
        ready = [table for table in waiting if not names & {r.target for r in table.references} - {table.name}]
        assert ready, f"tables refer to each other in a circle: {names}"
        ordered += ready
        waiting = [table for table in waiting if table not in ready]
    return ordered
