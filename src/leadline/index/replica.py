"""A replica of the index, which follows the log."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeVar

from pyroaring import BitMap

from leadline.index.file import IndexFile
from leadline.index.kind_index import KindIndex
from leadline.index.recent_operations import (
    Keys,
    OperationDelta,
    RecentOperations,
    RecordDelta,
    apply_deltas,
    operation_delta,
    record_delta,
)
from leadline.index.search_cache import PartialHit, SearchCache
from leadline.index.undecided import MAX_INLINE_RECORDS, UndecidedRecords, find_undecided
from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.log.feed import HistoryDiverged, LoggedOperation, LogPosition, TooFarBehind
from leadline.records import store
from leadline.records.answer_trace import OLD_SNAPSHOT, UNDECIDED, current_trace
from leadline.records.filters import Predicate
from leadline.records.kind import Kind

A = TypeVar("A")
B = TypeVar("B")
E = TypeVar("E")
Pause = Callable[[], Awaitable[None]]
Question = Callable[[KindIndex, BitMap], A]
"""A question to the index about the records that a predicate selects in it."""

MAX_INLINE_CHANGES = 500
"""Most changes that a reader takes in; more are left to the background."""
MAX_CHANGES_READ = 500
"""Most changes that the background reads at once; an operation with more is read whole."""
CHUNK_CHANGES = 250
"""Changes that the background takes in at once: some ten milliseconds of the interpreter."""
REBUILD_LAG_OPERATIONS = 20_000
"""Most operations, beyond one for each record, by which an index is brought up to date rather than made anew."""
MAX_RECHECKED_RECORDS = store.MAX_AMONG
"""Most records that are looked at again, to know if a search still finds them."""
PAUSE_SECONDS = 0.001
"""Seconds that other threads have the interpreter after every piece of background work."""
MAX_TRIES = 8


async def yield_interpreter() -> None:
    """Lets other threads and tasks have the interpreter."""
    await asyncio.sleep(PAUSE_SECONDS)


class ReplicaBehind(Exception):
    """Raised if a replica is further behind than a reader takes in. A catch-up in the background is needed, once for
    all readers, or under way."""


class ReplicaBroken(Exception):
    """Raised if the log does not fit the index: one of them is wrong. The message says where."""


class IndexReplica:
    """The index of one kind in one workspace, at the log position `at`. Its file was written at position `saved`.

    Each reader sees the state of its own snapshot. So the index is moved to the reader's state, forwards or back, and
    asked there, both under one lock. Reading the log, and looking up what the log lacks, must be waited for, and so
    comes before.
    """

    def __init__(
        self,
        kind: Kind,
        workspace: int,
        index: KindIndex,
        at: LogPosition,
        file: IndexFile | None = None,
        saved: LogPosition | None = None,
    ) -> None:
        self.kind = kind
        self.workspace = workspace
        self._file = file
        self._saved = saved
        self._index: KindIndex | None = index
        self._at = self._made = at
        self._recent = RecentOperations(at)
        self._owed: LogPosition | None = None  # the position that it must reach before it may answer
        self._is_followed = False
        self._is_lost = False  # the log diverged from its position
        self.search_cache = SearchCache()
        self._lock = threading.Lock()

    async def ask_index(
        self, tx: Transaction, position: LogPosition, predicate: Predicate, question: Question[A]
    ) -> A | None:
        """Returns the answer for the state that the transaction sees, which is at `position`. Returns None if the
        index cannot tell.

        Raises `HistoryDiverged`, `ReplicaBehind`, `TooFarBehind` if the index is better made anew, `ReplicaBroken`,
        and `SearchTooLarge`.
        """
        await self._read_up_to(tx, position)
        keys: dict[int, str] = {}
        hit = partial_hit = None
        if predicate.search is not None:
            hit = await self._find_hit(tx, position, predicate.search)
            partial_hit = None if hit is not None else self._find_partial(position, predicate.search)

        def ask_or_match(index: KindIndex) -> A | UndecidedRecords | None:
            match = index.match_predicate(predicate, hit, partial_hit)
            return find_undecided(match) or question(index, match.possible)

        answer = await self._ask_at(tx, position, keys, ask_or_match)
        if not isinstance(answer, UndecidedRecords):
            return answer
        unknown = predicate if hit is None else replace(predicate, search=None)
        chosen = await answer.decide_records(
            tx, self.kind, self.workspace, unknown, self.search_cache, position, partial_hit
        )
        if chosen is None:
            current_trace().no_index = UNDECIDED
            return None
        return await self._ask_at(tx, position, keys, lambda index: question(index, chosen))

    async def _ask_at(
        self, tx: Transaction, position: LogPosition, keys: dict[int, str], ask: Callable[[KindIndex], B]
    ) -> B | None:
        """Moves the index to the position and asks it, both under the lock. Reads the search keys that are needed on
        the way. Returns None if the index cannot be moved there any more."""
        for _ in range(MAX_TRIES):
            with self._lock:
                index = self._index
                deltas = self._deltas_to(position)
                if index is None or deltas is None:
                    break
                unknown = {delta.no for delta in deltas if delta.changes_search_key} - keys.keys()
                if not unknown:
                    self._move_to(index, deltas, keys, position)
                    return ask(index)
            keys |= await store.search_keys(tx, self.kind, self.workspace, sorted(unknown))
        current_trace().no_index = OLD_SNAPSHOT
        return None

    def _deltas_to(self, position: LogPosition) -> list[RecordDelta] | None:
        """Returns the deltas that move the index to the position; None if that is too old. Raises `TooFarBehind`, and
        `ReplicaBehind` if they are more than a reader takes in."""
        if self._owed is not None:
            raise ReplicaBehind
        if not self._recent.has_position(position):
            return None
        if not self._recent.has_position(self._at):
            raise TooFarBehind
        deltas = self._recent.deltas_between(self._at, position)
        if len(deltas) <= MAX_INLINE_CHANGES:
            return deltas
        if position.seq < self._at.seq:
            return None
        raise ReplicaBehind

    async def keep_up(self, tx: Transaction, position: LogPosition) -> None:
        """Moves on to the state that the transaction sees, which is at `position`. Raises as `ask_index` does."""
        await self.ask_index(tx, position, Predicate(), lambda *_: None)

    async def follow_log(self, tx: Transaction, position: LogPosition, pause: Pause = yield_interpreter) -> int:
        """Moves on to `position` in the background, however long that takes. Readers meanwhile get `ReplicaBehind`.
        Returns the number of changes that it took in, 0 if a reader could have done so."""
        try:
            await self.keep_up(tx, position)
            return 0
        except ReplicaBehind:
            pass
        while not self._begin_following(position):
            await pause()
        try:
            return await self._follow_to(tx, position, pause)
        except HistoryDiverged:
            self._is_lost = True
            raise
        finally:
            self._is_followed = False

    def _begin_following(self, position: LogPosition) -> bool:
        """Reserves the replica for one catch-up. Returns False if another is under way."""
        with self._lock:
            if self._is_followed:
                return False
            self._is_followed = True
            if self._at.seq < position.seq and (self._owed is None or self._owed.seq < position.seq):
                self._owed = position
            return True

    async def _follow_to(self, tx: Transaction, position: LogPosition, pause: Pause) -> int:
        """Applies the operations up to the position. No reader sees a state on the way, so search keys are looked up
        only in the final one. Returns the number of changes."""
        taken = 0
        with self._lock:
            known = position if self._recent.has_position(position) else self._recent.end_position
            if not self._recent.has_position(self._at):
                raise TooFarBehind
            deltas = self._recent.deltas_between(self._at, known) if self._at.seq < known.seq else []
        if deltas:
            await self._apply_operations(tx, [OperationDelta(known, tuple(deltas))], pause)
        while self._at.seq < position.seq and self._index is not None:
            operations = await feed.next_operations(
                tx, self.workspace, self.kind.prefix, self._at, position.seq, MAX_CHANGES_READ
            )
            taken += await self._read_operations(tx, operations, pause)
        with self._lock:
            if self._owed is not None and self._at.seq >= self._owed.seq:
                self._owed = None
        return taken + len(deltas)

    async def _read_operations(self, tx: Transaction, operations: Sequence[LoggedOperation], pause: Pause) -> int:
        """Decodes and applies operations. Returns the number of their changes."""
        deltas: list[list[RecordDelta]] = [[] for _ in operations]
        changes = ((own, change) for own, one in zip(deltas, operations, strict=True) for change in one.changes)
        for some in _in_chunks(changes):
            for own, change in some:
                own.append(record_delta(self.kind, change))
            await pause()
        steps = [OperationDelta(one.position, tuple(own)) for own, one in zip(deltas, operations, strict=True)]
        return await self._apply_operations(tx, steps, pause)

    async def _apply_operations(self, tx: Transaction, steps: Sequence[OperationDelta], pause: Pause) -> int:
        """Applies operations. Returns the number of their changes. Drops the index if it ends half way."""
        deltas = [delta for one in steps for delta in one.deltas]
        keys = await store.search_keys(
            tx, self.kind, self.workspace, sorted({e.no for e in deltas if e.changes_search_key})
        )
        is_whole = False
        try:
            for some in _in_chunks(deltas):
                with self._lock:
                    self._apply_deltas(some, keys)
                await pause()
            is_whole = True
        finally:
            with self._lock:
                if is_whole:
                    self._recent.append_operations(steps)
                    self._at = steps[-1].position
                else:
                    self._index, self.search_cache = None, SearchCache()
        return len(deltas)

    def _apply_deltas(self, deltas: Sequence[RecordDelta], keys: Keys) -> None:
        """Applies deltas to the index, if there is one. Raises `ReplicaBroken`."""
        if self._index is None:
            return
        try:
            apply_deltas(self._index, deltas, keys)
        except Exception as error:
            raise ReplicaBroken(f"{self.kind.plural}, after {self._at}") from error

    async def _read_up_to(self, tx: Transaction, position: LogPosition) -> None:
        if self._is_lost:
            raise HistoryDiverged
        index, behind = self._index, position.seq - self._recent.end_position.seq
        if index is not None and behind > len(index) + REBUILD_LAG_OPERATIONS:
            raise TooFarBehind
        if self._owed is not None or behind > MAX_INLINE_RECORDS:
            raise ReplicaBehind
        try:
            await self._read_log(tx, position.seq)
        except TooFarBehind:
            raise ReplicaBehind from None

    async def _read_log(self, tx: Transaction, seq: int) -> None:
        """Reads the log up to the operation `seq`. Raises `TooFarBehind`, `HistoryDiverged`."""
        end = self._recent.end_position
        if seq <= end.seq:
            return
        operations = await feed.read_after(tx, self.workspace, self.kind.prefix, end, seq, MAX_INLINE_CHANGES)
        known = self._recent.end_position.seq  # by now others may have read the same
        steps = [operation_delta(self.kind, one) for one in operations if one.position.seq > known]
        with self._lock:
            if self._owed is None:
                self._recent.append_operations(steps)
        current_trace().caught_up += len(steps)

    async def _find_hit(self, tx: Transaction, position: LogPosition, term: str) -> BitMap | None:
        """Returns the matches of a search at the position, if those at a position nearby are known."""
        hit = self.search_cache.find(term)
        if hit is None or hit.at == position:
            return hit and hit.found
        changed = self._changed_between(hit.at, position)
        if changed is None or len(changed) > MAX_RECHECKED_RECORDS:
            return None
        if len(changed) > MAX_INLINE_RECORDS:
            tx.expect_slow()
        current_trace().looked_at += len(changed)
        still = await store.with_text(tx, self.kind, self.workspace, sorted(changed), term) if changed else []
        found = (hit.found - BitMap(changed)) | BitMap(still)
        self.search_cache.keep(term, position, found)
        return found

    def _find_partial(self, position: LogPosition, term: str) -> PartialHit | None:
        """Returns the partial result of a search at the position: without records that have changed since."""
        looked = self.search_cache.find_partial(term)
        changed = self._changed_between(looked.at, position) if looked else None
        if looked is None or changed is None:
            return None
        return PartialHit(position, looked.among - BitMap(changed), looked.found - BitMap(changed))

    def _changed_between(self, start: LogPosition, end: LogPosition) -> set[int] | None:
        """Returns the records that a search may find at only one of the positions; None if that is not known."""
        with self._lock:
            if not (self._recent.has_position(start) and self._recent.has_position(end)):
                return None
            return {delta.no for delta in self._recent.deltas_between(start, end) if delta.is_searched}

    def _move_to(self, index: KindIndex, deltas: Sequence[RecordDelta], keys: Keys, position: LogPosition) -> None:
        """Moves the index to the position. If that fails half way, it drops the index and raises `ReplicaBroken`, so
        that no reader gets a wrong answer."""
        try:
            apply_deltas(index, deltas, keys)
        except Exception as error:
            self._index, self.search_cache = None, SearchCache()
            raise ReplicaBroken(f"{self.kind.plural}, from {self._at} to {position}") from error
        self._at = position

    def is_overfull(self) -> bool:
        """Returns True if the index has a leaf for `split_overfull_leaf`."""
        with self._lock:
            return self._index is not None and self._index.find_overfull_leaf() is not None

    async def split_overfull_leaf(
        self, tx: Transaction, position: LogPosition, pause: Pause = yield_interpreter
    ) -> bool:
        """Splits an overfull leaf, for which it reads a column of the records. Returns False if there is none."""
        await self.follow_log(tx, position, pause)
        crowded = await self.ask_index(tx, position, Predicate(), lambda index, _: index.find_overfull_leaf())
        if crowded is None:
            return False
        rows = await store.read_column(tx, self.kind, self.workspace, crowded.column, list(crowded.nos))

        def split_leaf(index: KindIndex, _: BitMap) -> None:
            index.split_overfull_leaf(crowded, rows)

        await self.ask_index(tx, position, Predicate(), split_leaf)
        return True

    def take_index(self) -> tuple[KindIndex, LogPosition] | None:
        """Takes the index out of this replica, for another one to follow the log with. Returns None if there is no
        index, or if a catch-up was not completed."""
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
    def at(self) -> LogPosition:
        return self._at

    @property
    def operations_since_made(self) -> int:
        """Number of operations since the replica was made."""
        return self._at.seq - self._made.seq

    def save_file(self) -> None:
        """Writes the index to its file, unless that is up to date. Raises `OSError`."""
        with self._lock:
            if self._file and self._index is not None and self._owed is None and self._at != self._saved:
                self._file.write_index(self._index, self._at)
                self._saved = self._at

    def memory_bytes(self) -> int:
        """Estimates the memory of the index and the search cache, in bytes."""
        with self._lock:
            own = 0 if self._index is None else self._index.memory_bytes()
        return own + self.search_cache.memory_bytes()


def _in_chunks(of: Iterable[E]) -> Iterator[list[E]]:
    left = iter(of)
    while some := list(islice(left, CHUNK_CHANGES)):
        yield some
