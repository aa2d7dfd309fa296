"""The writes of records within one operation, and the changes that the log gets of them."""

from collections.abc import Sequence

from leadline.errors import NotFound
from leadline.log import Change, Operation
from leadline.log.aliases import MERGED_INTO
from leadline.log.builder import OperationBuilder
from leadline.records import store
from leadline.records.kind import Kind, Values
from leadline.records.store import Record
from leadline.records.types import Value

MASK = "(secret)"
"""Text that the log has in place of a secret."""


class RecordOperation(OperationBuilder):
    """An operation that writes records. It checks nothing: that is its caller's task. Computed fields are not read
    again."""

    async def insert(self, kind: Kind, values: Values) -> Record:
        """Inserts a new record with the next running number."""
        record = new_record(kind, self.operation, await self.take_number(), values)
        await store.insert_record(self.tx, kind, self.actor.workspace, record)
        self.note(created_change(kind, record))
        return record

    async def insert_many(self, kind: Kind, rows: Sequence[Values]) -> list[Record]:
        """Inserts new records at once."""
        records = [new_record(kind, self.operation, await self.take_number(), values) for values in rows]
        await store.insert_many(self.tx, kind, self.actor.workspace, records)
        for record in records:
            self.note(created_change(kind, record))
        return records

    async def restore(
        self, kind: Kind, no: int, version: int, values: Values, *, merged_into: str | None = None
    ) -> Record:
        """Inserts a record again that was deleted, with its number and the next `version`. `merged_into` is the id of
        the record that it was merged into until now."""
        record = Record(no, version, {**values, "updatedAt": self.operation.time_text})
        await store.insert_record(self.tx, kind, self.actor.workspace, record)
        self.note(_with_alias(created_change(kind, record), merged_into, None))
        return record

    async def update(self, kind: Kind, before: Record, changes: Values, *, unless: str = "") -> Record:
        """Changes a record, and returns it as it is then.

        Raises `NotFound` if no row was changed: the record is gone, or its column `unless` is no longer null.
        """
        version = self.next_version(str(before["id"]), before.version)
        after = Record(before.no, version, {**before.values, **changes, "updatedAt": self.operation.time_text})
        changed = [*changes, "updatedAt"]
        if not await store.update_record(self.tx, kind, self.actor.workspace, after, changed, unless=unless):
            raise NotFound
        self.note(updated_change(kind, before, after))
        return after

    async def delete(self, kind: Kind, record: Record, *, merged_into: str | None = None) -> None:
        """Deletes a record, whose id then leads to the one with the id `merged_into`, if there is one. References to
        the record must be empty by then."""
        await store.delete_record(self.tx, kind, self.actor.workspace, str(record["id"]))
        version = self.next_version(str(record["id"]), record.version)
        self.note(_with_alias(deleted_change(kind, record, version), None, merged_into))

    async def move_reference(self, kind: Kind, name: str, id_: str, to: str | None) -> None:
        """Sets the field `name` of all records of a kind in which it is `id_` to another id, or empties it."""
        operation, workspace = self.operation, self.actor.workspace
        moved = await store.move_reference(self.tx, kind, workspace, name, id_, to, operation.seconds)
        for record_id, version, before in moved:
            times = {} if before == operation.time_text else {"updatedAt": [before, operation.time_text]}
            step = self.next_version(record_id, version)
            if step != version + 1:
                await store.set_version(self.tx, kind, workspace, record_id, step)
            self.note(Change(record_id, step, {name: [id_, to], **times}))


def new_record(kind: Kind, operation: Operation, no: int, values: Values) -> Record:
    """Makes a new record of an operation, with one of the operation's running numbers."""
    time = operation.time_text
    own = {"id": operation.new_id(kind.prefix, no), "createdAt": time, "updatedAt": time}
    return Record(no, 1, {**kind.default_values, **values, **own})


def created_change(kind: Kind, record: Record) -> Change:
    fields = {name: [None, value] for name, value in _present_values(kind, record)}
    return Change(str(record["id"]), record.version, fields)


def updated_change(kind: Kind, before: Record, after: Record) -> Change:
    old, new = _mask_secrets(kind, before), _mask_secrets(kind, after)
    was, now = before.values, after.values
    fields = {name: [old[name], new[name]] for name in kind.stored_names if was[name] != now[name]}
    return Change(str(after["id"]), after.version, fields)


def deleted_change(kind: Kind, record: Record, version: int) -> Change:
    fields = {name: [value, None] for name, value in _present_values(kind, record)}
    return Change(str(record["id"]), version, fields)


def _with_alias(change: Change, before: str | None, after: str | None) -> Change:
    """Returns the change, which also says into which record this one was merged before and after it."""
    if before == after:
        return change
    return Change(change.record_id, change.version, {**change.fields, MERGED_INTO: [before, after]})


def _present_values(kind: Kind, record: Record) -> list[tuple[str, Value]]:
    values = _mask_secrets(kind, record)
    return [(name, value) for name in kind.stored_names if (value := values[name]) is not None]


def _mask_secrets(kind: Kind, record: Record) -> Values:
    """Returns the values of a record as the log may have them: without secrets."""
    if not kind.secret_fields:
        return record.values
    return record.values | {name: MASK for name in kind.secret_fields if record[name] is not None}
