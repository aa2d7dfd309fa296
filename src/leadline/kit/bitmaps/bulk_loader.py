"""A loader that groups the numbers of many rows by value, for a `SortedIndex`."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pyroaring import BitMap

from leadline.kit.bitmaps.leaves import Group
from leadline.kit.db import SqlValue

MAX_GROUPED_VALUES = 1_000
"""Number of distinct values above which rows are kept one by one, if few rows share a value."""


class BulkLoader:
    """A collector of rows, grouped by value while rows share values.

    If nearly all values differ, one group for each would take too much memory.
    """

    def __init__(self) -> None:
        self._absent = BitMap()
        self._groups: dict[Any, array[int]] = {}
        self._grouped = 0
        self._single: list[tuple[list[Any], array[int]]] = []

    def add_rows(self, nos: Sequence[int], values: Sequence[SqlValue]) -> None:
        if None in values:
            self._absent.update([no for no, value in zip(nos, values, strict=True) if value is None])
            nos = [no for no, value in zip(nos, values, strict=True) if value is not None]
            values = [value for value in values if value is not None]
        if len(self._groups) > max(MAX_GROUPED_VALUES, self._grouped // 4):
            self._single.append((list(values), array("I", nos)))
            return
        batch: dict[Any, list[int]] = {}
        for no, value in zip(nos, values, strict=True):
            if value in batch:
                batch[value].append(no)
            else:
                batch[value] = [no]
        for value, group in batch.items():
            self._groups.setdefault(value, array("I")).extend(group)
        self._grouped += len(nos)

    def group_rows(self) -> tuple[BitMap, bool, Iterator[Group]]:
        """Returns the records without a value, True if there are many distinct values, and the other records grouped
        by value, in order."""
        many = len(self._groups) > MAX_GROUPED_VALUES
        groups = (
            self._sorted_rows() if self._single else ((value, self._groups[value]) for value in sorted(self._groups))
        )
        return self._absent, many, groups

    def _sorted_rows(self) -> Iterator[Group]:
        values: list[Any] = []
        nos = array("I")
        for value, group in self._groups.items():
            values += [value] * len(group)
            nos += group
        self._groups.clear()
        for more, their_nos in self._single:
            values += more
            nos += their_nos
        self._single.clear()
        order = sorted(range(len(values)), key=values.__getitem__)
        for value, places in groupby(order, values.__getitem__):
            yield value, [nos[place] for place in places]
