"""How many records a predicate holds for: counted once for as long as the workspace's log stands still."""

from leadline.kit.db import Transaction
from leadline.log.feed import State
from leadline.log.kept import Kept
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_KEPT = 2_000

Key = tuple[int, str, Predicate]


class Counts:
    def __init__(self) -> None:
        self._kept: Kept[Key, int] = Kept(MAX_KEPT)

    async def count(self, tx: Transaction, state: State, kind: Kind, predicate: Predicate) -> int:
        key = (state.workspace, kind.name, predicate)
        counted = self._kept.find(key, state.place)
        if counted is None:
            counted = await store.count(tx, kind, state.workspace, predicate)
            self._kept.keep(key, state.place, counted)
        return counted
