"""What reads are told again and again: kept, but relied on only once it is made sure of; and what several ask at the
same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from leadline.kit.db import Row, SqlValue, T

MAX_KEPT = 10_000

Question = tuple[str, tuple[SqlValue, ...]]
"""An SQL text and its parameters."""


class ValidatedRowCache:
    """`ask` asks the server what one row at most answers."""

    def __init__(self, ask: Callable[[Question], Awaitable[Row | None]]) -> None:
        self._ask = ask
        self._kept: dict[Question, Row] = {}
        self._asking: dict[Question, asyncio.Task[Row | None]] = {}
        self._next: dict[Question, asyncio.Task[Row | None]] = {}

    def find(self, question: Question) -> Row | None:
        return self._kept.get(question)

    def keep(self, question: Question, row: Row) -> None:
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[question] = row

    def forget(self, question: Question) -> None:
        self._kept.pop(question, None)

    async def fetch_fresh(self, question: Question) -> Row | None:
        """What the server says to it from now on, at the earliest: those who ask while it answers others are told
        together what it answers next."""
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
    """What several ask while it is being asked is asked once. `ask` asks the server what it answers the same at any
    time."""

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
