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
from leadline.http.server.query_string import with_own_id
from leadline.records.item_store import VERSION
from leadline.records.kind import Kind
from leadline.records.past import Moment
from leadline.records.query import ListQuery, Pairs, read_query, refuse_parameters

INCLUDE = "include"
INCLUDE_PARAMETER: Json = schemas.query_parameter(
    INCLUDE,
    "`version` gives each item the record's `version`, for `If-Match`.",
    {"type": "string", "enum": [VERSION]},
)


class ListRequest(NamedTuple):
    """A request for the page `window` of a list, as it is or as it was at `moment`."""

    query: ListQuery
    window: PageWindow
    moment: Moment | None


def read_list_request(kind: Kind, pairs: Pairs, actor: Actor, *, has_past: bool) -> ListRequest:
    """Reads the parameters of a list. `has_past` is True for a list that takes `asOf`. Raises `MalformedRequest`."""
    others, moment, moment_errors = as_of.read_moment(pairs) if has_past else (pairs, None, [])
    with_version, include_errors = _read_include(others)
    filters, own_errors = with_own_id([pair for pair in without_paging(others) if pair[0] != INCLUDE], actor)
    query, query_errors = read_query(kind, filters, others=(*PAGING, INCLUDE))
    window, window_errors = read_window(pairs)
    refuse_parameters([*moment_errors, *own_errors, *query_errors, *include_errors, *window_errors])
    return ListRequest(replace(query, with_version=with_version), window, moment)


def _read_include(pairs: Pairs) -> tuple[bool, list[FieldError]]:
    """Returns True if the items of a list show their versions, and an error for any other wish."""
    text = dict(pairs).get(INCLUDE)
    if text is None or text.strip() == VERSION:
        return text is not None, []
    message = f"{INCLUDE} can be {VERSION}, and nothing else."
    return False, [FieldError(INCLUDE, "unknown_value", message)]
