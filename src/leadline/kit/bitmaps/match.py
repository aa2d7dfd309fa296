"""Bitmaps of running numbers, and the result of a search in an index of them."""

from collections.abc import Sequence
from typing import NamedTuple

from pyroaring import BitMap

_SET_BYTES = 160
"""Bytes of a set without containers: the object, its C structure, and their entries in lists."""
_CONTAINER_BYTES = 48
"""Bytes of a container without its contents: its header, the allocator's header, and its entry in the set."""


class IndexMatch(NamedTuple):
    """The records for which a condition holds: all records of the `sets`, and some of the `doubtful` ones.

    The index cannot tell for which of the `doubtful` records the condition holds. Nobody may change the sets.
    """

    sets: Sequence[BitMap]
    doubtful: BitMap | None = None

    def count_certain(self) -> int:
        return sum(map(len, self.sets))

    def intersect_with(self, chosen: BitMap) -> BitMap:
        return unite_sets([chosen & members for members in self.sets])

    def subtract_from(self, chosen: BitMap) -> BitMap:
        """Returns the chosen records without those in the sets."""
        for members in self.sets:
            chosen = chosen - members
        return chosen


def unite_sets(sets: Sequence[BitMap]) -> BitMap:
    """Returns the union of the sets. The result may be one of the sets itself."""
    return sets[0] if len(sets) == 1 else BitMap.union(BitMap(), *sets)


def number_range(start: int, end: int) -> BitMap:
    """Returns all numbers from `start` up to but not including `end`."""
    made = BitMap()
    made.add_range(start, end)
    return made


def memory_of(members: BitMap) -> int:
    """Estimates how many bytes of memory a set takes."""
    facts = members.get_statistics()
    contents = (
        facts["n_bytes_array_containers"] + facts["n_bytes_run_containers"] + facts["n_bytes_bitset_containers"]
    )
    return _SET_BYTES + _CONTAINER_BYTES * facts["n_containers"] + contents
