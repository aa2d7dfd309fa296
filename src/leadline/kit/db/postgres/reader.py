"""Reads, in as few questions to the server as they can do with: each is a way there and back.

A read begins without a transaction. If it asks for one row and nothing else, that statement is its own snapshot. If
rows by their keys are all that it asks then, these bring the first answer once more: where it is the same, both are
of one snapshot (so a list is two questions). Where it is not, the read is run again from there: the first answer is
known by now, and only the rows are asked for anew. For anything else it takes a transaction; if it has asked
something outside by then, or was overtaken too often, it is run again from the start.

What is settled can be asked outside of any snapshot, and is asked once for all who ask it together.

What is familiar is answered from memory, and made sure of by the next question, which brings both answers from one
snapshot; reads that ask nothing else are made sure of together. If the answer is not as remembered, the read is run
again without memory.
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
"""How often a read goes on from where somebody else's write has brought it."""
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
    " SET LOCAL plan_cache_mode = force_custom_plan"  # a plan for any value is no plan for a filtered list
)
KnownAnswer = tuple[Question, Row]
"""What the server said, outside of a transaction."""


class OptimisticReader:
    """`in_transactions` says that a statement outside of any cannot be relied on."""

    def __init__(self, connections: ConnectionPool, *, in_transactions: bool) -> None:
        self._connections = connections
        self._in_transactions = in_transactions
        self._familiar = ValidatedRowCache(self._fetch_row)
        self._settled = SingleFlight(self._fetch_immutable)

    async def read(self, work: Work[T], share: str | None = None) -> T:
        """Raises `Unavailable`."""
        familiar: ValidatedRowCache | None = self._familiar
        in_transaction, told, overtaken = self._in_transactions, None, 0
        while True:
            tx = _ReadTransaction(
                self._connections, self._settled, familiar, in_transaction=in_transaction, told=told, share=share
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
        tx = _ReadTransaction(self._connections, self._settled, None, in_transaction=self._in_transactions)
        return await _run_read(tx, lambda tx: tx.fetch_one(*question))

    async def _fetch_immutable(self, question: Question) -> list[Row]:
        tx = _ReadTransaction(self._connections, self._settled, None, in_transaction=False)
        return await _run_read(tx, lambda _: tx.fetch_outside(question))


async def _run_read(tx: "_ReadTransaction", work: Work[T]) -> T:
    try:
        return await tx.run_work(work)
    except (TimeoutError, asyncio.CancelledError):
        tx.break_off()
        raise
    finally:
        await tx.end_transaction()


async def read_on(connection: Connection, work: Work[T]) -> T:
    """What the work found in a snapshot of this connection's."""
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
    """The read is to be run again."""


class _NeedsTransaction(_ReadRestart):
    """It asks more than one question, and the first was answered from another snapshot than the next would be."""


class _SnapshotConflict(_ReadRestart):
    """What it was told first is another by now: what is `told`."""

    def __init__(self, told: KnownAnswer) -> None:
        super().__init__()
        self.told = told


class _StaleCache(_ReadRestart):
    """What was remembered no longer holds."""


class _ReadTransaction(PostgresTransaction):
    """Has a connection while it asks, and while it is in a transaction. `told` is what it need not ask."""

    def __init__(
        self,
        connections: ConnectionPool,
        settled: "SingleFlight[list[Row]]",
        familiar: ValidatedRowCache | None,
        *,
        in_transaction: bool,
        told: KnownAnswer | None = None,
        share: str | None = None,
    ) -> None:
        self._share = share
        self._connections = connections
        self._settled = settled
        self._familiar = familiar
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
                await self._validate_presumed()  # a refusal is an answer, too
            raise
        await self._validate_presumed()
        return result

    def break_off(self) -> None:
        """Has nobody wait for what the server may still be doing."""
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
        if (now := rows[0][: len(known)]) != known:  # which all of them bring
            raise _SnapshotConflict((question, now))
        return [row[len(known) + 1 :] for row in rows if row[len(known)]]

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        if self._in_transaction:
            return await self.fetch_all(sql, parameters)
        return await self._settled.run_shared((sql, tuple(parameters)))

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        question = (sql, tuple(parameters))
        is_too_late = self._has_asked and not self._has_begun
        if self._familiar is None or self._presumed is not None or is_too_late:
            return await self.fetch_one(sql, parameters)
        if (row := self._familiar.find(question)) is not None:
            self._presumed = question, row
        elif (row := await self.fetch_one(sql, parameters)) is not None:
            self._familiar.keep(question, row)
        return row

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        await self._begin_transaction()
        return await super().execute(sql, parameters)  # the server refuses it

    async def fetch_outside(self, question: Question) -> list[Row]:
        """All rows, as they are now."""
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
        """The answer to what is asked now, if that to the `question` is still what is `known`."""
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
        if self._presumed is None or self._familiar is None:
            return
        question = self._presumed[0]
        if self._has_begun:
            self._check_presumed(await super().fetch_one(*question))
        else:
            self._check_presumed(await self._familiar.fetch_fresh(question))

    def _check_presumed(self, answer: Row | None) -> None:
        """Raises `_Outdated` unless it is what was presumed."""
        assert self._presumed is not None
        assert self._familiar is not None
        question, known = self._presumed
        self._presumed = None
        if answer != known:
            self._familiar.forget(question)
            raise _StaleCache


def _combine_questions(known: Question, sql: str, parameters: Sequence[SqlValue]) -> Question:
    """No row if there is none that is known; else that one, whether there is one that is asked for, and that; as many
    as are asked for."""
    both = (
        f"SELECT known.*, asked.* FROM ({known[0]}) AS known"
        f" LEFT JOIN (SELECT true, answer.* FROM ({sql}) AS answer) AS asked ON true"
    )
    return both, (*known[1], *parameters)
