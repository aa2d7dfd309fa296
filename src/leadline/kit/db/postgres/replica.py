"""Reads from a standby, none older than any write that a node acknowledged before the read began.

The primary says how far its log goes, once for all reads that wait. The connection that will read then asks the
standby whether it has replayed that much of the same log, and only then opens its snapshot. If the standby has not,
or is unavailable, the primary answers instead. The standby is then not used until it has caught up.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial

import asyncpg

from leadline.kit.background import repeat_work
from leadline.kit.db import DatabaseError, ReadStats, T, Work
from leadline.kit.db.postgres import PostgresDatabase
from leadline.kit.db.postgres.connection import Connection
from leadline.kit.db.postgres.connection_pool import ConnectionPool
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS, read_failed
from leadline.kit.db.postgres.reader import read_in_snapshot
from leadline.kit.db.postgres.servers import ServerList
from leadline.kit.db.postgres.wal_positions import WalPosition, WalPositions

CHECK_SECONDS = 1.0
"""Seconds that opening a connection to the standby may take, or its answer to how far it has replayed."""
RETRY_PAUSES_SECONDS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0)
"""Pauses in seconds between questions to a standby that is behind."""
RETRY_SECONDS = 1.0
WARN_INTERVAL_SECONDS = 60.0
"""Seconds within which a standby that comes and goes is logged only once."""

_IDENTITY = """
    SELECT system_identifier, oid::bigint FROM pg_control_system(), pg_database WHERE datname = current_database()
"""
_REPLAYED = """
    SELECT pg_is_in_recovery() AND min_recovery_end_timeline = $1, pg_last_wal_replay_lsn() >= $2::text::pg_lsn
    FROM pg_control_recovery()
"""
"""The timeline is that of the standby's last restart point. After a failover it is late, but never early."""

logger = logging.getLogger("leadline")


class ReplicatedDatabase(PostgresDatabase):
    """A database whose reads are answered by the standby at `replica`, an address of the same form as `url`."""

    def __init__(self, url: str, connections: int, replica: str) -> None:
        super().__init__(url, connections)
        self._replica_url = replica
        self._replica: _Standby
        self._from_replica = self._from_primary = 0

    async def open(self) -> None:
        """Opens the database. The standby may be unavailable."""
        try:
            servers = ServerList(self._replica_url, role="standby")
            if servers.is_pooled:
                raise ValueError("it must not lead through PgBouncer, behind which servers change")
        except ValueError as error:
            raise DatabaseError(f"The replica's address cannot be used ({error}).") from error
        await super().open()
        self._replica = _Standby(servers, self._most, WalPositions(self._connections))
        try:
            await self._replica.open(self._connections)
        except BaseException:
            await super().close()
            raise

    async def close(self) -> None:
        await self._replica.close()
        await super().close()

    def read(self, work: Work[T], share: str | None = None) -> Awaitable[T]:
        return self._read_in_time(partial(self._read, share=share), work)

    async def _read(self, work: Work[T], share: str | None) -> T:
        if self._replica.is_in_use:
            try:
                found = await self._replica.read(work, share)
            except _UsePrimary:
                pass
            else:
                self._from_replica += 1
                return found
        self._from_primary += 1
        return await self._reader.read(work, share)

    def read_stats(self) -> ReadStats:
        return ReadStats(self._from_replica, self._from_primary)


class _UsePrimary(Exception):
    """The primary must answer the read."""


class _StandbyUnfit(Exception):
    """The standby cannot be used. The message says why."""


_UNUSABLE_ERRORS: tuple[type[BaseException], ...] = (_StandbyUnfit, *TRANSIENT_ERRORS)
_QUERY_ERRORS: tuple[type[BaseException], ...] = (asyncpg.PostgresError, *TRANSIENT_ERRORS)


class _Standby:
    def __init__(self, servers: ServerList, most: int, positions: WalPositions) -> None:
        self.is_in_use = False
        self._servers = servers
        self._connections = ConnectionPool(self._connect_standby, most, CHECK_SECONDS)
        self._positions = positions
        self._identity: asyncpg.Record | None = None
        self._watching: asyncio.Task[None]
        self._warned_at = -WARN_INTERVAL_SECONDS
        self._is_announced = False

    async def open(self, primary: ConnectionPool) -> None:
        async with primary.lend_connection() as connection, connection.transaction(readonly=True):
            self._identity = await connection.fetchrow(_IDENTITY)
        await self._try_standby()
        self._watching = asyncio.create_task(repeat_work("trying the replica", RETRY_SECONDS, self._try_again))

    async def close(self) -> None:
        self._watching.cancel()
        with suppress(asyncio.CancelledError):
            await self._watching
        self._connections.expire_all()

    async def read(self, work: Work[T], share: str | None = None) -> T:
        """Returns the result of the work. Raises `_UsePrimary`, and `Unavailable` for a query that takes too long on
        any server."""
        position = await self._primary_position()
        try:
            async with self._connections.lend_connection(share) as connection:
                return await self._read(connection, work, position)
        except asyncpg.QueryCanceledError as error:
            raise read_failed(error) from error
        except _UNUSABLE_ERRORS as error:
            self._set_aside(str(error) or type(error).__name__)
            raise _UsePrimary from error
        except asyncpg.PostgresError as error:  # for example, the standby could not keep the snapshot
            raise _UsePrimary from error

    async def _primary_position(self) -> WalPosition:
        try:
            return await self._positions.fetch_newest()
        except _QUERY_ERRORS as error:
            raise _UsePrimary from error  # the primary will raise the error itself

    async def _read(self, connection: Connection, work: Work[T], position: WalPosition) -> T:
        try:
            if not await _has_replayed(connection, position):
                raise _StandbyUnfit("it is behind, or follows another primary")
            return await read_in_snapshot(connection, work)
        except TRANSIENT_ERRORS:
            connection.terminate()  # a normal release would wait for the server
            raise

    async def _try_again(self) -> None:
        if not self.is_in_use:
            await self._try_standby()

    async def _try_standby(self) -> None:
        """Starts to use the standby if it is available and has caught up with the primary."""

        async def read_nothing(_: object) -> None:
            pass

        with suppress(_UsePrimary, DatabaseError):
            await self.read(read_nothing)
            self.is_in_use = True
            if not self._is_announced:
                logger.info("reads go to the replica")
                self._is_announced = True

    def _set_aside(self, why: str) -> None:
        self.is_in_use = False
        if time.monotonic() >= self._warned_at + WARN_INTERVAL_SECONDS:
            self._warned_at, self._is_announced = time.monotonic(), False
            logger.warning("The primary answers all reads until the replica can: %s", why)

    async def _connect_standby(self) -> Connection:
        connection = await self._servers.connect()
        try:
            if await connection.fetchrow(_IDENTITY, timeout=CHECK_SECONDS) != self._identity:
                raise _StandbyUnfit("it is a standby of another system, or the address names another database")
        except BaseException:
            connection.terminate()
            raise
        return connection


async def _has_replayed(connection: Connection, position: WalPosition) -> bool:
    for pause in RETRY_PAUSES_SECONDS:
        row = await connection.fetchrow(_REPLAYED, *position, timeout=CHECK_SECONDS)
        follows, reached = row or (False, False)
        if not follows or reached:
            return bool(follows and reached)
        await asyncio.sleep(pause)
    return False
