"""The endpoint that lists the people to whom a record can be given."""

from dataclasses import dataclass
from functools import partial

from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response
from leadline.http.server.paging import NAMES as PAGING
from leadline.http.server.paging import PageWindow, page_envelope, read_window, without_paging
from leadline.http.server.query_string import unknown_parameters
from leadline.http.server.response_cache import ResponseCache
from leadline.kit.db import Transaction
from leadline.log.feed import WorkspaceVersion
from leadline.people.directory import list_people, refuse_viewers
from leadline.records.body import field_error
from leadline.records.query import MAX_SEARCH_CHARACTERS, read_search, refuse_parameters
from leadline.records.service import RecordService
from leadline.records.types import Rejected, read_truth

NAMES = ("active", "search")


def people_endpoint(records: RecordService, answers: ResponseCache) -> Endpoint:
    return Endpoint(
        run=partial(_list_people, records, answers),
        parse=_parse_query,
        name="list_people",
        summary="List the people of the workspace",
        description="Whom a record can be assigned to, by name: for everybody who may read records, keys too. "
        "E-mails and roles are the admins' (`/api/users/`).",
        parameters=[
            *schemas.PAGING,
            schemas.query_parameter("active", "false lists those who are disabled.", {"type": "boolean"}),
            schemas.query_parameter(
                "search",
                "A part of the name.",
                {"type": "string", "minLength": 1, "maxLength": MAX_SEARCH_CHARACTERS},
            ),
        ],
        response_schema=schemas.ref("PersonList"),
        tagged=True,
        error_statuses=(400, 414),
    )


@dataclass(frozen=True)
class _PeopleQuery:
    window: PageWindow
    active: bool
    search: str | None


def _parse_query(call: HandlerInput) -> _PeopleQuery:
    pairs = call.request.query_pairs()
    filters = without_paging(pairs)
    window, errors = read_window(pairs)
    active, search = True, None
    errors += unknown_parameters(filters, (*NAMES, *PAGING))
    for name, text in filters:
        try:
            if name == "active":
                active = read_truth(text.strip())
            elif name == "search":
                search = read_search(text)
        except Rejected as rejected:
            errors.append(field_error(name, rejected))
    refuse_parameters(errors)
    return _PeopleQuery(window, active, search)


async def _list_people(
    records: RecordService, answers: ResponseCache, tx: Transaction, call: HandlerInput
) -> Response:
    refuse_viewers(call.actor)
    version = await records.read_version(tx, call.actor)
    return await answers.respond_cached(call, version, partial(_read_page, tx, call))


async def _read_page(tx: Transaction, call: HandlerInput, version: WorkspaceVersion) -> Json:
    query: _PeopleQuery = call.parsed
    window = query.window
    page = await list_people(
        tx, version.workspace, active=query.active, search=query.search, limit=window.limit, offset=window.offset
    )
    pairs, url = call.request.query_pairs(), call.request.own_url()
    return page_envelope(page.count, page.items, window, url, pairs)


def people_schemas() -> dict[str, Json]:
    person = {
        "id": schemas.text_schema("The user's id, for `assignedTo`."),
        "name": schemas.nullable_text_schema("First and last name."),
        "active": {"type": "boolean", "description": "Whether a record can be given to them."},
    }
    return {"Person": schemas.response_schema(person), "PersonList": schemas.list_schema(schemas.ref("Person"))}
