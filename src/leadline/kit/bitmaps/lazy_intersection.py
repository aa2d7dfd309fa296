"""The intersection of several sets of records, computed only as far as it is needed."""

from collections.abc import Iterator
from typing import Optional

from pyroaring import BitMap

from leadline.kit.bitmaps.match import number_range

MAX_DIRECT_RECORDS = 10_000
"""Size up to which a set is intersected with others as a whole, since that is quick."""
FIRST_PROBE_RECORDS = 4_096
"""Records of the smallest set that are tried first. Each further attempt tries `PROBE_GROWTH` times as many, until
there are enough records."""
PROBE_GROWTH = 8


class LazyIntersection:
    """The records of a set that are also in another intersection, if there is one. Nobody may change the sets."""

    __slots__ = ("_known", "_members", "_other")

    def __init__(self, members: BitMap, other: Optional["LazyIntersection"] = None) -> None:
        self._members = members
        self._other = other
        self._known = None if other else members

    def all_records(self) -> BitMap:
        """Returns all records, as a set that must not be changed."""
        if self._known is None:
            self._known, *others = sorted(self._all_sets(), key=len)
            for members in others:
                self._known = self._known & members
        return self._known

    def is_met_by(self, members: BitMap) -> bool:
        known = self._known_records()
        return LazyIntersection(members, self).count_up_to(1) > 0 if known is None else known.intersect(members)

    def count_up_to(self, enough: int) -> int:
        """Returns the number of records if it is below `enough`, and otherwise any number from `enough` up."""
        if self._known is not None or self._other is None:
            return len(self.all_records())
        if self._other._known_records() is None and len(self._members) <= MAX_DIRECT_RECORDS:
            return len(self.all_records())
        for found in self._probe_ends(enough, down=False):
            if len(found) >= enough:
                return len(found)
        return self._members.intersection_cardinality(self._other.all_records())

    def count_all(self) -> int:
        """Returns the number of records."""
        if self._known is not None or self._other is None:
            return len(self.all_records())
        return self._members.intersection_cardinality(self._other.all_records())

    def first_records(self, enough: int, down: bool) -> BitMap:
        """Returns the records with the lowest numbers (`down`: the highest), as a set that must not be changed. The
        set has at least `enough` records, if there are as many."""
        for found in self._probe_ends(enough, down):
            if len(found) >= enough:
                return found
        return self.all_records()

    def _probe_ends(self, enough: int, down: bool) -> Iterator[BitMap]:
        """Yields the records near one end, each time from a longer stretch. Yields nothing if it is as quick to find
        all records."""
        if len(self._members) <= MAX_DIRECT_RECORDS:
            return
        smallest, *others = sorted(self._all_sets(), key=len)
        if not others or len(smallest) <= max(MAX_DIRECT_RECORDS, enough * PROBE_GROWTH):
            return
        total, looked_at = len(smallest), FIRST_PROBE_RECORDS
        while looked_at * PROBE_GROWTH <= total:
            end = smallest[total - looked_at if down else looked_at]
            found = smallest & (number_range(end, smallest.max() + 1) if down else number_range(0, end))
            for members in others:
                found &= members
            yield found
            looked_at *= PROBE_GROWTH

    def _known_records(self) -> BitMap | None:
        """Returns all records if they are known or quick to find, and otherwise None."""
        if self._known is None and len(min(self._all_sets(), key=len)) <= MAX_DIRECT_RECORDS:
            return self.all_records()
        return self._known

    def _all_sets(self) -> list[BitMap]:
        if self._known is not None:
            return [self._known]
        return [self._members, *self._other._all_sets()] if self._other else [self._members]
