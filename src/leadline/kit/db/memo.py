"""What was read before, kept for as long as the data stay the same."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from leadline.kit.db import Transaction

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_KEPT = 10_000


class Memo(Generic[K, V]):
    """Exact by construction: it answers only to a transaction that sees the very data it was filled from."""

    def __init__(self) -> None:
        self._kept: dict[K, V] = {}
        self._data_version: Hashable = None

    def find(self, tx: Transaction, key: K) -> V | None:
        return self._kept.get(key) if tx.data_version == self._data_version else None

    def keep(self, tx: Transaction, key: K, value: V) -> None:
        if tx.data_version != self._data_version or len(self._kept) >= MAX_KEPT:
            self._kept, self._data_version = {}, tx.data_version
        if tx.data_version is not None:
            self._kept[key] = value
