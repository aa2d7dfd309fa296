"""The endpoint of batches, which write many records at once."""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from leadline.access import Actor
from leadline.crm.batch_request import MAX_ITEMS, BatchRequest, ops_of, read_batch
from leadline.crm.batches import BatchOutcome, BatchRefused, BatchResult, BatchService, find_failures
from leadline.crm.email_owners import EmailOwners
from leadline.errors import FieldError, ItemsRefused, LeadlineError
from leadline.http.openapi import schemas
from leadline.http.openapi.batch_schemas import batch_name
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.http.server.errors import problem_of
from leadline.http.server.query_string import unknown_parameters
from leadline.kit.db import Database, Transaction
from leadline.records.kind import Kind
from leadline.records.query import refuse_parameters
from leadline.records.service import RecordService
from leadline.records.shown import show_record
from leadline.records.store import Record
from leadline.records.types import Value

MAX_BATCH_BYTES = 2 * 1024 * 1024
ITEMS_PER_REQUEST = 10
"""Items of a batch that count as one request against the rate limit."""
_NOT_OF_ITEMS = ("requestId", "current")
_STATUSES = {"created": 201, "updated": 200, "deleted": 204, "converted": 200}


@dataclass
class _ParsedBatch:
    """A parsed batch. `owners` are those of the e-mails that it upserts."""

    request: BatchRequest
    owners: EmailOwners
    shows_records: bool


@dataclass(frozen=True)
class BatchEndpoints:
    """The endpoint of one kind of record."""

    kind: Kind
    database: Database
    records: RecordService
    batches: BatchService

    def batch_endpoint(self) -> Endpoint:
        ops = ", ".join(ops_of(self.kind))
        return Endpoint(
            run=self._write_batch,
            parse=self._parse_batch,
            prepare=self._choose_owners,
            name=f"batch_{self.kind.plural}",
            summary=f"Write up to {MAX_ITEMS:,} {self.kind.plural} at once",
            description=f"Each item has an `op`: {ops}. Items are done in their order, as one operation; each sees "
            "those before it. An item that is refused changes nothing, and the others are done all the same, unless "
            f"`atomic` is true. A batch counts as one request for each {ITEMS_PER_REQUEST} items.",
            parameters=[
                schemas.query_parameter("return", "`full` adds the records.", {"type": "string", "enum": ["full"]})
            ],
            body=schemas.ref(batch_name(self.kind)),
            response_schema=schemas.ref("BatchDone"),
            writes=True,
            max_body=MAX_BATCH_BYTES,
            weigh=_weigh_batch,
            is_slow=True,
            error_statuses=(400, 413, 415, 422),
        )

    def _parse_batch(self, call: HandlerInput) -> _ParsedBatch:
        pairs = call.request.query_pairs()
        errors = unknown_parameters(pairs, ("return",))
        if dict(pairs).get("return", "full") != "full":
            errors.append(FieldError("return", "unknown_value", "return must be full."))
        refuse_parameters(errors)
        owners = EmailOwners(self.kind, call.actor.workspace)
        return _ParsedBatch(read_batch(self.kind, call.body), owners, bool(pairs))

    async def _choose_owners(self, call: HandlerInput) -> _ParsedBatch:
        batch: _ParsedBatch = call.parsed
        bodies = [item.body for item in batch.request.items if item.op == "upsert" and item.body]
        emails = [body.values["email"] for body in bodies if body.values.get("email")]
        await self.database.read(partial(_choose_in_read, batch.owners, self.records, call.actor, emails))
        return batch

    async def _write_batch(self, tx: Transaction, call: HandlerInput) -> Response:
        batch: _ParsedBatch = call.parsed
        try:
            result = await self.batches.write_batch(tx, call.actor, self.kind, batch.request, batch.owners)
        except BatchRefused as refused:
            failed, items = find_failures(refused.outcomes), len(refused.outcomes)
            detail = f"{len(failed):,} of {items:,} items are refused, so nothing was done; see results."
            results = [_show_outcome(place, refused.outcomes[place]) for place in failed]
            raise ItemsRefused(detail, facts={"results": results}) from None
        return await self._show_result(tx, call.actor, batch, result)

    async def _show_result(self, tx: Transaction, actor: Actor, batch: _ParsedBatch, result: BatchResult) -> Response:
        results = [_show_outcome(place, outcome) for place, outcome in enumerate(result.outcomes)]
        if batch.shows_records:
            records = await self.batches.read_results(tx, actor, self.kind, result)
            for shown in results:
                shown["record"] = self._show_record(records, shown["id"])
        failed = len(find_failures(result.outcomes))
        body = {
            "operationId": result.operation and result.operation.id,
            "succeeded": len(results) - failed,
            "failed": failed,
            "results": results,
        }
        return Response(body) if result.operation is None else write_response(body, result.operation)

    def _show_record(self, records: Mapping[str, Record], id_: str | None) -> Json | None:
        record = records.get(id_) if id_ else None
        return None if record is None else show_record(self.kind, record)


def _choose_in_read(
    owners: EmailOwners, records: RecordService, actor: Actor, emails: Sequence[Value], tx: Transaction
) -> Awaitable[None]:
    return owners.choose_owners(tx, records, actor, emails)


def _weigh_batch(call: HandlerInput) -> int:
    batch: _ParsedBatch = call.parsed
    return -(-len(batch.request.items) // ITEMS_PER_REQUEST)


def _show_outcome(place: int, outcome: BatchOutcome) -> Json:
    record, error = outcome.record, outcome.error
    if error is not None:
        problem = show_error(error)
        return {"index": place, "status": problem["status"], "id": None, "version": None, "error": problem}
    assert record is not None, "an item without an error has a record"
    version = None if outcome.action == "deleted" else record.version
    status = _STATUSES[outcome.action]
    return {"index": place, "status": status, "id": record["id"], "version": version, "error": None}


def show_error(error: LeadlineError) -> Json:
    """Returns the problem of one of many records, which has no request of its own. Without the current record of a
    stale version, because a thousand long ones would be too much for one answer."""
    _, problem, _ = problem_of(error, "")
    return {name: value for name, value in problem.items() if name not in _NOT_OF_ITEMS}
