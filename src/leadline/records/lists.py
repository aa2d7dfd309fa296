"""Which records a list shows, how many there are, and how they spread: from the live index, else from the tables."""

from typing import NamedTuple

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.kit.db.memo import SnapshotCache
from leadline.log import feed
from leadline.log.feed import WorkspaceVersion
from leadline.records import store
from leadline.records.answering import FROM_INDEX, SQL, current_trace
from leadline.records.counts import CountCache
from leadline.records.facets import Buckets, UserNames, count_by_sql, show_facets
from leadline.records.filters import Predicate, SortOrder
from leadline.records.index import IndexFacets, KindIndex, PageLocation
from leadline.records.kind import Kind
from leadline.records.live.indexes import MIN_RECORDS, LiveIndexes
from leadline.records.query import ListQuery


class _PagePart(NamedTuple):
    """A page of `total` records; `slice` is None where the index does not know the order."""

    total: int
    slice: PageLocation | None


class RecordLister:
    def __init__(self, live: LiveIndexes | None = None) -> None:
        self._live = live
        self._counts = CountCache()
        self._names = UserNames()
        self._states: SnapshotCache[int, WorkspaceVersion] = SnapshotCache()

    async def read_version(self, tx: Transaction, workspace: int) -> WorkspaceVersion:
        """What is asked for once, and told to those below."""
        known = self._states.find(tx, workspace)
        if known is None:
            known = await feed.read_version(tx, workspace)
            self._states.keep(tx, workspace, known)
        return known

    async def find_page(
        self, tx: Transaction, kind: Kind, state: WorkspaceVersion, query: ListQuery, limit: int, offset: int
    ) -> tuple[int, list[store.Item]]:
        """How many records there are, and some of them."""
        predicate, sorting, workspace = query.predicate, query.sorting, state.workspace

        def part_of(index: KindIndex, chosen: BitMap) -> _PagePart:
            return _PagePart(len(chosen), index.locate_page(chosen, sorting, offset, limit))

        part = await self._live.ask_index(tx, state, kind, predicate, part_of) if self._live else None
        if part is not None and part.slice is not None:
            current_trace().source = FROM_INDEX
            return part.total, await _read_items(tx, kind, workspace, part.slice, sorting, limit)
        current_trace().source = SQL
        if predicate.search is not None and state.newest_no < MIN_RECORDS:
            tx.expect_few()
        elif predicate.search is not None:
            tx.expect_slow()
        items = await store.read_page(tx, kind, workspace, predicate, sorting, limit, offset)
        if part is not None:
            return part.total, items
        return await self._counts.count_records(tx, state, kind, predicate), items

    async def count_facets(
        self, tx: Transaction, kind: Kind, state: WorkspaceVersion, predicate: Predicate
    ) -> tuple[int, dict[str, Buckets]]:
        """How many records there are, and how many of them have each value."""

        facets = await self._live_facets(tx, kind, state, predicate)
        current_trace().source = FROM_INDEX if facets else SQL
        if facets is None:
            tx.expect_slow()
            facets = await count_by_sql(tx, kind, state.workspace, predicate)
        return sum(facets.months.values()), show_facets(kind, facets, await self._names.read_names(tx, state))

    async def _live_facets(
        self, tx: Transaction, kind: Kind, state: WorkspaceVersion, predicate: Predicate
    ) -> IndexFacets | None:
        """Without choosing all the records first, where that can be."""
        if self._live is None:
            return None
        facets = await self._live.ask_index(
            tx, state, kind, Predicate(), lambda index, _: index.find_facets(predicate)
        )
        if facets is not None:
            return facets
        return await self._live.ask_index(tx, state, kind, predicate, KindIndex.count_facets)


async def _read_items(
    tx: Transaction, kind: Kind, workspace: int, part: PageLocation, sorting: SortOrder, limit: int
) -> list[store.Item]:
    if not part.nos:
        return []
    if part.is_page:
        return await store.read_items(tx, kind, workspace, part.nos)
    return await store.sorted_items(tx, kind, workspace, part.nos, sorting, limit, part.skip)
