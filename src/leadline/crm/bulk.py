"""Bulk writes: one change, or a deletion, of all records that a filter chooses."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from leadline.access import Actor
from leadline.errors import CountMoved, FieldError, InvalidInput, LeadlineError
from leadline.kit.db import Transaction
from leadline.log import Operation
from leadline.records import store
from leadline.records.body import ParsedBody, changed_by_client, refuse_errors
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from leadline.records.selection import Selection, confirm_selection, select_records
from leadline.records.service import RecordService
from leadline.records.store import Record

MAX_BULK_RECORDS = 1_000
"""Most records that one bulk write changes."""


class BulkRequest(NamedTuple):
    """A bulk write: the filter, the number of records that the caller expects, and the change; None deletes."""

    predicate: Predicate
    expected: int
    change: ParsedBody | None = None


class BulkResult(msgspec.Struct, frozen=True):
    """The number of records of a bulk write, and its operation; None if nothing was changed."""

    count: int
    operation: Operation | None


class BulkRefused(Exception):
    """Raised if some of the records refuse the change, so that nothing is done. `errors` has theirs by their ids."""

    def __init__(self, errors: Mapping[str, LeadlineError]) -> None:
        super().__init__()
        self.errors = errors


class BulkService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def choose_records(self, tx: Transaction, actor: Actor, kind: Kind, request: BulkRequest) -> Selection:
        """Chooses the records, in a read.

        Raises `CountMoved` if there are not as many as the caller expects, and `InvalidInput` if there are more than
        `MAX_BULK_RECORDS`, or the change has errors.
        """
        if request.change is not None:
            _refuse_change(kind, request.change)
        selection = await select_records(
            tx, self._records, actor, kind, request.predicate, min(request.expected + 1, MAX_BULK_RECORDS)
        )
        _require_count(kind, request.expected, selection.count)
        if selection.count > MAX_BULK_RECORDS:
            detail = f"At most {MAX_BULK_RECORDS:,} {kind.plural} are changed at once; narrow the filter."
            raise InvalidInput([], detail, code="too_many_at_once")
        return selection

    async def write_bulk(
        self, tx: Transaction, actor: Actor, kind: Kind, request: BulkRequest, selection: Selection
    ) -> BulkResult:
        """Writes a bulk request by one operation. Raises `CountMoved` if the filter chooses other numbers by now, and
        `BulkRefused`."""
        nos = await confirm_selection(tx, kind, actor.workspace, request.predicate, selection)
        _require_count(kind, request.expected, len(nos))
        records = await store.find_stored(tx, kind, actor.workspace, sorted(nos))
        if request.change is None:
            return await self._delete_all(tx, actor, kind, records)
        return await self._change_all(tx, actor, kind, records, request.change)

    async def _change_all(
        self, tx: Transaction, actor: Actor, kind: Kind, records: list[Record], sent: ParsedBody
    ) -> BulkResult:
        changes, errors = [], {}
        for record in records:
            try:
                changes.append((record, await self._records.check_patch(tx, actor, kind, record, sent)))
            except LeadlineError as error:
                errors[str(record["id"])] = error
        if errors:
            raise BulkRefused(errors)
        changed = [(record, own) for record, own in changes if own]
        if not changed:
            return BulkResult(len(records), None)
        async with self._records.begin(tx, actor, f"{kind.name}.bulk_updated") as op:
            for record, own in changed:
                await op.update(kind, record, own)
        return BulkResult(len(records), op.operation)

    async def _delete_all(self, tx: Transaction, actor: Actor, kind: Kind, records: list[Record]) -> BulkResult:
        if not records:
            return BulkResult(0, None)
        async with self._records.begin(tx, actor, f"{kind.name}.bulk_deleted") as op:
            for record in records:
                await self._records.delete_within(op, kind, record)
        return BulkResult(len(records), op.operation)


def _require_count(kind: Kind, expected: int, count: int) -> None:
    if count != expected:
        detail = f"The filter chooses {count:,} {kind.plural}, not {expected:,}, so nothing was done; look again."
        raise CountMoved(detail, facts={"count": count})


def _refuse_change(kind: Kind, change: ParsedBody) -> None:
    """Raises `InvalidInput` for a change that no record could have."""
    servers = [changed_by_client(name) for name in change.values if kind.fields[name].server]
    errors: list[FieldError] = [*change.errors, *servers]
    refuse_errors(kind.fields, errors)
    if not change.values:
        raise InvalidInput([], "There is nothing to change; send at least one field.", code="nothing_to_change")
