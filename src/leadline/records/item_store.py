"""The SQL of lists: pages of items, and where a record is in a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from leadline.kit.db import ReadTransaction, Row, Transaction
from leadline.records.kind import Kind
from leadline.records.query import ListQuery
from leadline.records.store import select_list
from leadline.records.types import Value

VERSION = "version"
"""The column of a record's version, and its name in a list item."""
Item = msgspec.Struct
"""A record as a list shows it: an attribute for each listed field, in their order. (It is made six times as fast as a
dict, which would be a third of the cost of a list.)"""


async def read_page(
    tx: ReadTransaction,
    kind: Kind,
    workspace: int,
    query: ListQuery,
    limit: int,
    offset: int,
) -> list[Item]:
    """Reads up to `limit` of the sorted records, from `offset` on."""
    statements = _statements_of(kind, query.with_version)
    where, parameters = query.predicate.to_sql(kind, workspace, tx.dialect)
    order = query.sorting.to_sql(kind, tx.dialect)
    sql = tx.dialect.select_page(statements.select, kind.plural, where, order)
    rows = await tx.fetch_all(sql, [*parameters, limit, offset])
    return statements.load(rows)


async def read_items(
    tx: ReadTransaction, kind: Kind, workspace: int, nos: Sequence[int], *, with_version: bool
) -> list[Item]:
    """Reads the records with these numbers, in the order of the numbers given. `with_version` gives each item its
    `version`."""
    statements = _statements_of(kind, with_version)
    among, numbers = tx.dialect.in_list("no", nos)
    # Python puts them in order, because ORDER BY takes several times as long in SQLite.
    found = await tx.fetch_by_key(f"{statements.numbered} WHERE {kind.within} AND {among}", (workspace, *numbers))
    rows = {row[0]: row[1:] for row in found}
    return statements.load([rows[no] for no in nos])


async def read_sorted(
    tx: Transaction, kind: Kind, workspace: int, nos: Sequence[int], query: ListQuery, limit: int, offset: int
) -> list[Item]:
    """Reads up to `limit` of the records with these numbers, sorted, from `offset` on."""
    statements = _statements_of(kind, query.with_version)
    among, numbers = tx.dialect.in_list("no", nos)
    rows = await tx.fetch_all(
        f"{statements.select} WHERE {kind.within} AND {among} ORDER BY {query.sorting.to_sql(kind, tx.dialect)}"
        " LIMIT ? OFFSET ?",
        (workspace, *numbers, limit, offset),
    )
    return statements.load(rows)


async def find_position(
    tx: ReadTransaction,
    kind: Kind,
    workspace: int,
    query: ListQuery,
    no: int,
    *,
    among: Sequence[int] | None = None,
) -> int | None:
    """Returns how many records come before the record `no` in a list, None if the list does not have it. With
    `among`, the list has only the records with these numbers, for which the predicate holds."""
    if among is None:
        where, parameters = query.predicate.to_sql(kind, workspace, tx.dialect)
    else:
        condition, nos = tx.dialect.in_list("no", among)
        where, parameters = f"{kind.within} AND {condition}", [workspace, *nos]
    order = query.sorting.to_sql(kind, tx.dialect)
    row = await tx.fetch_one(
        f"SELECT place FROM (SELECT no, row_number() OVER (ORDER BY {order}) AS place FROM {kind.plural}"
        f" WHERE {where}) AS placed WHERE no = ?",
        [*parameters, no],
    )
    return int(row[0] or 0) - 1 if row else None


@dataclass(frozen=True)
class _ListStatements:
    """The statements that read the items of a list. The rows of `numbered` begin with the record's number."""

    select: str
    numbered: str
    load: Callable[[list[Row]], list[Item]]


@lru_cache
def _statements_of(kind: Kind, with_version: bool) -> _ListStatements:
    columns = select_list(kind.listed_fields) + (f", {VERSION}" if with_version else "")
    return _ListStatements(
        select=f"SELECT {columns} FROM {kind.plural}",
        numbered=f"SELECT no, {columns} FROM {kind.plural}",
        load=_item_loader(kind, with_version),
    )


def _item_loader(kind: Kind, with_version: bool) -> Callable[[list[Row]], list[Item]]:
    names = [*kind.listed, VERSION] if with_version else kind.listed
    item = msgspec.defstruct(f"{kind.name.title()}Item", [(name, Value) for name in names])
    loaders = [(field.name, loader) for field in kind.listed_fields if (loader := field.type.from_column())]

    def load(rows: list[Row]) -> list[Item]:
        items = [item(*row) for row in rows]
        for name, load_value in loaders:
            for one in items:
                setattr(one, name, load_value(getattr(one, name)))
        return items

    return load
