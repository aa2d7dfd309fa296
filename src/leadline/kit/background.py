"""Repeated work in the background, beside the requests."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

logger = logging.getLogger("leadline")


@asynccontextmanager
async def repeating_work(name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Repeats `work` every `seconds` while the context is open. A failure is logged and does not end the
    repetition."""
    task = asyncio.create_task(repeat_work(name, seconds, work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def repeat_work(name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Repeats `work` every `seconds` until the task is cancelled. A failure is logged and does not end the
    repetition."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:
            logger.exception("%s failed, and is tried again", name, exc_info=error)
