"""The operations of the log after a given position."""

from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from leadline.kit.db import Row, Transaction

Fields = dict[str, tuple[Any, Any]]
"""The value of each field before and after an operation."""
decode_fields = msgspec.json.Decoder(Fields).decode
_NO_LIMIT = 2**31


class HistoryDiverged(Exception):
    """The log does not contain the position: the data were restored to an earlier state and then took another
    course."""


class TooFarBehind(Exception):
    """The log has more operations or changes after the position than the limit allows."""


class LogPosition(NamedTuple):
    """A state of a workspace, named by the newest operation that it contains.

    Data that are restored to an earlier state use a `seq` again, but never the id of an operation.
    """

    seq: int
    operation: str


class WorkspaceVersion(NamedTuple):
    """The log position of a workspace in a snapshot, and the newest running number there.

    `position` is None while the workspace is being copied into this database, as its log then lacks the newest
    operations.
    """

    workspace: int
    position: LogPosition | None
    newest_no: int


class LoggedOperation(NamedTuple):
    """An operation with its changes to the records of one kind.

    Each change is the id of a record and its fields, encoded for `decode_fields`.
    """

    position: LogPosition
    changes: list[tuple[str, str]]


async def read_version(tx: Transaction, workspace: int) -> WorkspaceVersion:
    row = await tx.fetch_one(
        "SELECT workspaces.seq, operations.id, workspaces.no FROM workspaces LEFT JOIN operations"
        " ON operations.workspace = workspaces.number AND operations.seq = workspaces.seq"
        " WHERE workspaces.number = ?",
        (workspace,),
    )
    if row is None or row[1] is None:
        return WorkspaceVersion(workspace, None, 0)
    return WorkspaceVersion(workspace, LogPosition(int(row[0] or 0), str(row[1])), int(row[2] or 0))


async def has_position(tx: Transaction, workspace: int, position: LogPosition) -> bool:
    """Returns True if the log contains the position."""
    sql = "SELECT 1 FROM operations WHERE workspace = ? AND seq = ? AND id = ?"
    return await tx.fetch_one(sql, (workspace, *position)) is not None


async def has_more_changes(tx: Transaction, workspace: int, prefix: str, after: LogPosition, limit: int) -> bool:
    """Returns True if the log has more than `limit` changes after the position, to records whose ids have the
    prefix."""
    sql = "SELECT 1 FROM changes WHERE workspace = ? AND seq > ? AND record_id > ? AND record_id < ? LIMIT 1 OFFSET ?"
    return await tx.fetch_one(sql, (workspace, after.seq, f"{prefix}_", f"{prefix}`", limit)) is not None


async def read_after(
    tx: Transaction, workspace: int, prefix: str, after: LogPosition, until: int, limit: int = _NO_LIMIT
) -> list[LoggedOperation]:
    """Reads the operations after a position, up to the `seq` `until`, with their changes to records whose ids have
    the prefix.

    The snapshot must contain `until`.

    Raises `HistoryDiverged`, and `TooFarBehind` if there are more than `limit` operations or changes.
    """
    rows = await _read_rows(tx, workspace, prefix, after, until, limit + 2)
    if len(rows) > limit + 1:
        raise TooFarBehind
    return _group_operations(rows, after, until)


async def next_operations(
    tx: Transaction, workspace: int, prefix: str, after: LogPosition, until: int, changes: int
) -> list[LoggedOperation]:
    """Reads the first of the operations that `read_after` would return: as many as have `changes` changes together.

    It reads at least one operation, however many changes that has. Raises `HistoryDiverged`.
    """
    rows = await _read_rows(tx, workspace, prefix, after, until, changes + 2)
    if len(rows) > changes + 1:
        cut = int(rows[-1][0] or 0)
        until = max(cut - 1, after.seq + 1)
        if cut == until:
            rows = await _read_rows(tx, workspace, prefix, after, until, _NO_LIMIT)
        rows = [row for row in rows if int(row[0] or 0) <= until]
    return _group_operations(rows, after, until)


async def _read_rows(
    tx: Transaction, workspace: int, prefix: str, after: LogPosition, until: int, limit: int
) -> list[Row]:
    """Reads the rows of the operations, beginning with the operation at the position, without its changes."""
    return await tx.fetch_immutable(
        "SELECT operations.seq, operations.id, changes.record_id, changes.fields FROM operations LEFT JOIN changes"
        " ON changes.workspace = operations.workspace AND changes.seq = operations.seq"
        " AND operations.seq > ? AND changes.record_id > ? AND changes.record_id < ?"
        " WHERE operations.workspace = ? AND operations.seq BETWEEN ? AND ? ORDER BY operations.seq LIMIT ?",
        (after.seq, f"{prefix}_", f"{prefix}`", workspace, after.seq, until, limit),
    )


def _group_operations(rows: list[Row], after: LogPosition, until: int) -> list[LoggedOperation]:
    told = [
        _read_operation(position, list(own))
        for position, own in groupby(rows, lambda row: LogPosition(int(row[0] or 0), str(row[1])))
    ]
    if [one.position.seq for one in told] != list(range(after.seq, until + 1)) or told[0].position != after:
        raise HistoryDiverged
    return told[1:]


def _read_operation(position: LogPosition, rows: list[Row]) -> LoggedOperation:
    return LoggedOperation(position, [(str(id_), str(fields)) for _, _, id_, fields in rows if id_ is not None])
