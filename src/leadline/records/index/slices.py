"""One page of chosen records, found by walking through the orders of the fields it is sorted by."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from pyroaring import BitMap

from leadline.records.filters import Sorting
from leadline.records.index.leaves import Run

MOST = 4_000
"""Records in a slice."""
Terms = tuple[tuple[str, bool], ...]


class Slice(NamedTuple):
    """The page is what SQL finds when it sorts the records `nos`, skips `skip` of them and takes the limit."""

    nos: list[int]
    skip: int


class Walkable(Protocol):
    def walk(self, chosen: BitMap, down: bool, offset: int) -> Iterator[Run]: ...


def cut(orders: Mapping[str, Walkable], chosen: BitMap, sorting: Sorting, offset: int, limit: int) -> Slice | None:
    """None if the page cannot be found among a few thousand records."""
    last_is_down = sorting.terms[-1][1] if sorting.terms else True
    return _Cutter(orders, last_is_down).cut(chosen, _deciding(sorting.terms), offset, limit)


def _deciding(terms: Terms) -> Terms:
    """The terms up to that which tells all records apart."""
    for place, (name, _) in enumerate(terms):
        if name == "id" or (name == "createdAt" and place + 1 == len(terms)):
            return (*terms[:place], ("id", terms[place][1]))
    return terms


class _Cutter:
    def __init__(self, orders: Mapping[str, Walkable], last_is_down: bool) -> None:
        self._orders = orders
        self._last_is_down = last_is_down

    def cut(self, chosen: BitMap, terms: Terms, offset: int, limit: int) -> Slice | None:
        if not terms or terms[0][0] == "id":
            down = terms[0][1] if terms else self._last_is_down
            return Slice(by_number(chosen, down, offset, limit), 0)
        (name, down), *rest = terms
        order = self._orders.get(name)
        if order is None:
            return Slice(list(chosen), offset) if len(chosen) <= MOST else None
        return self._join(order.walk(chosen, down, offset), tuple(rest), limit)

    def _join(self, runs: Iterator[Run], rest: Terms, limit: int) -> Slice | None:
        nos: list[int] = []
        skip = 0
        for run in runs:
            part = self._part(run, rest, limit)
            if part is None or len(nos) + len(part.nos) > MOST:
                return None
            skip = skip if nos else part.skip
            nos += part.nos
            limit -= len(run.members) - run.skip
            if limit <= 0:
                break
        return Slice(nos, skip)

    def _part(self, run: Run, rest: Terms, limit: int) -> Slice | None:
        """What is wanted of a run, or all of it where that cannot be told or is the same."""
        if run.alike and (run.skip or len(run.members) > limit):
            return self.cut(run.members, rest, run.skip, limit)
        return Slice(list(run.members), run.skip) if len(run.members) <= MOST else None


def by_number(chosen: BitMap, down: bool, offset: int, limit: int) -> list[int]:
    if not down:
        return list(chosen[offset : offset + limit])
    end = max(0, len(chosen) - offset)
    return list(chosen[max(0, end - limit) : end])[::-1]
