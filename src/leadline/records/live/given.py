"""What an index is given because it cannot tell it: the records for which some conditions hold."""

from collections.abc import Mapping
from dataclasses import replace

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.log.feed import Place
from leadline.records import store
from leadline.records.filters import Condition, Predicate
from leadline.records.index import KindIndex, searched
from leadline.records.kind import Field, Kind
from leadline.records.live.hits import Looked
from leadline.records.texts import Reference

MAX_DOUBTFUL = 4_000
"""Records of which each may be looked at."""
QUICK = 50
"""Records that are looked at, and operations that are made up for, without a thread."""
MAX_FOUND = 10_000
"""Records that may be fetched for a condition that is quick to answer by an index of the database."""

Doubts = Mapping[Condition, BitMap | None]
"""Conditions, and among which records they are to be looked for; None if those are many."""


class Unlearnt(Exception):
    """Many records must be looked at to answer a search for the `term`."""

    def __init__(self, term: str) -> None:
        super().__init__()
        self.term = term


class Given:
    """For one transaction, which sees the state at the `place`; the index is there whenever it is asked."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.found: dict[Condition, BitMap] = {}
        self._among: dict[Condition, BitMap] = {}
        self.looked: Looked | None = None
        """What is known already of records that the search may find."""

    def forget_uncovered(self, index: KindIndex) -> None:
        """It is the same state each time, but the index may keep it in another way, and doubt more."""
        for condition, looked_at in list(self._among.items()):
            if not index.doubtful(condition) <= looked_at:
                del self._among[condition], self.found[condition]

    def doubts(self, index: KindIndex, predicate: Predicate) -> Doubts:
        """What the index must still be given. A search comes last: it looks at what the others leave."""
        others = replace(predicate, search=None)
        doubts = {one: _few(index.doubtful(one)) for one in index.outside(others) if one not in self.found}
        if doubts or predicate.search is None:
            return doubts
        chosen = index.select(others, self.found)
        assert chosen is not None, "all others are given"
        candidates = index.candidates(predicate.search, chosen)
        return {searched(predicate.search): _few(candidates - self.looked.among if self.looked else candidates)}

    async def settle(self, tx: Transaction, kind: Kind, workspace: int, doubts: Doubts) -> bool:
        """Looks them up. Answers whether that could be done without looking at many records; raises `Unlearnt` if it
        is a search that could not."""
        for condition, among in doubts.items():
            predicate = Predicate((condition,))
            if is_search(condition):
                self.found[condition] = await self._search(tx, kind, workspace, condition, among)
                continue
            if _is_indexed(kind.fields[condition.field], condition):
                nos = await store.numbers(tx, kind, workspace, predicate, limit=MAX_FOUND + 1)
            elif among is not None:
                nos = await store.numbers(tx, kind, workspace, predicate, among=list(among))
                self._among[condition] = among
            else:
                return False
            if len(nos) > MAX_FOUND:
                return False
            self.found[condition] = BitMap(nos)
        return True

    async def _search(
        self, tx: Transaction, kind: Kind, workspace: int, condition: Condition, among: BitMap | None
    ) -> BitMap:
        term = str(condition.operands[0])
        if among is None:
            raise Unlearnt(term)
        if len(among) > QUICK:
            tx.expect_slow()
        found = BitMap(await store.with_text(tx, kind, workspace, list(among), term) if among else ())
        if self.looked is not None:
            among, found = among | self.looked.among, found | self.looked.found
        self.looked = Looked(self.place, among, found)
        return found


def _few(doubtful: BitMap) -> BitMap | None:
    return BitMap(doubtful) if len(doubtful) <= MAX_DOUBTFUL else None


def is_search(condition: Condition) -> bool:
    return condition.operator == "search"


def _is_indexed(field: Field, condition: Condition) -> bool:
    """Whether the database has an index for it."""
    return condition.operator in ("eq", "in") and isinstance(field.type, Reference)
