"""The endpoints of saved views: those of any record, but their queries are checked, and all are counted at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from leadline.access import Actor
from leadline.crm.kinds import KINDS
from leadline.crm.views import MAX_VIEWS, VIEWS, ViewService
from leadline.errors import FieldError, MalformedRequest
from leadline.http.endpoints.list_request import AROUND, read_list_request
from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response
from leadline.http.server.query_string import read_pairs
from leadline.kit.db import Transaction
from leadline.log.feed import WorkspaceVersion
from leadline.records.body import ParsedBody, read_new
from leadline.records.query import ListQuery, refuse_parameters
from leadline.records.types import Value
from leadline.records.visibility import visible_records

_KINDS = {kind.name: kind for kind in KINDS}
_ONE_PAGE = ("page", "offset", AROUND)
"""Parameters of a list that name one page of it, which no view is."""


@dataclass(frozen=True)
class ViewEndpoints(RecordEndpoints):
    views: ViewService

    def list_endpoint(self) -> Endpoint:
        return replace(
            super().list_endpoint(), description="Your own, newest first. `sort=position` has them in their order."
        )

    def create_endpoint(self) -> Endpoint:
        return replace(
            super().create_endpoint(),
            run=self._create_view,
            parse=_parse_new,
            description="Only you see it. `query` is the query string of the list of its `kind`; null is the whole "
            f"list. At most {MAX_VIEWS} for each person.",
            error_statuses=(400, 409, 413, 415, 422),
        )

    async def _create_view(self, tx: Transaction, call: HandlerInput) -> Response:
        return self.created_response(call, await self.views.create(tx, call.actor, call.parsed))

    def patch_endpoint(self) -> Endpoint:
        return replace(super().patch_endpoint(), run=self._patch_view)

    async def _patch_view(self, tx: Transaction, call: HandlerInput) -> Response:
        sent: ParsedBody = call.parsed
        versions = call.request.version_conditions()
        before = await self.records.get(tx, call.actor, VIEWS, call.request.id, lock=True, versions=versions)
        checked = _with_query_errors(sent, {**before.values, **sent.values}, call.actor)
        made = await self.records.patch(tx, call.actor, VIEWS, call.request.id, checked)
        return self.updated_response(made)

    def counts_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._count_all,
            name="count_views",
            summary="Count the records of all your views",
            description="In one answer, by the view's id: how many records its list has. null for a view whose query "
            "is no query any more.",
            response_schema=schemas.ref("ViewCounts"),
            tagged=True,
            error_statuses=(400,),
        )

    async def _count_all(self, tx: Transaction, call: HandlerInput) -> Response:
        version = await self.records.read_version(tx, call.actor)
        make = partial(self._read_counts, tx, call)
        return await self.answers.respond_cached(call, version, make, visible_records(call.actor, VIEWS))

    async def _read_counts(self, tx: Transaction, call: HandlerInput, version: WorkspaceVersion) -> Json:
        counts: dict[str, int | None] = {}
        for view in await self.views.list_all(tx, call.actor, version):
            counts[view.id] = await self._count_view(tx, call.actor, view.kind, view.query, version)  # type: ignore[attr-defined]
        return {"counts": counts}

    async def _count_view(
        self, tx: Transaction, actor: Actor, kind: str, text: str | None, version: WorkspaceVersion
    ) -> int | None:
        """Returns the number of records in the list of a view, None if its query is none any more."""
        try:
            query = read_view_query(kind, text, actor)
        except MalformedRequest:
            return None
        return await self.records.count(tx, actor, _KINDS[kind], query, version=version)


def read_view_query(kind: str, text: str | None, actor: Actor) -> ListQuery:
    """Reads the query string of a view, None for the whole list. Raises `MalformedRequest`."""
    pairs = read_pairs((text or "").encode())
    refuse_parameters(
        [
            FieldError(name, "one_page", f"{name} names one page of the list; leave it out.")
            for name, _ in pairs
            if name in _ONE_PAGE
        ]
    )
    return read_list_request(_KINDS[kind], pairs, actor, has_past=False).query


def _parse_new(call: HandlerInput) -> ParsedBody:
    draft = read_new(VIEWS, call.body)
    return _with_query_errors(draft, draft.values, call.actor)


def _with_query_errors(sent: ParsedBody, values: "dict[str, Value]", actor: Actor) -> ParsedBody:
    """Returns the body with an error if the query is none of a list of the kind. `values` are those that the view
    would have."""
    at_fault = {error.field for error in sent.errors}
    if not at_fault.isdisjoint(("kind", "query")) or values.get("kind") not in _KINDS:
        return sent
    return ParsedBody(sent.values, [*sent.errors, *_query_errors(str(values["kind"]), values.get("query"), actor)])


def _query_errors(kind: str, text: Value, actor: Actor) -> Sequence[FieldError]:
    try:
        read_view_query(kind, None if text is None else str(text), actor)
    except MalformedRequest as error:
        detail = f"query is no query of a list of {_KINDS[kind].plural}: {error.detail}"
        return [FieldError("query", "not_a_query", detail)]
    return []


def view_schemas() -> dict[str, Json]:
    """Returns the schemas of views, and of their counts."""
    counts = {
        "type": "object",
        "additionalProperties": {"type": ["integer", "null"], "minimum": 0},
        "description": "The number of records by the id of the view.",
    }
    return schemas.of_kind(VIEWS) | {"ViewCounts": schemas.response_schema({"counts": counts})}
