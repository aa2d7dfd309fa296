"""One page of chosen records, found by walking through the orders of the fields it is sorted by."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from pyroaring import BitMap

from leadline.records.filters import Sorting
from leadline.records.index.order import Run

MOST = 4_000
"""Records in a slice."""
Terms = tuple[tuple[str, bool], ...]


class Slice(NamedTuple):
    """The page is what SQL finds when it sorts the records `nos`, skips `skip` of them and takes the limit."""

    nos: list[int]
    skip: int


class Walkable(Protocol):
    def walk(self, chosen: BitMap, down: bool, offset: int) -> tuple[int, Iterator[Run]]: ...


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
        passed, runs = order.walk(chosen, down, offset)
        return self._join(runs, tuple(rest), offset - passed, limit)

    def _join(self, runs: Iterator[Run], rest: Terms, offset: int, limit: int) -> Slice | None:
        nos: list[int] = []
        skip = 0
        for members, alike in runs:
            if limit <= 0:
                break
            cuts_through = offset > 0 or len(members) > limit
            part = self.cut(members, rest, offset, limit) if alike and cuts_through else Slice(list(members), offset)
            if part is None or len(nos) + len(part.nos) > MOST:
                return None
            skip = skip if nos else part.skip
            nos += part.nos
            limit -= max(0, len(members) - offset)
            offset = 0
        return Slice(nos, skip)


def by_number(chosen: BitMap, down: bool, offset: int, limit: int) -> list[int]:
    if not down:
        return list(chosen[offset : offset + limit])
    end = max(0, len(chosen) - offset)
    return list(chosen[max(0, end - limit) : end])[::-1]
