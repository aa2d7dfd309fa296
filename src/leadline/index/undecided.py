"""The records that an index cannot decide alone: SQL decides them, with one statement."""

from typing import NamedTuple

from pyroaring import BitMap

from leadline.index.kind_index import PredicateMatch
from leadline.index.search_cache import PartialHit, SearchCache
from leadline.kit.db import Transaction
from leadline.log.feed import LogPosition
from leadline.records import store
from leadline.records.answer_trace import current_trace
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

MAX_LOOKED_UP_RECORDS = 4_000
"""Most undecided records that are looked at one by one."""
MAX_INLINE_RECORDS = 50
"""Most records that a reader looks at, and operations that it takes in, without a thread."""


class SearchTooLarge(Exception):
    """Raised if many records must be looked at to answer a search for the `term`."""

    def __init__(self, term: str) -> None:
        super().__init__()
        self.term = term


class UndecidedRecords(NamedTuple):
    """The records for which a predicate certainly holds, and the `open` ones that SQL must decide. The bitmaps stay
    valid whatever becomes of the index.

    search_alone: True if only the predicate's search is undecided.
    is_too_large: True if more records are open than may be looked at; `certain` is empty then.
    """

    certain: BitMap
    open: BitMap
    search_alone: bool
    is_too_large: bool

    async def decide_records(
        self,
        tx: Transaction,
        kind: Kind,
        workspace: int,
        predicate: Predicate,
        cache: SearchCache,
        position: LogPosition,
        known: PartialHit | None,
    ) -> BitMap | None:
        """Returns all records for which the predicate holds at the position, which the transaction sees. Keeps in the
        cache what a search found; `known` is what was known of it. Returns None if too many records are open. Raises
        `SearchTooLarge` if a search makes them so many."""
        term = predicate.search
        if self.is_too_large:
            if term is not None:
                raise SearchTooLarge(term)
            return None
        decided = await self._ask_tables(tx, kind, workspace, predicate)
        chosen = self.certain | decided
        if term is not None and not predicate.conditions:
            cache.keep(term, position, chosen)
        elif term is not None and self.search_alone:
            among, found = self.open, decided
            if known is not None:
                among, found = among | known.among, found | known.found
            cache.keep_looked(term, PartialHit(position, among, found))
        return chosen

    async def _ask_tables(self, tx: Transaction, kind: Kind, workspace: int, predicate: Predicate) -> BitMap:
        """Returns the open records for which the predicate holds."""
        term, nos = predicate.search, list(self.open)
        if term is not None and len(nos) > MAX_INLINE_RECORDS:
            tx.expect_slow()
        current_trace().looked_at += len(nos) if term is not None else 0
        if term is not None and self.search_alone:
            return BitMap(await store.with_text(tx, kind, workspace, nos, term))
        return BitMap(await store.find_numbers(tx, kind, workspace, predicate, among=nos))


def find_undecided(match: PredicateMatch) -> UndecidedRecords | None:
    """Returns what SQL must decide, None if the index has decided all."""
    if match.certain is match.possible:
        return None
    open_records = match.possible - match.certain
    if not open_records:
        return None
    is_too_large = len(open_records) > MAX_LOOKED_UP_RECORDS
    return UndecidedRecords(
        BitMap() if is_too_large else BitMap(match.certain), open_records, match.search_alone, is_too_large
    )
