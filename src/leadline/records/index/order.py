"""The records in the order of one field."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import contains, eq, ge, gt, itemgetter, le, lt
from typing import Any

from pyroaring import BitMap

from leadline.kit.db import SqlValue
from leadline.records.index.found import Found, memory_of, united
from leadline.records.index.gathering import Gathering
from leadline.records.index.leaves import MAX_MIXED, Inconsistent, Leaf, Run, packed
from leadline.records.index.overlap import Overlap
from leadline.records.index.tree import Child, Node, planted, runs_of

LOW = 2
"""Levels of a tree in which a new value gets a leaf of its own, however few records have it."""
AT_ONCE = 64
"""Leaves that are dumped together."""
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "contains": contains,
    "startswith": str.startswith,
}
"""Of a value with an operand."""
_HIGHEST = chr(0x10FFFF)


class Order:
    """kept: the values are whole numbers, and kept in the leaves.
    few:  every value gets a leaf of its own.
    """

    def __init__(self, *, kept: bool = False, few: bool = False) -> None:
        self._kept = kept
        self._few = few
        self._root = Node([])
        self.absent = BitMap()
        self._gathering = Gathering()

    def __len__(self) -> int:
        return len(self._root.members) + len(self.absent)

    def add_rows(self, nos: Sequence[int], values: Sequence[SqlValue]) -> None:
        self._gathering.add_rows(nos, values)

    def settle(self) -> None:
        """After the last `add_rows`."""
        self.absent, many, groups = self._gathering.groups()
        self._root = planted(packed(groups, kept=self._kept, lonely=self._few or not many))
        self._gathering = Gathering()

    def add(self, no: int, value: SqlValue) -> None:
        if value is None:
            self.absent.add(no)
            return
        lonely = self._few or self._root.height <= LOW
        self._grow(self._root.add(no, value, kept=self._kept, lonely=lonely))

    def _grow(self, nodes: list[Node]) -> None:
        self._root = nodes[0] if len(nodes) == 1 else Node(nodes)

    def discard(self, no: int, value: SqlValue) -> None:
        """Raises `Inconsistent` if the record does not have the value."""
        if value is not None:
            self._root.discard(no, value)
        elif no in self.absent:
            self.absent.discard(no)
        else:
            raise Inconsistent

    def find(self, operator: str, operands: Sequence[Any]) -> Found:
        """The records for which the comparison holds."""
        match operator:
            case "null":
                return Found([self.absent if operands[0] else self._root.members])
            case "in":
                sets, doubtful = self._equal([operand for operand in operands if operand is not None])
                return Found([*sets, self.absent] if None in operands else sets, doubtful)
        if operands[0] is None:
            return Found([])
        match operator:
            case "eq":
                return self._equal(operands)
            case "contains":
                return _matching(self._root.leaves(), lambda value: operands[0] in value)
            case "startswith":
                start = operands[0]
                return _matching(self._root.between(start, start + _HIGHEST), lambda value: value.startswith(start))
        return self._beyond(operator, operands[0])

    def _equal(self, values: Sequence[Any]) -> Found:
        asked: dict[Leaf, set[Any]] = {}
        for value in values:
            if leaf := self._root.leaf(value):
                asked.setdefault(leaf, set()).add(value)
        resembling = [leaf.resembling(theirs) for leaf, theirs in asked.items() if leaf.checksums is not None]
        others = [leaf for leaf in asked if leaf.checksums is None]
        return Found(_matching(others, set(values).__contains__).sets, united(resembling))

    def _beyond(self, operator: str, bound: Any) -> Found:
        leaf = self._root.leaf(bound)
        compare = _COMPARISONS[operator]
        edge = _matching([leaf] if leaf else [], lambda value: compare(value, bound))
        whole = self._root.above(bound) if operator[0] == "g" else self._root.below(bound)
        return Found([*edge.sets, *whole], edge.doubtful)

    def containing(self, text: str) -> list[BitMap]:
        """The records that have it in their value for certain."""
        return [leaf.members for leaf in self._root.leaves() if leaf.alike and text in leaf.low]

    def walk(self, chosen: Overlap, down: bool, offset: int, absent_first: bool = False) -> Iterator[Run]:
        """The chosen records in order, absent values last (or first), but for those runs that the offset passes
        over."""
        parts: list[Child] = [self._root, Leaf(None, self.absent)]
        every = chosen.count(len(self)) == len(self)
        return runs_of(parts[::-1] if absent_first else parts, None if every else chosen, down, offset)

    def sets(self) -> dict[SqlValue, BitMap]:
        """The records of each value, where every value has a leaf."""
        found: dict[SqlValue, BitMap] = {leaf.low: leaf.members for leaf in self._root.leaves()}
        return {**found, None: self.absent} if self.absent else found

    def sets_of(self, operator: str, operands: Sequence[Any]) -> dict[SqlValue, BitMap]:
        """Those of the `sets` for whose value the comparison holds."""
        sets = self.sets()
        match operator:
            case "null":
                return {value: members for value, members in sets.items() if (value is None) == operands[0]}
            case "in":
                return {value: members for value, members in sets.items() if value in operands}
        compare, operand = _COMPARISONS[operator], operands[0]
        if operand is None:
            return {}
        return {value: sets[value] for value in sets if value is not None and compare(value, operand)}

    def counts(self, chosen: BitMap) -> dict[SqlValue, int]:
        """How many of the chosen records have each value, where every value has a leaf."""
        found: dict[SqlValue, int] = {}
        left = len(chosen)
        for leaf in self._root.leaves():
            if not left:
                return found
            if count := leaf.members.intersection_cardinality(chosen):
                found[leaf.low] = count
                left -= count
        return {**found, None: left} if left else found

    def values_of(self, no: int) -> tuple[SqlValue]:
        """The value of a record, where every value has a leaf. Raises `Inconsistent` if there is no such record."""
        return (None,) if no in self.absent else (self._root.leaf_of(no).low,)

    def crowded(self) -> BitMap | None:
        """The records of a leaf that has become large, and whose values must be known to split it."""
        leaves = (leaf.members for leaf in self._root.leaves() if not leaf.alike and leaf.values is None)
        return next((members.copy() for members in leaves if len(members) > 2 * MAX_MIXED), None)

    def spread(self, values: Mapping[int, Any]) -> None:
        """Splits the crowded leaf of just these records, given their values; does nothing if there is none."""
        leaf = self._root.leaf(min(values.values()))
        if leaf is None or leaf.members != BitMap(values):
            return
        by_value = sorted(values.items(), key=itemgetter(1))
        groups = [(value, [no for no, _ in group]) for value, group in groupby(by_value, itemgetter(1))]
        self._grow(self._root.replace(leaf, packed(groups, kept=False, lonely=False)))

    def dump(self) -> Iterator[Any]:
        yield self.absent.serialize()
        leaves = iter(self._root.leaves())
        while some := list(islice(leaves, AT_ONCE)):
            yield [leaf.dump() for leaf in some]

    def restore(self, parts: Iterator[Any]) -> None:
        self.absent = BitMap.deserialize(next(parts))
        self._root = planted([Leaf.restored(leaf) for part in parts for leaf in part])

    def size(self) -> int:
        return memory_of(self.absent) + self._root.size()


def _matching(leaves: Iterable[Leaf], test: Callable[[Any], bool]) -> Found:
    """The records of the leaves whose values pass the test."""
    sets, doubtful = [], []
    for leaf in leaves:
        if leaf.alike:
            sets += [leaf.members] if test(leaf.low) else []
        elif leaf.values is None:
            doubtful.append(leaf.members)
        else:
            sets.append(leaf.matching(test))
    return Found(sets, united(doubtful))
