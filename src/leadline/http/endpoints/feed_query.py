"""The parameters of the change feed, and what a caller may see of it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from leadline.access import Actor, Right, Role, require_right, scopes_of
from leadline.crm.kinds import KINDS
from leadline.errors import FieldError, Forbidden, MalformedRequest
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import HandlerInput, Json
from leadline.http.server.query_string import unknown_parameters
from leadline.kit.suggest import find_nearest
from leadline.log.change_feed import CURSOR_PATTERN, FeedCursor, FeedFilter, parse_cursor
from leadline.people.users import USERS
from leadline.records.kind import Kind
from leadline.records.parameter_hints import LIKENESS, MAX_NAME
from leadline.records.query import refuse_parameters
from leadline.records.types import Rejected

MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100
MAX_WAIT_SECONDS = 30
MAX_FIELD_NAMES = 100
NAMES = ("after", "limit", "kind", "fields", "wait")
_KINDS = {kind.name: kind for kind in (*KINDS, USERS)}
"""The kinds of records whose changes the feed has, by their words."""
_FIELDS = tuple(
    dict.fromkeys(name for kind in _KINDS.values() for name in kind.stored_names if kind.fields[name].shown)
)
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_CURSOR_MEANING = "a cursor: `through` of an earlier answer, the id of an event, or the seq of an operation"
T = TypeVar("T")


class FeedQuery(NamedTuple):
    """What a caller wants of the feed. `wait` is in seconds, None if it is not given; no `kinds` are all that the
    caller may see; `fields` is None for all."""

    after: FeedCursor | None
    limit: int
    wait: int | None
    kinds: Sequence[Kind]
    fields: frozenset[str] | None

    def filter_for(self, actor: Actor) -> FeedFilter:
        """Returns the filter of the changes that the actor may see. Raises `Forbidden` for a kind that it asks for
        and may not see."""
        for kind in self.kinds:
            _require_kind(actor, kind)
        visible = [kind.prefix for kind in self.kinds or _KINDS.values() if _sees_kind(actor, kind)]
        return FeedFilter(visible, self.fields)


def _require_kind(actor: Actor, kind: Kind) -> None:
    if kind is USERS and actor.role is not Role.ADMIN:
        raise Forbidden("Only admins see the changes of users; leave user out of kind.")
    if kind is not USERS and actor.role is not Role.VIEWER:
        require_right(actor, Right.READ, scopes_of([kind.plural], Right.READ))


def _sees_kind(actor: Actor, kind: Kind) -> bool:
    """Returns True if the actor sees the changes of a kind. A viewer sees only shared records, and records cannot be
    shared yet."""
    if kind is USERS or actor.role is Role.VIEWER:
        return actor.role is Role.ADMIN
    return actor.scopes is None or f"{kind.plural}:{Right.READ}" in actor.scopes


def parse_page_query(call: HandlerInput) -> FeedQuery:
    """Returns what a page is asked for. Raises `MalformedRequest`."""
    pairs = call.request.query_pairs()
    errors = unknown_parameters(pairs, NAMES)
    reader = _ParameterReader(dict(pairs), errors)
    query = FeedQuery(
        after=reader.read("after", _parse_after, None),
        limit=reader.read("limit", lambda text: _parse_number(text, 1, MAX_LIMIT), DEFAULT_LIMIT),
        wait=reader.read("wait", lambda text: _parse_number(text, 0, MAX_WAIT_SECONDS), None),
        kinds=reader.read("kind", _parse_kinds, ()),
        fields=reader.read("fields", _parse_fields, None),
    )
    refuse_parameters(errors)
    return query


def parse_stream_query(call: HandlerInput) -> FeedQuery:
    """Returns what a stream is asked for. Its Last-Event-ID wins over `after`, which is in the address that a browser
    connects to again and again. Raises `MalformedRequest`."""
    query = parse_page_query(call)
    text = call.request.last_event_id()
    if text is None:
        return query
    cursor = parse_cursor(text)
    if cursor is None:
        raise MalformedRequest(f"Last-Event-ID must be {_CURSOR_MEANING}.", code="bad_header")
    return query._replace(after=cursor)


class _ParameterReader:
    """Reads parameters one by one, and collects an error for each that is wrong."""

    def __init__(self, given: Mapping[str, str], errors: list[FieldError]) -> None:
        self._given = given
        self._errors = errors

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Returns the value of the parameter, `default` if it is missing or wrong."""
        if name not in self._given:
            return default
        try:
            return parse(self._given[name].strip())
        except Rejected as rejected:
            self._errors.append(FieldError(name, rejected.code, f"{name} {rejected.message}"))
            return default


