"""The history of one record: who changed what, the newest change first."""

from itertools import accumulate
from typing import Any

import msgspec

from leadline import clock
from leadline.kit.db import Row, Transaction
from leadline.names import full_name

Entry = dict[str, Any]


MAX_PAGE_BYTES = 512 * 1024
"""Bytes that the changes of one page may have in all. At least one change is shown, however large it is."""


async def count_changes(tx: Transaction, workspace: int, record_id: str) -> int:
    """Returns the number of changes of the record in the log of the workspace. Returns 0 for a record that never
    existed or belongs to another workspace."""
    # The plus makes SQLite use the index on record_id.
    sql = "SELECT count(*) FROM changes WHERE record_id = ? AND +workspace = ?"
    row = await tx.fetch_one(sql, (record_id, workspace))
    return int(row[0] or 0) if row else 0


async def read_entries(tx: Transaction, record_id: str, limit: int, offset: int) -> list[Entry]:
    """Reads up to `limit` entries, or fewer if they would exceed `MAX_PAGE_BYTES` together."""
    fitting = await _count_fitting(tx, record_id, limit, offset)
    rows = await tx.fetch_all(
        "SELECT operations.id, operations.seq, operations.kind, operations.at, operations.request_id,"
        " changes.version, changes.fields, users.id, users.first_name, users.last_name,"
        " keys.id, keys.name"
        " FROM changes"
        " JOIN operations ON operations.workspace = changes.workspace AND operations.seq = changes.seq"
        " JOIN users ON users.id = operations.user_id"
        " LEFT JOIN keys ON keys.id = operations.key_id"
        " WHERE changes.record_id = ? ORDER BY changes.version DESC LIMIT ? OFFSET ?",
        (record_id, fitting, offset),
    )
    return [_read_entry(row) for row in rows]


async def _count_fitting(tx: Transaction, record_id: str, limit: int, offset: int) -> int:
    rows = await tx.fetch_all(
        "SELECT octet_length(fields) FROM changes WHERE record_id = ? ORDER BY version DESC LIMIT ? OFFSET ?",
        (record_id, limit, offset),
    )
    totals = accumulate(int(size or 0) for (size,) in rows)
    return max(1, sum(total <= MAX_PAGE_BYTES for total in totals))


def _read_entry(row: Row) -> Entry:
    operation, seq, kind, at, request_id, version, fields, user_id, first, last, key_id, key_name = row
    return {
        "operationId": operation,
        "seq": seq,
        "kind": kind,
        "at": clock.to_text(int(at or 0) // 1000),
        "user": {"id": user_id, "name": full_name(first, last)},
        "key": {"id": key_id, "name": key_name} if key_id else None,
        "requestId": request_id,
        "version": version,
        "changes": msgspec.Raw(str(fields).encode()),  # JSON already, and perhaps long
    }
