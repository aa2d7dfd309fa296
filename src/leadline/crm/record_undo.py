"""The undo of one record: what it does to it, and what stands in its way."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from leadline.log.aliases import MERGED_INTO
from leadline.log.operations import Json, OperationHead, RecordChange
from leadline.log.provenance import FieldWriter
from leadline.records.kind import Kind, Values
from leadline.records.store import Record
from leadline.records.texts import ReferenceField

TIME_FIELD = "updatedAt"
"""The field that every change sets. An undo sets it to its own time."""


class Force(StrEnum):
    """The way past conflicts: SKIP leaves what is in conflict as it is, OVERWRITE takes back all that can be."""

    SKIP = "skip"
    OVERWRITE = "overwrite"


class UndoConflict(msgspec.Struct, frozen=True):
    """A part of an undo that others stand in the way of.

    code: changed, referenced, gone, taken, rule or target_gone.
    field: None if it is about the whole record.
    now, back: the value now, and the one that the undo would bring back.
    by: the operation that wrote the value of now, None if that is not known.
    """

    kind: str
    id: str
    field: str | None
    code: str
    now: Any = None
    back: Any = None
    by: OperationHead | None = None

    def show_conflict(self) -> Json:
        by = self.by and {"operationId": self.by.id, "kind": self.by.kind, **self.by.show_writer()}
        members = ("kind", "id", "field", "code", "now", "back")
        return {name: getattr(self, name) for name in members} | {"by": by}


class RecordUndo:
    """The undo of one record's change.

    now: the record as it is; None if it does not exist.
    changes: the values that the undo sets; for a record that it restores, all of them.
    exists: True if the record exists after the undo.
    """

    def __init__(
        self,
        kind: Kind,
        record_id: str,
        now: Record | None,
        force: Force | None,
        change: RecordChange | None = None,
        writers: Mapping[str, FieldWriter] | None = None,
    ) -> None:
        """`change` is the one to take back, None for a record that is changed only along with others. `writers` are
        those of its fields since that change."""
        self.kind = kind
        self.id = record_id
        self.now = now
        self.exists = now is not None
        self.changes: dict[str, Any] = {}
        self.conflicts: list[UndoConflict] = []
        self._change = change
        self._writers = writers or {}
        self._force = force

    @property
    def action(self) -> str:
        """The word for what the undo does: restored, changed, deleted, or kept."""
        if self.now is None:
            return "restored" if self.exists else "kept"
        if not self.exists:
            return "deleted"
        return "changed" if self.changes else "kept"

    @property
    def result(self) -> Values | None:
        """The values of the record after the undo, None if it does not exist then."""
        if not self.exists:
            return None
        return {**(self.now.values if self.now else {}), **self.changes}

    @property
    def merged_into(self) -> str | None:
        """The record into which a merge had merged this one, if the change is a part of that merge or of its undo."""
        pair = self._change.fields.get(MERGED_INTO, (None, None)) if self._change else (None, None)
        survivor: str | None = pair[0] or pair[1]
        return survivor

    @property
    def seq(self) -> int:
        """The `seq` of the operation to take back, 0 for a record that it did not change."""
        return self._change.operation.seq if self._change else 0

    def written_references(self) -> Iterator[tuple[str, str, str]]:
        """Yields the references that the change set: the field, the kind that it refers to, and the id. One of them
        is the survivor of a merge."""
        if self.merged_into is not None:
            yield MERGED_INTO, self.kind.name, self.merged_into
        for name, (_, written) in self._change.fields.items() if self._change else ():
            field = self.kind.fields.get(name)
            if field and isinstance(field.type, ReferenceField) and name != "id" and written is not None:
                yield name, field.type.to, str(written)

    def plan_alone(self, gone: Collection[object] = ()) -> None:
        """Plans the undo of this record by itself. `gone` are those of the written references that lead nowhere."""
        if self._change is None:
            return
        match self._change.action:
            case "created":
                self._plan_deletion(gone)
            case "deleted":
                self._plan_restoring(self._change)
            case _:
                self._plan_changes(self._change)

    def _plan_deletion(self, gone: Collection[object]) -> None:
        """Plans to delete the record, unless others changed it. A reference that was emptied because its target was
        deleted is no change of theirs. A record is not merged again into one that is gone."""
        if self.now is None or self._change is None:
            return
        emptied = {
            name for name, _, id_ in self.written_references() if id_ in gone and self.now.values.get(name) is None
        }
        others = [
            (name, writer.operation)
            for name, writer in self._writers.items()
            if name in self.now.values
            and name != TIME_FIELD
            and writer.operation not in (None, self._change.operation)
            and name not in emptied
        ]
        for name, by in others:
            self.add_conflict("changed", name, by=by)
        self.exists = bool(others) and self._force is Force.SKIP
        if self.merged_into in gone:
            self.add_conflict("target_gone")
            self.exists = True

    def _plan_restoring(self, change: RecordChange) -> None:
        if self.now is not None:
            return
        writer = self._writers.get("id")
        if writer is not None and writer.operation != change.operation:
            self.add_conflict("changed", "id", by=writer.operation)
            if self._force is not Force.OVERWRITE:
                return
        self.exists = True
        # The log leaves out what was null, and does not know fields that are younger than it.
        self.changes = {field.name: field.default if field.required else None for field in self.kind.stored_fields}
        self.changes |= {name: back for name, (back, _) in change.fields.items() if name in self.changes}

    def _plan_changes(self, change: RecordChange) -> None:
        if self.now is None:
            self.add_conflict("gone")
            return
        for name, (back, _) in change.fields.items():
            if name == TIME_FIELD or name not in self.kind.stored_names or self.now[name] == back:
                continue
            writer = self._writers.get(name)
            if writer is None or writer.operation != change.operation:
                self.add_conflict("changed", name, by=writer.operation if writer else None)
                if self._force is not Force.OVERWRITE:
                    continue
            self.changes[name] = back

    def keep_together(self, names: Iterable[str]) -> None:
        """Leaves all of these fields as they are if one of them is in conflict and stays."""
        together = set(names)
        if self._force is Force.OVERWRITE or together.isdisjoint(conflict.field for conflict in self.conflicts):
            return
        self.changes = {name: value for name, value in self.changes.items() if name not in together}

    def keep_rules(self) -> None:
        """Leaves the fields of a rule as they are if the undo would break it. There is no conflict if the rule was
        broken already, or its fields are all as they were before the operation."""
        if self.now is None or not self.changes:
            return
        for rule in self.kind.rules:
            names = [error.field for error in rule.broken({**self.now.values, **self.changes})]
            if not names or list(rule.broken(self.now.values)) or all(map(self._is_as_before, names)):
                continue
            for name in names:
                self.add_conflict("rule", name)
                self.changes.pop(name, None)

    def _is_as_before(self, name: str) -> bool:
        """Returns True if the field is after the undo as it was before the operation."""
        if self._change is not None and name in self._change.fields:
            return name in self.changes
        return name not in self._writers

    def references(self) -> list[tuple[str, ReferenceField, str]]:
        """Returns the references that the undo sets: the field, its type, and the id."""
        return [
            (name, type_, str(value))
            for name, value in self.changes.items()
            if value is not None and isinstance(type_ := self.kind.fields[name].type, ReferenceField) and name != "id"
        ]

    def leave_out(self, name: str, code: str) -> None:
        """Notes a conflict of a field that cannot be brought back: it stays, or is empty in a restored record."""
        self.add_conflict(code, name)
        if self.now is None:
            self.changes[name] = None
        else:
            del self.changes[name]

    def add_conflict(
        self, code: str, field: str | None = None, *, by: OperationHead | None = None, referrer: str | None = None
    ) -> None:
        """Notes a conflict. `referrer` is the id of a record that refers to this one."""
        now = referrer if self.now is None or field is None else self.now[field]
        back = self._change.fields.get(field, (None, None))[0] if self._change and field else None
        if field is not None and by is None and (writer := self._writers.get(field)):
            by = writer.operation
        self.conflicts.append(UndoConflict(self.kind.name, self.id, field, code, now, back, by))
