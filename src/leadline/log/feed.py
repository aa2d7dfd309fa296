"""The log read onwards from a place in it."""

from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from leadline.kit.db import Row, Transaction

Fields = dict[str, tuple[Any, Any]]
"""What each field was before, and is after."""
decode_fields = msgspec.json.Decoder(Fields).decode
_WITHOUT_END = 2**31


class OtherHistory(Exception):
    """The log did not go through the place: the data were put back to an earlier state, and went on otherwise."""


class TooMuch(Exception):
    """More was done than was to be read."""


class Place(NamedTuple):
    """A state of a workspace, by the newest operation that it holds. Data that are put back to an earlier state use a
    `seq` again, but never the id of an operation."""

    seq: int
    operation: str


class State(NamedTuple):
    """Where a snapshot stands, and the newest running number in it. There is no place while the log lacks its newest
    operation: the workspace is being copied to here."""

    workspace: int
    place: Place | None
    newest_no: int


class Told(NamedTuple):
    """What an operation did to the records of one kind: of each its id and its fields, for `decode_fields`."""

    place: Place
    changes: list[tuple[str, str]]


async def state(tx: Transaction, workspace: int) -> State:
    row = await tx.fetch_one(
        "SELECT workspaces.seq, operations.id, workspaces.no FROM workspaces LEFT JOIN operations"
        " ON operations.workspace = workspaces.number AND operations.seq = workspaces.seq"
        " WHERE workspaces.number = ?",
        (workspace,),
    )
    if row is None or row[1] is None:
        return State(workspace, None, 0)
    return State(workspace, Place(int(row[0] or 0), str(row[1])), int(row[2] or 0))


async def has(tx: Transaction, workspace: int, place: Place) -> bool:
    """Whether the log went through the place."""
    sql = "SELECT 1 FROM operations WHERE workspace = ? AND seq = ? AND id = ?"
    return await tx.fetch_one(sql, (workspace, *place)) is not None


async def onwards(
    tx: Transaction, workspace: int, prefix: str, after: Place, until: int, limit: int = _WITHOUT_END
) -> list[Told]:
    """The operations after a place, up to a `seq` that the snapshot has, and what they did to records whose ids have
    the prefix.

    Raises `OtherHistory`, and `TooMuch` for more than `limit` operations or changes.
    """
    rows = await _rows(tx, workspace, prefix, after, until, limit + 2)
    if len(rows) > limit + 1:
        raise TooMuch
    return _operations(rows, after, until)


async def next_operations(
    tx: Transaction, workspace: int, prefix: str, after: Place, until: int, changes: int
) -> list[Told]:
    """The first of those that `onwards` answers: as many as do so many changes together, and at least one, however
    many it does. Raises `OtherHistory`."""
    rows = await _rows(tx, workspace, prefix, after, until, changes + 2)
    if len(rows) > changes + 1:
        cut = int(rows[-1][0] or 0)
        until = max(cut - 1, after.seq + 1)
        if cut == until:
            rows = await _rows(tx, workspace, prefix, after, until, _WITHOUT_END)
        rows = [row for row in rows if int(row[0] or 0) <= until]
    return _operations(rows, after, until)


async def _rows(tx: Transaction, workspace: int, prefix: str, after: Place, until: int, limit: int) -> list[Row]:
    """The operation at the place comes first, without its changes."""
    return await tx.fetch_settled(
        "SELECT operations.seq, operations.id, changes.record_id, changes.fields FROM operations LEFT JOIN changes"
        " ON changes.workspace = operations.workspace AND changes.seq = operations.seq"
        " AND operations.seq > ? AND changes.record_id > ? AND changes.record_id < ?"
        " WHERE operations.workspace = ? AND operations.seq BETWEEN ? AND ? ORDER BY operations.seq LIMIT ?",
        (after.seq, f"{prefix}_", f"{prefix}`", workspace, after.seq, until, limit),
    )


def _operations(rows: list[Row], after: Place, until: int) -> list[Told]:
    told = [_told(place, list(own)) for place, own in groupby(rows, lambda row: Place(int(row[0] or 0), str(row[1])))]
    if [one.place.seq for one in told] != list(range(after.seq, until + 1)) or told[0].place != after:
        raise OtherHistory
    return told[1:]


def _told(place: Place, rows: list[Row]) -> Told:
    return Told(place, [(str(id_), str(fields)) for _, _, id_, fields in rows if id_ is not None])
