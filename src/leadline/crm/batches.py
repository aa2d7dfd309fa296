"""Batches: up to a thousand writes in one operation."""

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack

import msgspec

from leadline.access import AREAS, Actor, Right, require_right, scopes_of
from leadline.crm.batch_request import BatchItem, BatchRequest
from leadline.crm.conversion import ConversionService
from leadline.crm.email_owners import EmailOwners
from leadline.errors import Conflict, LeadlineError
from leadline.kit.db import Transaction
from leadline.log import Operation
from leadline.records import store
from leadline.records.body import ParsedBody, read_patch
from leadline.records.kind import Kind
from leadline.records.operation import RecordOperation
from leadline.records.service import RecordService
from leadline.records.store import Record

MAX_IDS_SHOWN = 10


class BatchOutcome(msgspec.Struct, frozen=True):
    """The outcome of one item: the `action` (created, updated, deleted or converted) and the record after it, or the
    `error` for which nothing was done. A deleted record is as it was before."""

    action: str = ""
    record: Record | None = None
    error: LeadlineError | None = None


class BatchResult(msgspec.Struct, frozen=True):
    """The outcomes of all items, in their order. `operation` is None if nothing was changed."""

    outcomes: Sequence[BatchOutcome]
    operation: Operation | None


class BatchRefused(Exception):
    """Raised if an item of an atomic batch failed, so that nothing is done. `outcomes` has those of all items."""

    def __init__(self, outcomes: Sequence[BatchOutcome]) -> None:
        super().__init__()
        self.outcomes = outcomes


class BatchService:
    def __init__(self, records: RecordService, conversion: ConversionService) -> None:
        self._records = records
        self._conversion = conversion

    async def write_batch(
        self, tx: Transaction, actor: Actor, kind: Kind, request: BatchRequest, owners: EmailOwners
    ) -> BatchResult:
        """Writes a batch by one operation, item by item; each sees those before it. `owners` knows which records have
        the e-mails that the batch upserts. Raises `BatchRefused`."""
        await owners.confirm_owners(tx)
        async with AsyncExitStack() as stack:
            run = _BatchRun(self._records, self._conversion, tx, actor, kind, owners, stack)
            outcomes = [await run.try_item(item) for item in request.items]
            if request.is_atomic and any(outcome.error for outcome in outcomes):
                raise BatchRefused(outcomes)
            return BatchResult(outcomes, run.op.operation if run.op else None)

    async def read_results(self, tx: Transaction, actor: Actor, kind: Kind, result: BatchResult) -> dict[str, Record]:
        """Reads the records of a batch as they are after it, computed fields included, by their ids."""
        written = {str(one.record["id"]) for one in result.outcomes if one.record and one.action != "deleted"}
        found = [await store.find_record(tx, kind, actor.workspace, id_) for id_ in sorted(written)]
        return {str(record["id"]): record for record in found if record is not None}


class _BatchRun:
    """A batch while it is written. `op` is begun by the first item that changes something, within `stack`."""

    def __init__(
        self,
        records: RecordService,
        conversion: ConversionService,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        owners: EmailOwners,
        stack: AsyncExitStack,
    ) -> None:
        self.op: RecordOperation | None = None
        self._records = records
        self._conversion = conversion
        self._tx = tx
        self._actor = actor
        self._kind = kind
        self._owners = owners
        self._stack = stack
        self._tries = {
            "create": self._create_record,
            "upsert": self._upsert_record,
            "patch": self._patch_record,
            "delete": self._delete_record,
            "convert": self._convert_record,
        }

    async def try_item(self, item: BatchItem) -> BatchOutcome:
        """Does what an item asks for. A refusal comes before the item has written anything, so it undoes nothing."""
        if item.error is not None:
            return BatchOutcome(error=item.error)
        try:
            return await self._tries[item.op](item)
        except LeadlineError as error:
            return BatchOutcome(error=error)

    async def _begin_operation(self) -> RecordOperation:
        if self.op is None:
            op = self._records.begin(self._tx, self._actor, f"{self._kind.name}.batch")
            self.op = await self._stack.enter_async_context(op)
        return self.op

    async def _create_record(self, item: BatchItem) -> BatchOutcome:
        assert item.body is not None, "it was read"
        values = await self._records.check_new(self._tx, self._actor, self._kind, item.body)
        record = await (await self._begin_operation()).insert(self._kind, values)
        self._owners.note_record(record)
        return BatchOutcome("created", record)

    async def _upsert_record(self, item: BatchItem) -> BatchOutcome:
        """Creates the record if nobody has its e-mail, or changes the one that has."""
        assert item.body is not None, "it was read"
        found = self._owners.find_owners(item.body.values.get("email"))
        if not found:
            return await self._create_record(item)
        if len(found) > 1:
            detail = f"{len(found)} {self._kind.plural} have this e-mail; name the one to change by its id."
            raise Conflict(detail, code="ambiguous", facts={"ids": found[:MAX_IDS_SHOWN]})
        return await self._change_record(found[0], read_patch(self._kind, item.raw), item)

    async def _patch_record(self, item: BatchItem) -> BatchOutcome:
        assert item.body is not None, "it was read"
        return await self._change_record(item.id, item.body, item)

    async def _change_record(self, id_: str, sent: ParsedBody, item: BatchItem) -> BatchOutcome:
        before = await self._records.get(self._tx, self._actor, self._kind, id_, lock=True, versions=item.versions)
        changes = await self._records.check_patch(self._tx, self._actor, self._kind, before, sent)
        if not changes:
            return BatchOutcome("updated", before)
        record = await (await self._begin_operation()).update(self._kind, before, changes)
        self._owners.note_record(record)
        return BatchOutcome("updated", record)

    async def _delete_record(self, item: BatchItem) -> BatchOutcome:
        record = await self._records.get(
            self._tx, self._actor, self._kind, item.id, lock=True, versions=item.versions
        )
        await self._records.delete_within(await self._begin_operation(), self._kind, record)
        self._owners.forget_record(record)
        return BatchOutcome("deleted", record)

    async def _convert_record(self, item: BatchItem) -> BatchOutcome:
        assert item.body is not None, "it was read"
        require_right(self._actor, Right.WRITE, scopes_of(AREAS, Right.WRITE))
        plan = await self._conversion.check_conversion(
            self._tx, self._actor, item.id, item.body, versions=item.versions
        )
        done = await self._conversion.convert_within(await self._begin_operation(), plan)
        self._owners.note_record(done.lead)
        return BatchOutcome("converted", done.lead)


def find_failures(outcomes: Sequence[BatchOutcome]) -> Mapping[int, LeadlineError]:
    """Returns the errors of the items that failed, by their places."""
    return {place: one.error for place, one in enumerate(outcomes) if one.error is not None}
