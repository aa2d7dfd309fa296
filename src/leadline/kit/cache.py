"""The one cache: bounded, and exact where its entries are bound to a version of the data."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """A cache of at most `max_entries` values. A full cache is emptied, which costs less than knowing the entry that
    was used longest ago. Threads may share it.

    An entry is found again only for the `version` at which it was kept: a log position, a snapshot's `data_version`.
    A version of None says that there is none, so nothing is kept and nothing found. Without a version, entries are
    valid until they are forgotten.
    """

    def __init__(self, max_entries: int) -> None:
        self._max_entries = max_entries
        self._entries: dict[K, tuple[Hashable, V]] = {}

    def find(self, key: K, version: Hashable = "") -> V | None:
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] == version else None

    def keep(self, key: K, value: V, version: Hashable = "") -> None:
        if version is None:
            return
        if len(self._entries) >= self._max_entries:
            self._entries = {}
        self._entries[key] = version, value

    def forget(self, key: K) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries = {}
