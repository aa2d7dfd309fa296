"""Searches that have to look at many records: in the background, for as long as it takes."""

import asyncio
import logging
import threading
from concurrent.futures import Future

from leadline.kit.db import Unavailable
from leadline.log.feed import OtherHistory, TooMuch
from leadline.records.live.builder import Snapshots
from leadline.records.live.follower import Follower
from leadline.records.live.search import search

AT_ONCE = 4
MOST = 100
"""Searches that are under way, and those with the ones that wait for their turn; one more is refused."""

logger = logging.getLogger("leadline")


class Learner:
    """Has one thread with an event loop, begun with the first search, in which they take turns piece by piece: a long
    one holds up no short one. Each has a connection of its own."""

    def __init__(self, snapshot: Snapshots) -> None:
        self._snapshot = snapshot
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._under_way: dict[tuple[int, str, str], Future[bool]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None

    def stop(self) -> None:
        """Breaks off what is under way."""
        if self._thread is not None:
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def learn(self, follower: Follower, term: str) -> "Future[bool]":
        """Says when the follower's hits have the term, or False if that cannot be had now. Who asks for the same
        meanwhile is told the same. Raises `Unavailable` if too many wait."""
        key = (follower.workspace, follower.kind.name, term)
        with self._lock:
            if key in self._under_way:
                return self._under_way[key]
            if len(self._under_way) >= MOST:
                raise Unavailable("Too many searches are under way; ask again.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop.run_forever, name="leadline-searches", daemon=True)
                self._thread.start()
            learning = asyncio.run_coroutine_threadsafe(self._learn(follower, term), self._loop)
            self._under_way[key] = learning
        learning.add_done_callback(lambda _: self._under_way.pop(key, None))
        return learning

    async def _learn(self, follower: Follower, term: str) -> bool:
        try:
            async with self._turns:
                await search(self._snapshot, follower, term)
        except (TooMuch, OtherHistory):  # the next who asks sees to it
            return True
        except Exception as error:  # whatever it is: who asks again tries again
            logger.warning("A search in workspace %d cannot be done: %r", follower.workspace, error)
            return False
        return True


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
