"""The service that reads, checks, writes and logs records of any kind, within the caller's transaction."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from leadline import ids
from leadline.access import Actor, may_read, may_report
from leadline.errors import FieldError, InvalidInput, InvalidRows, MergedAway, NotFound, NotInList, StaleVersion
from leadline.kit.db import Transaction
from leadline.log import Operation, OperationLog, history
from leadline.log.aliases import find_survivor
from leadline.log.feed import WorkspaceVersion
from leadline.log.history import Entry
from leadline.records import store
from leadline.records.body import ParsedBody, changed_by_client, in_order, newly_broken_rules, refuse_errors
from leadline.records.entity_tag import entity_tag
from leadline.records.facets import Buckets, empty_facets, widened_predicates
from leadline.records.item_store import Item
from leadline.records.kind import Kind, Values
from leadline.records.list_index import ListIndex
from leadline.records.lists import NO_OTHERS, RecordLister
from leadline.records.operation import RecordOperation
from leadline.records.query import ListQuery
from leadline.records.references import ReferenceChecker
from leadline.records.shown import show_record
from leadline.records.store import Record
from leadline.records.types import Value
from leadline.records.visibility import visible_records

T = TypeVar("T")


class VersionConditions(msgspec.Struct, frozen=True):
    """The versions of a record that a caller wants to act on: one of `wanted` (None for any), and none of `unwanted`.
    With `unwanted_is_any` there is no such version."""

    wanted: frozenset[int] | None = None
    unwanted: frozenset[int] = frozenset()
    unwanted_is_any: bool = False

    def require_version(self, actor: Actor, kind: Kind, record: Record) -> None:
        """Raises `StaleVersion` for a record in a version that the caller does not want."""
        if (objection := self._object_to(record.version)) is not None:
            tag = entity_tag(kind, record)
            current = show_record(kind, record) if may_read(actor, kind.plural) else None
            raise StaleVersion(objection, version=record.version, tag=tag, current=current)

    def _object_to(self, version: int) -> str | None:
        if self.wanted is not None and version not in self.wanted:
            return f"It has changed since you read it, and is at version {version}; read it again."
        if self.unwanted_is_any:
            return f"It exists, at version {version}, and If-None-Match says that it must not."
        if version in self.unwanted:
            return f"It is at version {version}, which If-None-Match says it must not be."
        return None


class WriteResult(msgspec.Struct, frozen=True):
    """A record after a write, and the operation of the write."""

    record: Record
    operation: Operation


class BulkWriteResult(msgspec.Struct, frozen=True):
    """The ids of the records that one operation created, in the order of the request."""

    ids: list[str]
    operation: Operation


class RecordPage(msgspec.Struct, Generic[T], frozen=True):
    """A page of `items`, of which there are `count` in all."""

    count: int
    items: list[T]


class RecordHistory(msgspec.Struct, frozen=True):
    """A page of the `count` changes of a record, the newest first; `gone` is True if the record is deleted."""

    count: int
    items: list[Entry]
    gone: bool


class RecordService:
    """Reads and writes records. `kinds` must be all kinds there are, and refer to no others. `index` makes lists
    fast; without it, the tables answer them."""

    def __init__(self, operations: OperationLog, kinds: Sequence[Kind], index: ListIndex | None = None) -> None:
        self.operations = operations
        self.references = ReferenceChecker(kinds)
        self._lists = RecordLister(index)

    def begin(
        self, tx: Transaction, actor: Actor, action: str, *, records: int = 0, undoes: str | None = None
    ) -> RecordOperation:
        """Returns an operation of the actor's, to be used as a context. `action` is in the past tense, such as
        `lead.converted`; `records` is how many new records are expected. `undoes` is the id of the operation that
        this one takes back."""
        return RecordOperation(self.operations, tx, actor, action, records=records, undoes=undoes)

    async def read_version(self, tx: Transaction, actor: Actor) -> WorkspaceVersion:
        """Reads the version of the actor's workspace in this snapshot."""
        return await self._lists.read_version(tx, actor.workspace)

    async def list(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        query: ListQuery,
        *,
        limit: int,
        offset: int,
        version: WorkspaceVersion | None = None,
    ) -> RecordPage[Item]:
        """Reads a page of a list. Callers that know the workspace's version already pass it as `version`."""
        visible = visible_records(actor, kind)
        if visible is None:
            return RecordPage(0, [])
        version = version or await self.read_version(tx, actor)
        return RecordPage(*await self._lists.find_page(tx, kind, version, query.narrow_to(visible), limit, offset))

    async def count(
        self, tx: Transaction, actor: Actor, kind: Kind, query: ListQuery, *, version: WorkspaceVersion
    ) -> int:
        """Returns the number of records in a list."""
        visible = visible_records(actor, kind)
        if visible is None:
            return 0
        return await self._lists.count(tx, kind, version, query.predicate.narrow_to(visible))

    async def find_position(
        self, tx: Transaction, actor: Actor, kind: Kind, query: ListQuery, id_: str, *, version: WorkspaceVersion
    ) -> int:
        """Returns how many records come before a record in a list. Raises `NotInList`."""
        visible = visible_records(actor, kind)
        if visible is None or await store.find_record(tx, kind, actor.workspace, id_, among=visible) is None:
            raise NotInList(id_)
        position = await self._lists.find_position(tx, kind, version, query.narrow_to(visible), ids.number_of(id_))
        if position is None:
            raise NotInList(id_)
        return position

    async def facets(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        query: ListQuery,
        *,
        version: WorkspaceVersion | None = None,
        own_ignored: bool = False,
    ) -> tuple[int, dict[str, Buckets]]:
        """Returns the number of records in a list, and how many of them have each value. With `own_ignored` each
        field is counted without the conditions on itself."""
        visible = visible_records(actor, kind)
        if visible is None:
            return 0, empty_facets(kind)
        version = version or await self.read_version(tx, actor)
        others = widened_predicates(kind, query.predicate, visible) if own_ignored else NO_OTHERS
        return await self._lists.count_facets(tx, kind, version, query.predicate.narrow_to(visible), others)

    async def get(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        id_: str,
        *,
        lock: bool = False,
        versions: VersionConditions | None = None,
    ) -> Record:
        """Reads a record.

        Raises `NotFound`, `MergedAway` if it was merged into another, or `StaleVersion` if its version is none of
        `versions`.
        """
        canonical, visible = ids.parse_id(kind.prefix, id_), visible_records(actor, kind)
        if canonical is None or visible is None:
            raise NotFound
        record = await store.find_record(tx, kind, actor.workspace, canonical, among=visible, lock=lock)
        if record is None:
            survivor = await find_survivor(tx, actor.workspace, canonical)
            if survivor and await store.find_record(tx, kind, actor.workspace, survivor, among=visible):
                raise MergedAway(survivor)
            raise NotFound
        if versions is not None:
            versions.require_version(actor, kind, record)
        return record

    async def history(
        self, tx: Transaction, actor: Actor, kind: Kind, id_: str, *, limit: int, offset: int
    ) -> RecordHistory:
        """Reads the history of a record, even of a deleted one. Raises `NotFound` if it never existed."""
        record_id, visible = ids.parse_id(kind.prefix, id_), visible_records(actor, kind)
        if record_id is None or visible is None:
            raise NotFound
        count = await history.count_changes(tx, actor.workspace, record_id)
        gone = await store.find_record(tx, kind, actor.workspace, record_id, among=visible) is None
        if not count or (gone and visible.conditions):  # no condition tells who saw a record that is gone
            raise NotFound
        return RecordHistory(count, await history.read_entries(tx, record_id, limit, offset), gone)

    async def owner_of_new(self, tx: Transaction, actor: Actor, user_id: Value) -> Value:
        """Returns the owner of a record that is made from another, whose owner is `user_id`: the same user, or None
        if records can no longer be assigned to that user."""
        if user_id is None or await self.references.is_assignable(tx, actor.workspace, user_id):
            return user_id
        return None

    async def create(self, tx: Transaction, actor: Actor, kind: Kind, draft: ParsedBody) -> WriteResult:
        """Creates a record by an operation of its own. Raises `InvalidInput`."""
        values = await self.check_new(tx, actor, kind, draft)
        async with self.begin(tx, actor, f"{kind.name}.created", records=1) as op:
            record = await op.insert(kind, values)
        return WriteResult(await self.reload_computed(tx, actor, kind, kind.default_values, record), op.operation)

    async def check_new(self, tx: Transaction, actor: Actor, kind: Kind, draft: ParsedBody) -> Values:
        """Returns the values of a new record. Raises `InvalidInput`."""
        values, dangling = await self.references.follow_merges(tx, kind, actor.workspace, draft.values)
        refuse_errors(
            kind.fields, [*draft.errors, *dangling, *_not_reportable(actor, kind, kind.reported_fields, values)]
        )
        return values

    async def create_many(
        self, tx: Transaction, actor: Actor, kind: Kind, drafts: Sequence[ParsedBody]
    ) -> BulkWriteResult:
        """Creates all the records by one operation, or none.

        Other writers wait for their turn meanwhile: some thousands of records at a time are few enough for that, and
        enough to be fast. Raises `InvalidRows`.
        """
        tx.expect_slow()
        rows = [draft.values for draft in drafts]
        dangling = await self.references.dangling_of_each(tx, kind, actor.workspace, rows)
        faults = {
            place: in_order(kind.fields, errors)
            for place, draft in enumerate(drafts)
            if (errors := [*draft.errors, *dangling[place]])
        }
        if faults:
            raise InvalidRows(faults)
        async with self.begin(tx, actor, f"{kind.name}.created", records=len(rows)) as op:
            records = await op.insert_many(kind, rows)
        return BulkWriteResult([str(record["id"]) for record in records], op.operation)

    async def patch(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        id_: str,
        sent: ParsedBody,
        *,
        versions: VersionConditions | None = None,
    ) -> WriteResult:
        """Writes the fields that were sent and differ, and no others.

        Raises `NotFound`, `StaleVersion`, and as `check_patch` does.
        """
        before = await self.get(tx, actor, kind, id_, lock=True, versions=versions)
        changes = await self.check_patch(tx, actor, kind, before, sent)
        after = before
        async with self.begin(tx, actor, f"{kind.name}.updated") as op:
            if changes:
                after = await op.update(kind, before, changes)
        return WriteResult(await self.reload_computed(tx, actor, kind, before.values, after), op.operation)

    async def check_patch(
        self, tx: Transaction, actor: Actor, kind: Kind, before: Record, sent: ParsedBody
    ) -> Values:
        """Returns the fields that were sent and differ from the record as it is, which must be locked.

        Raises `InvalidInput`, and `Conflict` if the record's state forbids the changes.
        """
        if not sent.values and not sent.errors:
            raise InvalidInput([], "There is nothing to change; send at least one field.", code="nothing_to_change")
        differing = {name: value for name, value in sent.values.items() if value != before[name]}
        led, dangling = await self.references.follow_merges(tx, kind, actor.workspace, differing)
        changes = {name: value for name, value in led.items() if value != before[name]}
        errors = [*sent.errors, *dangling]
        errors += [changed_by_client(name) for name in changes if kind.fields[name].server]
        errors += _not_reportable(actor, kind, before.values, changes)
        errors += newly_broken_rules(kind, before.values, changes, errors)
        refuse_errors(kind.fields, errors)
        for guard in kind.guards:
            guard(before.values, changes)
        return changes

    async def reload_computed(
        self, tx: Transaction, actor: Actor, kind: Kind, before: Values, record: Record
    ) -> Record:
        """Returns the record with its new computed fields, which depend on the records that it refers to."""
        moved = any(record[name] != before[name] for name in kind.reference_fields)
        if not moved or not kind.has_computed:
            return record
        return await store.find_record(tx, kind, actor.workspace, str(record["id"])) or record

    async def delete(
        self, tx: Transaction, actor: Actor, kind: Kind, id_: str, *, versions: VersionConditions | None = None
    ) -> Operation:
        """Deletes a record, and empties all references to it in the same operation. Raises `NotFound`,
        `StaleVersion`."""
        record = await self.get(tx, actor, kind, id_, lock=True, versions=versions)
        async with self.begin(tx, actor, f"{kind.name}.deleted") as op:
            await self.delete_within(op, kind, record)
        return op.operation

    async def delete_within(
        self, op: RecordOperation, kind: Kind, record: Record, *, merged_into: str | None = None
    ) -> None:
        """Deletes a record, which must be locked, and empties all references to it. Its id then leads to the record
        `merged_into`, if there is one."""
        for referring, name in self.references.fields_to(kind):
            await op.move_reference(referring, name, str(record["id"]), None)
        await op.delete(kind, record, merged_into=merged_into)


def _not_reportable(actor: Actor, kind: Kind, before: Values, sent: Values) -> list[FieldError]:
    """Returns an error for each value that the actor must leave to programs and admins."""
    if not kind.reported_fields or may_report(actor):
        return []
    return [changed_by_client(name) for name in kind.reported_fields if name in sent and sent[name] != before[name]]
