"""A cache of results that stay valid until the log of their workspace grows."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from leadline.log.feed import LogPosition

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class VersionedCache(Generic[K, V]):
    """A cache whose entries are valid only at the log position at which they were stored.

    `most` bounds the number of entries. A key contains everything that its value depends on, apart from the data of
    the workspace.
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
