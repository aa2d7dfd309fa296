"""An index of running numbers by time of creation. Both grow together, so it keeps only the first number of each
second."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from pyroaring import BitMap

from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.leaves import LeafRun
from leadline.kit.bitmaps.match import IndexMatch, number_range
from leadline.kit.db import SqlValue

NEVER = 2**32
"""A number above all running numbers."""


class CreationIndex:
    """An index of records by time of creation.

    `everything` is the set of all records. Its owner changes it, and the index only reads it.
    """

    def __init__(self, everything: BitMap) -> None:
        self._everything = everything
        self._times = array("q")
        self._firsts = array("I")
        """The first number of each of the times."""

    def add_rows(self, nos: Sequence[int], times: Sequence[SqlValue]) -> None:
        last: SqlValue = self._times[-1] if self._times else None
        for no, time in zip(nos, times, strict=True):
            if time != last:
                self._times.append(int(time or 0))
                self._firsts.append(no)
                last = time

    def add_record(self, no: int, time: SqlValue) -> None:
        place = bisect_right(self._firsts, no)
        if place == 0 or self._times[place - 1] != time:
            self._times.insert(place, int(time or 0))
            self._firsts.insert(place, no)

    def find_matches(self, operator: str, operands: Sequence[SqlValue]) -> IndexMatch:
        """Returns the records for which the comparison holds, like `SortedIndex.find_matches`. The sets may also
        contain numbers that no record has."""
        if operator == "null":
            return IndexMatch([] if operands[0] else [self._everything])
        spans = [self.number_span(operator, operand) for operand in operands]
        return IndexMatch([number_range(*span) for span in spans if span[0] < span[1]])

    def number_span(self, operator: str, operand: SqlValue) -> tuple[int, int]:
        """Returns the numbers for which the comparison holds, as a start and an exclusive end."""
        if operand is None:
            return 0, 0
        time, end = int(operand), self._everything.max() + 1 if self._everything else 0
        match operator:
            case "gt":
                return self._first_number_after(time), end
            case "gte":
                return self._first_number_from(time), end
            case "lt":
                return 0, min(self._first_number_from(time), end)
            case "lte":
                return 0, min(self._first_number_after(time), end)
        return self._first_number_from(time), min(self._first_number_after(time), end)

    def walk_runs(
        self, chosen: LazyIntersection, down: bool, offset: int, absent_first: bool = False
    ) -> Iterator[LeafRun]:
        """Yields the chosen records in order of creation, like `SortedIndex.walk_runs`, one run for each second."""
        records = chosen.all_records()
        total = len(records)
        while offset < total:
            start, end = self._second_bounds(records[total - 1 - offset if down else offset])
            before, up_to = records.range_cardinality(0, start), records.range_cardinality(0, end)
            passed = total - up_to if down else before
            yield LeafRun(LazyIntersection(number_range(start, end) & records), True, offset - passed)
            offset = passed + up_to - before

    def find_run(self, chosen: LazyIntersection, down: bool, no: int) -> tuple[int, LeafRun]:
        """Returns how many of the chosen records come before the run that has the record, and that run, in the order
        of `walk_runs`."""
        records = chosen.all_records()
        start, end = self._second_bounds(no)
        before, up_to = records.range_cardinality(0, start), records.range_cardinality(0, end)
        run = LeafRun(LazyIntersection(number_range(start, end) & records), True)
        return (len(records) - up_to if down else before), run

    def count_by_value(self, chosen: BitMap) -> dict[SqlValue, int]:
        """Returns the number of chosen records that were created in each month (UTC), by texts such as `2025-03`."""
        found: dict[SqlValue, int] = {}
        no = chosen.min() if chosen else None
        while no is not None:
            day = self._creation_day(no)
            following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=UTC)
            end = self._first_number_from(int(following.timestamp()))
            found[_format_month(day)] = chosen.range_cardinality(no, end)
            no = chosen.next_set_bit(end) if end <= chosen.max() else None
        return found

    def values_of(self, no: int) -> tuple[SqlValue]:
        """Returns the month in which the record was created, as the only element."""
        return (_format_month(self._creation_day(no)),)

    def _creation_day(self, no: int) -> datetime:
        return datetime.fromtimestamp(self._times[bisect_right(self._firsts, no) - 1], UTC)

    def dump_parts(self) -> Iterator[Any]:
        yield self._times.tobytes()
        yield self._firsts.tobytes()

    def restore_parts(self, parts: Iterator[Any]) -> None:
        times, firsts = parts
        self._times, self._firsts = array("q", times), array("I", firsts)

    def memory_bytes(self) -> int:
        return 12 * len(self._times)

    def _first_number_from(self, time: int) -> int:
        """Returns the first number that may have been given at the time or later."""
        place = bisect_left(self._times, time)
        return self._firsts[place] if place < len(self._firsts) else NEVER

    def _first_number_after(self, time: int) -> int:
        return self._first_number_from(time + 1)

    def _second_bounds(self, no: int) -> tuple[int, int]:
        """Returns the numbers that were given in the same second as `no`, as a start and an exclusive end."""
        time = self._times[bisect_right(self._firsts, no) - 1]
        return self._first_number_from(time), self._first_number_after(time)


def _format_month(day: datetime) -> str:
    return f"{day.year}-{day.month:02}"
