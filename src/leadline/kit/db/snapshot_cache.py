"""A cache of results that stay valid while the data stay the same."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from leadline.kit.db import Transaction

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_ENTRIES = 10_000


class SnapshotCache(Generic[K, V]):
    """A cache that answers only a transaction with the same `data_version` as the one that filled it."""

    def __init__(self) -> None:
        self._entries: tuple[Hashable, dict[K, V]] = None, {}  # one tuple: threads see both parts or neither

    def find(self, tx: Transaction, key: K) -> V | None:
        data_version, kept = self._entries
        return kept.get(key) if tx.data_version == data_version else None

    def keep(self, tx: Transaction, key: K, value: V) -> None:
        if tx.data_version is None:
            return
        data_version, kept = self._entries
        if tx.data_version != data_version or len(kept) >= MAX_ENTRIES:
            kept = {}
            self._entries = tx.data_version, kept
        kept[key] = value
