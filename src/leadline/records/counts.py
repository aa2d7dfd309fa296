"""Counts that were made before, good for as long as their workspace's `seq` stands still."""

from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_KEPT = 2_000

Key = tuple[int, str, Predicate]


class Counts:
    """Exact by construction: a count is answered only to a snapshot with the very `seq` it was made in."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[int, int]] = {}

    def find(self, workspace: int, kind: Kind, predicate: Predicate, seq: int) -> int | None:
        made_at, count = self._kept.get((workspace, kind.name, predicate), (-1, 0))
        return count if made_at == seq else None

    def keep(self, workspace: int, kind: Kind, predicate: Predicate, seq: int, count: int) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[workspace, kind.name, predicate] = (seq, count)
