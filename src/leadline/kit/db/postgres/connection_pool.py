"""A connection pool for one process. It opens connections when they are needed, and keeps them.

asyncpg has a pool that does the same and more, but lending a connection from it costs twice as much as a short query.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from math import ceil
from typing import NamedTuple

from leadline.kit.db.postgres.connection import Connection

MAX_SHARE = 0.4
"""Fraction of the connections that one share may use, so that two shares that are stuck leave some."""


class PoolExhausted(TimeoutError):
    """No connection became free in time. The server itself may be available."""


class _Loan(NamedTuple):
    generation: int
    slots: Sequence[asyncio.Semaphore]


class ConnectionPool:
    """A pool of `most` connections. `connect` opens one, and `acquire` waits `seconds` at most.

    All callers that name the same share use `MAX_SHARE` of the connections at most. If they wait for a locked table,
    they therefore leave connections for others.
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
        """Returns a connection, which the caller must release. Raises `PoolExhausted`, and the errors in
        `TRANSIENT_ERRORS`."""
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
        """Discards every connection that is open now, because the server may have been replaced. Lent ones are closed
        on release."""
        self._generation += 1
        while self._idle:
            self._idle.pop().terminate()

    async def close(self) -> None:
        """Waits until all connections are released, and closes them."""
        for _ in range(self._most):
            await self._free.acquire()
        await asyncio.gather(*(connection.close() for connection in self._idle))
        self._idle.clear()

    def terminate_all(self) -> None:
        """Closes all connections at once, including the lent ones."""
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
        """Returns the idle connection that was used last, or None. Skips connections that were closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
