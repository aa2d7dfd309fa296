"""The endpoint that says whom a record can be given to."""

from leadline.auth.people import list_people
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply
from leadline.http.paging import NAMES as PAGING
from leadline.http.paging import envelope, read_window, without_paging
from leadline.http.query_string import unknown_parameters
from leadline.kit.db import Transaction, Work
from leadline.records.body import field_error
from leadline.records.query import MAX_SEARCH_CHARACTERS, read_search, refuse_parameters
from leadline.records.types import Rejected, read_truth

NAMES = ("active", "search")


def people() -> Endpoint:
    return Endpoint(
        run=_list,
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
        reply=schemas.ref("PersonList"),
        refusals=(400, 414),
    )


def _list(call: Call) -> Work[Reply]:
    pairs = call.asked.pairs()
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

    async def work(tx: Transaction) -> Reply:
        page = await list_people(
            tx, call.actor, active=active, search=search, limit=window.limit, offset=window.offset
        )
        return Reply(envelope(page.count, page.items, window, call.asked.url(), pairs))

    return work


def people_schemas() -> dict[str, Json]:
    person = {
        "id": schemas.text("The user's id, for `assignedTo`."),
        "name": schemas.nullable_text("First and last name."),
        "active": {"type": "boolean", "description": "Whether a record can be given to them."},
    }
    return {"Person": schemas.answer(person), "PersonList": schemas.listing(schemas.ref("Person"))}
