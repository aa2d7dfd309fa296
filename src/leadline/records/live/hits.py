"""What searches found: kept, and brought up to date."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.log.feed import Place
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_TERMS = 200
MAX_CHECKED = 300
"""Records that are looked at again, rather than searched for anew."""

TURNS = 500
TURN_SECONDS = 0.01
"""How often who waits for another's search looks whether that is done, at most; then it searches itself."""

Since = Callable[[Place], set[int] | None]
"""The records that a search may find at one place in the log and not at another; None if nobody knows."""


class Hits:
    """For each of the last terms the records that have it, and the place in the log at which they do."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Place, BitMap]] = OrderedDict()
        self._searched: set[str] = set()
        self._lock = threading.Lock()

    async def find(
        self, tx: Transaction, kind: Kind, workspace: int, term: str, place: Place, changed_since: Since
    ) -> BitMap:
        """The records that have the term in the state that the transaction sees, which is at `place`."""
        for turn in range(TURNS):
            known_at, found = self._known.get(term, (None, BitMap()))
            if known_at == place:
                return found
            changed = None if known_at is None else changed_since(known_at)
            if changed is not None and len(changed) <= MAX_CHECKED:
                still = await store.with_text(tx, kind, workspace, sorted(changed), term) if changed else []
                found = (found - BitMap(changed)) | BitMap(still)
                break
            tx.expect_slow()
            if term not in self._searched or turn == TURNS - 1:
                found = await self._search(tx, kind, workspace, term)
                break
            await tx.pause(TURN_SECONDS)
        self._keep(term, place, found)
        return found

    async def _search(self, tx: Transaction, kind: Kind, workspace: int, term: str) -> BitMap:
        """Who asks for the same meanwhile waits for what this finds."""
        self._searched.add(term)
        try:
            return BitMap(await store.numbers(tx, kind, workspace, Predicate(search=term)))
        finally:
            self._searched.discard(term)

    def _keep(self, term: str, place: Place, found: BitMap) -> None:
        with self._lock:
            self._known[term] = place, found
            self._known.move_to_end(term)
            while len(self._known) > MAX_TERMS:
                self._known.popitem(last=False)

    def size(self) -> int:
        """In bytes, about."""
        with self._lock:
            return sum(len(found.serialize()) for _, found in self._known.values())
