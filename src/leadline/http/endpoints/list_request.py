"""What a request for a list asks for: its page, order, filters and moment, and what else its items show."""

from dataclasses import replace
from typing import NamedTuple

from leadline.access import Actor
from leadline.errors import FieldError
from leadline.http.endpoints import as_of
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Json
from leadline.http.server.paging import NAMES as PAGING
from leadline.http.server.paging import PageWindow, read_window, without_paging
from leadline.http.server.query_string import unknown_parameters, with_own_id
from leadline.records.item_store import VERSION
from leadline.records.kind import Kind
from leadline.records.past import Moment
from leadline.records.query import ListQuery, Pairs, read_query, refuse_parameters
from leadline.records.types import Rejected

INCLUDE = "include"
INCLUDE_PARAMETER: Json = schemas.query_parameter(
    INCLUDE,
    "`version` gives each item the record's `version`, for `If-Match`.",
    {"type": "string", "enum": [VERSION]},
)


OWN, IGNORED = "own", "ignored"
OWN_PARAMETER: Json = schemas.query_parameter(
    OWN, "`ignored` counts each field without its own filters.", {"type": "string", "enum": [IGNORED]}
)
AROUND = "around"
_EXCLUDED_BY_AROUND = ("page", "offset", as_of.NAME)


def around_parameter(kind: Kind) -> Json:
    description = (
        f"Answers the page that has the {kind.name} with this id; `offset` is where the page begins. Excludes page,"
        f" offset and {as_of.NAME}."
    )
    return schemas.query_parameter(AROUND, description, kind.reference_type.json_schema())


class ListRequest(NamedTuple):
    """A request for the page `window` of a list, as it is or as it was at `moment`; or for the page that has the
    record with the id `around`."""

    query: ListQuery
    window: PageWindow
    moment: Moment | None
    around: str | None


def read_list_request(kind: Kind, pairs: Pairs, actor: Actor, *, has_past: bool) -> ListRequest:
    """Reads the parameters of a list. `has_past` is True for a list that takes `asOf`. Raises `MalformedRequest`."""
    others, moment, moment_errors = as_of.read_moment(pairs) if has_past else (pairs, None, [])
    with_version, include_errors = _read_wish(others, INCLUDE, VERSION)
    around, around_errors = _read_around(kind, pairs)
    plain = [pair for pair in without_paging(others) if pair[0] not in (INCLUDE, AROUND)]
    filters, own_errors = with_own_id(plain, actor)
    query, query_errors = read_query(kind, filters, others=(*PAGING, INCLUDE, AROUND))
    window, window_errors = read_window(pairs)
    refuse_parameters([*moment_errors, *own_errors, *query_errors, *include_errors, *around_errors, *window_errors])
    return ListRequest(replace(query, with_version=with_version), window, moment, around)


class FacetsRequest(NamedTuple):
    """A request for facets, as they are or as they were at `moment`. With `own_ignored` each field is counted without
    its own filters."""

    query: ListQuery
    moment: Moment | None
    own_ignored: bool


def read_facets_request(kind: Kind, pairs: Pairs, actor: Actor) -> FacetsRequest:
    """Reads the parameters of facets. Raises `MalformedRequest`."""
    others, moment, moment_errors = as_of.read_moment(pairs)
    own_ignored, own_errors = _read_wish(others, OWN, IGNORED)
    filters, me_errors = with_own_id([pair for pair in others if pair[0] != OWN], actor)
    query, errors = read_query(kind, filters, others=(OWN,))
    sorts = unknown_parameters([pair for pair in others if pair[0] == "sort"], ())
    refuse_parameters([*moment_errors, *me_errors, *errors, *own_errors, *sorts])
    return FacetsRequest(query, moment, own_ignored)


def _read_around(kind: Kind, pairs: Pairs) -> tuple[str | None, list[FieldError]]:
    """Returns the id of the record whose page is asked for, and the errors of the parameter."""
    given = dict(pairs)
    text = given.get(AROUND)
    if text is None:
        return None, []
    errors = [
        FieldError(AROUND, "excludes", f"{AROUND} excludes {name}; choose one of them.")
        for name in _EXCLUDED_BY_AROUND
        if name in given
    ]
    try:
        return kind.reference_type.check_text(text.strip()), errors
    except Rejected as rejected:
        return None, [*errors, FieldError(AROUND, rejected.code, f"{AROUND} {rejected.message}")]


def _read_wish(pairs: Pairs, name: str, value: str) -> tuple[bool, list[FieldError]]:
    """Returns True if the parameter is given, and an error if its value is not the only one that it can have."""
    text = dict(pairs).get(name)
    if text is None or text.strip() == value:
        return text is not None, []
    return False, [FieldError(name, "unknown_value", f"{name} can be {value}, and nothing else.")]
