"""The query string, read strictly: what would be guessed at elsewhere is refused here."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from leadline.errors import FieldError, Malformed
from leadline.records.body import rejection
from leadline.records.query import Pairs, refuse_parameters, unknown_parameter

MAX_PARAMETERS = 100
_ONCE = "give it once, with commas between its values if it takes several."
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_pairs(query: bytes) -> Pairs:
    """Raises `Malformed` for broken escapes, bytes that are not UTF-8, and parameters that come twice."""
    if not query:
        return ()
    if _BROKEN_ESCAPE.search(query):
        raise Malformed("The query string has a % that starts no escape; write it as %25.", code="bad_query")
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeError:
        raise Malformed("The query string is not UTF-8 in percent-escapes.", code="bad_query") from None
    except ValueError:
        raise Malformed(f"At most {MAX_PARAMETERS} parameters, please.", code="bad_query") from None
    names = [name for name, _ in pairs]
    refuse_parameters(
        [
            FieldError(name[:80], "repeated", f"{name[:80]} is given more than once; {_ONCE}")
            for name in dict.fromkeys(names)
            if names.count(name) > 1
        ]
    )
    return pairs


def refuse_all(pairs: Pairs) -> None:
    """Raises `Malformed` if there is any parameter."""
    if pairs:
        refuse_parameters(unknown_parameters(pairs, ()))


def unknown_parameters(pairs: Pairs, known: Sequence[str]) -> list[FieldError]:
    """An error for each parameter that is not known."""
    return [rejection(name[:80], unknown_parameter(name, known)) for name, _ in pairs if name not in known]
