"""A cache of the number of records for which a predicate holds, valid while the workspace's log stands still."""

from leadline.kit.cache import BoundedCache
from leadline.kit.db import Transaction
from leadline.log.feed import WorkspaceVersion
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_ENTRIES = 2_000

Key = tuple[int, str, Predicate]


class CountCache:
    def __init__(self) -> None:
        self._kept: BoundedCache[Key, int] = BoundedCache(MAX_ENTRIES)

    async def count_records(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate
    ) -> int:
        key = (version.workspace, kind.name, predicate)
        counted = self._kept.find(key, version.position)
        if counted is None:
            counted = await store.count_records(tx, kind, version.workspace, predicate)
            self._kept.keep(key, counted, version.position)
        return counted
