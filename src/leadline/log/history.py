"""The log read by record: what was done to it, by whom, newest first."""

from typing import Any

import msgspec

from leadline import clock
from leadline.kit.db import Row, Transaction
from leadline.names import full_name

Entry = dict[str, Any]


async def count(tx: Transaction, record_id: str) -> int:
    row = await tx.fetch_one("SELECT count(*) FROM changes WHERE record_id = ?", (record_id,))
    return int(row[0] or 0) if row else 0


async def page(tx: Transaction, record_id: str, limit: int, offset: int) -> list[Entry]:
    rows = await tx.fetch_all(
        "SELECT operations.id, operations.seq, operations.kind, operations.at, operations.request_id,"
        " changes.version, changes.fields, users.id, users.first_name, users.last_name,"
        " keys.id, keys.name"
        " FROM changes"
        " JOIN operations ON operations.workspace = changes.workspace AND operations.seq = changes.seq"
        " JOIN users ON users.id = operations.user_id"
        " LEFT JOIN keys ON keys.id = operations.key_id"
        " WHERE changes.record_id = ? ORDER BY changes.version DESC LIMIT ? OFFSET ?",
        (record_id, limit, offset),
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
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
        "changes": msgspec.json.decode(str(fields)),
    }
