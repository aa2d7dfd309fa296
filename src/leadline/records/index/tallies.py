"""How many records have each value, block by block: so that to count them is not to go through all of them."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice, product
from typing import NamedTuple, Protocol

from pyroaring import BitMap

from leadline.kit.db import SqlValue
from leadline.records.index.found import Found, numbers

BLOCK = 65_536
"""Running numbers of a block, as many as a set has in a container."""
MAX_KEYS = 50
"""Tallies that may make up one answer."""
MAX_VALUES = 1_000
"""Of all fields together, in a tally; where there are more, none is kept."""
FEWER = 0.9
"""Of the records that there were when a tally became too large: with no more than that, it is tried again."""
MAX_KEPT = 20_000
"""Values in all tallies; each takes some 350 bytes, and 8 for every block."""

Counts = dict[str, dict[SqlValue, int]]
"""By field and value; none is 0."""
Names = tuple[str, ...]
Values = Mapping[str, Sequence[SqlValue]]
"""Of a record."""


class Countable(Protocol):
    """A field by whose values records are counted; a record may have several."""

    def counts(self, chosen: BitMap) -> dict[SqlValue, int]: ...

    def values_of(self, no: int) -> Sequence[SqlValue]: ...


class Chosen(NamedTuple):
    """The records that have one of the values in each of the fields, and a number from `start` up to but not
    including `end`. `sets` has the records of each value."""

    sets: Mapping[str, Mapping[SqlValue, BitMap]]
    start: int
    end: int

    def among(self, members: BitMap) -> BitMap:
        for sets in self.sets.values():
            members = Found(list(sets.values())).among(members)
        return members


class Tallies:
    """Made when they are asked for, and kept up to date from then on. `everything` are the records there are."""

    def __init__(self, everything: BitMap, fields: Mapping[str, Countable]) -> None:
        self.fields = fields
        self._everything = everything
        self._kept: dict[Names, dict[tuple[SqlValue, ...] | None, _Tally]] = {}
        self._too_large: dict[tuple[Names, tuple[SqlValue, ...]], int] = {}

    def of(self, chosen: BitMap) -> Counts:
        return {name: field.counts(chosen) for name, field in self.fields.items()}

    def counts(self, chosen: Chosen) -> Counts | None:
        """None if that takes a tally that is not there: then one is made, for those who ask next."""
        first, last, ragged = self._divided(chosen.start, chosen.end)
        tallies = self._find(chosen) if first < last else []
        if tallies is None:
            return None
        counts = self.of(chosen.among(self._everything & ragged))
        for tally in tallies:
            tally.add_to(counts, first, last)
        return counts

    def _divided(self, start: int, end: int) -> tuple[int, int, BitMap]:
        """From which block on, and up to which, all numbers are meant, and those of other blocks that are."""
        beyond = self._everything.max() + 1 if self._everything else 0
        end = min(end, beyond)
        first, last = -(-start // BLOCK), -(-end // BLOCK) if end == beyond else end // BLOCK
        if first >= last:
            return 0, 0, numbers(start, end)
        ragged = numbers(start, first * BLOCK)
        ragged.add_range(last * BLOCK, end)
        return first, last, ragged

    def _find(self, chosen: Chosen) -> "list[_Tally] | None":
        keys = list(islice(product(*chosen.sets.values()), MAX_KEYS + 1))
        kept = self._kept.get(tuple(chosen.sets), {})
        missing = [key for key in keys if key not in kept]
        if not missing:
            return [kept[key] for key in keys]
        names = tuple(chosen.sets)
        if len(keys) <= MAX_KEYS and not any(self._is_too_large(names, key) for key in missing):
            self._make(chosen, missing[0])
        return None

    def _is_too_large(self, names: Names, key: tuple[SqlValue, ...]) -> bool:
        """Whether the tally had too many values when it was made, or moved, last."""
        return len(self._everything) > FEWER * self._too_large.get((names, key), float("inf"))

    def _note_too_large(self, names: Names, key: tuple[SqlValue, ...]) -> None:
        if len(self._too_large) >= MAX_KEPT:
            self._too_large.clear()
        self._too_large[names, key] = len(self._everything)

    def _make(self, chosen: Chosen, key: tuple[SqlValue, ...]) -> None:
        sets = [chosen.sets[name][value] for name, value in zip(chosen.sets, key, strict=True)]
        tally = _Tally(self.fields)
        for block in range(self._everything.max() // BLOCK + 1):
            part = self._everything & numbers(block * BLOCK, (block + 1) * BLOCK)
            for members in sets:
                part &= members
            tally.put(block, self.of(part))
            if len(tally) > MAX_VALUES:
                self._note_too_large(tuple(chosen.sets), key)
                return
        if len(tally) + sum(map(len, self._all())) > MAX_KEPT:
            self._kept.clear()
        self._kept.setdefault(tuple(chosen.sets), {})[key] = tally

    def values_of(self, no: int) -> Values:
        """What a record is counted by; nothing where no tally is kept."""
        return {name: field.values_of(no) for name, field in self.fields.items()} if self._kept else {}

    def move(self, no: int, before: Values, after: Values) -> None:
        """Takes in what `values_of` a record were and are; they are empty where it is new, or gone."""
        for names, kept in self._kept.items():
            left, joined = (
                tuple(values[name][0] for name in names) if values else None for values in (before, after)
            )
            same = {name for name in before if before[name] == after[name]} if left == joined else ()
            for key, values, by in ((left, before, -1), (joined, after, 1)):
                if key in kept:
                    kept[key].count(no // BLOCK, {name: values[name] for name in values if name not in same}, by)
                    if key is not None and len(kept[key]) > MAX_VALUES:
                        del kept[key]
                        self._note_too_large(names, key)

    def size(self) -> int:
        return sum(tally.size() for tally in self._all())

    def _all(self) -> "Iterator[_Tally]":
        return (tally for kept in self._kept.values() for tally in kept.values())


class _Tally:
    """Of the records that have one value in each of some fields."""

    def __init__(self, names: Iterable[str]) -> None:
        self._sums: dict[str, dict[SqlValue, _Sums]] = {name: defaultdict(_Sums) for name in names}

    def __len__(self) -> int:
        return sum(map(len, self._sums.values()))

    def put(self, block: int, counts: Counts) -> None:
        for name, each in counts.items():
            for value, count in each.items():
                self._sums[name][value].add(block, count)

    def count(self, block: int, values: Values, by: int) -> None:
        for name, each in values.items():
            for value in each:
                self._sums[name][value].add(block, by)

    def add_to(self, counts: Counts, first: int, last: int) -> None:
        for name, sums in self._sums.items():
            found = counts[name]
            for value, each in sums.items():
                if count := each.between(first, last):
                    found[value] = found.get(value, 0) + count

    def size(self) -> int:
        return sum(sums.size() for each in self._sums.values() for sums in each.values())


class _Sums:
    """A count for each block, and what all before it come to, as far as that was asked for since it changed."""

    __slots__ = ("_before", "_each")

    def __init__(self) -> None:
        self._each = array("I")
        self._before = array("I", [0])

    def add(self, block: int, count: int) -> None:
        missing = block + 1 - len(self._each)
        if missing > 0:
            self._each.extend([0] * missing)
        self._each[block] += count
        del self._before[block + 1 :]

    def between(self, first: int, last: int) -> int:
        before = self._before
        if last >= len(before):
            before += array("I", accumulate(self._each[len(before) - 1 :], initial=before.pop()))
            first, last = min(first, len(self._each)), min(last, len(self._each))
        return before[last] - before[first]

    def size(self) -> int:
        return 350 + 8 * len(self._each)
