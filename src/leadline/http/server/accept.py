"""The weights in headers such as Accept and Accept-Encoding (RFC 9110, 12.4.2)."""

from collections.abc import Mapping
from functools import lru_cache

MAX_HEADER_BYTES = 1_000


def accepts_coding(header: bytes, coding: str) -> bool:
    """Returns True if Accept-Encoding takes the content coding, and weighs it no less than the plain response."""
    weights = _read_weights(header)
    wanted = weights.get(coding, weights.get(f"x-{coding}", weights.get("*", 0)))
    return wanted > 0 and wanted >= weights.get("identity", 0)


def accepts_html(header: bytes) -> bool:
    """Returns True if Accept names HTML, as a browser's does that opens a page. `*/*` does not name it."""
    return _read_weights(header).get("text/html", 0) > 0


def _read_weights(header: bytes) -> Mapping[str, float]:
    """Returns the weight of each element, none for a header that is too long to be read for every request."""
    return _parse_weights(header) if len(header) <= MAX_HEADER_BYTES else {}


@lru_cache(maxsize=256)
def _parse_weights(header: bytes) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for element in header.decode("latin-1").lower().split(","):
        name, *parameters = (part.strip() for part in element.split(";"))
        weights[name] = _read_weight(parameters)
    return weights


def _read_weight(parameters: list[str]) -> float:
    """Returns the q-value among an element's parameters: 1 if there is none, 0 if it is not valid."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return _parse_quality(value.strip())
    return 1


def _parse_quality(text: str) -> float:
    whole, _, digits = text.partition(".")
    is_one = whole in ("0", "1") and len(digits) <= 3 and (digits.isdecimal() or not digits)
    return min(float(f"{whole}.{digits or 0}"), 1) if is_one and text.isascii() else 0
