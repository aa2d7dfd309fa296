"""The past of a workspace: the log position of a time, and the values that records had at a position."""

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from leadline.kit.db import Row, SqlValue, Transaction
from leadline.log import read_range
from leadline.log.feed import TooFarBehind, decode_fields

MAX_CHANGES = 50_000
"""Most changes after a position that are taken back."""
MAX_CHANGE_BYTES = 32 * 1024 * 1024
"""Most bytes that those changes may have together."""
_PAGE_CHANGES = 1_000


class PastRecord(msgspec.Struct):
    """A record at a position, if it has changed since. `values` has those of the fields that changed since; `id` is
    None there if the record did not exist. `version` is 0 then."""

    version: int
    values: dict[str, Any]


async def find_seq(tx: Transaction, workspace: int, at: int) -> int:
    """Returns the `seq` of the newest operation that was written at `at` (milliseconds since 1970) or before, 0 if
    there is none. The times of operations never run backwards."""
    oldest, newest = 0, (await read_range(tx, workspace)).newest
    while oldest < newest:
        middle = (oldest + newest + 1) // 2
        sql = "SELECT at FROM operations WHERE workspace = ? AND seq = ?"
        operation = await tx.fetch_one(sql, (workspace, middle))
        if operation is not None and int(operation[0] or 0) <= at:
            oldest = middle
        else:
            newest = middle - 1
    return oldest


async def read_changed(
    tx: Transaction, workspace: int, seq: int, prefixes: Collection[str]
) -> dict[str, dict[str, PastRecord]]:
    """Returns all records that changed after `seq`, as they were then, by their ids, for each of the prefixes.

    Raises `TooFarBehind` over `MAX_CHANGES` or `MAX_CHANGE_BYTES` of all records.
    """
    found: dict[str, dict[str, PastRecord]] = {prefix: {} for prefix in prefixes}
    limits = _ChangeLimits()
    after: tuple[SqlValue, ...] = (seq, "~")  # after the last record id of the operation
    while True:
        rows = await tx.fetch_all(
            "SELECT record_id, version, fields, seq FROM changes WHERE workspace = ? AND (seq, record_id) > (?, ?)"
            " ORDER BY seq, record_id LIMIT ?",
            (workspace, *after, _PAGE_CHANGES),
        )
        limits.count_rows(rows)
        for row in rows:
            record_id = str(row[0])
            records = found.get(record_id.partition("_")[0])
            if records is not None:
                records[record_id] = _take_back(records.get(record_id), row)
        if len(rows) < _PAGE_CHANGES:
            return found
        after = (rows[-1][3], rows[-1][0])


async def read_record(tx: Transaction, workspace: int, record_id: str, seq: int) -> PastRecord | None:
    """Returns a record as it was at `seq`, None if it has not changed since. Raises `TooFarBehind` as `read_changed`
    does."""
    found: PastRecord | None = None
    limits = _ChangeLimits()
    version: SqlValue = 0
    while True:
        # The plus makes SQLite use the index on record_id.
        rows = await tx.fetch_all(
            "SELECT record_id, version, fields FROM changes WHERE record_id = ? AND version > ? AND +workspace = ?"
            " AND seq > ? ORDER BY version LIMIT ?",
            (record_id, version, workspace, seq, _PAGE_CHANGES),
        )
        limits.count_rows(rows)
        for row in rows:
            found = _take_back(found, row)
        if len(rows) < _PAGE_CHANGES:
            return found
        version = rows[-1][1]


def _take_back(found: PastRecord | None, row: Row) -> PastRecord:
    """Adds the values before a change to those before the record's earlier changes, which stay."""
    if found is None:
        found = PastRecord(int(row[1] or 0) - 1, {})
    for name, (before, _) in decode_fields(str(row[2])).items():
        found.values.setdefault(name, before)
    return found


class _ChangeLimits:
    """The count of the changes that were read."""

    def __init__(self) -> None:
        self._changes = self._bytes = 0

    def count_rows(self, rows: Iterable[Row]) -> None:
        """Raises `TooFarBehind` over a limit."""
        for row in rows:
            self._changes += 1
            self._bytes += len(str(row[2]))
        if self._changes > MAX_CHANGES or self._bytes > MAX_CHANGE_BYTES:
            raise TooFarBehind
