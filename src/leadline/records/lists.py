"""Which records a list shows, how many there are, and how they spread: from the live index, else from the tables."""

from typing import NamedTuple

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.kit.db.memo import Memo
from leadline.log import feed
from leadline.log.feed import State
from leadline.records import store
from leadline.records.answering import INDEX, SQL, current
from leadline.records.counts import Counts
from leadline.records.facets import Buckets, Names, count_by_sql, tell
from leadline.records.filters import Predicate, Sorting
from leadline.records.index import Facets, KindIndex, Slice
from leadline.records.kind import Kind
from leadline.records.live.indexes import FEWEST, LiveIndexes
from leadline.records.query import ListQuery


class _Part(NamedTuple):
    """A page of `total` records; `slice` is None where the index does not know the order."""

    total: int
    slice: Slice | None


class Lists:
    def __init__(self, live: LiveIndexes | None = None) -> None:
        self._live = live
        self._counts = Counts()
        self._names = Names()
        self._states: Memo[int, State] = Memo()

    async def state(self, tx: Transaction, workspace: int) -> State:
        """What is asked for once, and told to those below."""
        known = self._states.find(tx, workspace)
        if known is None:
            known = await feed.state(tx, workspace)
            self._states.keep(tx, workspace, known)
        return known

    async def page(
        self, tx: Transaction, kind: Kind, state: State, query: ListQuery, limit: int, offset: int
    ) -> tuple[int, list[store.Item]]:
        """How many records there are, and some of them."""
        predicate, sorting, workspace = query.predicate, query.sorting, state.workspace

        def part_of(index: KindIndex, chosen: BitMap) -> _Part:
            return _Part(len(chosen), index.slice(chosen, sorting, offset, limit))

        part = await self._live.ask(tx, state, kind, predicate, part_of) if self._live else None
        if part is not None and part.slice is not None:
            current().source = INDEX
            return part.total, await _items(tx, kind, workspace, part.slice, sorting, limit)
        current().source = SQL
        if predicate.search is not None and state.newest_no < FEWEST:
            tx.expect_few()
        elif predicate.search is not None:
            tx.expect_slow()
        items = await store.page(tx, kind, workspace, predicate, sorting, limit, offset)
        if part is not None:
            return part.total, items
        return await self._counts.count(tx, state, kind, predicate), items

    async def facets(
        self, tx: Transaction, kind: Kind, state: State, predicate: Predicate
    ) -> tuple[int, dict[str, Buckets]]:
        """How many records there are, and how many of them have each value."""

        facets = await self._live_facets(tx, kind, state, predicate)
        current().source = INDEX if facets else SQL
        if facets is None:
            tx.expect_slow()
            facets = await count_by_sql(tx, kind, state.workspace, predicate)
        return sum(facets.months.values()), tell(kind, facets, await self._names.of(tx, state))

    async def _live_facets(self, tx: Transaction, kind: Kind, state: State, predicate: Predicate) -> Facets | None:
        """Without choosing all the records first, where that can be."""
        if self._live is None:
            return None
        facets = await self._live.ask(tx, state, kind, Predicate(), lambda index, _: index.tallied(predicate))
        if facets is not None:
            return facets
        return await self._live.ask(tx, state, kind, predicate, KindIndex.facets)


async def _items(
    tx: Transaction, kind: Kind, workspace: int, part: Slice, sorting: Sorting, limit: int
) -> list[store.Item]:
    if not part.nos:
        return []
    if part.is_page:
        return await store.items(tx, kind, workspace, part.nos)
    return await store.sorted_items(tx, kind, workspace, part.nos, sorting, limit, part.skip)
