"""A cache of the results of searches."""

import threading
from collections import OrderedDict
from typing import NamedTuple

from pyroaring import BitMap

from leadline.kit.bitmaps.match import memory_of
from leadline.log.feed import LogPosition

MAX_TERMS = 200
MAX_BYTES = 64 * 2**20
"""Most bytes of all results, and again as many of partial ones. The result of a term that a million of ten million
records have takes 1.3 MB."""


class SearchHit(NamedTuple):
    """The records that have a term at the log position `at`. The bitmap must not be changed."""

    at: LogPosition
    found: BitMap


class PartialHit(NamedTuple):
    """The records `among` which a term was searched for at the log position `at`, and those of them that have it.
    The bitmaps must not be changed."""

    at: LogPosition
    among: BitMap
    found: BitMap


class SearchCache:
    """The results of the newest searches, by term. Threads may share it."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, SearchHit] = OrderedDict()
        self._looked: OrderedDict[str, PartialHit] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._lock = threading.Lock()

    def find(self, term: str) -> SearchHit | None:
        return self._known.get(term)

    def find_partial(self, term: str) -> PartialHit | None:
        """Returns a result for only some of the records: those that the other filters of a list had left."""
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
        """Estimates the memory of all results, in bytes."""
        with self._lock:
            return sum(self._sizes.values()) + sum(map(_memory_bytes, self._looked.values()))


def _memory_bytes(looked: PartialHit) -> int:
    return memory_of(looked.among) + memory_of(looked.found)
