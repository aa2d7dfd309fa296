"""A finder of pages: it locates one page of chosen records by walking the indexes of the fields to sort by."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from pyroaring import BitMap

from leadline.kit.bitmaps.creation_index import NEVER
from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.leaves import LeafRun
from leadline.records.filters import SortOrder
from leadline.records.list_index import PageLocation

FAR_RECORDS = 500
"""Offset beyond which it pays to count all records, because the page may be nearer to the other end."""
MAX_PAGE_RECORDS = 4_000
"""Most records of a `PageLocation`."""
Terms = tuple[tuple[str, bool], ...]


class WalkableIndex(Protocol):
    def walk_runs(
        self, chosen: LazyIntersection, down: bool, offset: int, absent_first: bool = False
    ) -> Iterator[LeafRun]: ...

    def find_run(self, chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]: ...


def find_page(
    orders: Mapping[str, WalkableIndex], chosen: BitMap, sorting: SortOrder, offset: int, limit: int
) -> PageLocation | None:
    """Locates one page of the chosen records. Returns None if it cannot be narrowed down to a few thousand."""
    if offset >= len(chosen):
        return PageLocation([], 0, is_page=True)
    last_is_down = sorting.terms[-1][1] if sorting.terms else True
    return _PageFinder(orders, last_is_down).find_page(
        LazyIntersection(chosen), deciding_terms(sorting.terms), offset, limit, False
    )


def deciding_terms(terms: Terms) -> Terms:
    """Returns the terms up to the first one that tells all records apart."""
    for place, (name, _) in enumerate(terms):
        if name == "id" or (name == "createdAt" and place + 1 == len(terms)):
            return (*terms[:place], ("id", terms[place][1]))
    return terms


class _PageFinder:
    """Finds pages in the indexes `orders`. `backwards` means against the direction of all terms."""

    def __init__(self, orders: Mapping[str, WalkableIndex], last_is_down: bool) -> None:
        self._orders = orders
        self._last_is_down = last_is_down

    def find_page(
        self, chosen: LazyIntersection, terms: Terms, offset: int, limit: int, backwards: bool
    ) -> PageLocation | None:
        """Locates the page from the nearer end."""
        if offset <= FAR_RECORDS:
            return self._find_forwards(chosen, terms, offset, limit, backwards)
        total = chosen.count_up_to(NEVER)
        limit = min(limit, total - offset)
        behind = total - offset - limit
        if behind >= offset:
            return self._find_forwards(chosen, terms, offset, limit, backwards)
        found = self._find_forwards(chosen, terms, behind, limit, not backwards)
        return found and found.reverse_page(limit)

    def _find_forwards(
        self, chosen: LazyIntersection, terms: Terms, offset: int, limit: int, backwards: bool
    ) -> PageLocation | None:
        if is_by_number(terms):
            down = (terms[0][1] if terms else self._last_is_down) != backwards
            return PageLocation(
                _page_by_number(chosen.first_records(offset + limit, down), down, offset, limit), 0, is_page=True
            )
        (name, down), *rest = terms
        order = self._orders.get(name)
        if order is None:
            records = chosen.all_records()
            return PageLocation(list(records), offset) if len(records) <= MAX_PAGE_RECORDS else None
        runs = order.walk_runs(chosen, down != backwards, offset, absent_first=backwards)
        return self._join_runs(runs, tuple(rest), limit, backwards)

    def _join_runs(self, runs: Iterator[LeafRun], rest: Terms, limit: int, backwards: bool) -> PageLocation | None:
        nos: list[int] = []
        skip, is_page = 0, True
        for run in runs:
            part = self._locate_in_run(run, rest, limit, backwards)
            if part is None or len(nos) + len(part.nos) > MAX_PAGE_RECORDS:
                return None
            skip = skip if nos else part.skip
            nos += part.nos
            is_page &= part.is_page
            limit -= len(part.nos) - part.skip
            if limit <= 0:
                break
        return PageLocation(nos, skip, is_page)

    def _locate_in_run(self, run: LeafRun, rest: Terms, limit: int, backwards: bool) -> PageLocation | None:
        """Locates the wanted records of a run. Returns the whole run if sorting it further is impossible or not worth
        it, None if it is too long."""
        if run.single_value and (
            run.skip_records or is_by_number(rest) or run.members.count_up_to(limit + 1) > limit
        ):
            return self.find_page(run.members, rest, run.skip_records, limit, backwards)
        records = run.members.all_records()
        return PageLocation(list(records), run.skip_records) if len(records) <= MAX_PAGE_RECORDS else None


def is_by_number(terms: Terms) -> bool:
    """Returns True if the terms sort by the running number."""
    return not terms or terms[0][0] == "id"


def _page_by_number(chosen: BitMap, down: bool, offset: int, limit: int) -> list[int]:
    if not down:
        return list(chosen[offset : offset + limit])
    end = max(0, len(chosen) - offset)
    return list(chosen[max(0, end - limit) : end])[::-1]
