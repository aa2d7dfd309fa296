"""The leaves of a `SortedIndex`: each is a set of records whose values are neighbours."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from zlib import crc32

from pyroaring import BitMap

from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.match import memory_of

MAX_MIXED_RECORDS = 512
"""Records with different values that one leaf may hold before it is split."""
MIN_SINGLE_VALUE_RECORDS = 64
"""Number of records with the same value that always get a leaf of their own."""
Group = tuple[Any, Sequence[int]]
"""A value, and the numbers of the records that have it, in order."""


class InconsistentChange(Exception):
    """A change contradicts the contents of the index, which can no longer be used."""


class LeafRun(NamedTuple):
    """A run of neighbouring records in an order. `skip_records` of them come before the wanted ones.

    If `single_value` is False, their values differ and are not known.
    """

    members: LazyIntersection
    single_value: bool
    skip_records: int = 0


class Leaf:
    """A set of records whose values are neighbours.

    `low` is the value of all records if they are `alike`, and otherwise no greater than any of their values.

    values: the values of the records, in the order of their numbers; None if the records are alike or the values are
    texts.

    checksums: the checksums of the values in the same order, if these are texts and differ; few texts share a
    checksum.
    """

    __slots__ = ("checksums", "low", "members", "single_value", "values")
    height = 0

    def __init__(
        self,
        low: Any,
        members: BitMap,
        *,
        single_value: bool = True,
        values: "array[int] | None" = None,
        checksums: "array[int] | None" = None,
    ) -> None:
        self.low = low
        self.members = members
        self.single_value = single_value
        self.values = values
        self.checksums = checksums

    def add_record(self, no: int, value: Any, *, stores_values: bool, leaf_per_value: bool) -> "list[Leaf]":
        """Adds a record, and returns the leaves that replace this one.

        `stores_values` says that leaves keep their values, `leaf_per_value` that a new value gets a leaf of its own.
        """
        if self.single_value and value == self.low:
            self.members.add(no)
            return [self]
        if self.single_value and (leaf_per_value or len(self.members) >= MIN_SINGLE_VALUE_RECORDS):
            other = Leaf(value, BitMap([no]))
            return [self, other] if value > self.low else [other, self]
        if self.single_value and stores_values:
            self.values = array("q", [self.low]) * len(self.members)
        elif self.single_value:
            self.checksums = array("I", [_text_checksum(self.low)]) * len(self.members)
        self.single_value = False
        self.low = min(self.low, value)
        self.members.add(no)
        place = self.members.rank(no) - 1
        if self.checksums is not None:
            self.checksums.insert(place, _text_checksum(value))
            return [self]
        assert self.values is not None
        self.values.insert(place, value)
        return (
            [self]
            if len(self.members) <= MAX_MIXED_RECORDS
            else pack_leaves(self.group_by_value(self.members), stores_values=True, leaf_per_value=False)
        )

    def discard_record(self, no: int, value: Any) -> None:
        """Removes a record. Raises `InconsistentChange` if this cannot be the leaf of the record."""
        if no not in self.members or (self.single_value and value != self.low):
            raise InconsistentChange
        if self.values is not None and self.values.pop(self.members.rank(no) - 1) != value:
            raise InconsistentChange
        if self.checksums is not None and self.checksums.pop(self.members.rank(no) - 1) != _text_checksum(value):
            raise InconsistentChange
        self.members.discard(no)

    def group_by_value(self, chosen: BitMap, down: bool = False) -> Iterator[Group]:
        """Yields the chosen records by value. The leaf must keep its values."""
        assert self.values is not None
        pairs = [(value, no) for value, no in zip(self.values, self.members, strict=True) if no in chosen]
        pairs.sort(key=itemgetter(0), reverse=down)
        for value, group in groupby(pairs, itemgetter(0)):
            yield value, [no for _, no in group]

    def match_values(self, test: Callable[[Any], bool]) -> BitMap:
        """Returns the records whose values pass the test. The leaf must keep its values."""
        assert self.values is not None
        return BitMap([no for value, no in zip(self.values, self.members, strict=True) if test(value)])

    def match_checksums(self, texts: Iterable[str]) -> BitMap:
        """Returns the records that may have one of the texts. The leaf must have checksums."""
        assert self.checksums is not None
        found, checksums = BitMap(), self.checksums.tobytes()  # a search in bytes is ten times as fast
        for text in texts:
            wanted = array("I", [_text_checksum(text)]).tobytes()
            at = checksums.find(wanted)
            while at >= 0:
                if at % len(wanted) == 0:
                    found.add(self.members[at // len(wanted)])
                at = checksums.find(wanted, at + 1)
        return found

    def walk_runs(self, chosen: LazyIntersection | None, down: bool, skip: int) -> Iterator[LeafRun]:
        """Yields the chosen records in order, without the runs that are skipped as a whole. None chooses all
        records."""
        members = LazyIntersection(self.members, chosen)
        if self.values is None:
            yield LeafRun(members, self.single_value, skip)
            return
        for _, nos in self.group_by_value(members.all_records(), down):
            if skip < len(nos):
                yield LeafRun(LazyIntersection(BitMap(nos)), True, skip)
            skip = max(0, skip - len(nos))

    def find_run(self, chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]:
        """Returns how many of the chosen records come before the run that has the record, and that run."""
        before = 0
        for run in self.walk_runs(chosen, down, 0):
            records = run.members.all_records()
            if no in records:
                return before, run
            before += len(records)
        raise InconsistentChange

    def memory_bytes(self) -> int:
        kept = sum(each.itemsize * len(each) for each in (self.values, self.checksums) if each is not None)
        return 130 + memory_of(self.members) + kept

    def dump_leaf(self) -> Any:
        values, checksums = self.values and self.values.tobytes(), self.checksums and self.checksums.tobytes()
        return self.low, self.single_value, self.members.serialize(), values, checksums

    @classmethod
    def restore_leaf(cls, dumped: Any) -> "Leaf":
        low, single_value, members, values, checksums = dumped
        return cls(
            low,
            BitMap.deserialize(members),
            single_value=single_value,
            values=values and array("q", values),
            checksums=checksums and array("I", checksums),
        )


def _text_checksum(text: str) -> int:
    """Returns the CRC-32 of a text, which is equal in every process."""
    return crc32(text.encode())


def pack_leaves(groups: Iterable[Group], *, stores_values: bool, leaf_per_value: bool) -> list[Leaf]:
    """Packs groups that come in order into leaves. `leaf_per_value` gives each group a leaf of its own."""
    leaves: list[Leaf] = []
    waiting: list[Group] = []
    waiting_count = 0
    for value, nos in groups:
        alone = leaf_per_value or len(nos) >= MIN_SINGLE_VALUE_RECORDS
        if waiting and (alone or waiting_count + len(nos) > MAX_MIXED_RECORDS * 3 // 4):
            leaves.append(_mix_groups(waiting, stores_values))
            waiting, waiting_count = [], 0
        if alone:
            leaves.append(Leaf(value, BitMap(nos)))
        else:
            waiting.append((value, nos))
            waiting_count += len(nos)
    return [*leaves, _mix_groups(waiting, stores_values)] if waiting else leaves


def _mix_groups(groups: list[Group], stores_values: bool) -> Leaf:
    low = groups[0][0]
    members = BitMap([no for _, nos in groups for no in nos])
    if len(groups) == 1:
        return Leaf(low, members)
    by_number = [value for _, value in sorted((no, value) for value, nos in groups for no in nos)]
    if stores_values:
        return Leaf(low, members, single_value=False, values=array("q", by_number))
    return Leaf(low, members, single_value=False, checksums=array("I", map(_text_checksum, by_number)))
