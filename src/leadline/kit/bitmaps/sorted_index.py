"""An index of records in the order of one field."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import contains, eq, ge, gt, itemgetter, le, lt
from typing import Any

from pyroaring import BitMap

from leadline.kit.bitmaps.bulk_loader import BulkLoader
from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.leaves import MAX_MIXED_RECORDS, InconsistentChange, Leaf, LeafRun, pack_leaves
from leadline.kit.bitmaps.match import IndexMatch, memory_of, unite_sets
from leadline.kit.bitmaps.tree import Child, TreeNode, build_tree, run_with, runs_of
from leadline.kit.db import SqlValue

LEAF_PER_VALUE_HEIGHT = 2
"""Height of the tree up to which a new value gets a leaf of its own, however few records have it."""
MAX_LEAVES_AT_ONCE = 64
"""Leaves that are dumped as one part."""
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "contains": contains,
    "startswith": str.startswith,
}
"""Functions that compare a value with an operand, by operator."""
_HIGHEST = chr(0x10FFFF)


class SortedIndex:
    """An index of records in the order of a value: a B-tree whose leaves are bitmaps.

    stores_values: the values are whole numbers, and the leaves keep them.
    few: every value gets a leaf of its own.
    """

    def __init__(self, *, stores_values: bool = False, leaf_per_value: bool = False) -> None:
        self._stores_values = stores_values
        self._leaf_per_value = leaf_per_value
        self._root = TreeNode([])
        self.absent = BitMap()
        self._bulk_loader = BulkLoader()

    def __len__(self) -> int:
        return len(self._root.members) + len(self.absent)

    def add_rows(self, nos: Sequence[int], values: Sequence[SqlValue]) -> None:
        self._bulk_loader.add_rows(nos, values)

    def finish_loading(self) -> None:
        """Builds the tree from the added rows. It must be called after the last `add_rows`."""
        self.absent, many, groups = self._bulk_loader.group_rows()
        self._root = build_tree(
            pack_leaves(groups, stores_values=self._stores_values, leaf_per_value=self._leaf_per_value or not many)
        )
        self._bulk_loader = BulkLoader()

    def add_record(self, no: int, value: SqlValue) -> None:
        if value is None:
            self.absent.add(no)
            return
        lonely = self._leaf_per_value or self._root.height <= LEAF_PER_VALUE_HEIGHT
        self._grow_root(self._root.add_record(no, value, stores_values=self._stores_values, leaf_per_value=lonely))

    def add_records(self, nos: Sequence[int], values: Sequence[SqlValue]) -> None:
        """Adds records as `add_record` does, in less time if many of them have the same value."""
        groups: dict[SqlValue, list[int]] = defaultdict(list)
        for no, value in zip(nos, values, strict=True):
            groups[value].append(no)
        self.absent.update(groups.pop(None, ()))
        for value, (first, *others) in groups.items():
            self.add_record(first, value)
            leaf = self._root.find_leaf(value) if others else None
            if leaf and leaf.single_value and leaf.low == value:
                self._root.add_alike(others, value)
                continue
            for no in others:
                self.add_record(no, value)

    def _grow_root(self, nodes: list[TreeNode]) -> None:
        self._root = nodes[0] if len(nodes) == 1 else TreeNode(nodes)

    def discard_record(self, no: int, value: SqlValue) -> None:
        """Removes a record. Raises `InconsistentChange` if the record does not have the value."""
        if value is not None:
            self._root.discard_record(no, value)
        elif no in self.absent:
            self.absent.discard(no)
        else:
            raise InconsistentChange

    def find_matches(self, operator: str, operands: Sequence[Any]) -> IndexMatch:
        """Returns the records for which the comparison holds."""
        match operator:
            case "null":
                return IndexMatch([self.absent if operands[0] else self._root.members])
            case "in":
                sets, doubtful = self._find_equal([operand for operand in operands if operand is not None])
                return IndexMatch([*sets, self.absent] if None in operands else sets, doubtful)
        if operands[0] is None:
            return IndexMatch([])
        match operator:
            case "eq":
                return self._find_equal(operands)
            case "contains":
                return _match_leaves(self._root.walk_leaves(), lambda value: operands[0] in value)
            case "startswith":
                start = operands[0]
                return _match_leaves(
                    self._root.leaves_between(start, start + _HIGHEST), lambda value: value.startswith(start)
                )
        return self._find_beyond(operator, operands[0])

    def _find_equal(self, values: Sequence[Any]) -> IndexMatch:
        asked: dict[Leaf, set[Any]] = {}
        for value in values:
            if leaf := self._root.find_leaf(value):
                asked.setdefault(leaf, set()).add(value)
        resembling = [leaf.match_checksums(theirs) for leaf, theirs in asked.items() if leaf.checksums is not None]
        others = [leaf for leaf in asked if leaf.checksums is None]
        return IndexMatch(_match_leaves(others, set(values).__contains__).sets, unite_sets(resembling))

    def _find_beyond(self, operator: str, bound: Any) -> IndexMatch:
        leaf = self._root.find_leaf(bound)
        compare = _COMPARISONS[operator]
        edge = _match_leaves([leaf] if leaf else [], lambda value: compare(value, bound))
        whole = self._root.sets_above(bound) if operator[0] == "g" else self._root.sets_below(bound)
        return IndexMatch([*edge.sets, *whole], edge.doubtful)

    def sets_containing(self, text: str) -> list[BitMap]:
        """Returns sets of records whose values are certain to contain the text."""
        return [leaf.members for leaf in self._root.walk_leaves() if leaf.single_value and text in leaf.low]

    def walk_runs(
        self, chosen: LazyIntersection, down: bool, offset: int, absent_first: bool = False
    ) -> Iterator[LeafRun]:
        """Yields the chosen records in order, without the runs that the offset skips as a whole. Records without a
        value come last, or first with `absent_first`."""
        parts: list[Child] = [self._root, Leaf(None, self.absent)]
        every = chosen.count_up_to(len(self)) == len(self)
        return runs_of(parts[::-1] if absent_first else parts, None if every else chosen, down, offset)

    def find_run(self, chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]:
        """Returns how many of the chosen records come before the run that has the record, and that run, in the order
        of `walk_runs`. Raises `InconsistentChange` if there is no such record."""
        return run_with([self._root, Leaf(None, self.absent)], chosen, down, no)

    def sets_by_value(self) -> dict[SqlValue, BitMap]:
        """Returns the records of each value. Every value must have a leaf of its own."""
        found: dict[SqlValue, BitMap] = {leaf.low: leaf.members for leaf in self._root.walk_leaves()}
        return {**found, None: self.absent} if self.absent else found

    def sets_of(self, operator: str, operands: Sequence[Any]) -> dict[SqlValue, BitMap]:
        """Returns the records of each value for which the comparison holds. Every value must have a leaf of its
        own."""
        sets = self.sets_by_value()
        match operator:
            case "null":
                return {value: members for value, members in sets.items() if (value is None) == operands[0]}
            case "in":
                return {value: members for value, members in sets.items() if value in operands}
        compare, operand = _COMPARISONS[operator], operands[0]
        if operand is None:
            return {}
        return {value: sets[value] for value in sets if value is not None and compare(value, operand)}

    def count_by_value(self, chosen: BitMap) -> dict[SqlValue, int]:
        """Returns the number of chosen records with each value. Every value must have a leaf of its own."""
        found: dict[SqlValue, int] = {}
        left = len(chosen)
        for leaf in self._root.walk_leaves():
            if not left:
                return found
            if count := leaf.members.intersection_cardinality(chosen):
                found[leaf.low] = count
                left -= count
        return {**found, None: left} if left else found

    def values_of(self, no: int) -> tuple[SqlValue]:
        """Returns the value of a record as the only element. Every value must have a leaf of its own.

        Raises `InconsistentChange` if there is no such record.
        """
        return (None,) if no in self.absent else (self._root.leaf_of(no).low,)

    def find_overfull_leaf(self) -> BitMap | None:
        """Returns the records of a leaf that is too large and does not keep its values, or None. To split it, the
        values are needed."""
        leaves = (leaf.members for leaf in self._root.walk_leaves() if not leaf.single_value and leaf.values is None)
        return next((members.copy() for members in leaves if len(members) > 2 * MAX_MIXED_RECORDS), None)

    def split_overfull_leaf(self, values: Mapping[int, Any]) -> None:
        """Splits the leaf with exactly these records, given their values by number. Does nothing if there is no such
        leaf."""
        leaf = self._root.find_leaf(min(values.values()))
        if leaf is None or leaf.members != BitMap(values):
            return
        by_value = sorted(values.items(), key=itemgetter(1))
        groups = [(value, [no for no, _ in group]) for value, group in groupby(by_value, itemgetter(1))]
        self._grow_root(self._root.replace_leaf(leaf, pack_leaves(groups, stores_values=False, leaf_per_value=False)))

    def dump_parts(self) -> Iterator[Any]:
        yield self.absent.serialize()
        leaves = iter(self._root.walk_leaves())
        while some := list(islice(leaves, MAX_LEAVES_AT_ONCE)):
            yield [leaf.dump_leaf() for leaf in some]

    def restore_parts(self, parts: Iterator[Any]) -> None:
        self.absent = BitMap.deserialize(next(parts))
        self._root = build_tree([Leaf.restore_leaf(leaf) for part in parts for leaf in part])

    def memory_bytes(self) -> int:
        return memory_of(self.absent) + self._root.memory_bytes()


def _match_leaves(leaves: Iterable[Leaf], test: Callable[[Any], bool]) -> IndexMatch:
    """Returns the records of the leaves whose values pass the test. Leaves of unknown values are doubtful."""
    sets, doubtful = [], []
    for leaf in leaves:
        if leaf.single_value:
            sets += [leaf.members] if test(leaf.low) else []
        elif leaf.values is None:
            doubtful.append(leaf.members)
        else:
            sets.append(leaf.match_values(test))
    return IndexMatch(sets, unite_sets(doubtful))
