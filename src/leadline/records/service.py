"""The service that reads, checks, writes and logs records of any kind, within the caller's transaction."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from leadline import ids
from leadline.access import Actor, may_report, sees_records
from leadline.errors import FieldError, InvalidInput, InvalidRows, NotFound, StaleVersion
from leadline.kit.db import Transaction
from leadline.log import Change, Operation, OperationLog, history
from leadline.log.feed import WorkspaceVersion
from leadline.log.history import Entry
from leadline.records import store
from leadline.records.body import ParsedBody, changed_by_client, in_order, newly_broken_rules, refuse_errors
from leadline.records.entity_tag import entity_tag
from leadline.records.facets import Buckets, empty_facets
from leadline.records.kind import Kind, Values
from leadline.records.list_index import ListIndex
from leadline.records.lists import RecordLister
from leadline.records.query import ListQuery
from leadline.records.references import ReferenceChecker
from leadline.records.store import Record
from leadline.records.types import Value

T = TypeVar("T")


class VersionConditions(msgspec.Struct, frozen=True):
    """The versions of a record that a caller wants to act on: one of `wanted` (None for any), and none of `unwanted`.
    With `unwanted_is_any` there is no such version."""

    wanted: frozenset[int] | None = None
    unwanted: frozenset[int] = frozenset()
    unwanted_is_any: bool = False

    def require_version(self, kind: Kind, record: Record) -> None:
        """Raises `StaleVersion` for a record in a version that the caller does not want."""
        if (objection := self._object_to(record.version)) is not None:
            raise StaleVersion(objection, version=record.version, tag=entity_tag(kind, record))

    def _object_to(self, version: int) -> str | None:
        if self.wanted is not None and version not in self.wanted:
            return f"It has changed since you read it, and is at version {version}; read it again."
        if self.unwanted_is_any:
            return f"It exists, at version {version}, and If-None-Match says that it must not."
        if version in self.unwanted:
            return f"It is at version {version}, which If-None-Match says it must not be."
        return None


Also = Callable[[Operation, Values], Awaitable[list[Change]]]
"""Makes further changes that belong to the operation on a record, given the fields that it changes."""

MASK = "(secret)"
"""Text that the log has in place of a secret."""


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
        self._references = ReferenceChecker(kinds)
        self._lists = RecordLister(index)

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
    ) -> RecordPage[store.Item]:
        """Reads a page of a list. Callers that know the workspace's version already pass it as `version`."""
        if not sees_records(actor, kind.plural):
            return RecordPage(0, [])
        version = version or await self.read_version(tx, actor)
        return RecordPage(*await self._lists.find_page(tx, kind, version, query, limit, offset))

    async def facets(
        self, tx: Transaction, actor: Actor, kind: Kind, query: ListQuery, *, version: WorkspaceVersion | None = None
    ) -> tuple[int, dict[str, Buckets]]:
        """Returns the number of records in a list, and how many of them have each value."""
        if not sees_records(actor, kind.plural):
            return 0, empty_facets(kind)
        return await self._lists.count_facets(
            tx, kind, version or await self.read_version(tx, actor), query.predicate
        )

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
        """Reads a record. Raises `NotFound`, or `StaleVersion` if its version is none of `versions`."""
        canonical = ids.parse_id(kind.prefix, id_)
        record = None
        if canonical is not None and sees_records(actor, kind.plural):
            record = await store.find_record(tx, kind, actor.workspace, canonical, lock=lock)
        if record is None:
            raise NotFound
        if versions is not None:
            versions.require_version(kind, record)
        return record

    async def history(
        self, tx: Transaction, actor: Actor, kind: Kind, id_: str, *, limit: int, offset: int
    ) -> RecordHistory:
        """Reads the history of a record, even of a deleted one. Raises `NotFound` if it never existed."""
        record_id = ids.parse_id(kind.prefix, id_)
        if record_id is None or not sees_records(actor, kind.plural):
            raise NotFound
        count = await history.count_changes(tx, actor.workspace, record_id)
        if not count:
            raise NotFound
        gone = await store.find_record(tx, kind, actor.workspace, record_id) is None
        return RecordHistory(count, await history.read_entries(tx, record_id, limit, offset), gone)

    async def owner_of_new(self, tx: Transaction, actor: Actor, user_id: Value) -> Value:
        """Returns the owner of a record that is made from another, whose owner is `user_id`: the same user, or None
        if records can no longer be assigned to that user."""
        if user_id is None or await self._references.is_assignable(tx, actor.workspace, user_id):
            return user_id
        return None

    async def create(self, tx: Transaction, actor: Actor, kind: Kind, draft: ParsedBody) -> WriteResult:
        """Creates a record by an operation of its own. Raises `InvalidInput`."""
        values = draft.values
        dangling = await self._references.find_dangling(tx, kind, actor.workspace, values)
        refuse_errors(
            kind.fields, [*draft.errors, *dangling, *_not_reportable(actor, kind, kind.reported_fields, values)]
        )
        operation = await self.operations.begin(tx, actor.workspace, records=1)
        record = await self.insert_record(tx, actor, kind, operation, operation.first_no, values)
        await self.operations.append(tx, actor, operation, f"{kind.name}.created", [created_change(kind, record)])
        return WriteResult(await self._reload_computed(tx, actor, kind, kind.default_values, record), operation)

    async def create_many(
        self, tx: Transaction, actor: Actor, kind: Kind, drafts: Sequence[ParsedBody]
    ) -> BulkWriteResult:
        """Creates all the records by one operation, or none.

        Other writers wait for their turn meanwhile: some thousands of records at a time are few enough for that, and
        enough to be fast. Raises `InvalidRows`.
        """
        tx.expect_slow()
        rows = [draft.values for draft in drafts]
        dangling = await self._references.dangling_of_each(tx, kind, actor.workspace, rows)
        faults = {
            place: in_order(kind.fields, errors)
            for place, draft in enumerate(drafts)
            if (errors := [*draft.errors, *dangling[place]])
        }
        if faults:
            raise InvalidRows(faults)
        operation = await self.operations.begin(tx, actor.workspace, records=len(rows))
        records = [new_record(kind, operation, no, values) for no, values in enumerate(rows, operation.first_no)]
        await store.insert_many(tx, kind, actor.workspace, records)
        changes = (created_change(kind, record) for record in records)
        await self.operations.append(tx, actor, operation, f"{kind.name}.created", changes)
        return BulkWriteResult([str(record["id"]) for record in records], operation)

    async def insert_record(
        self, tx: Transaction, actor: Actor, kind: Kind, operation: Operation, no: int, values: Values
    ) -> Record:
        """Inserts a new record as part of an operation. Its computed fields are not read. The caller appends its
        `created_change` to the log."""
        record = new_record(kind, operation, no, values)
        await store.insert_record(tx, kind, actor.workspace, record)
        return record

    async def patch(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        id_: str,
        sent: ParsedBody,
        *,
        versions: VersionConditions | None = None,
        also: Also | None = None,
    ) -> WriteResult:
        """Writes the fields that were sent and differ, and no others.

        Raises `InvalidInput`, `NotFound`, `StaleVersion`, and `Conflict` if the record's state forbids the changes.
        """
        before = await self.get(tx, actor, kind, id_, lock=True, versions=versions)
        if not sent.values and not sent.errors:
            raise InvalidInput([], "There is nothing to change; send at least one field.", code="nothing_to_change")
        changes = {name: value for name, value in sent.values.items() if value != before[name]}
        errors = [*sent.errors, *await self._references.find_dangling(tx, kind, actor.workspace, changes)]
        errors += [changed_by_client(name) for name in changes if kind.fields[name].server]
        errors += _not_reportable(actor, kind, before.values, changes)
        errors += newly_broken_rules(kind, before.values, changes, errors)
        refuse_errors(kind.fields, errors)
        for guard in kind.guards:
            guard(before.values, changes)
        operation = await self.operations.begin(tx, actor.workspace)
        after, logged = before, []
        if changes:
            after = await self.update_record(tx, actor, kind, operation, before, changes)
            logged = [updated_change(kind, before, after), *(await also(operation, changes) if also else ())]
        await self.operations.append(tx, actor, operation, f"{kind.name}.updated", logged)
        return WriteResult(await self._reload_computed(tx, actor, kind, before.values, after), operation)

    async def update_record(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        operation: Operation,
        before: Record,
        changes: Values,
        *,
        unless: str = "",
    ) -> Record:
        """Changes a record as part of an operation. Its computed fields are not read again. The caller appends its
        `updated_change` to the log.

        Raises `NotFound` if no row was changed: the record is gone, or its column `unless` is no longer null.
        """
        after = Record(before.no, before.version + 1, {**before.values, **changes, "updatedAt": operation.time_text})
        written = await store.update_record(tx, kind, actor.workspace, after, [*changes, "updatedAt"], unless=unless)
        if not written:
            raise NotFound
        return after

    async def _reload_computed(
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
        record_id = str(record["id"])
        operation = await self.operations.begin(tx, actor.workspace)
        unlinked = await self._references.empty_references(tx, kind, actor.workspace, record_id, operation)
        await store.delete_record(tx, kind, actor.workspace, record_id)
        await self.operations.append(
            tx, actor, operation, f"{kind.name}.deleted", [deleted_change(kind, record), *unlinked]
        )
        return operation


def _not_reportable(actor: Actor, kind: Kind, before: Values, sent: Values) -> list[FieldError]:
    """Returns an error for each value that the actor must leave to programs and admins."""
    if not kind.reported_fields or may_report(actor):
        return []
    return [changed_by_client(name) for name in kind.reported_fields if name in sent and sent[name] != before[name]]


def new_record(kind: Kind, operation: Operation, no: int, values: Values) -> Record:
    """Makes a new record of an operation, with one of the operation's running numbers."""
    time = operation.time_text
    own = {"id": ids.new_id(kind.prefix, operation.at, no), "createdAt": time, "updatedAt": time}
    return Record(no, 1, {**kind.default_values, **values, **own})


def created_change(kind: Kind, record: Record) -> Change:
    fields = {name: [None, value] for name, value in _present_values(kind, record)}
    return Change(str(record["id"]), record.version, fields)


def updated_change(kind: Kind, before: Record, after: Record) -> Change:
    old, new = _mask_secrets(kind, before), _mask_secrets(kind, after)
    was, now = before.values, after.values
    fields = {name: [old[name], new[name]] for name in kind.stored_names if was[name] != now[name]}
    return Change(str(after["id"]), after.version, fields)


def deleted_change(kind: Kind, record: Record) -> Change:
    fields = {name: [value, None] for name, value in _present_values(kind, record)}
    return Change(str(record["id"]), record.version + 1, fields)


def _present_values(kind: Kind, record: Record) -> list[tuple[str, Value]]:
    values = _mask_secrets(kind, record)
    return [(name, value) for name in kind.stored_names if (value := values[name]) is not None]


def _mask_secrets(kind: Kind, record: Record) -> Values:
    """Returns the values of a record as the log may have them: without secrets."""
    if not kind.secret_fields:
        return record.values
    return record.values | {name: MASK for name in kind.secret_fields if record[name] is not None}
