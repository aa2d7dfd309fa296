"""The end of the primary's log. Every write that was acknowledged before the question lies before the answer."""

import asyncio
from typing import NamedTuple

from leadline.kit.db.postgres.connection_pool import ConnectionPool

_POSITION = """
    SELECT ('x' || left(pg_walfile_name(lsn), 8))::bit(32)::int, lsn::text
    FROM (SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
                 ELSE pg_current_wal_flush_lsn() END AS lsn) AS log
"""
"""Acknowledged writes are flushed, unless commits do not wait for the flush."""


class WalPosition(NamedTuple):
    """A position (`lsn`) in the log. After a failover the log continues on another `timeline`."""

    timeline: int
    lsn: str


class WalPositions:
    """Questions for the end of the log, each for all who wait. Callers that come during a question share the next
    one."""

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[WalPosition] | None = None

    async def fetch_newest(self) -> WalPosition:
        """Returns the end of the log. Raises the errors of asyncpg."""
        if self._next is None:
            self._next = asyncio.create_task(self._query_primary())
        return await asyncio.shield(self._next)

    async def _query_primary(self) -> WalPosition:
        async with self._turn:
            self._next = None  # a later caller may have seen more than the answer will cover
            async with (
                self._connections.lend_connection() as connection,
                connection.transaction(readonly=True),  # on one server, even behind PgBouncer
            ):
                row = await connection.fetchrow(_POSITION)
        assert row is not None, "it is one row"
        return WalPosition(*row)
