"""The operation log: every write appends one operation, in its own transaction.

Each workspace numbers its operations (`seq`) without gaps. A reader that has seen `seq` n has therefore seen all
operations up to n.
"""

from collections.abc import Collection, Mapping, Sequence
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
"""Kinds of operations after which somebody may have fewer rights than before."""
_INSERT_CHANGE = "INSERT INTO changes (workspace, seq, record_id, version, fields) VALUES (?, ?, ?, ?, ?)"


class Operation(msgspec.Struct, frozen=True):
    """The place of one write in the log, and its time.

    `at` is in milliseconds since 1970, and never decreases within a workspace. `first_no` is the running number of
    the first record that the write creates. `is_rehearsal` is True if the write will be undone.
    """

    id: str
    seq: int
    at: int
    first_no: int
    is_rehearsal: bool = False

    @property
    def seconds(self) -> int:
        return self.at // 1000

    @property
    def time_text(self) -> str:
        """The time of the operation as the API shows it."""
        return clock.to_text(self.seconds)

    def new_id(self, prefix: str, number: int) -> str:
        """Makes the id of something that the operation creates with the running `number`."""
        return ids.new_id(prefix, self.at, number, is_rehearsal=self.is_rehearsal)


class Change(msgspec.Struct, frozen=True):
    """The effect of an operation on one record.

    `version` is that of the record after the operation. `fields` holds `[before, after]` by field name.
    """

    record_id: str
    version: int
    fields: Mapping[str, Sequence[Any]]


class WorkspaceCounters(NamedTuple):
    """The counters of a workspace.

    `seq` and `no` are its newest operation and running number, and `at` is the time of that operation. `access_seq`
    is the newest operation after which somebody may have fewer rights than before.
    """

    seq: int
    no: int
    at: int
    access_seq: int


class LogRange(NamedTuple):
    """The part of a workspace's log that is there: the first operation whose changes are whole, and the newest."""

    oldest: int
    newest: int


async def read_range(tx: Transaction, workspace: int) -> LogRange:
    row = await tx.fetch_one("SELECT log_from, seq FROM workspaces WHERE number = ?", (workspace,))
    return LogRange(int(row[0] or 0), int(row[1] or 0)) if row else LogRange(1, 0)


async def lock_counters(tx: Transaction, workspace: int) -> WorkspaceCounters:
    """Reads the counters of a workspace, and locks them until the commit.

    A transaction that locks rows of a workspace calls this first, so that all writers wait in the same order.

    Raises `Unavailable` while the workspace is being moved, and `WrongCluster` once it has moved.
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
        """Begins the next operation of the workspace, and reserves running numbers for the `records` that it creates.

        Raises `Unavailable` while the workspace is being moved, and `WrongCluster` once it has moved.
        """
        counters = await lock_counters(tx, workspace)
        seq, at = counters.seq + 1, max(counters.at, self._now())
        await _save_counters(tx, workspace, counters._replace(seq=seq, no=counters.no + records, at=at))
        id_ = ids.new_id("op", at, seq, is_rehearsal=tx.is_rehearsal)
        return Operation(id_, seq, at, counters.no + 1, tx.is_rehearsal)

    async def take_number(self, tx: Transaction, workspace: int) -> int:
        """Takes the workspace's next running number, for a record that the operation's beginning did not count."""
        counters = await lock_counters(tx, workspace)
        await _save_counters(tx, workspace, counters._replace(no=counters.no + 1))
        return counters.no + 1

    async def append(
        self,
        tx: Transaction,
        actor: Actor,
        operation: Operation,
        kind: str,
        changes: Collection[Change],
        undoes: str | None = None,
    ) -> None:
        """Appends the operation with its changes. `kind` names what was done in the past tense: `lead.converted`.
        `undoes` is the id of the operation that it takes back."""
        if kind in _CHANGES_ACCESS:
            counters = await lock_counters(tx, actor.workspace)
            await _save_counters(tx, actor.workspace, counters._replace(access_seq=operation.seq))
        await tx.defer_insert(
            "INSERT INTO operations (workspace, seq, id, kind, at, user_id, key_id, request_id, undoes, size)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                actor.workspace,
                operation.seq,
                operation.id,
                kind,
                operation.at,
                actor.user_id,
                actor.key_id,
                actor.request_id,
                undoes,
                len(changes),
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
