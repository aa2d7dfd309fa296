"""Reads that need what another thread is still at work on: they wait for it without a snapshot, a connection or a
thread, and are run again."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future

from leadline.kit.db import T, Unavailable, Work

MAX_SECONDS = 10.0
"""How long a read waits in all."""


class RetryWhenDone(Exception):
    """What a read raises that is to be run again when `done` is, which then says whether there is any use in that.
    `refusal` is what its caller is told otherwise: a sentence. After `seconds` it is run again in any case."""

    def __init__(self, done: "Future[bool]", refusal: str, *, seconds: float | None = None) -> None:
        super().__init__(refusal)
        self._seconds = seconds
        self._done = done
        self._refusal = refusal

    async def wait_until_done(self, seconds: float) -> None:
        """Raises `Unavailable`."""
        waiting = asyncio.wrap_future(self._done)
        is_short = self._seconds is not None and self._seconds < seconds
        timeout = self._seconds if is_short else max(0, seconds)
        await asyncio.wait({waiting}, timeout=timeout)  # which leaves it as it is, whoever else waits
        if is_short and not waiting.done():
            return
        if not waiting.done() or waiting.cancelled() or not waiting.result():
            raise Unavailable(self._refusal)


async def retry_until_done(read: Callable[[Work[T]], Awaitable[T]], work: Work[T]) -> T:
    """What the work is answered in the end. Raises `Unavailable`."""
    end: float | None = None
    while True:
        try:
            return await read(work)
        except RetryWhenDone as raised:
            later = raised
        end = end or time.monotonic() + MAX_SECONDS
        await later.wait_until_done(end - time.monotonic())
