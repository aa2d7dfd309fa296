"""The records that an index cannot decide alone: SQL decides them, with one statement."""

from typing import NamedTuple

from pyroaring import BitMap

from leadline.index.kind_index import PredicateMatch
from leadline.kit.db import Transaction
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


class Undecided(NamedTuple):
    """The records for which a predicate certainly holds, and the `open` ones that SQL must decide. The bitmaps stay
    valid whatever becomes of the index.

    search_alone: True if only the predicate's search is undecided.
    is_too_large: True if more records are open than may be looked at; `certain` is empty then.
    """

    certain: BitMap
    open: BitMap
    search_alone: bool
    is_too_large: bool

    async def decide(self, tx: Transaction, kind: Kind, workspace: int, predicate: Predicate) -> BitMap:
        """Returns the open records for which the predicate holds."""
        if predicate.search is None:
            return BitMap(await store.find_numbers(tx, kind, workspace, predicate, among=list(self.open)))
        if len(self.open) > MAX_INLINE_RECORDS:
            tx.expect_slow()
        current_trace().looked_at += len(self.open)
        if self.search_alone:
            return BitMap(await store.with_text(tx, kind, workspace, list(self.open), predicate.search))
        return BitMap(await store.find_numbers(tx, kind, workspace, predicate, among=list(self.open)))


def undecided_records(match: PredicateMatch) -> Undecided | None:
    """Returns what SQL must decide, None if the index has decided all."""
    if match.certain is match.possible:
        return None
    open_records = match.possible - match.certain
    if not open_records:
        return None
    is_too_large = len(open_records) > MAX_LOOKED_UP_RECORDS
    return Undecided(
        BitMap() if is_too_large else BitMap(match.certain), open_records, match.search_alone, is_too_large
    )
