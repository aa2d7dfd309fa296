"""How many records a predicate holds for: counted once for as long as the workspace's log stands still."""

from leadline.kit.db import Transaction
from leadline.log.feed import Place, State
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_KEPT = 2_000

Key = tuple[int, str, Predicate]


class Counts:
    """Exact by construction: what was counted is answered only to a snapshot at the place it was counted at."""

    def __init__(self) -> None:
        self._counted: dict[Key, tuple[Place, int]] = {}

    async def count(self, tx: Transaction, state: State, kind: Kind, predicate: Predicate) -> int:
        if state.place is None:
            return await store.count(tx, kind, state.workspace, predicate)
        key = (state.workspace, kind.name, predicate)
        counted_at, counted = self._counted.get(key, (None, 0))
        if counted_at == state.place:
            return counted
        counted = await store.count(tx, kind, state.workspace, predicate)
        if len(self._counted) >= MAX_KEPT:
            self._counted.clear()
        self._counted[key] = (state.place, counted)
        return counted
