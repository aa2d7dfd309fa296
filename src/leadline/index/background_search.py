"""Long searches and long catch-ups with the log: each runs in the background, once for all readers that need it."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future

from leadline.index.builder import MAX_ROUNDS, Snapshots, read_newest
from leadline.index.record_search import search_records
from leadline.index.replica import IndexReplica, ReplicaBehind
from leadline.kit.db import Unavailable
from leadline.log.feed import HistoryDiverged, TooFarBehind

MAX_CONCURRENT_SEARCHES = 4
"""Most searches that run at once."""
MAX_QUEUED_JOBS = 100
"""Most jobs that run or wait, catch-ups included; one more search is refused."""

FOLLOW_SECONDS = 0.05
"""Seconds between two catch-ups of a replica that follows the log by itself."""
MAX_QUIET_ROUNDS = 40
"""Catch-ups in a row that find nothing new, after which a replica no longer follows the log by itself."""

logger = logging.getLogger("leadline")

Key = tuple[int, str, str | None]
"""Workspace, kind and search term; the term "" stands for a catch-up with the log, None for following it."""
Job = Callable[[], Coroutine[None, None, None]]


class BackgroundSearch:
    """Runs searches that look at many records, and catch-ups with many operations of the log.

    All jobs share one thread with an event loop, which starts with the first job. They take turns piece by piece, so
    a long job does not hold up a short one. Each has a connection of its own.
    """

    def __init__(self, snapshot: Snapshots) -> None:
        self._snapshot = snapshot
        self._turns = asyncio.Semaphore(MAX_CONCURRENT_SEARCHES)
        self._lock = threading.Lock()
        self._under_way: dict[Key, Future[bool]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    def stop_all(self) -> None:
        """Cancels all jobs and ends the thread."""
        if self._thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def submit_search(self, replica: IndexReplica, term: str) -> "Future[bool]":
        """Returns a future that is done when the replica's search cache has the term. Its result is False if the
        search failed. Readers that need the same search share one future. Raises `Unavailable` if too many wait."""
        return self._run_shared(replica, term, lambda: self._run_search(replica, term))

    def submit_catch_up(self, replica: IndexReplica) -> "Future[bool]":
        """Returns a future that is done when the replica has reached the end that the log had. Its result is False if
        that failed. A catch-up is accepted however many searches wait."""
        return self._run_shared(replica, "", lambda: self._catch_up(replica))

    def start_following(self, replica: IndexReplica, is_idle: Callable[[], bool]) -> None:
        """Makes the replica follow the log by itself, until nothing is written for a while, or it `is_idle`.

        What other processes write fast would otherwise be left to the next reader, who would have to wait.
        """
        self._run_shared(replica, None, lambda: self._follow_on(replica, is_idle))

    def _run_shared(self, replica: IndexReplica, term: str | None, work: Job) -> "Future[bool]":
        key = (replica.workspace, replica.kind.name, term)
        with self._lock:
            if key in self._under_way:
                return self._under_way[key]
            if term and sum(other is not None for _, _, other in self._under_way) >= MAX_QUEUED_JOBS:
                raise Unavailable("Too many searches are under way; ask again.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop.run_forever, name="leadline-learner", daemon=True)
                self._thread.start()
            ending = asyncio.run_coroutine_threadsafe(_run_job(work, replica.workspace), self._loop)
            self._under_way[key] = ending
        ending.add_done_callback(lambda _: self._under_way.pop(key, None))
        return ending

    async def _run_search(self, replica: IndexReplica, term: str) -> None:
        async with self._turns:
            await search_records(self._snapshot, replica, term)

    async def _catch_up(self, replica: IndexReplica) -> None:
        """Follows the log until a reader can take in the rest by itself: others write meanwhile."""
        for _ in range(MAX_ROUNDS):
            async with self._snapshot(replica.workspace) as tx:
                if not await replica.follow_log(tx, await read_newest(tx, replica.workspace)):
                    return

    async def _follow_on(self, replica: IndexReplica, is_idle: Callable[[], bool]) -> None:
        quiet_rounds = 0
        while quiet_rounds < MAX_QUIET_ROUNDS and not (replica.is_gone or is_idle()):
            await asyncio.sleep(FOLLOW_SECONDS)
            start = replica.at
            await self._catch_up(replica)
            quiet_rounds = quiet_rounds + 1 if replica.at == start else 0


async def _run_job(work: Job, workspace: int) -> bool:
    """Returns True if the reader should ask again, False if the work failed."""
    try:
        await work()
    except (ReplicaBehind, TooFarBehind, HistoryDiverged):  # the next reader handles it
        return True
    except Exception as error:  # any failure: a reader that asks again starts the work again
        logger.warning("What is asked of workspace %d cannot be learnt: %r", workspace, error)
        return False
    return True


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
