"""The SQL of records. No other file writes to the tables of records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from leadline.kit.db import ReadTransaction, Row, SqlValue, Transaction
from leadline.kit.text import SEPARATOR, fold_case
from leadline.records.filters import Predicate
from leadline.records.kind import UPDATED_AT, Field, Kind
from leadline.records.types import Value

MAX_IDS = 500
"""Most ids of records in one statement."""
MAX_AMONG = 4_096
"""Most numbers of records in one statement."""
SCANNED_PER_LOOKUP = 4
"""Records that are scanned in the time in which one is found by its number."""


class Record(msgspec.Struct, frozen=True):
    """A record as it is stored: `values` has every field of the kind, shown or not."""

    no: int
    version: int
    values: dict[str, Value]

    def __getitem__(self, name: str) -> Value:
        return self.values[name]


async def find_record(
    tx: ReadTransaction, kind: Kind, workspace: int, id_: str, *, among: Predicate | None = None, lock: bool = False
) -> Record | None:
    """Reads a record by its id, None if there is none, or the predicate `among` does not hold for it. `lock` keeps
    writers of other partitions from it until the commit; on SQLite, whose file has one writer, it does nothing."""
    statements, sql = _statements_of(kind), _statements_of(kind).find
    parameters: list[SqlValue] = [id_, workspace]
    if among is not None and among.conditions:
        where, values = among.to_sql(kind, workspace, tx.dialect)
        sql, parameters = f"{sql} AND {where}", [*parameters, *values]
    row = await tx.fetch_one(f"{sql}{tx.dialect.lock_clause if lock else ''}", parameters)
    if row is None:
        return None
    return Record(int(row[0] or 0), int(row[1] or 0), statements.load_all(row[2:]))


class StoredRow(msgspec.Struct, frozen=True):
    """A row of a record's table: the stored fields, and the columns that are derived from them."""

    id: str
    values: dict[str, Value]
    derived: dict[str, SqlValue]


async def stored_rows(tx: Transaction, kind: Kind, after: str, limit: int) -> list[StoredRow]:
    """Reads the next records of all workspaces, in the order of their ids."""
    columns = [*kind.key_columns.values(), "search_key"]
    selected = ", ".join([*(field.column for field in kind.stored_fields), *columns])
    rows = await tx.fetch_all(
        f"SELECT id, {selected} FROM {kind.plural} WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
    )
    load = _row_decoder(kind.stored_fields)
    split = len(kind.stored_fields) + 1
    return [StoredRow(str(row[0]), load(row[1:split]), dict(zip(columns, row[split:], strict=True))) for row in rows]


async def find_stored(tx: Transaction, kind: Kind, workspace: int, nos: Sequence[int]) -> list[Record]:
    """Reads the records with these numbers, as many as there are, with their stored fields alone."""
    load, found = _row_decoder(kind.stored_fields), []
    for start in range(0, len(nos), MAX_AMONG):
        among, numbers = tx.dialect.in_list("no", nos[start : start + MAX_AMONG])
        rows = await tx.fetch_all(
            f"SELECT no, version, {select_list(kind.stored_fields)} FROM {kind.plural}"
            f" WHERE {kind.within} AND {among}",
            (workspace, *numbers),
        )
        found += [Record(int(row[0] or 0), int(row[1] or 0), load(row[2:])) for row in rows]
    return found


async def insert_record(tx: Transaction, kind: Kind, workspace: int, record: Record) -> None:
    await tx.defer_insert(_statements_of(kind).insert, _record_row(kind, workspace, record))


async def insert_many(tx: Transaction, kind: Kind, workspace: int, records: Sequence[Record]) -> None:
    await tx.execute_many(_statements_of(kind).insert, [_record_row(kind, workspace, record) for record in records])


def _record_row(kind: Kind, workspace: int, record: Record) -> Row:
    columns = _statements_of(kind).store_all(record.values)
    return (workspace, record.no, record.version, *columns, *derived_columns(kind, record.values).values())


def stored_columns(kind: Kind) -> Sequence[str]:
    """Returns the columns in which a record is stored."""
    return _statements_of(kind).columns


def row_by_column(kind: Kind, workspace: int, record: Record) -> dict[str, SqlValue]:
    """Returns the row of a record as the kind's table has it."""
    return dict(zip(stored_columns(kind), _record_row(kind, workspace, record), strict=True))


