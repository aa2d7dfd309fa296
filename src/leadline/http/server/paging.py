"""Pages of a list: reads the page that a request asks for, and makes the links to the pages beside it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from leadline.errors import FieldError
from leadline.records.query import Pairs

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_PAGE = 999_999_999
NAMES = ("page", "limit", "offset")
_DIGITS = re.compile(r"[0-9]{1,12}")
_RANGES = {"page": (1, MAX_PAGE), "limit": (1, MAX_LIMIT), "offset": (0, MAX_PAGE * MAX_LIMIT)}


@dataclass(frozen=True)
class PageWindow:
    """The part of a list that is asked for: `limit` items from `offset` on. `by_offset` is True if the client counts
    in offsets rather than pages."""

    limit: int
    offset: int
    by_offset: bool

    def move_to(self, position: int) -> "PageWindow":
        """Returns the page of the same size that has the item at `position`."""
        return PageWindow(self.limit, position // self.limit * self.limit, by_offset=True)


def read_window(pairs: Pairs) -> tuple[PageWindow, list[FieldError]]:
    """Returns the window, and an error for each parameter that is no number, or out of range."""
    given: dict[str, int] = {}
    errors = []
    for name, text in pairs:
        if name not in NAMES:
            continue
        low, high = _RANGES[name]
        if _DIGITS.fullmatch(text) and low <= int(text) <= high:
            given[name] = int(text)
        else:
            errors.append(FieldError(name, "out_of_range", f"{name} must be a whole number from {low} to {high}."))
    if "page" in given and "offset" in given:
        errors.append(FieldError("offset", "excludes", "offset excludes page; choose one of them."))
    limit = given.get("limit", DEFAULT_LIMIT)
    offset = given.get("offset", (given.get("page", 1) - 1) * limit)
    return PageWindow(limit, offset, "offset" in given), errors


def without_paging(pairs: Pairs) -> Pairs:
    return [pair for pair in pairs if pair[0] not in NAMES]


def page_envelope(count: int, items: Sequence[object], window: PageWindow, url: str, pairs: Pairs) -> dict[str, Any]:
    """Returns the body of a list's response. `url` is the request's, without the query string. A page may have fewer
    items than were asked for although there are more: then the next page begins with the first item left out."""
    return {
        "count": count,
        "next": _next_link(count, len(items), window, url, pairs),
        "previous": _previous_link(count, window, url, pairs),
        "results": items,
    }


def _next_link(count: int, shown: int, window: PageWindow, url: str, pairs: Pairs) -> str | None:
    if shown < window.limit and 0 < shown < count - window.offset:
        by_offset = replace(window, by_offset=True)
        return _page_link(window.offset + shown, by_offset, url, [pair for pair in pairs if pair[0] != "page"])
    start = window.offset + window.limit
    return _page_link(start, window, url, pairs) if start < count else None


def _previous_link(count: int, window: PageWindow, url: str, pairs: Pairs) -> str | None:
    if window.offset == 0:
        return None
    last_page_start = max(0, count - 1) // window.limit * window.limit
    return _page_link(max(0, min(window.offset - window.limit, last_page_start)), window, url, pairs)


def _page_link(start: int, window: PageWindow, url: str, pairs: Pairs) -> str:
    name, value = ("offset", start) if window.by_offset else ("page", start // window.limit + 1)
    kept = [pair for pair in pairs if pair[0] != name]
    return f"{url}?{urlencode(kept)}&{name}={value}" if kept else f"{url}?{name}={value}"
