"""The reader of all JSON bodies (RFC 8259), stricter than the standard library's: no duplicate names, no NaN, no lone
surrogates, no integers that other parsers would round, no deep nesting."""

import json
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from leadline.errors import MalformedRequest

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
MAX_EXPONENT = 308


class _UnsafeJson(ValueError):
    """Raised for well-formed JSON that readers understand differently. The message goes on after "The body"."""


def read_object(body: bytes) -> Mapping[str, object]:
    """Reads a JSON object. Numbers with a fraction or an exponent become `Decimal`.

    Raises:
        MalformedRequest: the body is not JSON, not an object, or unsafe.
    """
    if not body.strip():
        raise MalformedRequest("The body is empty; send a JSON object.", code="not_json")
    if body.startswith(BOM_UTF8):
        raise MalformedRequest("The body begins with a byte order mark; leave it out.", code="not_json")
    try:
        text = body.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text or text.count("{") + text.count("[") > MAX_DEPTH:  # else nothing to find
            _check_depth(value, 1)
    except _UnsafeJson as error:
        raise MalformedRequest(f"The body {error}", code="unsafe_json") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedRequest(f"The body is not JSON ({error.msg} at {where}).", code="not_json") from None
    except (ValueError, RecursionError):
        raise MalformedRequest("The body is not JSON in UTF-8, or nested too deeply.", code="not_json") from None
    if not isinstance(value, dict):
        raise MalformedRequest("The body must be a JSON object.", code="not_an_object")
    return value


def _unique_pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = Counter(name for name, _ in pairs)
        twice = json.dumps(names.most_common(1)[0][0][:60])  # escapes what no response can contain
        raise _UnsafeJson(f"names {twice} more than once; send it once.")
    return members


def _parse_integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise _UnsafeJson("has a whole number beyond 2^53, which JSON readers round; send a smaller one.")
    return int(digits)


def _parse_decimal(digits: str) -> Decimal:
    with suppress(InvalidOperation):  # raised for an exponent beyond those of Decimal
        number = Decimal(digits)
        if abs(number.adjusted()) <= MAX_EXPONENT:
            return number
    raise _UnsafeJson("has a number with too large an exponent.")


def _refuse_constant(name: str) -> object:
    raise _UnsafeJson(f"contains {name}, which is not JSON.")


def _check_depth(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise _UnsafeJson(f"is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, str):
        if not value.isascii():
            _check_text(value)
    elif isinstance(value, dict):
        for name, member in value.items():
            _check_depth(name, depth)
            _check_depth(member, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, depth + 1)


def _check_text(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _UnsafeJson("contains half a surrogate pair, which is no character.") from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_pairs,
    parse_int=_parse_integer,
    parse_float=_parse_decimal,
    parse_constant=_refuse_constant,
)
