"""Undo: takes back an operation, exactly and as one operation, or says what stands in the way.

What happens when others have written since is a table: docs/taking-things-back.md.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec

from leadline import ids
from leadline.access import Actor, Right, Role, require_right, scopes_of
from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.crm.record_undo import Force, UndoConflict
from leadline.crm.undo_plan import KINDS_BY_PREFIX, UndoPlan
from leadline.errors import Conflict, Forbidden, LogTrimmed, NotFound
from leadline.kit.db import Transaction
from leadline.log import Operation, operations, read_range
from leadline.log.operations import OperationHead, RecordChange
from leadline.records.service import RecordService

MAX_CONFLICTS_SHOWN = 1_000


class UndoResult(msgspec.Struct, frozen=True):
    """The operation of an undo, the numbers of records that it restored, changed and deleted, and the conflicts that
    it went past."""

    operation: Operation
    restored: int
    changed: int
    deleted: int
    skipped: Sequence[UndoConflict]


class UndoService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def undo_operation(self, tx: Transaction, actor: Actor, id_: str, force: Force | None) -> UndoResult:
        """Takes back an operation by a new one.

        Raises:
            NotFound: the workspace has no such operation.
            Forbidden: the operation is somebody else's, or the key lacks a scope.
            LogTrimmed: the log has lost the operation's changes.
            Conflict: others stand in the way and `force` does not go past them, there is nothing to take back, or
                operations of this kind cannot be taken back.
        """
        operation = await find_operation(tx, actor, id_)
        _require_own(actor, operation)
        await _require_log(tx, actor.workspace, operation)
        changes = await operations.read_changes(tx, actor.workspace, operation)
        await _refuse_not_undoable(tx, actor.workspace, operation, changes)
        plan = UndoPlan(self._records, tx, actor.workspace, force)
        await plan.make_plan(changes)
        require_right(actor, Right.WRITE, scopes_of({undo.kind.plural for undo in plan.records}, Right.WRITE))
        conflicts = [conflict for undo in plan.records for conflict in undo.conflicts]
        if conflicts and (force is None or not plan.has_effects()):
            raise _undo_conflict(conflicts)
        if not plan.has_effects():
            raise await _nothing_to_undo(tx, actor.workspace, operation)
        actions = Counter(undo.action for undo in plan.records)
        async with self._records.begin(tx, actor, "operation.undone", undoes=operation.id) as op:
            await plan.carry_out(op)
        return UndoResult(op.operation, actions["restored"], actions["changed"], actions["deleted"], conflicts)


async def find_operation(tx: Transaction, actor: Actor, id_: str) -> OperationHead:
    """Finds an operation of the actor's workspace. Raises `NotFound`."""
    canonical = ids.parse_id(operations.PREFIX, id_)
    operation = canonical and await operations.find_operation(tx, actor.workspace, canonical)
    if not operation:
        raise NotFound
    return operation


def _require_own(actor: Actor, operation: OperationHead) -> None:
    """Raises `Forbidden` for somebody else's operation, and `NotFound` if the actor may not even see that."""
    is_own = operation.user_id == actor.user_id and operation.key_id == actor.key_id
    word = operation.kind.partition(".")[0]
    if not is_own and word in [kind.name for kind in PRIVATE_KINDS]:
        raise NotFound
    if is_own or actor.role is Role.ADMIN:
        return
    areas = [kind.plural for kind in KINDS if kind.name == word]
    if actor.scopes is not None and not scopes_of(areas, Right.READ) <= actor.scopes:
        raise NotFound
    raise Forbidden("Somebody else did this; only they or an admin can take it back.")


async def _require_log(tx: Transaction, workspace: int, operation: OperationHead) -> None:
    oldest = (await read_range(tx, workspace)).oldest
    if operation.seq < oldest:
        detail = f"The log begins at {oldest} now, so the changes of this operation are not known any more."
        raise LogTrimmed(detail, facts={"seq": oldest})


async def _refuse_not_undoable(
    tx: Transaction, workspace: int, operation: OperationHead, changes: Sequence[RecordChange]
) -> None:
    if any(change.record_id.partition("_")[0] not in KINDS_BY_PREFIX for change in changes):
        detail = "Changes of users, keys, sessions, views and workspaces cannot be taken back; change them again."
        raise Conflict(detail, code="not_undoable")
    if not changes:
        raise await _nothing_to_undo(tx, workspace, operation)
    sql = "SELECT 1 FROM changes WHERE workspace = ? AND seq = ? AND erased IS NOT NULL"
    if await tx.fetch_one(sql, (workspace, operation.seq)):
        detail = "A person was erased from this operation, so it cannot be taken back."
        raise Conflict(detail, code="erased")


async def _nothing_to_undo(tx: Transaction, workspace: int, operation: OperationHead) -> Conflict:
    undone_by = await operations.find_undoing(tx, workspace, operation.id)
    detail = "It was taken back already." if undone_by else "Nothing of it is there any more to take back."
    return Conflict(detail, code="nothing_to_undo", facts={"undoneBy": undone_by})


def _undo_conflict(conflicts: Sequence[UndoConflict]) -> Conflict:
    detail = (
        "Others have written since, so nothing was taken back; see conflicts. force=skip takes back the rest,"
        " force=overwrite all that can be."
    )
    shown = [conflict.show_conflict() for conflict in conflicts[:MAX_CONFLICTS_SHOWN]]
    return Conflict(detail, code="undo_conflict", facts={"conflicts": shown, "total": len(conflicts)})
