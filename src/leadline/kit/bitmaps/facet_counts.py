"""Counts of the records that have each value, kept for each block of numbers.

A facet adds up whole blocks, instead of passing over all records (ADR 0022).
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice, product
from typing import NamedTuple, Protocol

from pyroaring import BitMap

from leadline.kit.bitmaps.match import IndexMatch, number_range
from leadline.kit.db import SqlValue

BLOCK_NUMBERS = 65_536
"""Running numbers in a block: as many as a container of a bitmap holds."""
MAX_PARTS = 50
"""Number of `_BlockCounts` that may be added up for one answer."""
MAX_VALUES = 1_000
"""Values of all fields together in one `_BlockCounts`. Counts with more values are not kept."""
RETRY_SHARE = 0.9
"""Share of the records that existed when counts had too many values. The counts are tried again once no more records
than that exist."""
MAX_VALUES_KEPT = 20_000
"""Values in all `_BlockCounts` together. Each takes some 350 bytes, and 8 more for every block."""

Counts = dict[str, dict[SqlValue, int]]
"""Counts of records by field and value; no count is 0."""
Names = tuple[str, ...]
Values = Mapping[str, Sequence[SqlValue]]
"""The values of one record by field."""


class CountableField(Protocol):
    """A field by whose values records are counted; a record may have several."""

    def count_by_value(self, chosen: BitMap) -> dict[SqlValue, int]: ...

    def values_of(self, no: int) -> Sequence[SqlValue]: ...


class FacetSelection(NamedTuple):
    """A selection of records: those with a number from `start` up to but not including `end`, and a chosen value in
    each of the fields.

    `sets` has, for each field and each chosen value, the records with that value.
    """

    sets: Mapping[str, Mapping[SqlValue, BitMap]]
    start: int
    end: int

    def intersect_with(self, members: BitMap) -> BitMap:
        for sets in self.sets.values():
            members = IndexMatch(list(sets.values())).intersect_with(members)
        return members


class FacetCounts:
    """Counts that are made on demand, and kept up to date from then on.

    `everything` is the set of all records.
    """

    def __init__(self, everything: BitMap, fields: Mapping[str, CountableField]) -> None:
        self.fields = fields
        self._everything = everything
        self._counts: dict[Names, dict[tuple[SqlValue, ...] | None, _BlockCounts]] = {}
        self._too_large: dict[tuple[Names, tuple[SqlValue, ...]], int] = {}

    def count_all(self, chosen: BitMap) -> Counts:
        return {name: field.count_by_value(chosen) for name, field in self.fields.items()}

    def count_selection(self, chosen: FacetSelection) -> Counts | None:
        """Counts the selected records by value, or returns None if counts that it needs are missing.

        It then makes one of the missing counts for later callers, unless the selection needs too many or they are too
        large.
        """
        first, last, ragged = self._split_blocks(chosen.start, chosen.end)
        tallies = self._find_counts(chosen) if first < last else []
        if tallies is None:
            return None
        counts = self.count_all(chosen.intersect_with(self._everything & ragged))
        for tally in tallies:
            tally.add_to(counts, first, last)
        return counts

    def _split_blocks(self, start: int, end: int) -> tuple[int, int, BitMap]:
        """Returns the blocks whose records all lie between `start` and `end`, as a first and an exclusive last block,
        and the other numbers in between as a set."""
        beyond = self._everything.max() + 1 if self._everything else 0
        end = min(end, beyond)
        first, last = -(-start // BLOCK_NUMBERS), -(-end // BLOCK_NUMBERS) if end == beyond else end // BLOCK_NUMBERS
        if first >= last:
            return 0, 0, number_range(start, end)
        ragged = number_range(start, first * BLOCK_NUMBERS)
        ragged.add_range(last * BLOCK_NUMBERS, end)
        return first, last, ragged

    def _find_counts(self, chosen: FacetSelection) -> "list[_BlockCounts] | None":
        keys = list(islice(product(*chosen.sets.values()), MAX_PARTS + 1))
        kept = self._counts.get(tuple(chosen.sets), {})
        missing = [key for key in keys if key not in kept]
        if not missing:
            return [kept[key] for key in keys]
        names = tuple(chosen.sets)
        if len(keys) <= MAX_PARTS and not any(self._is_too_large(names, key) for key in missing):
            self._make_counts(chosen, missing[0])
        return None

    def _is_too_large(self, names: Names, key: tuple[SqlValue, ...]) -> bool:
        """Returns True if the counts had too many values at the last attempt, and the records are still nearly as
        many."""
        return len(self._everything) > RETRY_SHARE * self._too_large.get((names, key), float("inf"))

    def _note_too_large(self, names: Names, key: tuple[SqlValue, ...]) -> None:
        if len(self._too_large) >= MAX_VALUES_KEPT:
            self._too_large.clear()
        self._too_large[names, key] = len(self._everything)

    def _make_counts(self, chosen: FacetSelection, key: tuple[SqlValue, ...]) -> None:
        sets = [chosen.sets[name][value] for name, value in zip(chosen.sets, key, strict=True)]
        tally = _BlockCounts(self.fields)
        for block in range(self._everything.max() // BLOCK_NUMBERS + 1):
            part = self._everything & number_range(block * BLOCK_NUMBERS, (block + 1) * BLOCK_NUMBERS)
            for members in sets:
                part &= members
            tally.add_block(block, self.count_all(part))
            if len(tally) > MAX_VALUES:
                self._note_too_large(tuple(chosen.sets), key)
                return
        if len(tally) + sum(map(len, self._all_counts())) > MAX_VALUES_KEPT:
            self._counts.clear()
        self._counts.setdefault(tuple(chosen.sets), {})[key] = tally

    def values_of(self, no: int) -> Values:
        """Returns the values by which a record is counted, or nothing if no counts are kept."""
        return {name: field.values_of(no) for name, field in self.fields.items()} if self._counts else {}

    def move_record(self, no: int, before: Values, after: Values) -> None:
        """Updates the counts for a changed record, given the results of `values_of` before and after the change.

        `before` is empty for a new record, and `after` for a deleted one.
        """
        for names, kept in self._counts.items():
            left, joined = (
                tuple(values[name][0] for name in names) if values else None for values in (before, after)
            )
            same = {name for name in before if before[name] == after[name]} if left == joined else ()
            for key, values, by in ((left, before, -1), (joined, after, 1)):
                if key in kept:
                    kept[key].add_count(
                        no // BLOCK_NUMBERS, {name: values[name] for name in values if name not in same}, by
                    )
                    if key is not None and len(kept[key]) > MAX_VALUES:
                        del kept[key]
                        self._note_too_large(names, key)

    def memory_bytes(self) -> int:
        return sum(tally.memory_bytes() for tally in self._all_counts())

    def _all_counts(self) -> "Iterator[_BlockCounts]":
        return (tally for kept in self._counts.values() for tally in kept.values())


class _BlockCounts:
    """Counts of the records that have one certain value in each of some fields, by field, value and block."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sums: dict[str, dict[SqlValue, _PrefixSums]] = {name: defaultdict(_PrefixSums) for name in names}

    def __len__(self) -> int:
        return sum(map(len, self._sums.values()))

    def add_block(self, block: int, counts: Counts) -> None:
        for name, each in counts.items():
            for value, count in each.items():
                self._sums[name][value].add_count(block, count)

    def add_count(self, block: int, values: Values, by: int) -> None:
        for name, each in values.items():
            for value in each:
                self._sums[name][value].add_count(block, by)

    def add_to(self, counts: Counts, first: int, last: int) -> None:
        for name, sums in self._sums.items():
            found = counts[name]
            for value, each in sums.items():
                if count := each.sum_between(first, last):
                    found[value] = found.get(value, 0) + count

    def memory_bytes(self) -> int:
        return sum(sums.memory_bytes() for each in self._sums.values() for sums in each.values())


class _PrefixSums:
    """A count for each block, and the sums of the counts before each block. The sums are computed when they are
    needed."""

    __slots__ = ("_before", "_each")

    def __init__(self) -> None:
        self._each = array("I")
        self._before = array("I", [0])

    def add_count(self, block: int, count: int) -> None:
        missing = block + 1 - len(self._each)
        if missing > 0:
            self._each.extend([0] * missing)
        self._each[block] += count
        del self._before[block + 1 :]

    def sum_between(self, first: int, last: int) -> int:
        before = self._before
        if last >= len(before):
            before += array("I", accumulate(self._each[len(before) - 1 :], initial=before.pop()))
            first, last = min(first, len(self._each)), min(last, len(self._each))
        return before[last] - before[first]

    def memory_bytes(self) -> int:
        return 350 + 8 * len(self._each)
