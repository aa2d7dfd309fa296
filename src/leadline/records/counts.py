"""How many records a predicate holds for: counted once for as long as the workspace's log stands still."""

from leadline.kit.db import Transaction
from leadline.log.feed import Place, Places
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_KEPT = 2_000

Key = tuple[int, str, Predicate]


class Counts:
    """Exact by construction: what was counted is answered only to a snapshot at the place it was counted at."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._counted: dict[Key, tuple[Place, int]] = {}

    async def count(self, tx: Transaction, workspace: int, kind: Kind, predicate: Predicate) -> int:
        key = (workspace, kind.name, predicate)
        place, _ = await self._places.newest(tx, workspace)
        known = self._counted.get(key)
        if known is not None and known[0] == place:
            return known[1]
        counted = await store.count(tx, kind, workspace, predicate)
        if len(self._counted) >= MAX_KEPT:
            self._counted.clear()
        if place is not None:
            self._counted[key] = (place, counted)
        return counted
