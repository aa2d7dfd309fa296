"""Leaves under nodes, each of which holds all records below it: to find a place among millions by counting."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Union

from pyroaring import BitMap

from leadline.records.index.found import memory_of
from leadline.records.index.leaves import Inconsistent, Leaf, Run
from leadline.records.index.overlap import Overlap

FAN_OUT = 32
Child = Union["Node", Leaf]


class Node:
    """`lows` are those of its children; a value below all of them belongs to the first.

    height: levels of nodes, this one among them.
    """

    __slots__ = ("children", "height", "lows", "members")

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.lows = [child.low for child in children]
        self.members: BitMap = BitMap.union(BitMap(), *(child.members for child in children))
        self.height: int = 1 + max((child.height for child in children), default=0)

    @property
    def low(self) -> Any:
        return self.lows[0]

    def add(self, no: int, value: Any, *, kept: bool, lonely: bool) -> "list[Node]":
        """The nodes that take its place."""
        self.members.add(no)
        if not self.children:
            self._replace(0, [Leaf(value, BitMap([no]))])
            return [self]
        place = self._place(value)
        child = self.children[place]
        grown = child.add(no, value, kept=kept, lonely=lonely)
        if len(grown) == 1 and grown[0] is child:
            self.lows[place] = child.low
            return [self]
        self._replace(place, grown)
        return self._split()

    def replace(self, leaf: Leaf, leaves: Sequence[Leaf]) -> "list[Node]":
        """The nodes that take its place once the leaf has given its own to the `leaves`."""
        place = self._place(leaf.low)
        child = self.children[place]
        self._replace(place, leaves if isinstance(child, Leaf) else child.replace(leaf, leaves))
        return self._split()

    def _split(self) -> "list[Node]":
        if len(self.children) <= FAN_OUT:
            return [self]
        middle = len(self.children) // 2
        return [Node(self.children[:middle]), Node(self.children[middle:])]

    def discard(self, no: int, value: Any) -> None:
        """Raises `Inconsistent` if there is no such record where it should be."""
        if not self.children:
            raise Inconsistent
        place = self._place(value)
        child = self.children[place]
        child.discard(no, value)
        self.members.discard(no)
        if not child.members:
            self._replace(place, [])

    def _replace(self, place: int, children: Sequence[Child]) -> None:
        self.children[place : place + 1] = children
        self.lows[place : place + 1] = [child.low for child in children]

    def _place(self, value: Any) -> int:
        return max(bisect_right(self.lows, value) - 1, 0)

    def leaf(self, value: Any) -> Leaf | None:
        """The one in which the value's records are, if there are any."""
        if not self.children:
            return None
        child = self.children[self._place(value)]
        return child if isinstance(child, Leaf) else child.leaf(value)

    def leaf_of(self, no: int) -> Leaf:
        """The one in which the record is. Raises `Inconsistent` if there is none."""
        for child in self.children:
            if no in child.members:
                return child if isinstance(child, Leaf) else child.leaf_of(no)
        raise Inconsistent

    def below(self, value: Any) -> list[BitMap]:
        """Sets of all records in the leaves before the value's."""
        if not self.children:
            return []
        place = self._place(value)
        child = self.children[place]
        deeper = child.below(value) if isinstance(child, Node) else []
        return [*(one.members for one in self.children[:place]), *deeper]

    def above(self, value: Any) -> list[BitMap]:
        """Sets of all records in the leaves after the value's."""
        if not self.children:
            return []
        place = self._place(value)
        child = self.children[place]
        deeper = child.above(value) if isinstance(child, Node) else []
        return [*(one.members for one in self.children[place + 1 :]), *deeper]

    def between(self, low: Any, high: Any) -> Iterator[Leaf]:
        """The leaves of the values from `low` to `high`."""
        for child in self.children[self._place(low) : self._place(high) + 1]:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.between(low, high)

    def size(self) -> int:
        """About how many bytes of memory it takes, with all below it."""
        return memory_of(self.members) + sum(child.size() for child in self.children)

    def leaves(self) -> Iterator[Leaf]:
        for child in self.children:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.leaves()

    def runs(self, chosen: Overlap | None, down: bool, skip: int) -> Iterator[Run]:
        """The chosen records in order, but for those runs that are skipped whole. None chooses all."""
        return runs_of(self.children[::-1] if down else self.children, chosen, down, skip)


def runs_of(children: Iterable[Child], chosen: Overlap | None, down: bool, skip: int) -> Iterator[Run]:
    for child in children:
        if skip:
            count = Overlap(child.members, chosen).count(skip + 1)
            if count <= skip:
                skip -= count
                continue
        elif not (chosen.meets(child.members) if chosen else child.members):
            continue
        yield from child.runs(chosen, down, skip)
        skip = 0


def planted(leaves: Sequence[Leaf]) -> Node:
    """The root above leaves that come in order."""
    level: Sequence[Child] = leaves
    while len(level) > FAN_OUT:
        level = [Node(level[start : start + FAN_OUT * 3 // 4]) for start in range(0, len(level), FAN_OUT * 3 // 4)]
    return Node(level)
