"""The inner nodes of a `SortedIndex`.

Each node has the set of all records below it, so that a position among millions is found by counting.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Union

from pyroaring import BitMap

from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.leaves import InconsistentChange, Leaf, LeafRun
from leadline.kit.bitmaps.match import memory_of

MAX_CHILDREN = 32
Child = Union["TreeNode", Leaf]


class TreeNode:
    """A node above other nodes or leaves.

    `lows` are the `low` values of its children. A value below all of them belongs to the first child.

    height: number of levels of nodes, including this one.
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

    def add_record(self, no: int, value: Any, *, stores_values: bool, leaf_per_value: bool) -> "list[TreeNode]":
        """Adds a record, and returns the nodes that replace this one."""
        self.members.add(no)
        if not self.children:
            self._replace_child(0, [Leaf(value, BitMap([no]))])
            return [self]
        place = self._child_index(value)
        child = self.children[place]
        grown = child.add_record(no, value, stores_values=stores_values, leaf_per_value=leaf_per_value)
        if len(grown) == 1 and grown[0] is child:
            self.lows[place] = child.low
            return [self]
        self._replace_child(place, grown)
        return self._split_node()

    def add_alike(self, nos: Sequence[int], value: Any) -> None:
        """Adds records of a value that has a leaf of its own."""
        self.members.update(nos)
        child = self.children[self._child_index(value)]
        if isinstance(child, Leaf):
            child.members.update(nos)
        else:
            child.add_alike(nos, value)

    def replace_leaf(self, leaf: Leaf, leaves: Sequence[Leaf]) -> "list[TreeNode]":
        """Replaces a leaf by `leaves`, and returns the nodes that replace this one."""
        place = self._child_index(leaf.low)
        child = self.children[place]
        self._replace_child(place, leaves if isinstance(child, Leaf) else child.replace_leaf(leaf, leaves))
        return self._split_node()

    def _split_node(self) -> "list[TreeNode]":
        if len(self.children) <= MAX_CHILDREN:
            return [self]
        middle = len(self.children) // 2
        return [TreeNode(self.children[:middle]), TreeNode(self.children[middle:])]

    def discard_record(self, no: int, value: Any) -> None:
        """Removes a record. Raises `InconsistentChange` if the record is not where its value belongs."""
        if not self.children:
            raise InconsistentChange
        place = self._child_index(value)
        child = self.children[place]
        child.discard_record(no, value)
        self.members.discard(no)
        if not child.members:
            self._replace_child(place, [])

    def _replace_child(self, place: int, children: Sequence[Child]) -> None:
        self.children[place : place + 1] = children
        self.lows[place : place + 1] = [child.low for child in children]

    def _child_index(self, value: Any) -> int:
        return max(bisect_right(self.lows, value) - 1, 0)

    def find_leaf(self, value: Any) -> Leaf | None:
        """Returns the leaf in which the records of the value are, if there are any. Returns None for an empty
        tree."""
        if not self.children:
            return None
        child = self.children[self._child_index(value)]
        return child if isinstance(child, Leaf) else child.find_leaf(value)

    def leaf_of(self, no: int) -> Leaf:
        """Returns the leaf that contains the record. Raises `InconsistentChange` if there is none."""
        for child in self.children:
            if no in child.members:
                return child if isinstance(child, Leaf) else child.leaf_of(no)
        raise InconsistentChange

    def sets_below(self, value: Any) -> list[BitMap]:
        """Returns sets of all records in the leaves before the leaf of the value."""
        if not self.children:
            return []
        place = self._child_index(value)
        child = self.children[place]
        deeper = child.sets_below(value) if isinstance(child, TreeNode) else []
        return [*(one.members for one in self.children[:place]), *deeper]

    def sets_above(self, value: Any) -> list[BitMap]:
        """Returns sets of all records in the leaves after the leaf of the value."""
        if not self.children:
            return []
        place = self._child_index(value)
        child = self.children[place]
        deeper = child.sets_above(value) if isinstance(child, TreeNode) else []
        return [*(one.members for one in self.children[place + 1 :]), *deeper]

    def leaves_between(self, low: Any, high: Any) -> Iterator[Leaf]:
        """Yields the leaves of the values from `low` to `high`."""
        for child in self.children[self._child_index(low) : self._child_index(high) + 1]:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.leaves_between(low, high)

    def memory_bytes(self) -> int:
        """Estimates how many bytes of memory the node and everything below it take."""
        return memory_of(self.members) + sum(child.memory_bytes() for child in self.children)

    def walk_leaves(self) -> Iterator[Leaf]:
        for child in self.children:
            if isinstance(child, Leaf):
                yield child
            else:
                yield from child.walk_leaves()

    def walk_runs(self, chosen: LazyIntersection | None, down: bool, skip: int) -> Iterator[LeafRun]:
        """Yields the chosen records in order, without the runs that are skipped as a whole. None chooses all
        records."""
        return runs_of(self.children[::-1] if down else self.children, chosen, down, skip)

    def find_run(self, chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]:
        """Returns how many of the chosen records come before the run that has the record, and that run."""
        return run_with(self.children[::-1] if down else self.children, chosen, down, no)


def runs_of(children: Iterable[Child], chosen: LazyIntersection | None, down: bool, skip: int) -> Iterator[LeafRun]:
    for child in children:
        if skip:
            count = LazyIntersection(child.members, chosen).count_up_to(skip + 1)
            if count <= skip:
                skip -= count
                continue
        elif not (chosen.is_met_by(child.members) if chosen else child.members):
            continue
        yield from child.walk_runs(chosen, down, skip)
        skip = 0


def run_with(children: Iterable[Child], chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]:
    """Returns how many of the chosen records come before the run that has the record, and that run. Raises
    `InconsistentChange` if there is no such record."""
    before = 0
    for child in children:
        if no in child.members:
            nearer, run = child.find_run(chosen, down, no)
            return before + nearer, run
        before += LazyIntersection(child.members, chosen).count_all()
    raise InconsistentChange


def build_tree(leaves: Sequence[Leaf]) -> TreeNode:
    """Builds a tree above leaves that come in order, and returns its root."""
    level: Sequence[Child] = leaves
    while len(level) > MAX_CHILDREN:
        level = [
            TreeNode(level[start : start + MAX_CHILDREN * 3 // 4])
            for start in range(0, len(level), MAX_CHILDREN * 3 // 4)
        ]
    return TreeNode(level)
