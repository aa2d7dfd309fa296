"""An index that follows the log."""

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import Place
from leadline.records import store
from leadline.records.filters import Condition, Predicate
from leadline.records.index import KindIndex
from leadline.records.kind import Field, Kind
from leadline.records.live.file import IndexFile
from leadline.records.live.hits import Hits
from leadline.records.live.trail import Edit, Keys, Trail, step
from leadline.records.texts import Reference

A = TypeVar("A")
Question = Callable[[KindIndex, BitMap], A]
"""What is asked of the index, and of the records that a predicate chose in it."""

LONG = 3
"""Characters of a search that the database's own index is asked for."""
MAX_BEHIND = 500
"""Operations, and changes, that a reader makes up for; more is left to the background."""
QUICK = 50
"""Operations that are made up for without a thread."""
MAX_FETCHED = 10_000
"""Records that are fetched for a condition outside the index."""
TRIES = 8


class Broken(Exception):
    """The log does not fit the index: one of them is wrong. The message says where."""


class Follower:
    """The index of one kind in one workspace, which is at the place `at` in the log, and was `saved` to its file at
    another.

    Readers see different states, each that of its snapshot. So the index is moved to the reader's state, forwards or
    back, and asked there, in one go under a lock. What has to be waited for comes before: reading on in the log, and
    looking up what the log does not tell.
    """

    def __init__(
        self,
        kind: Kind,
        workspace: int,
        index: KindIndex,
        at: Place,
        file: IndexFile | None = None,
        saved: Place | None = None,
    ) -> None:
        self.kind = kind
        self.workspace = workspace
        self._file = file
        self._saved = saved
        self._index: KindIndex | None = index
        self._at = self._made = at
        self._trail = Trail(at)
        self._hits = Hits()
        self._lock = threading.Lock()

    async def ask(self, tx: Transaction, place: Place, predicate: Predicate, question: Question[A]) -> A | None:
        """The answer for the state that the transaction sees, which is at `place`; None if the index cannot tell.

        Raises `OtherHistory`, `TooMuch` if it is too far behind, and `Broken`.
        """
        await self._learn(tx, place)
        given = await self._search(tx, place, predicate.search)
        keys: dict[int, str] = {}
        for _ in range(TRIES):
            with self._lock:
                index = self._index
                if index is None or not self._trail.reaches(place):
                    return None
                edits = self._trail.edits(self._at, place)
                unknown = {edit.no for edit in edits if edit.rekeyed} - keys.keys()
                if not unknown:
                    self._move(index, edits, keys, place)
                    chosen = index.select(predicate, given)
                    if chosen is not None:
                        return question(index, chosen)
                    outside = index.outside(predicate)
            if unknown:
                keys |= await store.search_keys(tx, self.kind, self.workspace, sorted(unknown))
            elif not await self._fetch(tx, outside, given):
                return None
        return None

    async def _fetch(self, tx: Transaction, outside: Sequence[Condition], given: dict[Condition, BitMap]) -> bool:
        """Adds the records for which conditions outside the index hold. Answers whether those are few, and quick to
        find by an index of the database."""
        for condition in outside:
            if condition in given or not _is_indexed(self.kind.fields[condition.field], condition):
                return False
            nos = await store.numbers(tx, self.kind, self.workspace, Predicate((condition,)), MAX_FETCHED + 1)
            if len(nos) > MAX_FETCHED:
                return False
            given[condition] = BitMap(nos)
        return bool(outside)

    async def _learn(self, tx: Transaction, place: Place) -> None:
        """Reads on in the log as far as to the place."""
        end = self._trail.end
        if place.seq <= end.seq:
            return
        if place.seq - end.seq > QUICK:
            tx.expect_slow()
        told = await feed.onwards(tx, self.workspace, self.kind.prefix, end, place.seq, MAX_BEHIND)
        steps = [step(self.kind, one) for one in told]
        with self._lock:
            self._trail.extend(steps)

    async def _search(self, tx: Transaction, place: Place, text: str | None) -> dict[Condition, BitMap]:
        """What the index must be given of a search: what it finds, if it is long."""
        if text is None or len(text) < LONG:
            return {}

        def changed_since(known: Place) -> set[int] | None:
            with self._lock:
                if not (self._trail.reaches(known) and self._trail.reaches(place)):
                    return None
                return {edit.no for edit in self._trail.edits(known, place) if edit.is_searched}

        hits = await self._hits.find(tx, self.kind, self.workspace, text, place, changed_since)
        return {Condition("", "search", (text,)): hits}

    def _move(self, index: KindIndex, edits: Sequence[Edit], keys: Keys, place: Place) -> None:
        """Raises `Broken`, and is gone, if it ends half way: nobody is told what is not so."""
        self._index = None
        try:
            for edit in edits:
                edit.make(index, keys)
        except Exception as error:
            raise Broken(f"{self.kind.plural}, from {self._at} to {place}") from error
        self._index, self._at = index, place

    def take(self) -> tuple[KindIndex, Place] | None:
        """The index, for somebody else to move: from now on there is none here."""
        with self._lock:
            index, self._index = self._index, None
            return None if index is None else (index, self._at)

    @property
    def is_gone(self) -> bool:
        return self._index is None

    @property
    def moved(self) -> int:
        """How many operations ago it was made."""
        return self._at.seq - self._made.seq

    def save(self) -> None:
        """Brings its file up to date. Raises `OSError`."""
        with self._lock:
            if self._file and self._index is not None and self._at != self._saved:
                self._file.write(self._index, self._at)
                self._saved = self._at

    def size(self) -> int:
        """In bytes, about."""
        with self._lock:
            own = 0 if self._index is None else self._index.size()
        return own + self._hits.size()


def _is_indexed(field: Field, condition: Condition) -> bool:
    return condition.operator in ("eq", "in") and (isinstance(field.type, Reference) or bool(field.key_column))
