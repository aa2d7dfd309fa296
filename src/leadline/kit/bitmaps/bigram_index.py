"""An inverted index of the pairs of neighbouring characters (bigrams) in the search_key of each record.

The index appends a separator of its own to each search_key.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from pyroaring import BitMap

from leadline.kit.bitmaps.match import IndexMatch, memory_of
from leadline.kit.db import SqlValue
from leadline.kit.text import SEPARATOR

CHUNK_ROWS = 50_000
"""Rows whose pairs are collected before they are added to the sets."""


class BigramIndex:
    def __init__(self) -> None:
        self._sets: dict[str, BitMap] = {}
        self._gathered: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._rows = 0

    def add_rows(self, nos: Sequence[int], keys: Sequence[SqlValue]) -> None:
        gathered = self._gathered
        for no, key in zip(nos, keys, strict=True):
            for pair in zip(str(key), f"{key}{SEPARATOR}"[1:]):  # noqa: B905
                gathered[pair].append(no)
        self._rows += len(nos)
        if self._rows > CHUNK_ROWS:
            self.finish_loading()

    def finish_loading(self) -> None:
        """Adds the rows that were collected last to the sets. It must be called after the last `add_rows`."""
        for (one, other), nos in self._gathered.items():
            self._sets.setdefault(one + other, BitMap()).update(nos)
        self._gathered.clear()
        self._rows = 0

    def add_records(self, nos: Sequence[int], keys: Sequence[SqlValue]) -> None:
        """Adds records as `add_record` does, in less time."""
        self.add_rows(nos, keys)
        self.finish_loading()

    def add_record(self, no: int, key: str) -> None:
        for pair in _find_bigrams(key):
            if members := self._sets.get(pair):  # cheaper than a default set that is mostly not needed
                members.add(no)
            else:
                self._sets[pair] = BitMap([no])

    def discard_record(self, no: int, parts: Iterable[str], key: str) -> None:
        """Removes a record from the pairs of the `parts` of its search_key, and from pairs around their ends.

        It may also remove pairs that still apply, so the whole new `key` must be added afterwards.
        """
        gone = {
            pair for part in parts for around in (" ", SEPARATOR) for pair in _find_bigrams(f"{around}{part}{around}")
        }
        gone |= {pair for one in set(key) for around in (" ", SEPARATOR) for pair in (one + around, around + one)}
        for pair in gone:
            if members := self._sets.get(pair):
                members.discard(no)
                if not members:
                    del self._sets[pair]

    def find_matches(self, text: str) -> IndexMatch | None:
        """Returns the records whose search_key contains a text of one or two characters, or None for a longer
        text."""
        match len(text):
            case 1:
                return IndexMatch([members for pair, members in self._sets.items() if pair[0] == text])
            case 2:
                return IndexMatch([self._sets[text]] if text in self._sets else [])
        return None

    def find_candidates(self, text: str, among: BitMap) -> BitMap:
        """Returns the records in `among` whose search_key contains every pair of the text, in any place. These are
        all records that contain the text, and some others."""
        sets = [self._sets.get(pair, BitMap()) for pair in map("".join, pairwise(text))]
        for members in sorted(sets, key=len):
            among = among & members
        return among

    def dump_parts(self) -> Iterator[Any]:
        for pair, members in self._sets.items():
            yield pair, members.serialize()

    def restore_parts(self, parts: Iterator[Any]) -> None:
        self._sets = {pair: BitMap.deserialize(members) for pair, members in parts}

    def memory_bytes(self) -> int:
        return sum(memory_of(members) + 150 for members in self._sets.values())


def _find_bigrams(key: str) -> set[str]:
    ended = key + SEPARATOR
    return {one + other for one, other in zip(key, ended[1:], strict=True)}
