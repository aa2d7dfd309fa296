"""The operation log: every write appends one operation, in its own transaction.

Each workspace counts its operations (`seq`) without gaps, so whoever has seen `seq` n has seen all up to n.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import msgspec

from leadline import clock, ids
from leadline.access import Actor
from leadline.clock import Clock
from leadline.kit.db import Elsewhere, Transaction, Unavailable


@dataclass(frozen=True)
class Operation:
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
    def time(self) -> str:
        """Its time as the API shows it."""
        return clock.to_text(self.seconds)


@dataclass(frozen=True)
class Change:
    """What an operation did to one record: `version` is the record's after it, `fields` holds
    `[before, after]` by field name."""

    record_id: str
    version: int
    fields: Mapping[str, Sequence[Any]]


class OperationLog:
    def __init__(self, now: Clock) -> None:
        self._now = now

    async def begin(self, tx: Transaction, workspace: int, *, records: int = 0) -> Operation:
        """The workspace's next operation, with running numbers for the `records` that it makes. Raises `Unavailable`
        while the workspace is being moved, and `Elsewhere` once it is."""
        # Not RETURNING, for which SQLite opens a savepoint: at each, FTS5 writes out what it has.
        is_here = await tx.execute(
            "UPDATE workspaces SET seq = seq + 1, no = no + ?, at = CASE WHEN at > ? THEN at ELSE ? END"
            " WHERE number = ? AND cluster IS NULL AND moving IS NULL",
            (records, now := self._now(), now, workspace),
        )
        if not is_here:
            await _refuse_moving(tx, workspace)
        row = await tx.fetch_one("SELECT seq, no, at FROM workspaces WHERE number = ?", (workspace,))
        assert row is not None, f"workspace {workspace} is gone"
        seq, no, at = (int(value or 0) for value in row)
        return Operation(ids.new("op", at, seq), seq, at, no - records + 1)

    async def append(
        self, tx: Transaction, actor: Actor, operation: Operation, kind: str, changes: Sequence[Change]
    ) -> None:
        """`kind` is what was done, in the past tense: `lead.converted`."""
        await tx.execute(
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
        for change in changes:
            await tx.execute(
                "INSERT INTO changes (workspace, seq, record_id, version, fields) VALUES (?, ?, ?, ?, ?)",
                (
                    actor.workspace,
                    operation.seq,
                    change.record_id,
                    change.version,
                    msgspec.json.encode(change.fields).decode(),
                ),
            )


async def _refuse_moving(tx: Transaction, workspace: int) -> NoReturn:
    row = await tx.fetch_one("SELECT cluster FROM workspaces WHERE number = ?", (workspace,))
    assert row is not None, f"workspace {workspace} is gone"
    if row[0] is not None:
        raise Elsewhere(str(row[0]))
    raise Unavailable("The workspace is being moved to another cluster; nothing was changed. Try again.")


async def newest(tx: Transaction, workspace: int) -> int:
    """The workspace's `seq`: of the newest operation that this snapshot holds."""
    row = await tx.fetch_one("SELECT seq FROM workspaces WHERE number = ?", (workspace,))
    return int(row[0] or 0) if row else 0
