"""An index that follows the log."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from pyroaring import BitMap

from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import OtherHistory, Place, Told, TooMuch
from leadline.records import store
from leadline.records.answering import current
from leadline.records.filters import Predicate
from leadline.records.index import KindIndex, searched
from leadline.records.kind import Kind
from leadline.records.live.file import IndexFile
from leadline.records.live.given import QUICK, Doubts, Given, is_search
from leadline.records.live.hits import Hits, Looked
from leadline.records.live.trail import Edit, Keys, Step, Trail, edit_of, step

A = TypeVar("A")
E = TypeVar("E")
Pause = Callable[[], Awaitable[None]]
Question = Callable[[KindIndex, BitMap], A]
"""What is asked of the index, and of the records that a predicate chose in it."""

MAX_MOVED = 500
"""Changes that a reader makes up for; more are the background's."""
READ_AT_ONCE = 500
"""Changes that the background reads at once; of an operation that did more, all of them."""
CHUNK = 250
"""Changes that the background takes in at once: some ten milliseconds of the interpreter."""
FAR = 20_000
"""Operations more than it has records for which an index is made anew rather than brought up to date."""
MAX_CHECKED = store.MAX_AMONG
"""Records that are looked at again, to know whether a search still finds them."""
PAUSE = 0.001
"""Seconds that others have the interpreter after every piece of the background's work."""
TRIES = 8


async def breathe() -> None:
    """Lets others have the interpreter."""
    await asyncio.sleep(PAUSE)


