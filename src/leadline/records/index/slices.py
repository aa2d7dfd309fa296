"""One page of chosen records, found by walking through the orders of the fields it is sorted by."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from pyroaring import BitMap

from leadline.records.filters import Sorting
from leadline.records.index.created import NEVER
from leadline.records.index.leaves import Run
from leadline.records.index.overlap import Overlap

FAR = 500
"""Records into an order from where on it is worth to know how many there are."""
MOST = 4_000
"""Records in a slice."""
Terms = tuple[tuple[str, bool], ...]


class Slice(NamedTuple):
    """The page is what SQL finds when it sorts the records `nos`, skips `skip` of them and takes the limit: the very
    records where it `is_page`."""

    nos: list[int]
    skip: int
    is_page: bool = False

    def turned(self, limit: int) -> "Slice":
        """The same page of the records in the opposite order."""
        return Slice(self.nos[::-1], len(self.nos) - self.skip - limit, self.is_page)


class Walkable(Protocol):
    def walk(self, chosen: Overlap, down: bool, offset: int, absent_first: bool = False) -> Iterator[Run]: ...


def cut(orders: Mapping[str, Walkable], chosen: BitMap, sorting: Sorting, offset: int, limit: int) -> Slice | None:
    """None if the page cannot be found among a few thousand records."""
    if offset >= len(chosen):
        return Slice([], 0, is_page=True)
    last_is_down = sorting.terms[-1][1] if sorting.terms else True
    return _Cutter(orders, last_is_down).cut(Overlap(chosen), _deciding(sorting.terms), offset, limit, False)


def _deciding(terms: Terms) -> Terms:
    """The terms up to that which tells all records apart."""
    for place, (name, _) in enumerate(terms):
        if name == "id" or (name == "createdAt" and place + 1 == len(terms)):
            return (*terms[:place], ("id", terms[place][1]))
    return terms


class _Cutter:
    """`backwards` is against the order of all terms."""

    def __init__(self, orders: Mapping[str, Walkable], last_is_down: bool) -> None:
        self._orders = orders
        self._last_is_down = last_is_down

    def cut(self, chosen: Overlap, terms: Terms, offset: int, limit: int, backwards: bool) -> Slice | None:
        """Looks for the page from the nearer end."""
        if offset <= FAR:
            return self._cut(chosen, terms, offset, limit, backwards)
        total = chosen.count(NEVER)
        limit = min(limit, total - offset)
        behind = total - offset - limit
        if behind >= offset:
            return self._cut(chosen, terms, offset, limit, backwards)
        found = self._cut(chosen, terms, behind, limit, not backwards)
        return found and found.turned(limit)

    def _cut(self, chosen: Overlap, terms: Terms, offset: int, limit: int, backwards: bool) -> Slice | None:
        if _by_number(terms):
            down = (terms[0][1] if terms else self._last_is_down) != backwards
            return Slice(_numbered(chosen.foremost(offset + limit, down), down, offset, limit), 0, is_page=True)
        (name, down), *rest = terms
        order = self._orders.get(name)
        if order is None:
            records = chosen.records()
            return Slice(list(records), offset) if len(records) <= MOST else None
        runs = order.walk(chosen, down != backwards, offset, absent_first=backwards)
        return self._join(runs, tuple(rest), limit, backwards)

    def _join(self, runs: Iterator[Run], rest: Terms, limit: int, backwards: bool) -> Slice | None:
        nos: list[int] = []
        skip, is_page = 0, True
        for run in runs:
            part = self._part(run, rest, limit, backwards)
            if part is None or len(nos) + len(part.nos) > MOST:
                return None
            skip = skip if nos else part.skip
            nos += part.nos
            is_page &= part.is_page
            limit -= len(part.nos) - part.skip
            if limit <= 0:
                break
        return Slice(nos, skip, is_page)

    def _part(self, run: Run, rest: Terms, limit: int, backwards: bool) -> Slice | None:
        """What is wanted of a run, or all of it where that cannot be told or is not worth it."""
        if run.alike and (run.skip or _by_number(rest) or run.members.count(limit + 1) > limit):
            return self.cut(run.members, rest, run.skip, limit, backwards)
        records = run.members.records()
        return Slice(list(records), run.skip) if len(records) <= MOST else None


def _by_number(terms: Terms) -> bool:
    return not terms or terms[0][0] == "id"


def _numbered(chosen: BitMap, down: bool, offset: int, limit: int) -> list[int]:
    if not down:
        return list(chosen[offset : offset + limit])
    end = max(0, len(chosen) - offset)
    return list(chosen[max(0, end - limit) : end])[::-1]
