"""What was worked out from a workspace's data, kept for as long as its log stands still."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from leadline.log.feed import LogPosition

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class VersionedCache(Generic[K, V]):
    """A cache whose entries are valid only at the log position at which they were stored.

    `most` bounds the number of entries. A key names everything that its value depends on beside the workspace's data.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, tuple[LogPosition, V]] = {}

    def find(self, key: K, position: LogPosition | None) -> V | None:
        kept = self._values.get(key)
        return kept[1] if kept is not None and kept[0] == position else None

    def keep(self, key: K, position: LogPosition | None, value: V) -> None:
        if position is None:
            return
        if len(self._values) >= self._most:
            self._values.clear()
        self._values[key] = position, value
