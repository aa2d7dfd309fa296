"""How far a workspace's log has come: what is kept of its data holds for as long as that stands still."""

from typing import NamedTuple

from leadline.kit.db import Transaction
from leadline.kit.db.memo import Memo


class Mark(NamedTuple):
    """The newest operation: its `seq`, and its time in milliseconds, which tells it from one that took its place
    in a database set back to an earlier state."""

    seq: int
    at: int


class Marks:
    def __init__(self) -> None:
        self._known: Memo[int, Mark] = Memo()

    async def of(self, tx: Transaction, workspace: int) -> Mark:
        """The mark of the newest operation that this snapshot holds."""
        known = self._known.find(tx, workspace)
        if known is None:
            known = await _read(tx, workspace)
            self._known.keep(tx, workspace, known)
        return known


async def _read(tx: Transaction, workspace: int) -> Mark:
    row = await tx.fetch_one("SELECT seq, at FROM workspaces WHERE number = ?", (workspace,))
    return Mark(int(row[0] or 0), int(row[1] or 0)) if row else Mark(0, 0)
