"""Replay of the log: compares each record with its history, and each derived column with the record's fields."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.kit.db import Row, Transaction
from leadline.log.feed import decode_fields
from leadline.records import store
from leadline.records.kind import Kind
from leadline.records.types import Value

BATCH_RECORDS = 1_000
REPORT_EVERY_RECORDS = 100_000
"""The number of records after which the progress is reported again."""

Say = Callable[[str], None]


async def find_differences(tx: Transaction, say: Say) -> tuple[list[Row], list[Row]]:
    """Returns two lists: the fields that differ from the record's history, and the derived columns that differ from
    the record's fields. Each entry is a record id and the name of the field or column."""
    from_history: list[Row] = []
    from_fields: list[Row] = []
    for kind in (*KINDS, *PRIVATE_KINDS):
        seen, after = 0, ""
        while rows := await store.stored_rows(tx, kind, after, BATCH_RECORDS):
            told = await _replay_histories(tx, kind, rows)
            for row in rows:
                from_history += _beside_history(kind, row, told.get(row.id, {}))
                from_fields += _beside_fields(kind, row)
            if (seen + len(rows)) // REPORT_EVERY_RECORDS > seen // REPORT_EVERY_RECORDS:
                say(f"{seen + len(rows):,} {kind.plural} compared with their history")
            seen, after = seen + len(rows), rows[-1].id
    return from_history, from_fields


async def _replay_histories(tx: Transaction, kind: Kind, rows: "list[store.StoredRow]") -> dict[str, dict[str, Any]]:
    """Returns the values of each record according to the log, by record id. A field never set is missing there."""
    changes = await tx.fetch_all(
        "SELECT record_id, fields FROM changes WHERE record_id >= ? AND record_id <= ? ORDER BY record_id, version",
        (rows[0].id, rows[-1].id),
    )
    return {id_: dict(_last_values(own)) for id_, own in groupby(changes, lambda change: str(change[0]))}


def _last_values(changes: Iterator[Row]) -> Iterator[tuple[str, Any]]:
    for _, fields in changes:
        for name, (_, after) in decode_fields(str(fields)).items():
            yield name, after


def _beside_history(kind: Kind, row: "store.StoredRow", told: dict[str, Any]) -> Iterator[Row]:
    for name in kind.stored_names:
        expected: Value = told.get(name, kind.default_values[name])
        if row.values[name] != expected:
            yield row.id, name


def _beside_fields(kind: Kind, row: "store.StoredRow") -> Iterator[Row]:
    for column, value in store.derived_columns(kind, row.values).items():
        if row.derived[column] != value:
            yield row.id, column
