"""The protocol between lists and the index that makes them fast: a list's questions, and the answers of an index."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from leadline.kit.db import SqlValue, Transaction
from leadline.log.feed import WorkspaceVersion
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from leadline.records.query import ListQuery

MIN_INDEXED_RECORDS = 2_000
"""Records below which a workspace is answered as fast without an index."""


class PageLocation(NamedTuple):
    """A few records among which SQL finds a page: SQL sorts the records `nos`, skips `skip` of them, takes the limit.

    `is_page` is True if `nos` are the page itself, in its order.
    """

    nos: list[int]
    skip: int
    is_page: bool = False

    def reverse_page(self, limit: int) -> "PageLocation":
        """Returns the location of the same page when the records are in the opposite order."""
        return PageLocation(self.nos[::-1], len(self.nos) - self.skip - limit, self.is_page)


class IndexedPage(NamedTuple):
    """A page of a list that has `total` records; `location` is None if the index cannot locate the page."""

    total: int
    location: PageLocation | None


class RecordLocation(NamedTuple):
    """A few records among which SQL finds the position of one: it is among the records `nos`, and `before` others
    come before all of these. Without `nos`, the list does not have the record."""

    before: int
    nos: list[int]


class PastPage(NamedTuple):
    """A page of a list of the past that has `total` records: the numbers of its records, newest
    first."""

    total: int
    nos: list[int]


class FacetValues(NamedTuple):
    """Numbers of records: by field and value (None: no value), and by the month of their creation (`2025-03`).

    Values of a case-insensitive field are folded.
    """

    values: dict[str, dict[SqlValue, int]]
    months: dict[SqlValue, int]


class ListIndex(Protocol):
    """An index that answers lists without looking at all records. Its answers are those of SQL for the state that the
    transaction sees. All methods return None if the index cannot tell now.

    Raises:
        RetryWhenDone: the answer is being prepared; the read must be run again when it is there.
        Unavailable: too many searches wait.
    """

    async def find_page(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, query: ListQuery, limit: int, offset: int
    ) -> IndexedPage | None: ...

    async def find_record(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, query: ListQuery, no: int
    ) -> RecordLocation | None:
        """Finds where the record `no` is in a list."""

    async def count_facets(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate
    ) -> FacetValues | None: ...

    async def find_past_page(
        self,
        tx: Transaction,
        version: WorkspaceVersion,
        kind: Kind,
        predicate: Predicate,
        touched: Sequence[int],
        matching: Sequence[int],
        limit: int,
        offset: int,
    ) -> PastPage | None:
        """Finds a page, newest first, of the records that match now, without those that were `touched` since, and
        with those that were `matching` then."""

    async def count_other_facets(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate, touched: Sequence[int]
    ) -> FacetValues | None:
        """Counts the facets of the records that match now and were not `touched` since."""
