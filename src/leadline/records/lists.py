"""Lists: their pages, counts and facets, from the live index, else from the tables."""

from collections.abc import Mapping

from leadline.kit.cache import BoundedCache
from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import WorkspaceVersion
from leadline.records import item_store
from leadline.records.answer_trace import FROM_INDEX, ORDER_UNKNOWN, SQL, current_trace
from leadline.records.counts import CountCache
from leadline.records.facets import Buckets, UserNames, count_by_sql, show_facets, with_facet
from leadline.records.filters import Predicate, SortOrder
from leadline.records.item_store import Item
from leadline.records.kind import Kind
from leadline.records.list_index import MIN_INDEXED_RECORDS, FacetValues, ListIndex, PageLocation
from leadline.records.query import ListQuery

NO_OTHERS: Mapping[str, Predicate] = {}
MAX_WORKSPACES = 10_000
"""Workspaces whose versions are cached."""


class RecordLister:
    """Reads lists and facets from the `index` if there is one and it can tell, else from the tables."""

    def __init__(self, index: ListIndex | None = None) -> None:
        self._index = index
        self._counts = CountCache()
        self._names = UserNames()
        self._versions: BoundedCache[int, WorkspaceVersion] = BoundedCache(MAX_WORKSPACES)

    async def read_version(self, tx: Transaction, workspace: int) -> WorkspaceVersion:
        """Reads the workspace's version, which callers ask for once and pass to the methods below."""
        known = self._versions.find(workspace, tx.data_version)
        if known is None:
            known = await feed.read_version(tx, workspace)
            self._versions.keep(workspace, known, tx.data_version)
        return known

    async def find_page(
        self, tx: Transaction, kind: Kind, version: WorkspaceVersion, query: ListQuery, limit: int, offset: int
    ) -> tuple[int, list[Item]]:
        """Returns the number of records in the list, and one page of them."""
        predicate, workspace = query.predicate, version.workspace
        part = await self._index.find_page(tx, version, kind, query, limit, offset) if self._index else None
        if part is not None and part.location is not None:
            current_trace().source = FROM_INDEX
            return part.total, await _read_items(tx, kind, workspace, part.location, query, limit)
        current_trace().source = SQL
        if part is not None:
            current_trace().no_index = ORDER_UNKNOWN
        _expect_search(tx, version, predicate)
        items = await item_store.read_page(tx, kind, workspace, query, limit, offset)
        if part is not None:
            return part.total, items
        return await self._counts.count_records(tx, version, kind, predicate), items

    async def count(self, tx: Transaction, kind: Kind, version: WorkspaceVersion, predicate: Predicate) -> int:
        """Returns the number of records in a list."""
        query = ListQuery(predicate, SortOrder())
        part = await self._index.find_page(tx, version, kind, query, 1, 0) if self._index else None
        if part is not None:
            return part.total
        _expect_search(tx, version, predicate)
        return await self._counts.count_records(tx, version, kind, predicate)

    async def find_position(
        self, tx: Transaction, kind: Kind, version: WorkspaceVersion, query: ListQuery, no: int
    ) -> int | None:
        """Returns how many records come before the record `no` in a list, None if the list does not have it."""
        place = await self._index.find_record(tx, version, kind, query, no) if self._index else None
        if place is None:
            _expect_search(tx, version, query.predicate)
            return await item_store.find_position(tx, kind, version.workspace, query, no)
        if len(place.nos) < 2:
            return place.before if place.nos else None
        within = await item_store.find_position(tx, kind, version.workspace, query, no, among=place.nos)
        return None if within is None else place.before + within

    async def count_facets(
        self,
        tx: Transaction,
        kind: Kind,
        version: WorkspaceVersion,
        predicate: Predicate,
        others: Mapping[str, Predicate] = NO_OTHERS,
    ) -> tuple[int, dict[str, Buckets]]:
        """Returns the number of records in the list, and how many of them have each value. `others` has, by facet,
        the predicate of the records that are counted for that facet in place of the list's."""
        current_trace().source = FROM_INDEX
        facets = await self._count_values(tx, kind, version, predicate)
        count = sum(facets.months.values())
        for facet, other in others.items():
            facets = with_facet(facets, facet, await self._count_values(tx, kind, version, other, facet))
        return count, show_facets(kind, facets, await self._names.read_names(tx, version))

    async def _count_values(
        self, tx: Transaction, kind: Kind, version: WorkspaceVersion, predicate: Predicate, only: str | None = None
    ) -> FacetValues:
        """Counts the facets, or at least the facet `only`."""
        facets = await self._index.count_facets(tx, version, kind, predicate) if self._index else None
        if facets is not None:
            return facets
        current_trace().source = SQL
        tx.expect_slow()
        return await count_by_sql(tx, kind, version.workspace, predicate, only)


def _expect_search(tx: Transaction, version: WorkspaceVersion, predicate: Predicate) -> None:
    """Announces how long the tables take to answer, if they must search."""
    if predicate.search is not None and version.newest_no < MIN_INDEXED_RECORDS:
        tx.expect_few()
    elif predicate.search is not None:
        tx.expect_slow()


async def _read_items(
    tx: Transaction, kind: Kind, workspace: int, part: PageLocation, query: ListQuery, limit: int
) -> list[Item]:
    if not part.nos:
        return []
    if part.is_page:
        return await item_store.read_items(tx, kind, workspace, part.nos, with_version=query.with_version)
    return await item_store.read_sorted(tx, kind, workspace, part.nos, query, limit, part.skip)
