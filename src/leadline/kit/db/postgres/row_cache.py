"""A cache of rows that are validated before use, and the sharing of equal questions that are asked at the same
time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from leadline.kit.cache import BoundedCache
from leadline.kit.db import Row, SqlValue, T

MAX_KEPT_ROWS = 10_000

Question = tuple[str, tuple[SqlValue, ...]]
"""An SQL text and its parameters."""


class ValidatedRowCache:
    """A cache of rows, by question. Its callers must validate a row before they rely on it.

    `ask` sends a question to the server, which answers with one row at most.
    """

    def __init__(self, ask: Callable[[Question], Awaitable[Row | None]]) -> None:
        self._ask = ask
        self.rows: BoundedCache[Question, Row] = BoundedCache(MAX_KEPT_ROWS)
        self._asking: dict[Question, asyncio.Task[Row | None]] = {}
        self._next: dict[Question, asyncio.Task[Row | None]] = {}

    async def fetch_fresh(self, question: Question) -> Row | None:
        """Fetches a row by a question that is sent after this call. Callers that come while an earlier question is on
        its way share the next one."""
        task = self._next.get(question)
        if task is None:
            task = self._next[question] = asyncio.create_task(self._ask_next(question))
        return await asyncio.shield(task)

    async def _ask_next(self, question: Question) -> Row | None:
        if (before := self._asking.get(question)) is not None:
            await asyncio.wait((before,))
        task = self._asking[question] = self._next.pop(question)
        try:
            return await self._ask(question)
        finally:
            if self._asking[question] is task:
                del self._asking[question]


class SingleFlight(Generic[T]):
    """Sends equal questions that are asked at the same time only once.

    `ask` sends a question to the server. The answer must be the same at any time.
    """

    def __init__(self, ask: Callable[[Question], Awaitable[T]]) -> None:
        self._ask = ask
        self._asking: dict[Question, asyncio.Task[T]] = {}

    async def run_shared(self, question: Question) -> T:
        task = self._asking.get(question)
        if task is None:
            task = self._asking[question] = asyncio.create_task(self._ask_once(question))
        return await asyncio.shield(task)

    async def _ask_once(self, question: Question) -> T:
        try:
            return await self._ask(question)
        finally:
            del self._asking[question]
