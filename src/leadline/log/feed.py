"""The log read onwards from a position in it."""

from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from leadline.kit.db import Row, Transaction

Fields = dict[str, tuple[Any, Any]]
"""What each field was before, and is after."""
decode_fields = msgspec.json.Decoder(Fields).decode
_NO_LIMIT = 2**31


class HistoryDiverged(Exception):
    """The log did not go through the position: the data were put back to an earlier state, and went on otherwise."""


class TooFarBehind(Exception):
    """More was done than was to be read."""


class LogPosition(NamedTuple):
    """A state of a workspace, by the newest operation that it holds. Data that are put back to an earlier state use a
    `seq` again, but never the id of an operation."""

    seq: int
    operation: str


class WorkspaceVersion(NamedTuple):
    """A snapshot's position in the workspace's log, and the newest running number in the snapshot.

    `position` is None while the workspace is being copied to here: its log then lacks the newest operations.
    """

    workspace: int
    position: LogPosition | None
    newest_no: int


class LoggedOperation(NamedTuple):
    """What an operation did to the records of one kind: of each its id and its fields, for `decode_fields`."""

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
    """Whether the log went through the position."""
    sql = "SELECT 1 FROM operations WHERE workspace = ? AND seq = ? AND id = ?"
    return await tx.fetch_one(sql, (workspace, *position)) is not None


async def read_after(
    tx: Transaction, workspace: int, prefix: str, after: LogPosition, until: int, limit: int = _NO_LIMIT
) -> list[LoggedOperation]:
    """Reads the operations after a position, up to a `seq` that the snapshot has, with what they did to records whose
    ids have the prefix.

    Raises `OtherHistory`, and `TooMuch` for more than `limit` operations or changes.
    """
    rows = await _read_rows(tx, workspace, prefix, after, until, limit + 2)
    if len(rows) > limit + 1:
        raise TooFarBehind
    return _group_operations(rows, after, until)


async def next_operations(
    tx: Transaction, workspace: int, prefix: str, after: LogPosition, until: int, changes: int
) -> list[LoggedOperation]:
    """The first of those that `onwards` answers: as many as do so many changes together, and at least one, however
    many it does. Raises `OtherHistory`."""
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
    """The operation at the position comes first, without its changes."""
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
