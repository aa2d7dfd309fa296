"""What was worked out from a workspace's data, kept for as long as its log stands still."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from leadline.log.feed import LogPosition

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class VersionedCache(Generic[K, V]):
    """Exact by construction: a value is given again only at the place in the log that it was made at. `most` is how
    many there may be; a key says all that its value depends on beside the data of the workspace."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[K, tuple[LogPosition, V]] = {}

    def find(self, key: K, place: LogPosition | None) -> V | None:
        kept = self._values.get(key)
        return kept[1] if kept is not None and kept[0] == place else None

    def keep(self, key: K, place: LogPosition | None, value: V) -> None:
        if place is None:
            return
        if len(self._values) >= self._most:
            self._values.clear()
        self._values[key] = place, value
