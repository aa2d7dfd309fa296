"""The operation log: every write appends one operation, in its own transaction.

Each workspace counts its operations (`seq`) without gaps, so whoever has seen `seq` n has seen all up to n.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from leadline import clock, ids
from leadline.access import Actor
from leadline.clock import Clock
from leadline.kit.db import BEING_MOVED, CounterRow, Row, Transaction, Unavailable, WrongCluster

_WORKSPACE = CounterRow(
    find="SELECT seq, no, at, access_seq, cluster, moving FROM workspaces WHERE number = ?",
    save="UPDATE workspaces SET seq = ?, no = ?, at = ?, access_seq = ?, cluster = ?, moving = ? WHERE number = ?",
)
_CHANGES_ACCESS = frozenset({"user.updated", "key.revoked", "session.ended"})
"""Kinds of operations after which somebody may do less than before."""
_INSERT_CHANGE = "INSERT INTO changes (workspace, seq, record_id, version, fields) VALUES (?, ?, ?, ?, ?)"


class Operation(msgspec.Struct, frozen=True):
    """What one write is: its place in the log, its time (milliseconds since 1970, never running backwards
    within a workspace), and the running number of the first record that it makes."""

    id: str
    seq: int
    at: int
    first_no: int

    @property
    def seconds(self) -> int:
        return self.at // 1000

    @property
    def time_text(self) -> str:
        """Its time as the API shows it."""
        return clock.to_text(self.seconds)


class Change(msgspec.Struct, frozen=True):
    """What an operation did to one record: `version` is the record's after it, `fields` holds
    `[before, after]` by field name."""

    record_id: str
    version: int
    fields: Mapping[str, Sequence[Any]]


class WorkspaceCounters(NamedTuple):
    """A workspace's newest operation and running number, the time of that operation, and the newest operation after
    which somebody may do less than before."""

    seq: int
    no: int
    at: int
    access_seq: int


async def lock_counters(tx: Transaction, workspace: int) -> WorkspaceCounters:
    """The workspace's counters, which no other writer changes until the commit. Whoever locks rows of a workspace
    begins with this, so that writers wait for each other in one order.

    Raises `Unavailable` while the workspace is being moved, and `Elsewhere` once it is.
    """
    row = await tx.lock_row(_WORKSPACE, workspace)
    assert row is not None, f"workspace {workspace} is gone"
    seq, no, at, access_seq, cluster, moving = row
    if cluster is not None:
        raise WrongCluster(str(cluster))
    if moving is not None:
        raise Unavailable(BEING_MOVED)
    return WorkspaceCounters(int(seq or 0), int(no or 0), int(at or 0), int(access_seq or 0))


async def _save_counters(tx: Transaction, workspace: int, counters: WorkspaceCounters) -> None:
    await tx.save_row(_WORKSPACE, workspace, (*counters, None, None))


class OperationLog:
    def __init__(self, now: Clock) -> None:
        self._now = now

    async def begin(self, tx: Transaction, workspace: int, *, records: int = 0) -> Operation:
        """The workspace's next operation, with running numbers for the `records` that it makes. Raises `Unavailable`
        while the workspace is being moved, and `Elsewhere` once it is."""
        counters = await lock_counters(tx, workspace)
        seq, at = counters.seq + 1, max(counters.at, self._now())
        await _save_counters(tx, workspace, counters._replace(seq=seq, no=counters.no + records, at=at))
        return Operation(ids.new_id("op", at, seq), seq, at, counters.no + 1)

    async def append(
        self, tx: Transaction, actor: Actor, operation: Operation, kind: str, changes: Iterable[Change]
    ) -> None:
        """`kind` is what was done, in the past tense: `lead.converted`."""
        if kind in _CHANGES_ACCESS:
            counters = await lock_counters(tx, actor.workspace)
            await _save_counters(tx, actor.workspace, counters._replace(access_seq=operation.seq))
        await tx.defer_insert(
            "INSERT INTO operations (workspace, seq, id, kind, at, user_id, key_id, request_id)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                actor.workspace,
                operation.seq,
                operation.id,
                kind,
                operation.at,
                actor.user_id,
                actor.key_id,
                actor.request_id,
            ),
        )
        rows = [_change_row(actor, operation, change) for change in changes]
        if len(rows) == 1:
            await tx.defer_insert(_INSERT_CHANGE, rows[0])
        elif rows:
            await tx.execute_many(_INSERT_CHANGE, rows)


def _change_row(actor: Actor, operation: Operation, change: Change) -> Row:
    fields = msgspec.json.encode(change.fields).decode()
    return actor.workspace, operation.seq, change.record_id, change.version, fields
