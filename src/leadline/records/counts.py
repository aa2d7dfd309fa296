"""How many records a predicate holds for: counted once for as long as the workspace's `seq` stands still."""

from leadline import log
from leadline.kit.db import Transaction
from leadline.kit.db.memo import Memo
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_KEPT = 2_000

Key = tuple[int, str, Predicate]


class Counts:
    """Exact by construction: what was counted is answered only to a snapshot with the `seq` it was counted at."""

    def __init__(self) -> None:
        self._counted: dict[Key, tuple[int, int]] = {}
        self._seqs: Memo[int, int] = Memo()

    async def count(self, tx: Transaction, workspace: int, kind: Kind, predicate: Predicate) -> int:
        key = (workspace, kind.name, predicate)
        seq = await self._seq(tx, workspace)
        counted_at, counted = self._counted.get(key, (-1, 0))
        if counted_at == seq:
            return counted
        counted = await store.count(tx, kind, workspace, predicate)
        if len(self._counted) >= MAX_KEPT:
            self._counted.clear()
        self._counted[key] = (seq, counted)
        return counted

    async def _seq(self, tx: Transaction, workspace: int) -> int:
        known = self._seqs.find(tx, workspace)
        if known is None:
            known = await log.newest(tx, workspace)
            self._seqs.keep(tx, workspace, known)
        return known
