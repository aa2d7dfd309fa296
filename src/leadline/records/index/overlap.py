"""The records that are in all of some sets, looked at only as far as is needed."""

from collections.abc import Iterator
from typing import Optional

from pyroaring import BitMap

from leadline.records.index.found import numbers

FEW = 10_000
"""Records of a set that are quick to find in others, all of them."""
FIRST_LOOK = 4_096
"""Records of the smallest set among which is looked first; then `WIDER` times as many, until there are enough."""
WIDER = 8


class Overlap:
    """The records of a set, or those that another overlap has of it. Neither set is to be changed."""

    __slots__ = ("_known", "_members", "_other")

    def __init__(self, members: BitMap, other: Optional["Overlap"] = None) -> None:
        self._members = members
        self._other = other
        self._known = None if other else members

    def records(self) -> BitMap:
        """All of them, not to be changed."""
        if self._known is None:
            self._known, *others = sorted(self._sets(), key=len)
            for members in others:
                self._known = self._known & members
        return self._known

    def meets(self, members: BitMap) -> bool:
        known = self._quick()
        return Overlap(members, self).count(1) > 0 if known is None else known.intersect(members)

    def count(self, enough: int) -> int:
        """How many there are; any number from `enough` on where there are as many."""
        if self._known is not None or self._other is None:
            return len(self.records())
        if self._other._quick() is None and len(self._members) <= FEW:
            return len(self.records())
        for found in self._looks(enough, down=False):
            if len(found) >= enough:
                return len(found)
        return self._members.intersection_cardinality(self._other.records())

    def foremost(self, enough: int, down: bool) -> BitMap:
        """Those with the lowest numbers (`down`: the highest), not to be changed: `enough` of them or more, where
        there are as many."""
        for found in self._looks(enough, down):
            if len(found) >= enough:
                return found
        return self.records()

    def _looks(self, enough: int, down: bool) -> Iterator[BitMap]:
        """Those near one end, and nearer to the other; none where it is as quick to find all."""
        if len(self._members) <= FEW:
            return
        smallest, *others = sorted(self._sets(), key=len)
        if not others or len(smallest) <= max(FEW, enough * WIDER):
            return
        total, looked_at = len(smallest), FIRST_LOOK
        while looked_at * WIDER <= total:
            end = smallest[total - looked_at if down else looked_at]
            found = smallest & (numbers(end, smallest.max() + 1) if down else numbers(0, end))
            for members in others:
                found &= members
            yield found
            looked_at *= WIDER

    def _quick(self) -> BitMap | None:
        """All of them, where they are known or found at once."""
        if self._known is None and len(min(self._sets(), key=len)) <= FEW:
            return self.records()
        return self._known

    def _sets(self) -> list[BitMap]:
        if self._known is not None:
            return [self._known]
        return [self._members, *self._other._sets()] if self._other else [self._members]
