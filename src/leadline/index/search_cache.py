"""What searches found, kept."""

import threading
from collections import OrderedDict
from typing import NamedTuple

from pyroaring import BitMap

from leadline.kit.bitmaps.match import memory_of
from leadline.log.feed import LogPosition

MAX_TERMS = 200
MAX_BYTES = 64 * 2**20
"""Of all terms together, and as much again of what was looked at beside other filters; one that a million of ten
million records have takes 1.3 MB."""


class SearchHit(NamedTuple):
    """The records that have a term, `at` a position in the log; they are not to be changed."""

    at: LogPosition
    found: BitMap


class PartialHit(NamedTuple):
    """Records that were looked at for a term, `at` a position in the log, and those of them that have it. Not to be
    changed."""

    at: LogPosition
    among: BitMap
    found: BitMap


class SearchCache:
    """Those of the last terms."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, SearchHit] = OrderedDict()
        self._looked: OrderedDict[str, PartialHit] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def find(self, term: str) -> SearchHit | None:
        return self._known.get(term)

    def find_partial(self, term: str) -> PartialHit | None:
        """What is known of some records only, because other filters left no more."""
        return self._looked.get(term)

    def keep_looked(self, term: str, looked: PartialHit) -> None:
        with self._lock:
            self._looked[term] = looked
            self._looked.move_to_end(term)
            while len(self._looked) > MAX_TERMS or (sum(map(_memory_bytes, self._looked.values())) > MAX_BYTES):
                self._looked.popitem(last=False)

    def keep(self, term: str, at: LogPosition, found: BitMap) -> None:
        with self._lock:
            self._looked.pop(term, None)
            self._known[term] = SearchHit(at, found)
            self._known.move_to_end(term)
            self._sizes[term] = memory_of(found)
            while len(self._known) > MAX_TERMS or sum(self._sizes.values()) > MAX_BYTES:
                oldest, _ = self._known.popitem(last=False)
                del self._sizes[oldest]

    def memory_bytes(self) -> int:
        """In bytes, about."""
        with self._lock:
            return sum(self._sizes.values()) + sum(map(_memory_bytes, self._looked.values()))


def _memory_bytes(looked: PartialHit) -> int:
    return memory_of(looked.among) + memory_of(looked.found)
