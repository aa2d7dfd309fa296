"""The connections of one process: so many at most, opened when they are needed, and then kept.

asyncpg's pool does the same and more; its way to lend one costs twice what a short question does.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from leadline.kit.db.postgres.connection import Connection


class Connections:
    """`connect` opens one; `take` waits `seconds` at most."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], most: int, seconds: float) -> None:
        self._connect = connect
        self._most = most
        self._seconds = seconds
        self._free = asyncio.Semaphore(most)
        self._idle: list[Connection] = []
        self._lent: dict[Connection, int] = {}
        self._generation = 0

    async def take(self) -> Connection:
        """One that is to be given back. Raises what `AWAY` names."""
        if self._idle and not self._free.locked():
            return await self._take()
        async with asyncio.timeout(self._seconds):
            return await self._take()

    def give(self, connection: Connection) -> None:
        is_current = self._lent.pop(connection) == self._generation
        if is_current and not connection.is_closed() and not connection.is_in_transaction():
            self._idle.append(connection)
        else:
            connection.terminate()
        self._free.release()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Connection]:
        connection = await self.take()
        try:
            yield connection
        finally:
            self.give(connection)

    def expire(self) -> None:
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

    def break_off(self) -> None:
        """Closes all at once, those that are lent too."""
        self.expire()
        for connection in list(self._lent):
            connection.terminate()

    async def _take(self) -> Connection:
        await self._free.acquire()
        try:
            connection = self._open_one() or await self._connect()
        except BaseException:
            self._free.release()
            raise
        self._lent[connection] = self._generation
        return connection

    def _open_one(self) -> "Connection | None":
        """The idle one that was used last, unless it was closed meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
