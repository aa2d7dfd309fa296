"""The indexes of this process: made on first need, and kept within bounds."""

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
from leadline.index.known_matches import SearchTooLarge
from leadline.index.replica import A, IndexReplica, Question, ReplicaBehind, ReplicaBroken
from leadline.index.subprocess_builder import StartProcess
from leadline.kit.background import repeating_work
from leadline.kit.db import Database, DatabaseError, Transaction
from leadline.kit.db.retry import RetryWhenDone
from leadline.kit.memory import give_back
from leadline.log import feed
from leadline.log.feed import HistoryDiverged, TooFarBehind, WorkspaceVersion
from leadline.records.answer_trace import WAITED_FOR_FILE, WAITED_FOR_LOG, WAITED_FOR_SEARCH, current_trace
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from leadline.records.list_index import MIN_INDEXED_RECORDS, FacetValues, IndexedPage
from leadline.records.query import ListQuery

MAINTENANCE_SECONDS = 30.0
"""Between two looks at what is to be saved, and what takes too much room."""
IDLE_SECONDS = 60.0
"""An index that was asked in the last of them is in use."""
WAIT_SECONDS_PER_RECORD = 0.000_002
MAX_WAIT_SECONDS = 5.0
"""Who asks an index that is brought up to date waits about as long as the tables would take, and then asks those: so
many seconds for each record, and no fewer than `WAIT_SECONDS`."""
RETRY_AFTER_SECONDS = 60.0
"""After an index could not be made, or kept."""

logger = logging.getLogger("leadline")
SEARCH_UNDER_WAY = "The search is under way, and takes longer than others; ask again for what it finds."
MANY_WRITES = "Very much was written just now; ask again."
FILE_BEING_READ = "What makes lists fast is still being read from the disk; ask again."
Key = tuple[int, str]


