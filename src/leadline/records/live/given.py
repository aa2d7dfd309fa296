"""What an index is given because it cannot tell it: the records for which some conditions hold."""

from collections.abc import Mapping

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.records import store
from leadline.records.filters import Condition, Predicate
from leadline.records.index import KindIndex
from leadline.records.kind import Field, Kind
from leadline.records.texts import Reference

MAX_DOUBTFUL = 4_000
"""Records of which each may be looked at."""
MAX_FOUND = 10_000
"""Records that may be fetched for a condition that is quick to answer by an index of the database."""

Doubts = Mapping[Condition, BitMap | None]
"""Conditions, and among which records they are to be looked for; None if those are many."""


class Given:
    """For one transaction, whose state the index is at whenever it is asked."""

    def __init__(self) -> None:
        self.found: dict[Condition, BitMap] = {}
        self._among: dict[Condition, BitMap] = {}

    def forget_uncovered(self, index: KindIndex) -> None:
        """It is the same state each time, but the index may keep it in another way, and doubt more."""
        for condition, looked_at in list(self._among.items()):
            if not index.doubtful(condition) <= looked_at:
                del self._among[condition], self.found[condition]

    def doubts(self, index: KindIndex, predicate: Predicate) -> Doubts:
        """What the index must still be given."""
        doubts: dict[Condition, BitMap | None] = {}
        for condition in index.outside(predicate):
            if condition not in self.found:
                doubtful = index.doubtful(condition)
                doubts[condition] = BitMap(doubtful) if len(doubtful) <= MAX_DOUBTFUL else None
        return doubts

    async def settle(self, tx: Transaction, kind: Kind, workspace: int, doubts: Doubts) -> bool:
        """Looks them up, but for searches. Answers whether that could be done without looking at many records."""
        for condition, among in doubts.items():
            if is_search(condition):
                continue
            predicate = Predicate((condition,))
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


def is_search(condition: Condition) -> bool:
    return condition.operator == "search"


def _is_indexed(field: Field, condition: Condition) -> bool:
    """Whether the database has an index for it."""
    return condition.operator in ("eq", "in") and (isinstance(field.type, Reference) or bool(field.key_column))