class Behind(Exception):
    """More was done than a reader makes up for; the background has to, once for all who ask, or is at it."""


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
        self._owed: Place | None = None  # which it must get to before it may answer
        self._is_followed = False
        self._is_lost = False  # the log went on otherwise
        self.hits = Hits()
        self._lock = threading.Lock()

    async def ask(self, tx: Transaction, place: Place, predicate: Predicate, question: Question[A]) -> A | None:
        """The answer for the state that the transaction sees, which is at `place`; None if the index cannot tell.

        Raises `OtherHistory`, `Behind`, `TooMuch` if it is better made anew, `Broken`, and `Unlearnt`.
        """
        await self._reach(tx, place)
        given = Given(place)
        if predicate.search and (hit := await self._hit(tx, place, predicate.search)) is not None:
            given.found[searched(predicate.search)] = hit
        elif predicate.search:
            given.looked = self._looked(place, predicate.search)
        keys: dict[int, str] = {}
        for _ in range(TRIES):
            doubts: Doubts = {}
            with self._lock:
                index = self._index
                edits = self._way_to(place)
                if index is None or edits is None:
                    return None
                unknown = {edit.no for edit in edits if edit.rekeyed} - keys.keys()
                if not unknown:
                    self._move(index, edits, keys, place)
                    given.forget_uncovered(index)
                    if (chosen := index.select(predicate, given.found)) is not None:
                        return question(index, chosen)
                    doubts = given.doubts(index, predicate)
            keys |= await store.search_keys(tx, self.kind, self.workspace, sorted(unknown))
            if not await given.settle(tx, self.kind, self.workspace, doubts):
                return None
            for condition in filter(is_search, doubts):
                self._keep(str(condition.operands[0]), given, is_whole=not predicate.conditions)
        return None

    def _way_to(self, place: Place) -> list[Edit] | None:
        """What a reader may move it by to get there; None for one who reads a state that is older by too much."""
        if self._owed is not None:
            raise Behind
        if not self._trail.reaches(place):
            return None
        if not self._trail.reaches(self._at):
            raise TooMuch
        edits = self._trail.edits(self._at, place)
        if len(edits) <= MAX_MOVED:
            return edits
        if place.seq < self._at.seq:
            return None
        raise Behind

    async def keep_up(self, tx: Transaction, place: Place) -> None:
        """Goes on to the state that the transaction sees, which is at `place`. Raises as `ask` does."""
        await self.ask(tx, place, Predicate(), lambda *_: None)

    async def follow(self, tx: Transaction, place: Place, pause: Pause = breathe) -> int:
        """The same, however long that takes: for the background. Who asks meanwhile is told `Behind`. Answers how
        many changes were taken in that were too many for a reader."""
        try:
            await self.keep_up(tx, place)
            return 0
        except Behind:
            pass
        while not self._begin_following(place):
            await pause()
        try:
            return await self._go_on(tx, place, pause)
        except OtherHistory:
            self._is_lost = True
            raise
        finally:
            self._is_followed = False

    def _begin_following(self, place: Place) -> bool:
        """One at a time."""
        with self._lock:
            if self._is_followed:
                return False
            self._is_followed = True
            if self._at.seq < place.seq and (self._owed is None or self._owed.seq < place.seq):
                self._owed = place
            return True

    async def _go_on(self, tx: Transaction, place: Place, pause: Pause) -> int:
        """States on the way are nobody's: what is looked up is known as it is in the end."""
        taken = 0
        with self._lock:
            known = place if self._trail.reaches(place) else self._trail.end
            if not self._trail.reaches(self._at):
                raise TooMuch
            edits = self._trail.edits(self._at, known) if self._at.seq < known.seq else []
        if edits:
            await self._move_on(tx, [Step(known, tuple(edits))], pause)
        while self._at.seq < place.seq and self._index is not None:
            told = await feed.next_operations(tx, self.workspace, self.kind.prefix, self._at, place.seq, READ_AT_ONCE)
            taken += await self._take_in(tx, told, pause)
        with self._lock:
            if self._owed is not None and self._at.seq >= self._owed.seq:
                self._owed = None
        return taken + len(edits)

    async def _take_in(self, tx: Transaction, told: Sequence[Told], pause: Pause) -> int:
        """Answers how many changes it were."""
        edits: list[list[Edit]] = [[] for _ in told]
        changes = ((own, change) for own, one in zip(edits, told, strict=True) for change in one.changes)
        for some in _in_chunks(changes):
            for own, change in some:
                own.append(edit_of(self.kind, change))
            await pause()
        steps = [Step(one.place, tuple(own)) for own, one in zip(edits, told, strict=True)]
        return await self._move_on(tx, steps, pause)

    async def _move_on(self, tx: Transaction, steps: Sequence[Step], pause: Pause) -> int:
        """An index that is left half way is gone."""
        edits = [edit for one in steps for edit in one.edits]
        keys = await store.search_keys(tx, self.kind, self.workspace, sorted({e.no for e in edits if e.rekeyed}))
        is_whole = False
        try:
            for some in _in_chunks(edits):
                with self._lock:
                    self._make(some, keys)
                await pause()
            is_whole = True
        finally:
            with self._lock:
                if is_whole:
                    self._trail.extend(steps)
                    self._at = steps[-1].place
                else:
                    self._index, self.hits = None, Hits()
        return len(edits)

    def _make(self, edits: Sequence[Edit], keys: Keys) -> None:
        """Raises `Broken`."""
        if self._index is None:
            return
        try:
            for edit in edits:
                edit.make(self._index, keys)
        except Exception as error:
            raise Broken(f"{self.kind.plural}, after {self._at}") from error

    async def _reach(self, tx: Transaction, place: Place) -> None:
        if self._is_lost:
            raise OtherHistory
        index, behind = self._index, place.seq - self._trail.end.seq
        if index is not None and behind > len(index) + FAR:
            raise TooMuch
        if self._owed is not None or behind > QUICK:
            raise Behind
        try:
            await self._read_on(tx, place.seq)
        except TooMuch:
            raise Behind from None

    async def _read_on(self, tx: Transaction, seq: int) -> None:
        """Reads the log as far as to there. Raises `TooMuch`."""
        end = self._trail.end
        if seq <= end.seq:
            return
        told = await feed.onwards(tx, self.workspace, self.kind.prefix, end, seq, MAX_MOVED)
        known = self._trail.end.seq  # by now others may have read the same
        steps = [step(self.kind, one) for one in told if one.place.seq > known]
        with self._lock:
            if self._owed is None:
                self._trail.extend(steps)
        current().caught_up += len(steps)

    async def _hit(self, tx: Transaction, place: Place, term: str) -> BitMap | None:
        """What a search finds in the state at the place, if that is known of another one nearby."""
        hit = self.hits.find(term)
        if hit is None or hit.at == place:
            return hit and hit.found
        changed = self._changed(hit.at, place)
        if changed is None or len(changed) > MAX_CHECKED:
            return None
        if len(changed) > QUICK:
            tx.expect_slow()
        still = await store.with_text(tx, self.kind, self.workspace, sorted(changed), term) if changed else []
        found = (hit.found - BitMap(changed)) | BitMap(still)
        self.hits.keep(term, place, found)
        return found

    def _looked(self, place: Place, term: str) -> Looked | None:
        """What is known of it at the place: nothing of the records that were changed meanwhile."""
        looked = self.hits.looked(term)
        changed = self._changed(looked.at, place) if looked else None
        if looked is None or changed is None:
            return None
        return Looked(place, looked.among - BitMap(changed), looked.found - BitMap(changed))

    def _keep(self, term: str, given: Given, *, is_whole: bool) -> None:
        if is_whole:
            self.hits.keep(term, given.place, given.found[searched(term)])
        elif given.looked is not None:
            self.hits.keep_looked(term, given.looked)

    def _changed(self, start: Place, end: Place) -> set[int] | None:
        """The records that a search may find at one place and not at the other; None if the trail does not reach."""
        with self._lock:
            if not (self._trail.reaches(start) and self._trail.reaches(end)):
                return None
            return {edit.no for edit in self._trail.edits(start, end) if edit.is_searched}

    def _move(self, index: KindIndex, edits: Sequence[Edit], keys: Keys, place: Place) -> None:
        """Raises `Broken`, and is gone, if it ends half way: nobody is told what is not so."""
        try:
            for edit in edits:
                edit.make(index, keys)
        except Exception as error:
            self._index, self.hits = None, Hits()
            raise Broken(f"{self.kind.plural}, from {self._at} to {place}") from error
        self._at = place

    def is_crowded(self) -> bool:
        """Whether there is something to `tidy`."""
        with self._lock:
            return self._index is not None and self._index.crowded() is not None

    async def tidy(self, tx: Transaction, place: Place, pause: Pause = breathe) -> bool:
        """Reads what the index needs to know to keep its pages quick to find. Answers whether there was any."""
        await self.follow(tx, place, pause)
        crowded = await self.ask(tx, place, Predicate(), lambda index, _: index.crowded())
        if crowded is None:
            return False
        rows = await store.columns(tx, self.kind, self.workspace, crowded.column, list(crowded.nos))

        def spread(index: KindIndex, _: BitMap) -> None:
            index.spread(crowded, rows)

        await self.ask(tx, place, Predicate(), spread)
        return True

    def take(self) -> tuple[KindIndex, Place] | None:
        """The index, for somebody else to move: from now on there is none here."""
        with self._lock:
            index, self._index = self._index, None
            return None if index is None or self._owed is not None else (index, self._at)

    @property
    def is_gone(self) -> bool:
        return self._index is None

    @property
    def records(self) -> int:
        index = self._index
        return 0 if index is None else len(index)

    @property
    def at(self) -> Place:
        return self._at

    @property
    def moved(self) -> int:
        """How many operations ago it was made."""
        return self._at.seq - self._made.seq

    def save(self) -> None:
        """Brings its file up to date. Raises `OSError`."""
        with self._lock:
            if self._file and self._index is not None and self._owed is None and self._at != self._saved:
                self._file.write(self._index, self._at)
                self._saved = self._at

    def size(self) -> int:
        """In bytes, about."""
        with self._lock:
            own = 0 if self._index is None else self._index.size()
        return own + self.hits.size()


def _in_chunks(of: Iterable[E]) -> Iterator[list[E]]:
    left = iter(of)
    while some := list(islice(left, CHUNK)):
        yield some
