"""References between records: what they may point to."""

from leadline.errors import FieldError
from leadline.kit.db import Transaction
from leadline.records.body import rejection
from leadline.records.kind import Kind, Values
from leadline.records.texts import Reference

# What a reference to each kind of thing may point to. The system user (no e-mail) is nobody to assign to.
_TARGETS = {
    "user": "SELECT 1 FROM users WHERE id = ? AND workspace = ? AND active = 1 AND email IS NOT NULL",
    "account": "SELECT 1 FROM accounts WHERE id = ? AND workspace = ?",
    "contact": "SELECT 1 FROM contacts WHERE id = ? AND workspace = ?",
}


async def dangling(tx: Transaction, kind: Kind, workspace: int, values: Values) -> list[FieldError]:
    """An error for each value that points to nothing of this workspace."""
    errors = []
    for name in kind.references:
        type_, id_ = kind.fields[name].type, values.get(name)
        if not isinstance(type_, Reference) or not isinstance(id_, str):
            continue
        if await tx.fetch_one(_TARGETS[type_.to], (id_, workspace)) is None:
            errors.append(rejection(name, type_.unknown()))
    return errors
