"""The endpoints of bulk writes, which change or delete all records that a filter chooses."""

import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from functools import partial

from leadline.access import Actor
from leadline.crm.bulk import MAX_BULK_RECORDS, BulkRefused, BulkRequest, BulkService
from leadline.errors import FieldError, ItemsRefused
from leadline.http.endpoints.batches import show_error
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.http.server.query_string import unknown_parameters, with_own_id
from leadline.kit.db import Database, Transaction
from leadline.records.body import read_patch
from leadline.records.kind import Kind
from leadline.records.query import Pairs, parameter_names, read_query, refuse_parameters
from leadline.records.selection import Selection
from leadline.records.visibility import visible_records

_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_NAMES = ("expectedCount", "all")


@dataclass
class _ParsedBulk:
    """A parsed bulk write, and the records that it chose before the write."""

    request: BulkRequest
    selection: Selection


@dataclass(frozen=True)
class BulkEndpoints:
    """The endpoints of one kind of record."""

    kind: Kind
    database: Database
    bulk: BulkService

    def patch_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._write_bulk,
            parse=self._parse_change,
            prepare=self._choose_records,
            name=f"update_{self.kind.plural}",
            summary=f"Change all {self.kind.plural} of a filter",
            description=f"{self._about_bulk()} If a record refuses the change, nothing is done either (422). "
            + schemas.BRACKETS,
            parameters=self._bulk_parameters(),
            body=schemas.ref(f"{self.kind.name.title()}Update"),
            response_schema=schemas.ref("BulkDone"),
            writes=True,
            is_slow=True,
            error_statuses=(400, 412, 413, 414, 415, 422),
        )

    def delete_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._write_bulk,
            parse=self._parse_filter,
            prepare=self._choose_records,
            name=f"delete_{self.kind.plural}",
            summary=f"Delete all {self.kind.plural} of a filter",
            description=f"{self._about_bulk()} {schemas.BRACKETS}",
            parameters=self._bulk_parameters(),
            response_schema=schemas.ref("BulkDone"),
            writes=True,
            is_slow=True,
            error_statuses=(400, 412, 414, 422),
        )

    def _about_bulk(self) -> str:
        return (
            f"Up to {MAX_BULK_RECORDS:,} {self.kind.plural}, as one operation. `expectedCount` says how many you "
            "think there are: if there is another number by then, nothing is done (412)."
        )

    def _bulk_parameters(self) -> list[Json]:
        count: Json = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        expected = schemas.query_parameter("expectedCount", "The number of records that the filter chooses.", count)
        return [
            {**expected, "required": True},
            schemas.query_parameter(
                "all", "`true` for all records, without a filter.", {"type": "boolean", "enum": [True]}
            ),
            *schemas.filter_parameters(self.kind),
        ]

    def _parse_change(self, call: HandlerInput) -> BulkRequest:
        return self._parse_filter(call)._replace(change=read_patch(self.kind, call.body))

    def _parse_filter(self, call: HandlerInput) -> BulkRequest:
        pairs = call.request.query_pairs()
        given = dict(pairs)
        filters, errors = with_own_id([pair for pair in pairs if pair[0] not in _NAMES], call.actor)
        query, query_errors = read_query(self.kind, filters, others=_NAMES)
        refuse_parameters([*errors, *query_errors, *_bulk_errors(self.kind, given, filters)])
        visible = visible_records(call.actor, self.kind)
        assert visible is not None, "who may write sees records"
        return BulkRequest(query.predicate.narrow_to(visible), int(given["expectedCount"]))

    async def _choose_records(self, call: HandlerInput) -> _ParsedBulk:
        request: BulkRequest = call.parsed
        selection = await self.database.read(partial(_choose_in_read, self.bulk, call.actor, self.kind, request))
        return _ParsedBulk(request, selection)

    async def _write_bulk(self, tx: Transaction, call: HandlerInput) -> Response:
        bulk: _ParsedBulk = call.parsed
        try:
            done = await self.bulk.write_bulk(tx, call.actor, self.kind, bulk.request, bulk.selection)
        except BulkRefused as refused:
            results = [{"id": id_, "error": show_error(error)} for id_, error in refused.errors.items()]
            detail = f"{len(results):,} {self.kind.plural} refuse this, so nothing was done; see results."
            raise ItemsRefused(detail, code="bulk_refused", facts={"results": results}) from None
        body = {"operationId": done.operation and done.operation.id, "count": done.count}
        return Response(body) if done.operation is None else write_response(body, done.operation)


def _choose_in_read(
    bulk: BulkService, actor: Actor, kind: Kind, request: BulkRequest, tx: Transaction
) -> Awaitable[Selection]:
    return bulk.choose_records(tx, actor, kind, request)


def _bulk_errors(kind: Kind, given: Mapping[str, str], filters: Pairs) -> list[FieldError]:
    """Returns the errors of the parameters that say which records a bulk write is about."""
    errors = []
    if not _COUNT.fullmatch(given.get("expectedCount", "")):
        sentence = "expectedCount is required: the number of records that the filter chooses."
        errors.append(FieldError("expectedCount", "required", sentence))
    if given.get("all", "true") != "true":
        errors.append(FieldError("all", "unknown_value", "all must be true, or left out."))
    if not filters and "all" not in given:
        errors.append(FieldError("all", "required", f"Give a filter, or all=true for all {kind.plural}."))
    if filters and "all" in given:
        errors.append(FieldError("all", "excludes", "all excludes filters; choose one of them."))
    if "sort" in dict(filters):
        errors += unknown_parameters([("sort", "")], [*parameter_names(kind)[2:], *_NAMES])
    return errors
