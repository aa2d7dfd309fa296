"""The matches that an index cannot decide alone, looked up in the database: the records of some conditions."""

from collections.abc import Mapping
from dataclasses import replace

from pyroaring import BitMap

from leadline.index.kind_index import KindIndex, search_condition
from leadline.index.search_cache import PartialHit
from leadline.kit.db import Transaction
from leadline.log.feed import LogPosition
from leadline.records import store
from leadline.records.answer_trace import current_trace
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Field, Kind
from leadline.records.texts import ReferenceField

MAX_LOOKED_UP_RECORDS = 4_000
"""Most records of a condition that are looked at one by one."""
MAX_INLINE_RECORDS = 50
"""Most records that a reader looks at, and operations that it takes in, without a thread."""
MAX_FOUND_RECORDS = 10_000
"""Most records that are fetched for a condition that an index of the database answers quickly."""

OpenQuestions = Mapping[Condition, BitMap | None]
"""Conditions, each with the records among which its matches must be looked up; None if these are many."""


class SearchTooLarge(Exception):
    """Raised if many records must be looked at to answer a search for the `term`."""

    def __init__(self, term: str) -> None:
        super().__init__()
        self.term = term


class KnownMatches:
    """The matches known to one transaction, which sees the log up to `position`. An index that is passed to a method
    must be moved to that position."""

    def __init__(self, position: LogPosition) -> None:
        self.position = position
        self.found: dict[Condition, BitMap] = {}
        self._among: dict[Condition, BitMap] = {}
        self.partial_hit: PartialHit | None = None
        """Records that were looked at for the search already; None if there are none."""

    def forget_uncovered(self, index: KindIndex) -> None:
        """Forgets the matches of conditions for which the index now doubts more records than were looked at. Between
        two calls it may hold the same records in another way."""
        for condition, looked_at in list(self._among.items()):
            if not index.possible_matches(condition) <= looked_at:
                del self._among[condition], self.found[condition]

    def open_questions(self, index: KindIndex, predicate: Predicate) -> OpenQuestions:
        """Returns the conditions that must still be looked up. A search comes last, so that it looks only at records
        that match all other conditions."""
        others = replace(predicate, search=None)
        doubts = {
            one: _copy_if_few(index.possible_matches(one))
            for one in index.undecided_conditions(others)
            if one not in self.found
        }
        if doubts or predicate.search is None:
            return doubts
        chosen = index.select_records(others, self.found)
        assert chosen is not None, "all others are given"
        candidates = index.search_candidates(predicate.search, chosen)
        return {
            search_condition(predicate.search): _copy_if_few(
                candidates - self.partial_hit.among if self.partial_hit else candidates
            )
        }

    async def look_up(self, tx: Transaction, kind: Kind, workspace: int, doubts: OpenQuestions) -> bool:
        """Looks the `doubts` up in the database. Returns False if that would take many records; raises
        `SearchTooLarge` if a search would."""
        for condition, among in doubts.items():
            predicate = Predicate((condition,))
            if is_search(condition):
                self.found[condition] = await self._look_up_search(tx, kind, workspace, condition, among)
                continue
            if _is_indexed(kind.fields[condition.field], condition):
                nos = await store.find_numbers(tx, kind, workspace, predicate, limit=MAX_FOUND_RECORDS + 1)
            elif among is not None:
                nos = await store.find_numbers(tx, kind, workspace, predicate, among=list(among))
                self._among[condition] = among
            else:
                return False
            if len(nos) > MAX_FOUND_RECORDS:
                return False
            self.found[condition] = BitMap(nos)
        return True

    async def _look_up_search(
        self, tx: Transaction, kind: Kind, workspace: int, condition: Condition, among: BitMap | None
    ) -> BitMap:
        term = str(condition.operands[0])
        if among is None:
            raise SearchTooLarge(term)
        if len(among) > MAX_INLINE_RECORDS:
            tx.expect_slow()
        current_trace().looked_at += len(among)
        matches = BitMap(await store.with_text(tx, kind, workspace, list(among), term) if among else ())
        if self.partial_hit is not None:
            among, matches = among | self.partial_hit.among, matches | self.partial_hit.found
        self.partial_hit = PartialHit(self.position, among, matches)
        return matches


def _copy_if_few(doubtful: BitMap) -> BitMap | None:
    return BitMap(doubtful) if len(doubtful) <= MAX_LOOKED_UP_RECORDS else None


def is_search(condition: Condition) -> bool:
    return condition.operator == "search"


def _is_indexed(field: Field, condition: Condition) -> bool:
    """Returns True if the database has an index for the condition."""
    return condition.operator in ("eq", "in") and isinstance(field.type, ReferenceField)
