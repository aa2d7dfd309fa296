"""The endpoints that every kind of record has, written once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from leadline import ids
from leadline.access import AREAS
from leadline.errors import FieldError
from leadline.http.endpoints import as_of
from leadline.http.endpoints.list_request import (
    AROUND,
    INCLUDE_PARAMETER,
    OWN_PARAMETER,
    around_parameter,
    read_facets_request,
    read_list_request,
)
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.http.server.paging import NAMES as PAGING
from leadline.http.server.paging import PageWindow, page_envelope, read_window
from leadline.http.server.query_string import unknown_parameters
from leadline.http.server.response_cache import ResponseCache
from leadline.kit.db import Transaction
from leadline.log.feed import WorkspaceVersion
from leadline.records.body import ParsedBody, read_new, read_patch
from leadline.records.entity_tag import entity_tag
from leadline.records.explaining import explain_record
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Kind
from leadline.records.past import Moment, PastRecords
from leadline.records.query import Pairs, refuse_parameters
from leadline.records.service import RecordService, WriteResult
from leadline.records.shown import show_record
from leadline.records.store import Record
from leadline.records.visibility import visible_records


@dataclass(frozen=True)
class RecordEndpoints:
    """The endpoints of one kind of record, under its own path, `/api/{plural}/`. With `past`, they also read records
    as they were (`asOf`)."""

    kind: Kind
    records: RecordService
    answers: ResponseCache
    past: PastRecords | None = field(default=None, kw_only=True)

    @property
    def _is_merged(self) -> bool:
        """True if records of the kind can be merged."""
        return self.kind.plural in AREAS

    def list_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._list_records,
            name=f"list_{self.kind.plural}",
            summary=f"List {self.kind.plural}",
            description="Newest first. Filters are combined with AND; a comma in a value means any of. "
            + schemas.BRACKETS,
            parameters=self._list_parameters(),
            response_schema=schemas.ref(f"{self.kind.name.title()}List"),
            tagged=self.kind.is_logged,
            error_statuses=self._with_past((400, 404, 414)),
        )

    def _list_parameters(self) -> Sequence[Json]:
        return [
            *schemas.list_parameters(self.kind),
            INCLUDE_PARAMETER,
            around_parameter(self.kind),
            *self._as_of_parameters(),
        ]

    def _as_of_parameters(self) -> Sequence[Json]:
        return [as_of.PARAMETER] if self.past else []

    def _with_past(self, statuses: Sequence[int]) -> Sequence[int]:
        """Returns the error statuses with those of a look into the past."""
        return sorted({*statuses, 410, 422}) if self.past else statuses

    async def _list_records(self, tx: Transaction, call: HandlerInput, *conditions: Condition) -> Response:
        return await self._respond_cached(tx, call, partial(self._read_page, tx, call, conditions))

    async def _respond_cached(
        self, tx: Transaction, call: HandlerInput, make: Callable[[WorkspaceVersion], Awaitable[Json]]
    ) -> Response:
        """Returns the response, from the cache if it is valid. Kinds that are not logged are not cached, for they may
        change at any time."""
        state = await self.records.read_version(tx, call.actor)
        if not self.kind.is_logged:
            return Response(await make(state))
        return await self.answers.respond_cached(call, state, make, visible_records(call.actor, self.kind))

    async def _read_page(
        self, tx: Transaction, call: HandlerInput, conditions: Sequence[Condition], version: WorkspaceVersion
    ) -> Json:
        pairs = call.request.query_pairs()
        asked = read_list_request(self.kind, pairs, call.actor, has_past=self.past is not None)
        query, window, moment = asked.query.narrow_to(Predicate(tuple(conditions))), asked.window, asked.moment
        if asked.around is not None:
            position = await self.records.find_position(
                tx, call.actor, self.kind, query, asked.around, version=version
            )
            window = window.move_to(position)
        limit, offset = window.limit, window.offset
        if self.past is None or moment is None:
            page = await self.records.list(
                tx, call.actor, self.kind, query, limit=limit, offset=offset, version=version
            )
        else:
            page = await self.past.list_records(
                tx, call.actor, self.kind, query, moment, limit=limit, offset=offset, version=version
            )
        url = call.request.own_url()
        if asked.around is None:
            return page_envelope(page.count, page.items, window, url, pairs)
        others = [pair for pair in pairs if pair[0] != AROUND]
        return {**page_envelope(page.count, page.items, window, url, others), "offset": offset}

    def _read_moment(self, pairs: Pairs) -> tuple[Pairs, Moment | None, list[FieldError]]:
        return as_of.read_moment(pairs) if self.past else (pairs, None, [])

    def facets_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._count_facets,
            name=f"{self.kind.name}_facets",
            summary=f"Count {self.kind.plural} by their values",
            description="Of those that the same filters list: how many have each value, the most frequent first. "
            + schemas.BRACKETS,
            parameters=[*schemas.filter_parameters(self.kind), OWN_PARAMETER, *self._as_of_parameters()],
            response_schema=schemas.ref(f"{self.kind.name.title()}Facets"),
            tagged=self.kind.is_logged,
            error_statuses=self._with_past((400, 414)),
        )

    async def _count_facets(self, tx: Transaction, call: HandlerInput) -> Response:
        return await self._respond_cached(tx, call, partial(self._read_facets, tx, call))

    async def _read_facets(self, tx: Transaction, call: HandlerInput, version: WorkspaceVersion) -> Json:
        query, moment, own_ignored = read_facets_request(self.kind, call.request.query_pairs(), call.actor)
        if self.past is None or moment is None:
            count, facets = await self.records.facets(
                tx, call.actor, self.kind, query, version=version, own_ignored=own_ignored
            )
        else:
            count, facets = await self.past.count_facets(
                tx, call.actor, self.kind, query, moment, version=version, own_ignored=own_ignored
            )
        return {"count": count, "facets": facets}

    def list_of_endpoint(self, parent: Kind, *, by: str) -> Endpoint:
        """Returns the endpoint that lists the records whose field `by` refers to one record of the `parent` kind."""
        return replace(
            self.list_endpoint(),
            run=partial(self._list_of, parent, by),
            name=f"list_{self.kind.plural}_of_{parent.name}",
            summary=f"List the {self.kind.plural} of {schemas.with_article(parent.name)}",
            parameters=[schemas.id_parameter(parent), *self._list_parameters()],
            redirects=True,
            error_statuses=self._with_past((400, 404, 414)),
        )

    async def _list_of(self, parent: Kind, by: str, tx: Transaction, call: HandlerInput) -> Response:
        _, moment, _ = self._read_moment(call.request.query_pairs())
        await self._find_record(tx, call, parent, moment)
        return await self._list_records(
            tx, call, Condition(by, "eq", (ids.parse_id(parent.prefix, call.request.id),))
        )

    def create_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._create_record,
            parse=self._parse_new,
            name=f"create_{self.kind.name}",
            summary=f"Create {schemas.with_article(self.kind.name)}",
            body=schemas.ref(f"{self.kind.name.title()}Create"),
            response_schema=schemas.ref(self.kind.name.title()),
            status=201,
            writes=True,
            error_statuses=(400, 413, 415, 422),
        )

    def _parse_new(self, call: HandlerInput) -> ParsedBody:
        return read_new(self.kind, call.body)

    async def _create_record(self, tx: Transaction, call: HandlerInput) -> Response:
        return self.created_response(call, await self.records.create(tx, call.actor, self.kind, call.parsed))

    def created_response(self, call: HandlerInput, made: WriteResult) -> Response:
        record, location = made.record, f"{call.request.own_url()}{made.record['id']}/"
        tag = entity_tag(self.kind, record)
        return write_response(show_record(self.kind, record), made.operation, status=201, Location=location, ETag=tag)

    def get_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._get_record,
            name=f"get_{self.kind.name}",
            summary=f"Get {schemas.with_article(self.kind.name)}",
            parse=self._parse_moment,
            parameters=[schemas.id_parameter(self.kind), *self._as_of_parameters()],
            response_schema=schemas.ref(self.kind.name.title()),
            tagged=True,
            redirects=self._is_merged,
            error_statuses=self._with_past((400, 404)),
        )

    def _parse_moment(self, call: HandlerInput) -> Moment | None:
        if not call.request.query_bytes():
            return None
        others, moment, errors = self._read_moment(call.request.query_pairs())
        refuse_parameters([*errors, *unknown_parameters(others, [as_of.NAME] if self.past else ())])
        return moment

    async def _get_record(self, tx: Transaction, call: HandlerInput) -> Response:
        record = await self._find_record(tx, call, self.kind, call.parsed)
        tag = entity_tag(self.kind, record)
        if (seen := call.request.find_seen_tag(tag)) is not None:
            return Response(None, 304, {"ETag": seen})
        return Response(show_record(self.kind, record), headers={"ETag": tag})

    async def _find_record(self, tx: Transaction, call: HandlerInput, kind: Kind, moment: Moment | None) -> Record:
        if self.past is None or moment is None:
            return await self.records.get(tx, call.actor, kind, call.request.id)
        return await self.past.get_record(tx, call.actor, kind, call.request.id, moment)

    def patch_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._patch_record,
            parse=self._parse_patch,
            name=f"update_{self.kind.name}",
            summary=f"Update {schemas.with_article(self.kind.name)}",
            description="Changes the fields that are sent, and no others.",
            parameters=[schemas.id_parameter(self.kind), schemas.IF_MATCH],
            body=schemas.ref(f"{self.kind.name.title()}Update"),
            response_schema=schemas.ref(self.kind.name.title()),
            writes=True,
            error_statuses=(400, 404, 409, 412, 413, 415, 422),
        )

    def _parse_patch(self, call: HandlerInput) -> ParsedBody:
        return read_patch(self.kind, call.body)

    async def _patch_record(self, tx: Transaction, call: HandlerInput) -> Response:
        versions = call.request.version_conditions()
        made = await self.records.patch(tx, call.actor, self.kind, call.request.id, call.parsed, versions=versions)
        return self.updated_response(made)

    def updated_response(self, made: WriteResult) -> Response:
        return write_response(
            show_record(self.kind, made.record), made.operation, ETag=entity_tag(self.kind, made.record)
        )

    def delete_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._delete_record,
            name=f"delete_{self.kind.name}",
            summary=f"Delete {schemas.with_article(self.kind.name)}",
            parameters=[schemas.id_parameter(self.kind), schemas.IF_MATCH],
            response_schema=None,
            status=204,
            writes=True,
            error_statuses=(400, 404, *([409] if self._is_merged else []), 412),
        )

    async def _delete_record(self, tx: Transaction, call: HandlerInput) -> Response:
        versions = call.request.version_conditions()
        operation = await self.records.delete(tx, call.actor, self.kind, call.request.id, versions=versions)
        return write_response(None, operation, status=204)

    def explain_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._explain_record,
            name=f"explain_{self.kind.name}",
            summary=f"Who wrote each value of {schemas.with_article(self.kind.name)}",
            description="For each field its value, and the operation that wrote it. If an undo brought the value "
            "back, `broughtBackBy` is that undo.",
            parameters=[schemas.id_parameter(self.kind)],
            response_schema=schemas.ref("Explanation"),
            redirects=self._is_merged,
            error_statuses=(400, 404),
        )

    async def _explain_record(self, tx: Transaction, call: HandlerInput) -> Response:
        record = await self.records.get(tx, call.actor, self.kind, call.request.id)
        return Response({"fields": await explain_record(tx, call.actor, self.kind, record)})

    def history_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._read_history,
            parse=_parse_window,
            name=f"{self.kind.name}_history",
            summary=f"What was done to {schemas.with_article(self.kind.name)}",
            description="Newest first; each entry has the operation, who did it, and each field before and after. "
            "Also of what was deleted, which is `gone`. Where entries are very long a page has fewer than `limit`: "
            "`next` goes on with the first that is missing.",
            parameters=[schemas.id_parameter(self.kind), *schemas.PAGING],
            response_schema=schemas.ref("HistoryPage"),
            error_statuses=(400, 404),
        )

    async def _read_history(self, tx: Transaction, call: HandlerInput) -> Response:
        window: PageWindow = call.parsed
        page = await self.records.history(
            tx, call.actor, self.kind, call.request.id, limit=window.limit, offset=window.offset
        )
        pairs, url = call.request.query_pairs(), call.request.own_url()
        return Response({"gone": page.gone, **page_envelope(page.count, page.items, window, url, pairs)})


def _parse_window(call: HandlerInput) -> PageWindow:
    pairs = call.request.query_pairs()
    window, errors = read_window(pairs)
    refuse_parameters([*unknown_parameters(pairs, PAGING), *errors])
    return window
