"""The records in the order of one field."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import ge, gt, itemgetter, le, lt
from typing import Any, NamedTuple

from pyroaring import BitMap

from leadline.kit.db import SqlValue
from leadline.records.index import memory
from leadline.records.index.gathering import Gathering
from leadline.records.index.leaves import MAX_MIXED, Inconsistent, Leaf, Run, packed
from leadline.records.index.tree import Node, planted

LOW = 2
"""Levels of a tree in which a new value gets a leaf of its own, however few records have it."""
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
_HIGHEST = chr(0x10FFFF)


class Found(NamedTuple):
    """The records for which a condition holds, apart from those for which it cannot be told here."""

    sure: BitMap
    doubtful: BitMap = BitMap()


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
                return Found(self.absent if operands[0] else self._root.members)
            case "in":
                found = _joined([self._equal(operand) for operand in operands if operand is not None])
                return Found(found.sure | self.absent, found.doubtful) if None in operands else found
        if operands[0] is None:
            return Found(BitMap())
        match operator:
            case "eq":
                return self._equal(operands[0])
            case "contains":
                return self._matching(self._root.leaves(), lambda value: operands[0] in value)
            case "startswith":
                return self._starting(operands[0])
        return self._beyond(operator, operands[0])

    def _equal(self, value: Any) -> Found:
        leaf = self._root.leaf(value)
        return self._matching([leaf] if leaf else [], lambda other: bool(other == value))

    def _beyond(self, operator: str, bound: Any) -> Found:
        leaf = self._root.leaf(bound)
        if leaf is None:
            return Found(BitMap())
        compare = _COMPARISONS[operator]
        edge = self._matching([leaf], lambda value: compare(value, bound))
        whole = self._root.above(bound) if operator[0] == "g" else self._root.below(bound)
        return Found(BitMap.union(edge.sure, *whole), edge.doubtful)

    def _starting(self, start: str) -> Found:
        """Those from `start` on, up to the highest text that starts so."""
        from_start, to_end = self._beyond("gte", start), self._beyond("lte", start + _HIGHEST)
        doubtful = from_start.doubtful | to_end.doubtful
        return Found((from_start.sure & to_end.sure) - doubtful, doubtful)

    def _matching(self, leaves: Any, test: Callable[[Any], bool]) -> Found:
        sure, doubtful = [BitMap()], [BitMap()]
        for leaf in leaves:
            if leaf.alike:
                sure += [leaf.members] if test(leaf.low) else []
            elif leaf.values is None:
                doubtful.append(leaf.members)
            else:
                sure += [BitMap(nos) for value, nos in leaf.groups(leaf.members) if test(value)]
        return Found(BitMap.union(*sure), BitMap.union(*doubtful))

    def walk(self, chosen: BitMap, down: bool, offset: int) -> Iterator[Run]:
        """The chosen records in order, absent values last, but for those runs that the offset passes over."""
        whole = len(chosen) == len(self)
        there = len(self._root.members) if whole else self._root.members.intersection_cardinality(chosen)
        if offset < there:
            yield from self._root.runs(chosen, down, offset, whole)
        absent = self.absent & chosen
        if offset < there + len(absent):
            yield Run(absent, True, max(0, offset - there))

    def counts(self, chosen: BitMap) -> dict[SqlValue, int]:
        """How many of the chosen records have each value, where every value has a leaf."""
        found = {leaf.low: leaf.members.intersection_cardinality(chosen) for leaf in self._root.leaves()}
        found[None] = self.absent.intersection_cardinality(chosen)
        return {value: count for value, count in found.items() if count}

    def crowded(self) -> BitMap | None:
        """The records of a leaf that has become large, and whose values must be known to split it."""
        leaves = (leaf.members for leaf in self._root.leaves() if not leaf.alike and leaf.values is None)
        return next((members for members in leaves if len(members) > 2 * MAX_MIXED), None)

    def spread(self, values: Mapping[int, Any]) -> None:
        """Splits the crowded leaf of just these records, given their values; does nothing if there is none."""
        leaf = self._root.leaf(min(values.values()))
        if leaf is None or leaf.members != BitMap(values):
            return
        by_value = sorted(values.items(), key=itemgetter(1))
        groups = [(value, array("I", (no for no, _ in group))) for value, group in groupby(by_value, itemgetter(1))]
        self._grow(self._root.replace(leaf, packed(groups, kept=False, lonely=False)))

    def dump(self) -> Any:
        return self.absent.serialize(), [leaf.dump() for leaf in self._root.leaves()]

    def restore(self, dumped: Any) -> None:
        absent, leaves = dumped
        self.absent = BitMap.deserialize(absent)
        self._root = planted([Leaf.restored(leaf) for leaf in leaves])

    def size(self) -> int:
        return memory.of_set(self.absent) + memory.of_node(self._root)


def _joined(found: Sequence[Found]) -> Found:
    none = BitMap()
    return Found(
        BitMap.union(none, *(one.sure for one in found)), BitMap.union(none, *(one.doubtful for one in found))
    )