async def update_record(
    tx: Transaction, kind: Kind, workspace: int, record: Record, changed: Sequence[str], *, unless: str = ""
) -> bool:
    """Writes only the `changed` fields of a record. Returns False if no row was changed: there is no such record, or
    the column `unless`, which guards the change, is no longer null."""
    stored = dict(zip(kind.stored_names, _statements_of(kind).store_all(record.values), strict=True))
    columns = {kind.fields[name].column: stored[name] for name in changed}
    columns |= derived_columns(kind, record.values, changed)
    columns["version"] = record.version
    guard = f" AND {unless} IS NULL" if unless else ""
    assignments = ", ".join(f"{column} = ?" for column in columns)
    rows = await tx.execute(
        f"UPDATE {kind.plural} SET {assignments} WHERE id = ? AND workspace = ?{guard}",
        (*columns.values(), record.values["id"], workspace),  # type: ignore[arg-type]
    )
    return rows == 1


async def delete_record(tx: Transaction, kind: Kind, workspace: int, id_: str) -> None:
    await tx.execute(f"DELETE FROM {kind.plural} WHERE id = ? AND workspace = ?", (id_, workspace))


async def move_reference(
    tx: Transaction, kind: Kind, workspace: int, name: str, id_: str, to: str | None, now: int
) -> list[tuple[str, int, Value]]:
    """Sets the reference `name` of all records in which it is `id_` to another id, or to None, and adds 1 to their
    versions; `now` is in seconds. Returns the id, the old version and the old updatedAt of each."""
    column, load = kind.fields[name].column, UPDATED_AT.type.from_column()
    where, parameters = f"WHERE {column} = ? AND workspace = ?", (id_, workspace)
    rows = await tx.fetch_all(
        f"SELECT id, version, updated_at FROM {kind.plural} {where}{tx.dialect.lock_clause}", parameters
    )
    if rows:
        moved = f"{column} = ?, version = version + 1, updated_at = ?"
        await tx.execute(f"UPDATE {kind.plural} SET {moved} {where}", (to, now, *parameters))
    return [(str(record), int(version or 0), load(time) if load else time) for record, version, time in rows]


async def find_referring(
    tx: Transaction, kind: Kind, workspace: int, name: str, ids: Sequence[str]
) -> list[tuple[str, str]]:
    """Returns the id and the value of each record whose reference `name` is one of the ids."""
    found: list[tuple[str, str]] = []
    column = kind.fields[name].column
    for start in range(0, len(ids), MAX_IDS):
        some = ids[start : start + MAX_IDS]
        among = f"{column} IN ({', '.join('?' * len(some))})"
        sql = f"SELECT id, {column} FROM {kind.plural} WHERE workspace = ? AND {among}"
        rows = await tx.fetch_all(sql, (workspace, *some))
        found += [(str(id_), str(value)) for id_, value in rows]
    return found


async def set_version(tx: Transaction, kind: Kind, workspace: int, id_: str, version: int) -> None:
    await tx.execute(
        f"UPDATE {kind.plural} SET version = ? WHERE id = ? AND workspace = ?", (version, id_, workspace)
    )


async def count_records(tx: ReadTransaction, kind: Kind, workspace: int, predicate: Predicate) -> int:
    where, parameters = predicate.to_sql(kind, workspace, tx.dialect)
    row = await tx.fetch_one(f"SELECT count(*) FROM {kind.plural} WHERE {where}", parameters)
    return int(row[0] or 0) if row else 0


async def find_numbers(
    tx: ReadTransaction,
    kind: Kind,
    workspace: int,
    predicate: Predicate,
    *,
    among: Sequence[int] | None = None,
    limit: int | None = None,
) -> list[int]:
    """Returns the numbers of the records for which the predicate holds, in no order; with `among`, only those among
    these numbers."""
    where, parameters = predicate.to_sql(kind, workspace, tx.dialect)
    if among is not None:
        condition, nos = tx.dialect.in_list("no", among)
        where, parameters = f"{where} AND {condition}", [*parameters, *nos]
    sql = f"SELECT no FROM {kind.plural} WHERE {where}"
    rows = await tx.fetch_all(sql if limit is None else f"{sql} LIMIT {limit}", parameters)
    return [int(no or 0) for (no,) in rows]


async def read_column(tx: Transaction, kind: Kind, workspace: int, column: str, nos: Sequence[int]) -> list[Row]:
    """Reads a column of the records with these numbers. Returns rows of the number and the value."""
    found: list[Row] = []
    for start in range(0, len(nos), MAX_AMONG):
        among, numbers = tx.dialect.in_list("no", nos[start : start + MAX_AMONG])
        sql = f"SELECT no, {column} FROM {kind.plural} WHERE {kind.within} AND {among}"
        found += await tx.fetch_all(sql, (workspace, *numbers))
    return found


