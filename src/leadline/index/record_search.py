"""A background search, which looks at every record that may have the term, piece by piece."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice

from pyroaring import BitMap

from leadline.index.builder import MAX_ROUNDS, NEAR_END_OPERATIONS, Snapshots, read_newest
from leadline.index.kind_index import SearchMatch
from leadline.index.recent_operations import operation_delta
from leadline.index.replica import MAX_CHANGES_READ, PAUSE_SECONDS, IndexReplica, ReplicaBehind
from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import LogPosition, TooFarBehind
from leadline.records import store
from leadline.records.filters import Predicate

CHUNK_RECORDS = 4_000
"""Records that one query looks at."""
RECORDS_PER_OPERATION = 10
"""Records that are looked at in the time in which one operation of the log is read."""


async def search_records(snapshot: Snapshots, replica: IndexReplica, term: str) -> None:
    """Searches for the term, and puts the result into the replica's search cache. Does nothing if its index is gone.

    A long search is out of date when it ends, so its result is brought forward along the log until it is nearly up
    to date. Raises `DatabaseError`, `HistoryDiverged`, `TooFarBehind`.
    """
    searching = _RecordSearch(replica, term)
    found = None
    for _ in range(MAX_ROUNDS):
        async with snapshot(replica.workspace) as tx:
            at = await read_newest(tx, replica.workspace)
            with suppress(ReplicaBehind):  # others moved the replica on meanwhile
                found = await searching.search_first(tx, at)
        if found is not None or replica.is_gone:
            break
    if found is None:
        return
    for _ in range(MAX_ROUNDS):
        async with snapshot(replica.workspace) as tx:
            start, at = at, await read_newest(tx, replica.workspace)
            found = await searching.bring_forward(tx, found, start, at)
            with suppress(ReplicaBehind, TooFarBehind):
                await replica.follow_log(tx, at)  # so that its recent operations reach this position
        if at.seq - start.seq <= NEAR_END_OPERATIONS:
            break
    searching.hits.keep(term, at, found)


class _RecordSearch:
    def __init__(self, replica: IndexReplica, term: str) -> None:
        self.hits = replica.search_cache  # a replica that breaks meanwhile drops this cache, and so the result
        self._replica = replica
        self._kind = replica.kind
        self._workspace = replica.workspace
        self._term = term

    async def search_first(self, tx: Transaction, at: LogPosition) -> BitMap | None:
        """Searches from scratch, or brings an earlier result forward where that costs less. Returns None if there is
        no index that tells where to look."""
        await self._replica.follow_log(tx, at)
        sought = await self._replica.ask_index(tx, at, Predicate(), lambda index, _: index.match_search(self._term))
        if sought is None:
            return None
        hit = self.hits.find(self._term)
        near = at.seq - len(sought.doubtful) // RECORDS_PER_OPERATION
        if hit and near <= hit.at.seq <= at.seq and await feed.has_position(tx, self._workspace, hit.at):
            return await self.bring_forward(tx, hit.found, hit.at, at)
        return await self.search_anew(tx, sought)

    async def search_anew(self, tx: Transaction, sought: SearchMatch) -> BitMap:
        return sought.certain | await self._filter_by_term(tx, sought.doubtful)

    async def bring_forward(self, tx: Transaction, found: BitMap, start: LogPosition, end: LogPosition) -> BitMap:
        """Returns the matches at position `end`, given those `found` at `start`. The transaction must see the log up
        to `end`."""
        changed = BitMap()
        while start.seq < end.seq:
            operations = await feed.next_operations(
                tx, self._workspace, self._kind.prefix, start, end.seq, MAX_CHANGES_READ
            )
            changed.update(
                delta.no
                for one in operations
                for delta in operation_delta(self._kind, one).deltas
                if delta.is_searched
            )
            start = operations[-1].position
            await asyncio.sleep(PAUSE_SECONDS)
        return (found - changed) | await self._filter_by_term(tx, changed)

    async def _filter_by_term(self, tx: Transaction, nos: Iterable[int]) -> BitMap:
        """Returns those of the numbers whose records have the term."""
        having, left = BitMap(), iter(nos)
        while some := list(islice(left, CHUNK_RECORDS)):
            having.update(await store.with_text(tx, self._kind, self._workspace, some, self._term))
            await asyncio.sleep(PAUSE_SECONDS)
        return having
