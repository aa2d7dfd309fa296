"""How far the primary's log goes: whatever was acknowledged before the question stands before the answer."""

import asyncio
from typing import NamedTuple

from leadline.kit.db.postgres.connection_pool import ConnectionPool

_POSITION = """
    SELECT ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::int, lsn::text
    FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
                 ELSE pg_current_wal_flush_lsn() END AS lsn) AS log
"""
"""What is acknowledged is flushed, unless commits do not wait for that."""


class WalPosition(NamedTuple):
    """A place (`lsn`) in the log. A server that takes over goes on under another number, the `timeline`."""

    timeline: int
    lsn: str


class WalPositions:
    """Asks once for all who wait: who comes while a question is on its way shares the next one with the others."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[WalPosition] | None = None

    async def fetch_newest(self) -> WalPosition:
        """Raises what asyncpg does."""
        if self._next is None:
            self._next = asyncio.create_task(self._query_primary())
        return await asyncio.shield(self._next)

    async def _query_primary(self) -> WalPosition:
        async with self._turn:
            self._next = None  # whoever comes from now on may have seen more than the answer will hold
            async with (
                self._connections.lend_connection() as connection,
                connection.transaction(readonly=True),  # on one server, whatever lies on the way
            ):
                row = await connection.fetchrow(_POSITION)
        assert row is not None, "it is one row"
        return WalPosition(*row)