async def with_text(tx: Transaction, kind: Kind, workspace: int, nos: Sequence[int], text: str) -> list[int]:
    """Returns those of the numbers whose records a search for the (folded) text finds."""
    among, parameters = _between_numbers(nos) if _is_dense(nos) else tx.dialect.in_list("no", nos)
    rows = await tx.fetch_all(
        f"SELECT no FROM {kind.plural} WHERE {kind.within} AND {among} AND {tx.dialect.contains_text('search_key')}",
        (workspace, *parameters, text),
    )
    wanted = set(nos)
    return [int(no) for (no,) in rows if no in wanted]


async def search_keys(tx: Transaction, kind: Kind, workspace: int, nos: Sequence[int]) -> dict[int, str]:
    """Reads the search keys of records by their numbers: "" for a record that is not there."""
    rows = await read_column(tx, kind, workspace, "search_key", nos)
    return dict.fromkeys(nos, "") | {int(no or 0): str(key) for no, key in rows}


def _is_dense(nos: Sequence[int]) -> bool:
    """Returns True if a scan from the lowest to the highest number costs less than to find each record."""
    return bool(nos) and max(nos) - min(nos) < SCANNED_PER_LOOKUP * len(nos)


def _between_numbers(nos: Sequence[int]) -> tuple[str, tuple[SqlValue, ...]]:
    return "no BETWEEN ? AND ?", (min(nos), max(nos))


def columns_of(kind: Kind, values: Mapping[str, Value]) -> dict[str, SqlValue]:
    """Returns values of a record as columns hold them, by field name; a field with a key column has its key there.
    Names that the kind does not have are left out: a newer version may have written them."""
    storers = _statements_of(kind).storers
    return {name: storers[name](value) for name, value in values.items() if name in storers}


def search_key(kind: Kind, values: Mapping[str, Value]) -> str:
    """Returns the folded text through which a search looks for a record."""
    parts = (" ".join(str(values[name]) for name in part if values.get(name)) for part in kind.search)
    return fold_case(SEPARATOR.join(parts))


def derived_columns(
    kind: Kind, values: Mapping[str, Value], changed: Sequence[str] | None = None
) -> dict[str, SqlValue]:
    """Returns the columns that are made from fields, or only those that depend on the `changed` fields."""
    columns: dict[str, SqlValue] = {}
    for name, column in kind.key_columns.items():
        if changed is None or name in changed:
            columns[column] = kind.fields[name].type.fold_key(values[name])
    if changed is None or any(name in changed for part in kind.search for name in part):
        columns["search_key"] = search_key(kind, values)
    return columns


@dataclass(frozen=True)
class _KindStatements:
    columns: Sequence[str]
    find: str
    insert: str
    storers: Mapping[str, Callable[[Any], SqlValue]]
    store_all: Callable[[Mapping[str, Value]], list[SqlValue]]
    load_all: Callable[[Row], dict[str, Value]]


@lru_cache
def _statements_of(kind: Kind) -> _KindStatements:
    fields = tuple(kind.fields.values())
    columns = ["workspace", "no", "version", *(field.column for field in kind.stored_fields)]
    columns += kind.key_columns.values()
    columns.append("search_key")
    return _KindStatements(
        columns=columns,
        find=f"SELECT no, version, {select_list(fields)} FROM {kind.plural} WHERE id = ? AND {kind.within}",
        insert=f"INSERT INTO {kind.plural} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        storers={
            field.name: field.type.fold_key if field.key_column else field.type.to_column() or _as_it_is
            for field in kind.stored_fields
        },
        store_all=_row_encoder(kind),
        load_all=_row_decoder(fields),
    )


def _as_it_is(value: Any) -> SqlValue:
    stored: SqlValue = value
    return stored


def select_list(fields: Sequence[Field]) -> str:
    return ", ".join(field.source for field in fields)


def _row_encoder(kind: Kind) -> Callable[[Mapping[str, Value]], list[SqlValue]]:
    names = kind.stored_names
    storers = [
        (place, storer) for place, field in enumerate(kind.stored_fields) if (storer := field.type.to_column())
    ]

    def encode_row(values: Mapping[str, Value]) -> list[SqlValue]:
        columns: list[Any] = [values[name] for name in names]
        for place, store_value in storers:
            columns[place] = store_value(columns[place])
        return columns

    return encode_row


def _row_decoder(fields: Sequence[Field]) -> Callable[[Row], dict[str, Value]]:
    names = [field.name for field in fields]
    loaders = [(field.name, loader) for field in fields if (loader := field.type.from_column())]

    def decode_row(row: Row) -> dict[str, Value]:
        values: dict[str, Value] = dict(zip(names, row, strict=True))
        for name, load_value in loaders:
            values[name] = load_value(values[name])
        return values

    return decode_row
