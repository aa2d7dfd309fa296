"""What an index is given because it cannot tell it: the records for which some conditions hold."""

from collections.abc import Mapping
from dataclasses import replace

from pyroaring import BitMap

from leadline.index.kind_index import KindIndex, search_condition
from leadline.index.search_cache import PartialHit
from leadline.kit.db import Transaction
from leadline.log.feed import LogPosition
from leadline.records import store
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Field, Kind
from leadline.records.texts import ReferenceField

MAX_LOOKED_UP_RECORDS = 4_000
"""Records of which each may be looked at."""
MAX_INLINE_RECORDS = 50
"""Records that are looked at, and operations that are made up for, without a thread."""
MAX_FOUND_RECORDS = 10_000
"""Records that may be fetched for a condition that is quick to answer by an index of the database."""

OpenQuestions = Mapping[Condition, BitMap | None]
"""Conditions, and among which records they are to be looked for; None if those are many."""


class SearchTooLarge(Exception):
    """Many records must be looked at to answer a search for the `term`."""

    def __init__(self, term: str) -> None:
        super().__init__()
        self.term = term


class KnownMatches:
    """For one transaction, which sees the state at the `position`; the index is there whenever it is asked."""

    def __init__(self, position: LogPosition) -> None:
        self.position = position
        self.found: dict[Condition, BitMap] = {}
        self._among: dict[Condition, BitMap] = {}
        self.looked: PartialHit | None = None
        """What is known already of records that the search may find."""

    def forget_uncovered(self, index: KindIndex) -> None:
        """It is the same state each time, but the index may keep it in another way, and doubt more."""
        for condition, looked_at in list(self._among.items()):
            if not index.possible_matches(condition) <= looked_at:
                del self._among[condition], self.found[condition]

    def open_questions(self, index: KindIndex, predicate: Predicate) -> OpenQuestions:
        """What the index must still be given. A search comes last: it looks at what the others leave."""
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
                candidates - self.looked.among if self.looked else candidates
            )
        }

    async def look_up(self, tx: Transaction, kind: Kind, workspace: int, doubts: OpenQuestions) -> bool:
        """Looks them up. Answers whether that could be done without looking at many records; raises `Unlearnt` if it
        is a search that could not."""
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
        found = BitMap(await store.with_text(tx, kind, workspace, list(among), term) if among else ())
        if self.looked is not None:
            among, found = among | self.looked.among, found | self.looked.found
        self.looked = PartialHit(self.position, among, found)
        return found


def _copy_if_few(doubtful: BitMap) -> BitMap | None:
    return BitMap(doubtful) if len(doubtful) <= MAX_LOOKED_UP_RECORDS else None


def is_search(condition: Condition) -> bool:
    return condition.operator == "search"


def _is_indexed(field: Field, condition: Condition) -> bool:
    """Whether the database has an index for it."""
    return condition.operator in ("eq", "in") and isinstance(field.type, ReferenceField)
