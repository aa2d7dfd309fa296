"""Sets of running numbers, and what is found in them."""

from collections.abc import Sequence
from typing import NamedTuple

from pyroaring import BitMap

_SET_BYTES = 160
"""Bytes of a set without containers: the object, its C structure, and their places in lists."""
_CONTAINER_BYTES = 48
"""Bytes of a container without what it contains: its header, the allocator's, and its place in the set."""


class IndexMatch(NamedTuple):
    """The records for which a condition holds: those of all `sets`, and some of the `doubtful` ones, for which it
    cannot be told from the index. The sets are not to be changed."""

    sets: Sequence[BitMap]
    doubtful: BitMap | None = None

    def count_certain(self) -> int:
        return sum(map(len, self.sets))

    def intersect_with(self, chosen: BitMap) -> BitMap:
        return unite_sets([chosen & members for members in self.sets])

    def subtract_from(self, chosen: BitMap) -> BitMap:
        """The chosen records for which the condition does not hold."""
        for members in self.sets:
            chosen = chosen - members
        return chosen


def unite_sets(sets: Sequence[BitMap]) -> BitMap:
    """All that is in any of the sets, of which it may be one."""
    return sets[0] if len(sets) == 1 else BitMap.union(BitMap(), *sets)


def number_range(start: int, end: int) -> BitMap:
    """All from `start` up to but not including `end`."""
    made = BitMap()
    made.add_range(start, end)
    return made


def memory_of(members: BitMap) -> int:
    """About how many bytes of memory a set takes."""
    facts = members.get_statistics()
    contents = (
        facts["n_bytes_array_containers"] + facts["n_bytes_run_containers"] + facts["n_bytes_bitset_containers"]
    )
    return _SET_BYTES + _CONTAINER_BYTES * facts["n_containers"] + contents
