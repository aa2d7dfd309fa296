"""The records that are in all of some sets, looked at only as far as is needed."""

from collections.abc import Iterator
from typing import Optional

from pyroaring import BitMap

from leadline.kit.bitmaps.match import number_range

MAX_DIRECT_RECORDS = 10_000
"""Records of a set that are quick to find in others, all of them."""
FIRST_PROBE_RECORDS = 4_096
"""Records of the smallest set among which is looked first; then `WIDER` times as many, until there are enough."""
PROBE_GROWTH = 8


class LazyIntersection:
    """The records of a set, or those that another overlap has of it. Neither set is to be changed."""

    __slots__ = ("_known", "_members", "_other")

    def __init__(self, members: BitMap, other: Optional["LazyIntersection"] = None) -> None:
        self._members = members
        self._other = other
        self._known = None if other else members

    def all_records(self) -> BitMap:
        """All of them, not to be changed."""
        if self._known is None:
            self._known, *others = sorted(self._all_sets(), key=len)
            for members in others:
                self._known = self._known & members
        return self._known

    def is_met_by(self, members: BitMap) -> bool:
        known = self._known_records()
        return LazyIntersection(members, self).count_up_to(1) > 0 if known is None else known.intersect(members)

    def count_up_to(self, enough: int) -> int:
        """How many there are; any number from `enough` on where there are as many."""
        if self._known is not None or self._other is None:
            return len(self.all_records())
        if self._other._known_records() is None and len(self._members) <= MAX_DIRECT_RECORDS:
            return len(self.all_records())
        for found in self._probe_ends(enough, down=False):
            if len(found) >= enough:
                return len(found)
        return self._members.intersection_cardinality(self._other.all_records())

    def first_records(self, enough: int, down: bool) -> BitMap:
        """Those with the lowest numbers (`down`: the highest), not to be changed: `enough` of them or more, where
        there are as many."""
        for found in self._probe_ends(enough, down):
            if len(found) >= enough:
                return found
        return self.all_records()

    def _probe_ends(self, enough: int, down: bool) -> Iterator[BitMap]:
        """Those near one end, and nearer to the other; none where it is as quick to find all."""
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
        """All of them, where they are known or found at once."""
        if self._known is None and len(min(self._all_sets(), key=len)) <= MAX_DIRECT_RECORDS:
            return self.all_records()
        return self._known

    def _all_sets(self) -> list[BitMap]:
        if self._known is not None:
            return [self._known]
        return [self._members, *self._other._all_sets()] if self._other else [self._members]
