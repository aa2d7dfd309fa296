"""The indexes of this process: made when they are first asked for, and bounded in memory."""

import asyncio
import gc
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from pyroaring import BitMap

from leadline.index.background_search import BackgroundSearch
from leadline.index.builder import SAVE_AFTER_OPERATIONS, WAIT_SECONDS, BuilderStopped, IndexBuilder
from leadline.index.follow_throttle import FollowThrottle
from leadline.index.kind_index import KindIndex
from leadline.index.record_finder import find_record
from leadline.index.replica import A, IndexReplica, Question, ReplicaBehind, ReplicaBroken
from leadline.index.subprocess_builder import StartProcess
from leadline.index.undecided import SearchTooLarge
from leadline.kit.background import repeating_work
from leadline.kit.db import Database, DatabaseError, Transaction
from leadline.kit.db.retry import RetryWhenDone
from leadline.kit.memory import return_freed_memory
from leadline.log import feed
from leadline.log.feed import HistoryDiverged, TooFarBehind, WorkspaceVersion
from leadline.records.answer_trace import (
    FEW_RECORDS,
    INDEX_BEHIND,
    INDEX_MISSING,
    WAITED_FOR_FILE,
    WAITED_FOR_LOG,
    WAITED_FOR_SEARCH,
    current_trace,
)
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from leadline.records.list_index import MIN_INDEXED_RECORDS, FacetValues, IndexedPage, PastPage, RecordLocation
from leadline.records.query import ListQuery

MAINTENANCE_SECONDS = 30.0
"""Seconds between two maintenance runs, which save indexes and evict those that take too much memory."""
IDLE_SECONDS = 60.0
"""Seconds without a question after which an index is idle."""
WAIT_SECONDS_PER_RECORD = 0.000_002
MAX_WAIT_SECONDS = 5.0
"""Most seconds that a reader waits for an index to be brought up to date, before it asks the tables. It waits about
as long as the tables would take: `WAIT_SECONDS_PER_RECORD` for each record, but at least `WAIT_SECONDS`."""
RETRY_AFTER_SECONDS = 60.0
"""Seconds before another try, after an index could not be made or had no room."""

logger = logging.getLogger("leadline")
SEARCH_UNDER_WAY = "The search is under way, and takes longer than others; ask again for what it finds."
MANY_WRITES = "Very much was written just now; ask again."
FILE_BEING_READ = "What makes lists fast is still being read from the disk; ask again."
Key = tuple[int, str]


