"""The query string, read strictly: what would be guessed at elsewhere is refused here."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from urllib.parse import parse_qsl

from leadline.errors import FieldError, Malformed
from leadline.records import query
from leadline.records.hints import MAX_NAME
from leadline.records.query import Pairs, refuse_parameters

MAX_PARAMETERS = 100
_ONCE = "give it once, with commas between its values if it takes several."
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def read_pairs(text: bytes) -> Pairs:
    """Raises `Malformed` for broken escapes, bytes that are not UTF-8, and parameters that come twice."""
    if not text:
        return ()
    if _BROKEN_ESCAPE.search(text):
        raise Malformed("The query string has a % that starts no escape; write it as %25.", code="bad_query")
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except UnicodeError:
        raise Malformed("The query string is not UTF-8 in percent-escapes.", code="bad_query") from None
    except ValueError:
        raise Malformed(f"At most {MAX_PARAMETERS} parameters, please.", code="bad_query") from None
    if len(dict(pairs)) < len(pairs):
        refuse_parameters(_repeated(pairs))
    return pairs


def _repeated(pairs: Pairs) -> list[FieldError]:
    times = Counter(name for name, _ in pairs)
    return [
        FieldError(name[:MAX_NAME], "repeated", f"{name[:MAX_NAME]} is given more than once; {_ONCE}")
        for name in islice((name for name, count in times.items() if count > 1), query.MAX_UNKNOWN)
    ]


def refuse_all(pairs: Pairs) -> None:
    """Raises `Malformed` if there is any parameter."""
    if pairs:
        refuse_parameters(unknown_parameters(pairs, ()))


def unknown_parameters(pairs: Pairs, known: Sequence[str]) -> list[FieldError]:
    """An error for each parameter that is not known."""
    return query.unknown_parameters([name for name, _ in pairs if name not in known], known)
