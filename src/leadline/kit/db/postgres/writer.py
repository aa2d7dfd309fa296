"""Units of work of one lane share a commit: what must be written one after the other costs one flush together.

A lane is what must not be written twice at once (a workspace); lanes are written side by side, each on a connection
of its own. An advisory lock keeps other processes out of a lane until the commit: taken first, and alone, it leaves
nothing to deadlock over.

A unit that fails takes nothing with it: if it has written, its group is rolled back and run again with a savepoint
around each unit.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from leadline.kit.db import ConstraintViolation, T, Work, WriteStats
from leadline.kit.db.postgres.connection import Connection
from leadline.kit.db.postgres.connection_pool import ConnectionPool
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS, commit_in_doubt, write_failed
from leadline.kit.db.postgres.write_transaction import WriteTransaction
from leadline.kit.db.write_queue import (
    QueuedWrite,
    answer_all,
    fail_all,
    fail_unexpectedly,
    refuse_if_full,
    take_group,
)

MAX_GROUP_WRITES = 100
_BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED"
_WRITES = "writes"
"""The share of the connections that all writes have."""
_PARTITION_LOCKS = 0x1EAD
"""The advisory locks that are lanes."""


class PostgresWriter:
    """Belongs to the event loop that it is made on."""

    def __init__(self, connections: ConnectionPool) -> None:
        self.seconds: float | None = None
        """What a write takes at most, waiting included; None is no limit."""
        self._connections = connections
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, deque[QueuedWrite]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._units = self._groups = 0
        self._are_failing = False

    async def write(self, work: Work[T], partition: int) -> T:
        """Raises `Unavailable` when too many units wait already, or when the database cannot be written."""
        waiting = self._waiting.get(partition)
        if waiting is None:
            waiting = self._waiting[partition] = deque()
            task = self._loop.create_task(self._write_all(partition, waiting))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        refuse_if_full(len(waiting))
        unit = QueuedWrite(work, self._loop.create_future())
        waiting.append(unit)
        done, _ = await asyncio.wait({unit.answer}, timeout=self.seconds)
        if not done:
            unit.is_abandoned = True
            unit.answer.cancel()
            raise commit_in_doubt(TimeoutError()) if unit.is_begun else write_failed(TimeoutError())
        result: T = unit.answer.result()
        return result

    def write_stats(self) -> WriteStats:
        return WriteStats(sum(map(len, self._waiting.values())), self._units, self._groups, self._are_failing)

    async def close(self) -> None:
        """Returns when everything handed in is written and answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _write_all(self, partition: int, waiting: deque[QueuedWrite]) -> None:
        """One group after the other, for as long as anything waits."""
        while waiting:
            group = take_group(waiting, MAX_GROUP_WRITES)
            await self._write_group(partition, group)
            answer_all(group)
            await asyncio.sleep(0)  # those who are answered go on, and what they do next may join the next group
        del self._waiting[partition]

    async def _write_group(self, partition: int, group: list[QueuedWrite]) -> None:
        try:
            async with self._connections.lend_connection(_WRITES) as connection:
                try:
                    await _write_together(connection, partition, group)
                except _FailedAfterWriting:
                    await _write_with_savepoints(connection, partition, group)
            self._units += len(group)
            self._groups += 1
            self._are_failing = False
        except _CommitInDoubt as error:
            self._are_failing = True
            fail_all(group, commit_in_doubt(error.__cause__ or error))
        except TRANSIENT_ERRORS as error:
            self._are_failing = True
            if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
                self._connections.expire_all()  # a standby by now; the leader is elsewhere
            waiting = self._waiting[partition]
            group += waiting  # they would fare no better, and wait the longer for it
            waiting.clear()
            fail_all(group, write_failed(error))
        except Exception as error:  # a defect, which must not leave the lane without its task
            self._are_failing = True
            fail_unexpectedly(group, error)


class _FailedAfterWriting(Exception):
    """A unit failed after it had written something, or in a way that ends the transaction."""


class _CommitInDoubt(Exception):
    """The database went away while it committed."""


async def _write_together(connection: Connection, partition: int, group: list[QueuedWrite]) -> None:
    async with locked_partition(connection, partition) as transaction:
        for unit in group:
            before = transaction.writes
            transaction.begin_unit()
            await _run_write(unit, transaction)
            if _has_aborted(unit.error) or (unit.error and transaction.writes != before):
                raise _FailedAfterWriting
        try:
            await transaction.flush()
        except TRANSIENT_ERRORS:
            raise
        except asyncpg.PostgresError as error:  # whose it is shows once each is written by itself
            raise _FailedAfterWriting from error


def _has_aborted(error: Exception | None) -> bool:
    """Whether it has ended the transaction on the server."""
    return isinstance(error, asyncpg.PostgresError | ConstraintViolation)


async def _write_with_savepoints(connection: Connection, partition: int, group: list[QueuedWrite]) -> None:
    async with locked_partition(connection, partition) as transaction:
        for unit in group:
            await connection.execute("SAVEPOINT unit")
            await _run_write(unit, transaction, to_the_end=True)
            if unit.error is not None:
                transaction.discard_pending()
                await connection.execute("ROLLBACK TO unit")
            await connection.execute("RELEASE unit")


@asynccontextmanager
async def locked_partition(connection: Connection, partition: int) -> AsyncIterator[WriteTransaction]:
    try:
        await connection.execute(f"{_BEGIN}; SELECT pg_advisory_xact_lock({_PARTITION_LOCKS}, {partition})")
        yield WriteTransaction(connection)
    except TimeoutError:
        connection.terminate()  # it would not answer a ROLLBACK either
        raise
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    try:
        status = await connection.execute("COMMIT")
    except TRANSIENT_ERRORS as error:
        if isinstance(error, TimeoutError):
            connection.terminate()
        raise _CommitInDoubt from error
    assert status == "COMMIT", "a unit has hidden that one of its statements failed"


async def _run_write(unit: QueuedWrite, transaction: WriteTransaction, *, to_the_end: bool = False) -> None:
    """`to_the_end` sends what the unit has left for later, too."""
    if unit.is_late():
        return
    try:
        unit.result = await unit.work(transaction)
        if to_the_end:
            await transaction.flush()
    except TRANSIENT_ERRORS:
        raise
    except asyncpg.IntegrityConstraintViolationError as error:
        unit.error = ConstraintViolation(str(error).partition("\n")[0])
        unit.error.__cause__ = error
    except Exception as error:
        unit.error = error