class LiveIndexes:
    """The indexes of all workspaces in this process.

    folder: where their files are; None for no files.
    max_bytes: the memory that all of them may take, in bytes; 0 for no index at all.
    start: starts a child process that makes a large index; None makes all in this process.

    No index is made before `running` is entered.
    """

    def __init__(
        self,
        database: Database,
        kinds: Sequence[Kind],
        *,
        folder: Path | None,
        max_bytes: int,
        start: StartProcess | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kinds = {kind.name: kind for kind in kinds} if max_bytes else {}
        self._max_bytes = max_bytes
        self._monotonic = monotonic
        self._builder = IndexBuilder(database.snapshot, folder, start)
        self._keeps_files = folder is not None
        self._thread: ThreadPoolExecutor | None = None
        self._database = database
        self._background_search: BackgroundSearch
        self._lock = threading.Lock()
        self._replicas: dict[Key, IndexReplica] = {}
        self._sizes: dict[Key, int] = {}
        self._used: dict[Key, float] = {}
        self._retry_times: dict[Key, float] = {}
        self._behind: dict[Key, float] = {}  # when the catch-up of each began
        self._making: set[Key] = set()
        self._reading: dict[Key, Future[bool]] = {}
        self._throttle = FollowThrottle(monotonic)
        self._following: set[asyncio.Task[None]] = set()

    async def ask_index(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate, question: Question[A]
    ) -> A | None:
        """Returns the answer for the state that the transaction sees; None if no index can tell now. Raises
        `RetryWhenDone`, and `Unavailable` if too many searches wait."""
        workspace, position, newest_no = version
        if (
            self._thread is None
            or self._kinds.get(kind.name) is not kind
            or position is None
            or newest_no < MIN_INDEXED_RECORDS
        ):
            current_trace().no_index = FEW_RECORDS
            return None
        key = (workspace, kind.name)
        self._used[key] = self._monotonic()
        replica = self._replicas.get(key)
        if replica is None or replica.is_gone:
            self._start_making(key)
            if reading := self._reading.get(key):
                current_trace().begin_wait(WAITED_FOR_FILE)
                raise RetryWhenDone(reading, FILE_BEING_READ)
            current_trace().no_index = INDEX_MISSING
            return None
        try:
            return await replica.ask_index(tx, position, predicate, question)
        except SearchTooLarge as search:
            searching = self._background_search.submit_search(replica, search.term)
            current_trace().begin_wait(WAITED_FOR_SEARCH)
            raise RetryWhenDone(searching, SEARCH_UNDER_WAY) from None
        except ReplicaBehind:
            self._wait_for(key, replica)
            current_trace().no_index = INDEX_BEHIND
            return None
        except TooFarBehind:
            self._start_making(key, replica)
        except HistoryDiverged:
            self._drop_replica(key, replica)
        except ReplicaBroken:
            self._give_up(key)
        current_trace().no_index = INDEX_MISSING
        return None

    async def find_page(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, query: ListQuery, limit: int, offset: int
    ) -> IndexedPage | None:
        """Finds a page, as `ListIndex` describes."""

        def locate_page(index: KindIndex, chosen: BitMap) -> IndexedPage:
            return IndexedPage(len(chosen), index.locate_page(chosen, query.sorting, offset, limit))

        return await self.ask_index(tx, version, kind, query.predicate, locate_page)

    async def find_record(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, query: ListQuery, no: int
    ) -> RecordLocation | None:
        """Finds a record, as `ListIndex` describes."""
        return await self.ask_index(tx, version, kind, query.predicate, partial(find_record, query.sorting, no))

    async def count_facets(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate
    ) -> FacetValues | None:
        """Counts facets, as `ListIndex` describes: without selecting the records first, where that is possible."""
        facets = await self.ask_index(tx, version, kind, Predicate(), lambda index, _: index.find_facets(predicate))
        if facets is not None:
            return facets
        return await self.ask_index(tx, version, kind, predicate, KindIndex.count_facets)

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
        """Finds a page, as `ListIndex` describes."""

        def locate_page(_: KindIndex, chosen: BitMap) -> PastPage:
            then = (chosen - BitMap(touched)) | BitMap(matching)
            end = max(0, len(then) - offset)
            return PastPage(len(then), list(then[max(0, end - limit) : end])[::-1])

        return await self.ask_index(tx, version, kind, predicate, locate_page)

    async def count_other_facets(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate, touched: Sequence[int]
    ) -> FacetValues | None:
        """Counts facets, as `ListIndex` describes."""

        def count_facets(index: KindIndex, chosen: BitMap) -> FacetValues:
            return index.count_facets(chosen - BitMap(touched))

        return await self.ask_index(tx, version, kind, predicate, count_facets)

    def _wait_for(self, key: Key, replica: IndexReplica) -> None:
        """Starts to bring the replica up to date, and makes it follow the log by itself for a while. Raises
        `RetryWhenDone` unless that takes too long already: the reader then asks the tables."""
        caught_up, now = self._background_search.submit_catch_up(replica), self._monotonic()
        self._background_search.start_following(replica, partial(self._is_idle, key))
        if key not in self._behind:
            self._behind[key] = now
            caught_up.add_done_callback(lambda _: self._behind.pop(key, None))
        seconds = min(MAX_WAIT_SECONDS, max(WAIT_SECONDS, replica.records * WAIT_SECONDS_PER_RECORD))
        if now - self._behind.get(key, now) < seconds:
            current_trace().begin_wait(WAITED_FOR_LOG)
            raise RetryWhenDone(caught_up, MANY_WRITES, seconds=seconds) from None

    def is_ready(self, workspace: int, kind: Kind) -> bool:
        replica = self._replicas.get((workspace, kind.name))
        return replica is not None and not replica.is_gone

    def on_commit(self, workspace: int) -> None:
        """Makes the workspace's indexes that are in use follow the log. To be called after each commit of this
        process."""
        if self._throttle.is_time(workspace) and self._in_use(workspace):
            task = asyncio.get_running_loop().create_task(self._follow_log(workspace))
            self._following.add(task)
            task.add_done_callback(self._following.discard)

    def _in_use(self, workspace: int) -> list[tuple[Key, IndexReplica]]:
        replicas = list(self._replicas.items())
        return [(key, replica) for key, replica in replicas if key[0] == workspace and not self._is_idle(key)]

    def _is_idle(self, key: Key) -> bool:
        return self._used.get(key, 0) < self._monotonic() - IDLE_SECONDS

    async def _follow_log(self, workspace: int) -> None:
        with suppress(DatabaseError):  # the next reader gets it
            await self._database.read(partial(self._keep_up, workspace))

    async def _keep_up(self, workspace: int, tx: Transaction) -> None:
        position = (await feed.read_version(tx, workspace)).position
        if position is None:
            return
        for key, replica in self._in_use(workspace):
            try:
                await replica.keep_up(tx, position)
            except ReplicaBroken:
                self._give_up(key)
            except (ReplicaBehind, TooFarBehind, HistoryDiverged):  # the next reader handles it
                pass

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LiveIndexes"]:
        """Makes and maintains the indexes in the background. On exit it brings their files up to date."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="leadline-index")
        self._background_search = BackgroundSearch(self._database.snapshot)
        try:
            async with repeating_work(
                "looking after the live indexes", MAINTENANCE_SECONDS, self._maintain_in_thread
            ):
                yield self
        finally:
            tasks = list(self._following)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._stop_all)

    async def _maintain_in_thread(self) -> None:
        await asyncio.to_thread(self._maintain_all)

    def _stop_all(self) -> None:
        thread, self._thread = self._thread, None
        self._background_search.stop_all()
        self._builder.stop()
        if thread is not None:
            thread.shutdown(cancel_futures=True)
        for key in list(self._reading):
            self._end_reading(key)
        for key in list(self._replicas):
            self._evict_replica(key)

    def _start_making(self, key: Key, behind: IndexReplica | None = None) -> None:
        """Starts to make an index in the background, unless that is under way or failed just now.

        A replica `behind` stops answering, and its index is brought up to date; any other replica answers until the
        new one is ready. If there is none, and no other index is being made, readers wait for its file to be read:
        that takes less time than to read the tables.
        """
        with self._lock:
            if key in self._making or self._monotonic() < self._retry_times.get(key, 0) or self._thread is None:
                return
            if self._keeps_files and not self._making:
                self._reading[key] = Future()
            self._making.add(key)
            if behind is not None and self._replicas.get(key) is behind:
                del self._replicas[key]
            self._thread.submit(self._make_replica, key, behind)

    def _make_replica(self, key: Key, behind: IndexReplica | None) -> None:
        workspace, name = key
        try:
            before = behind or self._replicas.get(key)
            known = behind.take_index() if behind else None
            made = self._builder.make_replica(
                self._kinds[name], workspace, known, no_file=partial(self._end_reading, key)
            )
            if before is not None:
                made.search_cache = before.search_cache
            self._admit_replica(key, made)
            self._free_room()
        except BuilderStopped:
            return
        except Exception as error:  # any failure: the tables answer without an index
            self._retry_later(key)
            logger.warning("The live index of %s in workspace %d cannot be made: %r", name, workspace, error)
        finally:
            self._making.discard(key)
            self._end_reading(key)

    def _end_reading(self, key: Key) -> None:
        """Makes the waiting readers ask again: the index if it is there now, else the tables."""
        if reading := self._reading.pop(key, None):
            reading.set_result(True)

    def _free_room(self) -> None:
        """Returns freed memory to the system: as much again as a new index takes. It runs as a task of its own,
        because only then nothing refers to the previous index and the data of the making."""
        with self._lock, suppress(RuntimeError):  # raised if the server is stopping
            if self._thread is not None:
                self._thread.submit(return_freed_memory)

    def _retry_later(self, key: Key) -> None:
        """Forbids to make the index within the next `RETRY_AFTER_SECONDS`."""
        self._retry_times[key] = self._monotonic() + RETRY_AFTER_SECONDS

    def _give_up(self, key: Key) -> None:
        """Logs that an index is broken, so that it is made anew later. To be called while the error is handled."""
        logger.exception("A live index is broken, and made anew.")
        self._retry_later(key)

    def _drop_replica(self, key: Key, replica: IndexReplica) -> None:
        with self._lock:
            if self._replicas.get(key) is replica:
                del self._replicas[key]

    def _admit_replica(self, key: Key, replica: IndexReplica) -> None:
        """Adds a replica if there is room for it, for which it may evict idle ones."""
        size = replica.memory_bytes()
        for other in self._longest_unasked():
            if other != key and self._is_idle(other) and self._used_bytes(excluding=key) + size > self._max_bytes:
                self._evict_replica(other)
        if self._used_bytes(excluding=key) + size > self._max_bytes:
            self._retry_later(key)
            logger.info("There is no room for the live index of %s in workspace %d.", key[1], key[0])
            return
        self._sizes[key] = size
        self._replicas[key] = replica
        gc.freeze()  # a garbage collection over a million records would hold up everybody for 0.1 s
        logger.info("The live index of %s in workspace %d is ready, in %.1f MiB.", key[1], key[0], size / 2**20)

    def _longest_unasked(self) -> list[Key]:
        return sorted(self._replicas, key=lambda key: self._used.get(key, 0))

    def _used_bytes(self, *, excluding: Key | None = None) -> int:
        return sum(self._sizes.get(key, 0) for key in list(self._replicas) if key != excluding)

    def _evict_replica(self, key: Key) -> None:
        replica = self._replicas.pop(key, None)
        if replica is None:
            return
        try:
            replica.save_file()
        except OSError as error:
            logger.warning("A live index is not kept: %s", error)

    def _maintain_all(self) -> None:
        """Splits overfull leaves, saves indexes and limits their memory.

        An index that has moved far is made anew from its file, which brings the file up to date; without files its
        memory is measured again. If all together take too much memory, those that were asked longest ago are evicted.
        """
        for key, replica in list(self._replicas.items()):
            if replica.is_overfull():
                self._rebalance_replica(key, replica)
            if replica.operations_since_made < SAVE_AFTER_OPERATIONS:
                continue
            if self._keeps_files:
                self._start_making(key)
            else:
                self._sizes[key] = replica.memory_bytes()
        for key in self._longest_unasked():
            if self._used_bytes() > self._max_bytes:
                self._evict_replica(key)

    def _rebalance_replica(self, key: Key, replica: IndexReplica) -> None:
        try:
            self._builder.rebalance_index(replica)
        except (ReplicaBehind, BuilderStopped, TooFarBehind, HistoryDiverged):  # the next reader handles it
            return
        except Exception as error:
            logger.warning("The live index of %s in workspace %d stays as it is: %r", key[1], key[0], error)
