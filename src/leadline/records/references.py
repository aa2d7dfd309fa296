"""References between records: the check that their targets exist, and their removal when a target is deleted."""

from collections.abc import Iterator, Sequence

from leadline.errors import FieldError
from leadline.kit.db import Transaction
from leadline.log.aliases import find_survivor
from leadline.records.body import field_error
from leadline.records.kind import Kind, Values
from leadline.records.texts import ReferenceField
from leadline.records.types import Value

# Records cannot be assigned to the system user, who has no e-mail address.
_USER = "SELECT id FROM users WHERE workspace = ? AND active = 1 AND email IS NOT NULL"
_MAX_IDS_AT_ONCE = 500


class ReferenceChecker:
    """Checks and empties references among the `kinds`, each of which refers to another by at most one field."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._targets = {kind.name: f"SELECT id FROM {kind.plural} WHERE workspace = ?" for kind in kinds}
        self._targets["user"] = _USER

    async def find_dangling(self, tx: Transaction, kind: Kind, workspace: int, values: Values) -> list[FieldError]:
        """Returns an error for each reference to a record that is not in the workspace."""
        [errors] = await self.dangling_of_each(tx, kind, workspace, [values])
        return errors

    async def follow_merges(
        self, tx: Transaction, kind: Kind, workspace: int, values: Values
    ) -> tuple[Values, list[FieldError]]:
        """Returns the values with the survivor in place of each record that was merged away, and the errors of
        `find_dangling` for the other references."""
        errors = await self.find_dangling(tx, kind, workspace, values)
        if not errors:
            return values, errors
        survivors = {
            error.field: survivor
            for error in errors
            if (survivor := await find_survivor(tx, workspace, str(values[error.field])))
        }
        return {**values, **survivors}, [error for error in errors if error.field not in survivors]

    async def dangling_of_each(
        self, tx: Transaction, kind: Kind, workspace: int, rows: Sequence[Values]
    ) -> list[list[FieldError]]:
        """Returns the errors of `find_dangling` for each of many records."""
        errors: list[list[FieldError]] = [[] for _ in rows]
        for name in kind.reference_fields:
            type_ = kind.fields[name].type
            if isinstance(type_, ReferenceField) and (
                ids := {row[name] for row in rows if row.get(name) is not None}
            ):
                gone = ids - await self.find_existing(tx, type_.to, workspace, ids)
                for place, row in enumerate(rows):
                    if row.get(name) in gone:
                        errors[place].append(field_error(name, type_.unknown_reference()))
        return errors

    async def is_assignable(self, tx: Transaction, workspace: int, user_id: Value) -> bool:
        """Returns True if records may be assigned to the user, who must be an active one of the workspace."""
        return bool(await self.find_existing(tx, "user", workspace, {user_id}))

    async def find_existing(self, tx: Transaction, to: str, workspace: int, ids: set[Value]) -> set[Value]:
        """Returns those of the ids that are records of the kind `to`; for users, active ones."""
        found: set[Value] = set()
        asked = sorted(map(str, ids))
        for start in range(0, len(asked), _MAX_IDS_AT_ONCE):
            some = asked[start : start + _MAX_IDS_AT_ONCE]
            sql = f"{self._targets[to]} AND id IN ({', '.join('?' * len(some))})"
            found.update(id_ for (id_,) in await tx.fetch_all(sql, (workspace, *some)))
        return found

    def fields_to(self, kind: Kind) -> Iterator[tuple[Kind, str]]:
        """Yields the fields that refer to records of this kind, including those that only the server sets."""
        for referring in self._kinds:
            for field in referring.own_fields:
                if isinstance(field.type, ReferenceField) and field.type.to == kind.name:
                    yield referring, field.name
