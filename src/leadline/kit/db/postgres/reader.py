"""Optimistic reads, with as few round trips to the server as possible.

A read begins without a transaction. If it fetches one row and nothing else, that statement is its own snapshot. If it
then only fetches rows by their keys, the second statement fetches the first row again. If that row is unchanged, both
answers are from one snapshot (so a list takes two round trips). If it has changed, the read is run again with the new
first row, and fetches only the rows by keys. Any other read needs a transaction. If such a read has asked something
outside of a transaction by then, or has had too many conflicts, it is run again from the start.

Immutable rows can be fetched outside of any snapshot, and once for all reads that want them at the same time.

A cached row is validated by the next question, which fetches both rows in one snapshot. Reads that ask nothing else
are validated together. If the row has changed, the read is run again without the cache.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from leadline.kit.db import Row, SqlValue, T, Work
from leadline.kit.db.postgres.connection import Connection, PostgresTransaction
from leadline.kit.db.postgres.connection_pool import ConnectionPool
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS, read_failed
from leadline.kit.db.postgres.row_cache import Question, SingleFlight, ValidatedRowCache
from leadline.kit.db.retry import RetryWhenDone

MAX_CONFLICTS = 3
"""Conflicts with writes after which a read is still retried without a transaction."""
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    " SET LOCAL plan_cache_mode = force_custom_plan"  # a generic plan does not suit a filtered list
)
KnownAnswer = tuple[Question, Row]
"""A question, and the row with which the server answered it outside of a transaction."""


class OptimisticReader:
    """A reader that retries on conflict.

    `in_transactions` says that a statement outside of a transaction is not reliable, so that each read begins with
    one.
    """

    def __init__(self, connections: ConnectionPool, *, in_transactions: bool) -> None:
        self._connections = connections
        self._in_transactions = in_transactions
        self._row_cache = ValidatedRowCache(self._fetch_row)
        self._single_flight = SingleFlight(self._fetch_immutable)

    async def read(self, work: Work[T], share: str | None = None) -> T:
        """Returns the result of the work. Raises `Unavailable` if the server cannot be asked."""
        familiar: ValidatedRowCache | None = self._row_cache
        in_transaction, told, overtaken = self._in_transactions, None, 0
        while True:
            tx = _ReadTransaction(
                self._connections,
                self._single_flight,
                familiar,
                in_transaction=in_transaction,
                told=told,
                share=share,
            )
            try:
                return await _run_read(tx, work)
            except _SnapshotConflict as error:
                told, overtaken = error.told, overtaken + 1
                in_transaction = overtaken > MAX_CONFLICTS
            except _NeedsTransaction:
                in_transaction = True
            except _StaleCache:
                familiar = told = None
            except TRANSIENT_ERRORS as error:
                raise read_failed(error) from error

    async def _fetch_row(self, question: Question) -> Row | None:
        tx = _ReadTransaction(self._connections, self._single_flight, None, in_transaction=self._in_transactions)
        return await _run_read(tx, lambda tx: tx.fetch_one(*question))

    async def _fetch_immutable(self, question: Question) -> list[Row]:
        tx = _ReadTransaction(self._connections, self._single_flight, None, in_transaction=False)
        return await _run_read(tx, lambda _: tx.fetch_outside(question))


async def _run_read(tx: "_ReadTransaction", work: Work[T]) -> T:
    try:
        return await tx.run_work(work)
    except (TimeoutError, asyncio.CancelledError):
        tx.break_off()
        raise
    finally:
        await tx.end_transaction()


async def read_in_snapshot(connection: Connection, work: Work[T]) -> T:
    """Returns the result of the work in one snapshot of the connection."""
    await connection.execute(_BEGIN)
    try:
        return await work(PostgresTransaction(connection))
    except TimeoutError:
        connection.terminate()  # it would not answer a COMMIT either
        raise
    finally:
        if not connection.is_closed():
            await connection.execute("COMMIT")


class _ReadRestart(Exception):
    """The read must be run again."""


class _NeedsTransaction(_ReadRestart):
    """The read asks a further question, which would be answered from another snapshot than the first."""


class _SnapshotConflict(_ReadRestart):
    """The first row has changed since the read fetched it. `told` is the question with the new row."""

    def __init__(self, told: KnownAnswer) -> None:
        super().__init__()
        self.told = told


class _StaleCache(_ReadRestart):
    """A cached row is no longer valid."""


class _ReadTransaction(PostgresTransaction):
    """A transaction that starts on the server only if it must.

    It holds a connection while it asks a question or is in a transaction. `told` is an answer that it need not ask
    for.
    """

    def __init__(
        self,
        connections: ConnectionPool,
        single_flight: "SingleFlight[list[Row]]",
        row_cache: ValidatedRowCache | None,
        *,
        in_transaction: bool,
        told: KnownAnswer | None = None,
        share: str | None = None,
    ) -> None:
        self._share = share
        self._connections = connections
        self._single_flight = single_flight
        self._row_cache = row_cache
        self._presumed: KnownAnswer | None = None
        self._known = told
        self._first_answer: KnownAnswer | None = None
        self._in_transaction = in_transaction
        self._has_connection = self._has_begun = self._has_asked = False

    async def run_work(self, work: Work[T]) -> T:
        try:
            result = await work(self)
        except Exception as error:
            if not isinstance(error, (_ReadRestart, RetryWhenDone, *TRANSIENT_ERRORS)):
                await self._validate_presumed()  # an error is a result, too
            raise
        await self._validate_presumed()
        return result

    def break_off(self) -> None:
        """Closes the connection at once, so that nobody waits for what the server may still be doing."""
        if self._has_connection:
            self._connection.terminate()

    async def end_transaction(self) -> None:
        if not self._has_connection:
            return
        try:
            if self._has_begun and not self._connection.is_closed():
                await self._connection.execute("COMMIT")
        finally:
            self._release_connection()

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        await self._begin_transaction()
        return await super().fetch_all(sql, parameters)

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        if self._in_transaction or self._has_asked:
            await self._begin_transaction()
        if self._presumed is not None:
            return await self._fetch_both(*self._presumed, sql, parameters)
        return await self._fetch_first((sql, tuple(parameters)))

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        if self._first_answer is None:
            return await self.fetch_all(sql, parameters)
        question, known = self._first_answer
        self._first_answer = None
        rows = await self.fetch_outside(_combine_questions(question, sql, parameters))
        if not rows:
            raise _NeedsTransaction
        if (now := rows[0][: len(known)]) != known:  # each row begins with it
            raise _SnapshotConflict((question, now))
        return [row[len(known) + 1 :] for row in rows if row[len(known)]]

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        if self._in_transaction:
            return await self.fetch_all(sql, parameters)
        return await self._single_flight.run_shared((sql, tuple(parameters)))

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        question = (sql, tuple(parameters))
        is_too_late = self._has_asked and not self._has_begun
        if self._row_cache is None or self._presumed is not None or is_too_late:
            return await self.fetch_one(sql, parameters)
        if (row := self._row_cache.rows.find(question)) is not None:
            self._presumed = question, row
        elif (row := await self.fetch_one(sql, parameters)) is not None:
            self._row_cache.rows.keep(question, row)
        return row

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        await self._begin_transaction()
        return await super().execute(sql, parameters)  # the server will refuse it

    async def fetch_outside(self, question: Question) -> list[Row]:
        """Fetches all rows outside of any transaction, as they are now."""
        return await self._ask_outside(super().fetch_all, question)

    async def _ask_outside(self, fetch: Callable[[str, Sequence[SqlValue]], Awaitable[T]], question: Question) -> T:
        await self._acquire_connection()
        answer = await fetch(*question)
        self._release_connection()
        return answer

    async def _begin_transaction(self) -> None:
        if self._has_begun:
            return
        if self._has_asked:
            raise _NeedsTransaction
        await self._acquire_connection()
        self._in_transaction = self._has_begun = True
        await self._connection.execute(_BEGIN)

    async def _acquire_connection(self) -> None:
        self._connection = await self._connections.acquire(self._share)
        self._has_connection = True

    def _release_connection(self) -> None:
        self._has_connection = False
        self._connections.release(self._connection)

    async def _fetch_both(
        self, question: Question, known: Row, sql: str, parameters: Sequence[SqlValue]
    ) -> Row | None:
        """Fetches one row, together with the answer to `question`. Raises `_StaleCache` if that answer is no longer
        `known`."""
        row = await self._fetch_first(_combine_questions(question, sql, parameters)) or ()
        self._check_presumed(row[: len(known)])
        is_there, *answer = row[len(known) :]
        return tuple(answer) if is_there else None

    async def _fetch_first(self, question: Question) -> Row | None:
        if self._has_begun:
            return await super().fetch_one(*question)
        self._has_asked = True
        if self._known is not None and self._known[0] == question:
            self._first_answer = self._known
        elif (row := await self._ask_outside(super().fetch_one, question)) is not None:
            self._first_answer = question, row
        return self._first_answer and self._first_answer[1]

    async def _validate_presumed(self) -> None:
        if self._presumed is None or self._row_cache is None:
            return
        question = self._presumed[0]
        if self._has_begun:
            self._check_presumed(await super().fetch_one(*question))
        else:
            self._check_presumed(await self._row_cache.fetch_fresh(question))

    def _check_presumed(self, answer: Row | None) -> None:
        """Raises `_StaleCache` unless the answer equals the presumed one."""
        assert self._presumed is not None
        assert self._row_cache is not None
        question, known = self._presumed
        self._presumed = None
        if answer != known:
            self._row_cache.rows.forget(question)
            raise _StaleCache


def _combine_questions(known: Question, sql: str, parameters: Sequence[SqlValue]) -> Question:
    """Combines a question whose answer is known with another one.

    Each row of the result has the columns of the known answer, then true if the other question has a row, and then
    that row. There is a result row for each row of the other question, and one if it has none. There is no row at all
    if the first question has no answer any more.
    """
    both = (
        f"SELECT known.*, asked.* FROM ({known[0]}) AS known"
        f" LEFT JOIN (SELECT true, answer.* FROM ({sql}) AS answer) AS asked ON true"
    )
    return both, (*known[1], *parameters)
