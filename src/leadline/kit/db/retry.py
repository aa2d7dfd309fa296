"""Retries of reads that need the result of another thread.

Such a read waits without a snapshot, a connection or a thread, and is then run again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from leadline.kit.db import T, Unavailable, Work

MAX_SECONDS = 10.0
"""Seconds that a read waits in all."""


class RetryWhenDone(Exception):
    """A read raises this to be run again when the future `done` is done.

    The result of `done` says whether a retry is of any use. If not, the caller gets the sentence `refusal`. After
    `seconds` the read is run again in any case.
    """

    def __init__(self, done: "Future[bool]", refusal: str, *, seconds: float | None = None) -> None:
        super().__init__(refusal)
        self._seconds = seconds
        self._done = done
        self._refusal = refusal

    async def wait_until_done(self, seconds: float) -> None:
        """Waits until a retry is due, `seconds` at most. Raises `Unavailable` if that time passes, or if a retry is
        of no use."""
        waiting = asyncio.wrap_future(self._done)
        is_short = self._seconds is not None and self._seconds < seconds
        timeout = self._seconds if is_short else max(0, seconds)
        await asyncio.wait({waiting}, timeout=timeout)  # does not cancel what others await
        if is_short and not waiting.done():
            return
        if not waiting.done() or waiting.cancelled() or not waiting.result():
            raise Unavailable(self._refusal)


async def retry_until_done(read: Callable[[Work[T]], Awaitable[T]], work: Work[T]) -> T:
    """Runs the read until it succeeds, and returns its result. Raises `Unavailable` if a read is not to be
    retried."""
    end: float | None = None
    while True:
        try:
            return await read(work)
        except RetryWhenDone as raised:
            later = raised
        end = end or time.monotonic() + MAX_SECONDS
        await later.wait_until_done(end - time.monotonic())