def _parse_after(text: str) -> FeedCursor | None:
    cursor = parse_cursor(text)
    if cursor is None:
        raise Rejected("bad_cursor", f"must be {_CURSOR_MEANING}.")
    return cursor


def _parse_number(text: str, low: int, high: int) -> int:
    if not _DIGITS.fullmatch(text) or not low <= int(text) <= high:
        raise Rejected("out_of_range", f"must be a whole number from {low} to {high:,}.")
    return int(text)


def _parse_kinds(text: str) -> Sequence[Kind]:
    words = [word.strip() for word in text.split(",")]
    if not set(words) <= _KINDS.keys():
        raise Rejected("unknown_value", f"takes {', '.join(_KINDS)}, or several of them by commas.")
    return [_KINDS[word] for word in dict.fromkeys(words)]


def _parse_fields(text: str) -> frozenset[str] | None:
    names = [name.strip() for name in text.split(",")]
    if len(names) > MAX_FIELD_NAMES:
        raise Rejected("too_long", f"takes at most {MAX_FIELD_NAMES} names.")
    for name in names:
        if name not in _FIELDS:
            near = find_nearest(name[:MAX_NAME], _FIELDS, likeness=LIKENESS)
            hint = f" Did you mean {near}?" if near else ""
            raise Rejected("unknown_value", f"takes names of fields, and {name[:MAX_NAME]!r} is none.{hint}")
    return frozenset(names)


_AFTER = schemas.query_parameter(
    "after",
    "Only what came later than this cursor: `through` of an earlier answer, the id of an event, or the `seq` of an "
    "operation. Without it the feed begins at the beginning of the log.",
    {"type": "string", "pattern": f"^{CURSOR_PATTERN}$"},
)


def _words_schema(words: Iterable[str], most: int) -> Json:
    """Returns the schema of a text of up to `most` of these words, separated by commas."""
    one = f"({'|'.join(words)})"
    return {"type": "string", "pattern": f"^{one}(,{one}){{0,{most - 1}}}$"}


_CHOICE = (
    schemas.query_parameter(
        "kind",
        "Only changes of these kinds of records, such as `lead,contact`.",
        _words_schema(_KINDS, len(_KINDS)),
    ),
    schemas.query_parameter(
        "fields",
        "Only these fields, by commas. A record that was changed in none of them is left out.",
        _words_schema(_FIELDS, MAX_FIELD_NAMES),
    ),
)


def _limit_parameter(description: str) -> Json:
    schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return schemas.query_parameter("limit", description, schema)


_WAIT: Json = {"type": "integer", "minimum": 0, "maximum": MAX_WAIT_SECONDS}


def _wait_parameter(description: str) -> Json:
    return schemas.query_parameter("wait", description, _WAIT)


PAGE_PARAMETERS: Sequence[Json] = (
    _AFTER,
    _limit_parameter("Operations per page. A page has fewer if they are large."),
    *_CHOICE,
    _wait_parameter("If there is nothing new, wait for it, so many seconds at most."),
)
STREAM_PARAMETERS: Sequence[Json] = (
    {**_AFTER, "description": f"{_AFTER['description']} The header Last-Event-ID wins over it."},
    _limit_parameter("Operations that the server reads at once."),
    *_CHOICE,
    _wait_parameter("End the stream if nothing was new for so many seconds; without it, it does not end."),
    {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The id of the last event that arrived: the stream goes on after it. Browsers send it.",
        "schema": {"type": "string", "pattern": f"^{CURSOR_PATTERN}$"},
    },
)
