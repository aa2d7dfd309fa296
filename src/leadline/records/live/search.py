"""A search that looks at every record that may have the term, piece by piece."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import Place, TooMuch
from leadline.records import store
from leadline.records.filters import Predicate
from leadline.records.index import Sought
from leadline.records.live.builder import CLOSE, ROUNDS, Snapshots, newest
from leadline.records.live.follower import PAUSE, READ_AT_ONCE, Behind, Follower
from leadline.records.live.trail import step

LOOKED_AT = 4_000
"""Records that are looked at in one go."""
OPERATION = 10
"""Records that are looked at in the time in which one operation of the log is read."""


async def search(snapshot: Snapshots, follower: Follower, term: str) -> None:
    """Leaves what it finds in the follower's hits: nothing, if its index is gone.

    What took long is out of date by then, so it is brought along the log until little is left to that.
    Raises `DatabaseError`, `OtherHistory`, `TooMuch`.
    """
    searching = _Search(follower, term)
    found = None
    for _ in range(ROUNDS):
        async with snapshot(follower.workspace) as tx:
            at = await newest(tx, follower.workspace)
            with suppress(Behind):  # others moved it on meanwhile
                found = await searching.first(tx, at)
        if found is not None or follower.is_gone:
            break
    if found is None:
        return
    for _ in range(ROUNDS):
        async with snapshot(follower.workspace) as tx:
            start, at = at, await newest(tx, follower.workspace)
            found = await searching.moved(tx, found, start, at)
            with suppress(Behind, TooMuch):
                await follower.follow(tx, at)  # its trail is to reach so far
        if at.seq - start.seq <= CLOSE:
            break
    searching.hits.keep(term, at, found)


class _Search:
    def __init__(self, follower: Follower, term: str) -> None:
        self.hits = follower.hits  # what is found by an index that breaks meanwhile is not handed on
        self._follower = follower
        self._kind = follower.kind
        self._workspace = follower.workspace
        self._term = term

    async def first(self, tx: Transaction, at: Place) -> BitMap | None:
        """From what was found before, where that costs less. None if there is no index that says where to look."""
        await self._follower.follow(tx, at)
        sought = await self._follower.ask(tx, at, Predicate(), lambda index, _: index.sought(self._term))
        if sought is None:
            return None
        hit = self.hits.find(self._term)
        near = at.seq - len(sought.doubtful) // OPERATION
        if hit and near <= hit.at.seq <= at.seq and await feed.has(tx, self._workspace, hit.at):
            return await self.moved(tx, hit.found, hit.at, at)
        return await self.anew(tx, sought)

    async def anew(self, tx: Transaction, sought: Sought) -> BitMap:
        return sought.certain | await self._having(tx, sought.doubtful)

    async def moved(self, tx: Transaction, found: BitMap, start: Place, end: Place) -> BitMap:
        """What is found at the end, to which the transaction sees, if that was found at the start."""
        changed = BitMap()
        while start.seq < end.seq:
            told = await feed.next_operations(tx, self._workspace, self._kind.prefix, start, end.seq, READ_AT_ONCE)
            changed.update(edit.no for one in told for edit in step(self._kind, one).edits if edit.is_searched)
            start = told[-1].place
            await asyncio.sleep(PAUSE)
        return (found - changed) | await self._having(tx, changed)

    async def _having(self, tx: Transaction, nos: Iterable[int]) -> BitMap:
        """Those of the numbers whose records have the term."""
        having, left = BitMap(), iter(nos)
        while some := list(islice(left, LOOKED_AT)):
            having.update(await store.with_text(tx, self._kind, self._workspace, some, self._term))
            await asyncio.sleep(PAUSE)
        return having
