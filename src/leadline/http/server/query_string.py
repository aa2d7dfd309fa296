"""A strict reader of query strings, which refuses what other readers guess at."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from urllib.parse import parse_qsl, unquote_to_bytes

from leadline.access import Actor
from leadline.errors import FieldError, MalformedRequest
from leadline.records import query
from leadline.records.parameter_hints import MAX_NAME
from leadline.records.query import Pairs, refuse_parameters

MAX_PARAMETERS = 100
_ONCE = "give it once, with commas between its values if it takes several."
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_pairs(text: bytes) -> Pairs:
    """Returns the parameters of a query string. Raises `MalformedRequest` for broken escapes, bytes that are not
    UTF-8, more than `MAX_PARAMETERS` parameters, and parameters that come twice."""
    if not text:
        return ()
    if _BROKEN_ESCAPE.search(text):
        raise MalformedRequest("The query string has a % that starts no escape; write it as %25.", code="bad_query")
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeError:
        raise MalformedRequest("The query string is not UTF-8 in percent-escapes.", code="bad_query") from None
    except ValueError:
        raise MalformedRequest(f"At most {MAX_PARAMETERS} parameters, please.", code="bad_query") from None
    if len(dict(pairs)) < len(pairs):
        refuse_parameters(_find_repeated(pairs))
    return pairs


def _find_repeated(pairs: Pairs) -> list[FieldError]:
    times = Counter(name for name, _ in pairs)
    return [
        FieldError(name[:MAX_NAME], "repeated", f"{name[:MAX_NAME]} is given more than once; {_ONCE}")
        for name in islice((name for name, count in times.items() if count > 1), query.MAX_UNKNOWN_PARAMETERS)
    ]


_OWNED_BY = frozenset({"assignedTo", "assignedTo[eq]", "assignedTo[ne]", "assignedTo[in]"})


def asks_for_me(query: bytes) -> bool:
    """Returns True if the response may depend on who asks: a filter may say `me`, with escapes or without."""
    plain = unquote_to_bytes(query) if b"%" in query else query
    return b"me" in plain and b"assignedTo" in plain


def with_own_id(pairs: Pairs, actor: Actor) -> tuple[Pairs, list[FieldError]]:
    """Returns the parameters, with the actor's user id in place of `me`, and an error for each `me` of a key."""
    if not any(name in _OWNED_BY and "me" in text for name, text in pairs):
        return pairs, []
    found, errors = [], []
    for name, text in pairs:
        choices = [choice.strip() for choice in text.split(",")] if name in _OWNED_BY else []
        if "me" not in choices:
            found.append((name, text))
        elif actor.session_id is None:
            message = f"{name} can be me for people alone; a key names a user's id, which /api/people/ has."
            errors.append(FieldError(name, "not_a_person", message))
        else:
            found.append((name, ",".join(actor.user_id if choice == "me" else choice for choice in choices)))
    return found, errors


def reject_all_parameters(pairs: Pairs) -> None:
    """Raises `MalformedRequest` if there is any parameter."""
    if pairs:
        refuse_parameters(unknown_parameters(pairs, ()))


def unknown_parameters(pairs: Pairs, known: Sequence[str]) -> list[FieldError]:
    """Returns an error for each parameter that is not in `known`."""
    return query.unknown_parameters([name for name, _ in pairs if name not in known], known)
