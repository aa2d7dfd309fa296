"""PostgreSQL through asyncpg: a bounded connection pool, a limit on every wait, and group commit as on SQLite."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import asyncpg

from leadline.kit.db import DatabaseError, ReadStats, T, Transaction, Work, WriteStats
from leadline.kit.db.commit_signal import CommitListener, CommitSignal
from leadline.kit.db.postgres.connection import Connection, PostgresTransaction
from leadline.kit.db.postgres.connection_pool import ConnectionPool
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS, read_failed
from leadline.kit.db.postgres.fold import fold_function
from leadline.kit.db.postgres.reader import OptimisticReader
from leadline.kit.db.postgres.servers import STATEMENT_SECONDS, ServerList
from leadline.kit.db.postgres.writer import PostgresWriter
from leadline.kit.db.retry import retry_until_done

FIRST_VERSION = 150_000
ACQUIRE_SECONDS = 3.0

logger = logging.getLogger("leadline")


class PostgresDatabase:
    """A database on a server, which any number of processes on any machine may share.

    `url` is a libpq URI with the options that `postgres/servers.py` adds. `connections` is the most that one process
    opens.
    """

    name = "postgres"

    def __init__(self, url: str, connections: int) -> None:
        self._url = url
        self._commit_signal = CommitSignal()
        self._most = connections
        self._seconds: float | None = None
        self._connections: ConnectionPool
        self._reader: OptimisticReader
        self._writer: PostgresWriter

    async def open(self) -> None:
        servers = self._parse_servers()
        try:
            connections = ConnectionPool(servers.connect, self._most, ACQUIRE_SECONDS)
            try:
                async with connections.lend_connection() as connection:
                    await _check_server(connection)
                    await _prepare_database(connection)
            except BaseException:
                connections.expire_all()
                raise
        except (asyncpg.PostgresError, ValueError) as error:
            raise DatabaseError(f"The database cannot be used ({error}).") from error
        except TRANSIENT_ERRORS as error:
            raise DatabaseError(f"The database cannot be reached{servers.at} ({error}).") from error
        self._connections = connections
        self._reader = OptimisticReader(connections, in_transactions=servers.is_pooled)
        self._writer = PostgresWriter(connections, self._commit_signal)

    def _parse_servers(self) -> ServerList:
        try:
            return ServerList(self._url)
        except ValueError as error:
            raise DatabaseError(f"The database cannot be used ({error}).") from error

    async def close(self) -> None:
        """Finishes all queued writes, and then closes the connections."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STATEMENT_SECONDS):
                await self._writer.close()
                await self._connections.close()
        self._connections.terminate_all()  # connections that still wait for a lock

    def bound_requests(self, seconds: float) -> None:
        self._seconds = self._writer.seconds = seconds

    def read(self, work: Work[T], share: str | None = None) -> Awaitable[T]:
        return self._read_in_time(partial(self._reader.read, share=share), work)

    async def _read_in_time(self, read: Callable[[Work[T]], Awaitable[T]], work: Work[T]) -> T:
        try:
            async with asyncio.timeout(self._seconds):
                return await retry_until_done(read, work)
        except TimeoutError as error:
            raise read_failed(error) from error

    def write_stats(self) -> WriteStats:
        return self._writer.write_stats()

    def read_stats(self) -> ReadStats:
        return ReadStats()

    @asynccontextmanager
    async def snapshot(self, partition: int = 0) -> AsyncIterator[Transaction]:
        try:
            connection = await ServerList(self._url).connect(is_patient=True)
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    yield PostgresTransaction(connection)
            finally:
                await connection.close()
        except TRANSIENT_ERRORS as error:
            raise read_failed(error) from error

    def write(self, work: Work[T], partition: int = 0, *, is_slow: bool = False) -> Awaitable[T]:
        return self._writer.write(work, partition, is_slow=is_slow)

    def rehearse(self, work: Work[T], partition: int = 0) -> Awaitable[T]:
        return self._writer.write(work, partition, is_rehearsal=True)

    def subscribe(self, on_commit: CommitListener) -> None:
        self._commit_signal.subscribe(on_commit)


async def _check_server(connection: Connection) -> None:
    """Checks that the server suits Leadline.

    Raises `DatabaseError` if the server could lose acknowledged data or is too old, if its encoding is not UTF8, or
    if the role may not create tables.
    """
    rows = await connection.fetch(
        "SELECT name, setting FROM pg_settings"
        " WHERE name IN ('fsync', 'synchronous_commit', 'server_version_num', 'server_encoding')"
    )
    setting = {row["name"]: row["setting"] for row in rows}
    if int(setting["server_version_num"]) < FIRST_VERSION:
        raise DatabaseError("PostgreSQL 15 or newer is needed.")
    if setting["server_encoding"] != "UTF8":
        raise DatabaseError("The database's encoding must be UTF8; create it with ENCODING 'UTF8'.")
    if setting["fsync"] == "off":
        raise DatabaseError("fsync is off: a power cut would destroy the data; set fsync = on.")
    if not await connection.fetchval("SELECT has_schema_privilege(current_schema(), 'CREATE')"):
        raise DatabaseError(
            "The role may not make tables in the database; let it own that: ALTER DATABASE … OWNER TO …."
        )
    if setting["synchronous_commit"] == "off":
        logger.warning("synchronous_commit is off: a crash of the database loses what was acknowledged just before.")


async def _prepare_database(connection: Connection) -> None:
    """Creates the function and the extension that the schema needs, if they are missing. Processes that start
    together take turns."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtext('leadline.prepare'))")
        if await connection.fetchval("SELECT to_regprocedure('leadline_fold(text)') IS NULL"):
            await connection.execute(fold_function())
        try:
            async with connection.transaction():
                await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except asyncpg.PostgresError as error:
            logger.warning("Searches will read every record: the extension pg_trgm cannot be made (%s).", error)
