"""The connections of one process: so many at most, opened when they are needed, and then kept.

asyncpg's pool does the same and more; its way to lend one costs twice what a short question does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import NamedTuple

from leadline.kit.db.postgres.connection import Connection

MAX_SHARE = 0.4
"""The part of the connections that one share may have: two that are stuck leave some."""


class PoolExhausted(TimeoutError):
    """No connection became free in time; the server itself may be well."""


class _Loan(NamedTuple):
    generation: int
    slots: Sequence[asyncio.Semaphore]


class ConnectionPool:
    """`connect` opens one; `take` waits `seconds` at most.

    Callers that name a share have `SHARE` of the connections at most, all that name the same one together. So those
    that wait for a locked table leave connections for others.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int, seconds: float) -> None:
        self._connect = connect
        self._most = most
        self._seconds = seconds
        self._free = asyncio.Semaphore(most)
        self._shares: dict[str, asyncio.Semaphore] = {}
        self._idle: list[Connection] = []
        self._lent: dict[Connection, _Loan] = {}
        self._generation = 0

    async def acquire(self, share: str | None = None) -> Connection:
        """One that is to be given back. Raises `AllInUse`, and what `AWAY` names."""
        turns = (self._free,) if share is None else (self._slots_of(share), self._free)
        if self._idle and not any(turn.locked() for turn in turns):
            return await self._lend_when_free(turns)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._lend_when_free(turns)
        except TimeoutError as error:
            if any(turn.locked() for turn in turns):
                raise PoolExhausted from error
            raise

    def release(self, connection: Connection) -> None:
        loan = self._lent.pop(connection)
        is_current = loan.generation == self._generation
        if is_current and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append(connection)
        else:
            connection.terminate()
        for turn in loan.slots:
            turn.release()

    @asynccontextmanager
    async def lend_connection(self, share: str | None = None) -> AsyncIterator[Connection]:
        connection = await self.acquire(share)
        try:
            yield connection
        finally:
            self.release(connection)

    def expire_all(self) -> None:
        """Uses none again that was opened before: the server may have become another."""
        self._generation += 1
        while self._idle:
            self._idle.pop().terminate()

    async def close(self) -> None:
        """Returns when all are given back and closed."""
        for _ in range(self._most):
            await self._free.acquire()
        await asyncio.gather(*(connection.close() for connection in self._idle))
        self._idle.clear()

    def terminate_all(self) -> None:
        """Closes all at once, those that are lent too."""
        self.expire_all()
        for connection in list(self._lent):
            connection.terminate()

    def _slots_of(self, share: str) -> asyncio.Semaphore:
        if share not in self._shares:
            self._shares[share] = asyncio.Semaphore(ceil(self._most * MAX_SHARE))
        return self._shares[share]

    async def _lend_when_free(self, turns: Sequence[asyncio.Semaphore]) -> Connection:
        held: list[asyncio.Semaphore] = []
        try:
            for turn in turns:
                await turn.acquire()
                held.append(turn)
            connection = self._pop_idle() or await self._connect()
        except BaseException:
            for turn in held:
                turn.release()
            raise
        self._lent[connection] = _Loan(self._generation, turns)
        return connection

    def _pop_idle(self) -> "Connection | None":
        """The idle one that was used last, unless it was closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
