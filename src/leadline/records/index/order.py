"""The records in the order of one field."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from pyroaring import BitMap

from leadline.kit.db import SqlValue

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


class Run(NamedTuple):
    """Neighbours in an order. Where they are not `alike`, their values differ and are not known."""

    members: BitMap
    alike: bool


class Order:
    def __init__(self) -> None:
        self._sets: dict[Any, BitMap] = {}
        self._values: list[Any] = []
        self.absent = BitMap()

    def add_rows(self, nos: Sequence[int], values: Sequence[SqlValue]) -> None:
        groups: dict[Any, list[int]] = defaultdict(list)
        for no, value in zip(nos, values, strict=True):
            groups[value].append(no)
        for value, group in groups.items():
            self._set(value).update(group)

    def settle(self) -> None:
        """After the last `add_rows`."""

    def add(self, no: int, value: SqlValue) -> None:
        self._set(value).add(no)

    def discard(self, no: int, value: SqlValue) -> None:
        members = self._set(value)
        members.discard(no)
        if value is not None and not members:
            del self._sets[value]
            del self._values[bisect_left(self._values, value)]

    def find(self, operator: str, operands: Sequence[SqlValue]) -> BitMap | None:
        """The records for which the comparison holds; None if that cannot be told from here."""
        match operator:
            case "null":
                return self.absent if operands[0] else self.present()
            case "ne":
                return self.absent | self.present() - (self._sets.get(operands[0]) or BitMap())
            case "eq" | "in":
                return self._any(operands) | (self.absent if operator == "in" and None in operands else BitMap())
            case "contains":
                return self._any(value for value in self._values if operands[0] in value)
            case "startswith":
                return self._any(value for value in self._values if value.startswith(operands[0]))
        compare = COMPARISONS[operator]
        return self._any(value for value in self._values if compare(value, operands[0]))

    def present(self) -> BitMap:
        return self._any(self._values)

    def walk(self, chosen: BitMap, down: bool, offset: int) -> tuple[int, Iterator[Run]]:
        """The chosen records in order, absent values last, from about the `offset`th on; and how many were passed
        over before the first run."""
        passed = 0
        runs = self._runs(chosen, down)
        for run in runs:
            if passed + len(run.members) > offset:
                return passed, _with(run, runs)
            passed += len(run.members)
        return passed, iter(())

    def _runs(self, chosen: BitMap, down: bool) -> Iterator[Run]:
        for value in reversed(self._values) if down else self._values:
            yield Run(self._sets[value] & chosen, True)
        yield Run(self.absent & chosen, True)

    def counts(self, chosen: BitMap) -> dict[SqlValue, int]:
        """How many of the chosen records have each value."""
        found = {value: self._sets[value].intersection_cardinality(chosen) for value in self._values}
        found[None] = self.absent.intersection_cardinality(chosen)
        return {value: count for value, count in found.items() if count}

    def dump(self) -> Any:
        return self.absent.serialize(), [(value, self._sets[value].serialize()) for value in self._values]

    def restore(self, dumped: Any) -> None:
        absent, sets = dumped
        self.absent = BitMap.deserialize(absent)
        self._sets = {value: BitMap.deserialize(members) for value, members in sets}
        self._values = list(self._sets)

    def size(self) -> int:
        return sum(100 + len(members.serialize()) for members in [self.absent, *self._sets.values()])

    def _set(self, value: Any) -> BitMap:
        if value is None:
            return self.absent
        if value not in self._sets:
            self._sets[value] = BitMap()
            insort(self._values, value)
        return self._sets[value]

    def _any(self, values: Any) -> BitMap:
        sets = [self._sets[value] for value in values if value in self._sets]
        return BitMap.union(*sets) if sets else BitMap()


def _with(first: Run, rest: Iterator[Run]) -> Iterator[Run]:
    yield first
    yield from rest