class LiveIndexes:
    """`folder` is that of their files, None for none; `max_bytes` is what they take of memory, 0 for no index at all;
    `start` makes large ones apart. None is made before `kept` is entered."""

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
        self._rests: dict[Key, float] = {}
        self._behind: dict[Key, float] = {}  # since when they are brought up to date
        self._making: set[Key] = set()
        self._reading: dict[Key, Future[bool]] = {}
        self._throttle = FollowThrottle(monotonic)
        self._following: set[asyncio.Task[None]] = set()

    async def ask_index(
        self, tx: Transaction, state: WorkspaceVersion, kind: Kind, predicate: Predicate, question: Question[A]
    ) -> A | None:
        """The answer for the state that the transaction sees; None if no index can tell now. Raises `Later`, and
        `Unavailable` where too many searches wait."""
        workspace, position, newest_no = state
        if (
            self._thread is None
            or self._kinds.get(kind.name) is not kind
            or position is None
            or newest_no < MIN_INDEXED_RECORDS
        ):
            return None
        key = (workspace, kind.name)
        self._used[key] = self._monotonic()
        replica = self._replicas.get(key)
        if replica is None or replica.is_gone:
            self._start_making(key)
            if reading := self._reading.get(key):
                current_trace().begin_wait(WAITED_FOR_FILE)
                raise RetryWhenDone(reading, FILE_BEING_READ)
            return None
        try:
            return await replica.ask_index(tx, position, predicate, question)
        except SearchTooLarge as search:
            learning = self._background_search.submit_search(replica, search.term)
            current_trace().begin_wait(WAITED_FOR_SEARCH)
            raise RetryWhenDone(learning, SEARCH_UNDER_WAY) from None
        except ReplicaBehind:
            self._wait_for(key, replica)
        except TooFarBehind:
            self._start_making(key, replica)
        except HistoryDiverged:
            self._drop_replica(key, replica)
        except ReplicaBroken:
            self._give_up(key)
        return None

    async def find_page(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, query: ListQuery, limit: int, offset: int
    ) -> IndexedPage | None:
        """The page as `ListIndex` has it."""

        def locate_page(index: KindIndex, chosen: BitMap) -> IndexedPage:
            return IndexedPage(len(chosen), index.locate_page(chosen, query.sorting, offset, limit))

        return await self.ask_index(tx, version, kind, query.predicate, locate_page)

    async def count_facets(
        self, tx: Transaction, version: WorkspaceVersion, kind: Kind, predicate: Predicate
    ) -> FacetValues | None:
        """The facets as `ListIndex` has them: without choosing all the records first, where that can be."""
        facets = await self.ask_index(tx, version, kind, Predicate(), lambda index, _: index.find_facets(predicate))
        if facets is not None:
            return facets
        return await self.ask_index(tx, version, kind, predicate, KindIndex.count_facets)

    def _wait_for(self, key: Key, replica: IndexReplica) -> None:
        """Raises `Later` unless it takes long already to bring it up to date."""
        caught_up, now = self._background_search.submit_catch_up(replica), self._monotonic()
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
        """Of this process, once it is done: the workspace's indexes that are in use follow without being asked."""
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
        async def keep_up(tx: Transaction) -> None:
            position = (await feed.read_version(tx, workspace)).position
            if position is None:
                return
            for key, replica in self._in_use(workspace):
                try:
                    await replica.keep_up(tx, position)
                except ReplicaBroken:
                    self._give_up(key)
                except (ReplicaBehind, TooFarBehind, HistoryDiverged):  # the next who asks sees to it
                    pass

        with suppress(DatabaseError):  # whoever asks next is told
            await self._database.read(keep_up)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["LiveIndexes"]:
        """Makes and keeps them in the background; in the end their files are brought up to date."""
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
        """In the background, unless that is under way, or failed just now. One that is `behind` answers no more, and
        is brought up to date; any other answers until then. Where there is none, and nothing else is under way, those
        who ask wait for its file to be read, which takes less time than to look through the tables."""
        with self._lock:
            if key in self._making or self._monotonic() < self._rests.get(key, 0) or self._thread is None:
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
        except Exception as error:  # whatever it is: the data can be asked without
            self._retry_later(key)
            logger.warning("The live index of %s in workspace %d cannot be made: %r", name, workspace, error)
        finally:
            self._making.discard(key)
            self._end_reading(key)

    def _end_reading(self, key: Key) -> None:
        """Those who wait are told to ask again: the index if it is there now, or else the tables."""
        if reading := self._reading.pop(key, None):
            reading.set_result(True)

    def _free_room(self) -> None:
        """Once nothing holds any more what it took to make an index, and the one before: as much as that again."""
        with self._lock, suppress(RuntimeError):  # which says that the server stops
            if self._thread is not None:
                self._thread.submit(give_back)

    def _retry_later(self, key: Key) -> None:
        """Tries again later only."""
        self._rests[key] = self._monotonic() + RETRY_AFTER_SECONDS

    def _give_up(self, key: Key) -> None:
        """While its error is being handled."""
        logger.exception("A live index is broken, and made anew.")
        self._retry_later(key)

    def _drop_replica(self, key: Key, replica: IndexReplica) -> None:
        with self._lock:
            if self._replicas.get(key) is replica:
                del self._replicas[key]

    def _admit_replica(self, key: Key, replica: IndexReplica) -> None:
        """Where there is no room for it, those give way that are not in use."""
        size = replica.memory_bytes()
        for other in self._longest_unasked():
            if other != key and self._is_idle(other) and self._used_bytes(but=key) + size > self._max_bytes:
                self._evict_replica(other)
        if self._used_bytes(but=key) + size > self._max_bytes:
            self._retry_later(key)
            logger.info("There is no room for the live index of %s in workspace %d.", key[1], key[0])
            return
        self._sizes[key] = size
        self._replicas[key] = replica
        gc.freeze()  # to look for garbage in a million records would hold up everybody for 0.1 s
        logger.info("The live index of %s in workspace %d is ready, in %.1f MiB.", key[1], key[0], size / 2**20)

    def _longest_unasked(self) -> list[Key]:
        return sorted(self._replicas, key=lambda key: self._used.get(key, 0))

    def _used_bytes(self, *, but: Key | None = None) -> int:
        return sum(self._sizes.get(key, 0) for key in list(self._replicas) if key != but)

    def _evict_replica(self, key: Key) -> None:
        replica = self._replicas.pop(key, None)
        if replica is None:
            return
        try:
            replica.save_file()
        except OSError as error:
            logger.warning("A live index is not kept: %s", error)

    def _maintain_all(self) -> None:
        """Those that have moved far are made anew from their files, which brings these up to date, or else measured.
        If all take too much room, those give way that were asked longest ago."""
        for key, replica in list(self._replicas.items()):
            if replica.is_crowded():
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
        except (ReplicaBehind, BuilderStopped, TooFarBehind, HistoryDiverged):  # the next who asks sees to it
            return
        except Exception as error:
            logger.warning("The live index of %s in workspace %d stays as it is: %r", key[1], key[0], error)
