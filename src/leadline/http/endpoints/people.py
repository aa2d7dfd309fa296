"""The endpoint that lists the people to whom a record can be given."""

from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response
from leadline.http.server.paging import NAMES as PAGING
from leadline.http.server.paging import page_envelope, read_window, without_paging
from leadline.http.server.query_string import unknown_parameters
from leadline.kit.db import Transaction, Work
from leadline.people.directory import list_people
from leadline.records.body import field_error
from leadline.records.query import MAX_SEARCH_CHARACTERS, read_search, refuse_parameters
from leadline.records.types import Rejected, read_truth

NAMES = ("active", "search")


def people_endpoint() -> Endpoint:
    return Endpoint(
        run=_list_people,
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
        error_statuses=(400, 414),
    )


def _list_people(call: HandlerInput) -> Work[Response]:
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

    async def read_people(tx: Transaction) -> Response:
        page = await list_people(
            tx, call.actor, active=active, search=search, limit=window.limit, offset=window.offset
        )
        return Response(page_envelope(page.count, page.items, window, call.request.own_url(), pairs))

    return read_people


def people_schemas() -> dict[str, Json]:
    person = {
        "id": schemas.text_schema("The user's id, for `assignedTo`."),
        "name": schemas.nullable_text_schema("First and last name."),
        "active": {"type": "boolean", "description": "Whether a record can be given to them."},
    }
    return {"Person": schemas.response_schema(person), "PersonList": schemas.list_schema(schemas.ref("Person"))}
