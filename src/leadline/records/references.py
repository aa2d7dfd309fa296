"""References between records: what they may point to, and what becomes of them when that goes."""

from collections.abc import Iterator, Sequence

from leadline.errors import FieldError
from leadline.kit.db import Transaction
from leadline.log import Change, Operation
from leadline.records import store
from leadline.records.body import rejection
from leadline.records.kind import Kind, Values
from leadline.records.texts import Reference

# The system user (no e-mail) is nobody to assign to.
_USER = "SELECT 1 FROM users WHERE id = ? AND workspace = ? AND active = 1 AND email IS NOT NULL"


class References:
    """Among these `kinds`, each of which refers to another by one field at most."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._targets = {kind.name: f"SELECT 1 FROM {kind.plural} WHERE id = ? AND workspace = ?" for kind in kinds}
        self._targets["user"] = _USER

    async def dangling(self, tx: Transaction, kind: Kind, workspace: int, values: Values) -> list[FieldError]:
        """An error for each value that points to nothing of this workspace."""
        errors = []
        for name in kind.references:
            type_, id_ = kind.fields[name].type, values.get(name)
            if not isinstance(type_, Reference) or not isinstance(id_, str):
                continue
            if await tx.fetch_one(self._targets[type_.to], (id_, workspace)) is None:
                errors.append(rejection(name, type_.unknown()))
        return errors

    async def empty(
        self, tx: Transaction, kind: Kind, workspace: int, id_: str, operation: Operation
    ) -> list[Change]:
        """Empties every reference to a record that is about to go, and answers what the log is to say of it."""
        changes = []
        for referring, name in self.to(kind):
            for record, version, before in await store.unlink(tx, referring, workspace, name, id_, operation.seconds):
                times = {} if before == operation.time else {"updatedAt": [before, operation.time]}
                changes.append(Change(record, version, {name: [id_, None], **times}))
        return changes

    def to(self, kind: Kind) -> Iterator[tuple[Kind, str]]:
        """The fields that point to records of this kind, the server's own among them."""
        for referring in self._kinds:
            for field in referring.own_fields:
                if isinstance(field.type, Reference) and field.type.to == kind.name:
                    yield referring, field.name
