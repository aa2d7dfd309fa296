"""A database as the rest of Leadline sees it: transactions that run plain SQL.

    DatabaseError
    ├── Unavailable          away, busy for too long, or full: try again later
    │   └── WrongCluster     the workspace is in another cluster
    ├── SchemaMismatch       the data were written by another version of Leadline
    └── ConstraintViolation  rows contradict those that are there

SQL is one text for every engine, with `?` for a parameter. The few places where engines differ come from the
`dialect` of the transaction.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol, TypeVar

import msgspec

SqlValue = str | int | float | None
Row = tuple[SqlValue, ...]
T = TypeVar("T")


FULL = "database or disk is full"
"""The message of SQLite when there is no room."""


class DatabaseError(Exception):
    """The base of all errors of a database. The message is a sentence for the person who runs the server."""


class Unavailable(DatabaseError):
    """The database is away, busy for too long, or full. Nothing was written, unless the message says that the commit
    is in doubt.

    `retry_after` is in seconds.
    """

    retry_after = 2


BEING_MOVED = "The workspace is being moved to another cluster; nothing was changed. Try again."


class WrongCluster(Unavailable):
    """The workspace is in another cluster, named by `cluster`."""

    def __init__(self, cluster: str) -> None:
        super().__init__(BEING_MOVED)
        self.cluster = cluster


class SchemaMismatch(DatabaseError):
    pass


class ConstraintViolation(DatabaseError):
    """A constraint refused a write, because a row that it excludes was written just before."""


class IntrospectionQueries(NamedTuple):
    """The queries for the tables of a database, with these columns:

    columns: table, column, true if the column may be NULL.

    keys: table, index, column, true if the index is the primary key's.

    references: table, column, target table, target column.
    """

    columns: str
    keys: str
    references: str


class Dialect(Protocol):
    """The SQL in which engines differ."""

    name: str
    lock_clause: str
    """The end of a SELECT that locks its rows against other writers until the commit."""
    introspection: IntrospectionQueries
    integrity_check: str
    """A query for faults in how the data lie on the disk, or "" if the engine has none."""

    def fold_case(self, column: str) -> str:
        """Returns an expression for the column's text regardless of case."""

    def contains_text(self, text: str) -> str:
        """Returns a condition with one parameter: `text` (an SQL expression) contains exactly that parameter."""

    def in_list(self, column: str, numbers: Sequence[int]) -> tuple[str, tuple[SqlValue, ...]]:
        """Returns a condition and its parameters: the column has one of the numbers. The condition has few different
        texts, so that statements stay prepared."""

    def select_page(self, select: str, table: str, where: str, order: str) -> str:
        """Returns a query for a page of rows, in order. Its last parameters are the limit and the offset."""

    def json_rows(self, table: str, columns: Sequence[str]) -> str:
        """Returns a query for rows with the `columns` of a table. Its only parameter is a JSON array of objects, each
        with a value for every column by its name."""

    def json_numbers(self) -> str:
        """Returns a query for numbers. Its only parameter is a JSON array of them."""

    def base_table(self, table: str) -> str:
        """Returns a name of the table that means it also within a common table expression of its name."""

    def search_condition(self, text: str) -> tuple[str, list[SqlValue]]:
        """Returns a condition and its parameters: the search_key of the row contains `text`."""


class CounterRow(NamedTuple):
    """The SQL for a row that is written again and again.

    `find` has the key of the row as its only parameter. `save` has the columns that `find` selects, in their order,
    and then the key.
    """

    find: str
    save: str


class ReadTransaction(Protocol):
    """A snapshot to read from."""

    dialect: Dialect

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]: ...

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None: ...

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        """Fetches rows by their keys, like `fetch_all` but in no order. The engine finds the rows in the same way for
        all parameters."""


class Transaction(ReadTransaction, Protocol):
    """A snapshot to read from, or a write whose changes are all made or none."""

    data_version: Hashable
    """A token that stays the same only while all data stay the same; None if the engine has none."""
    is_rehearsal: bool
    """True if all that is written will be undone."""

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        """Fetches one row like `fetch_one`, for a question that is asked often and whose answer seldom changes.

        In a read, an engine may answer from its cache. It then validates the answer in the snapshot before the read
        returns, and runs the work again if the answer has changed.
        """

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        """Fetches rows like `fetch_all`. The snapshot must contain them, and no later write may change them, so the
        engine may read them in a newer snapshot."""

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        """Runs the SQL, and returns the number of rows that it changed."""

    async def defer_insert(self, sql: str, parameters: Sequence[SqlValue]) -> None:
        """Runs the INSERT at some time before the commit, and before anything that could see its row."""

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        """Reads the row, and locks it against other writers until the commit. Returns None if there is none."""

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        """Saves the row as late as `defer_insert` does, and only once however often it is called."""

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Runs the SQL with each row's parameters. Raises `ConstraintViolation` if a constraint refuses one."""

    def expect_slow(self) -> None:
        """Announces queries that may take long although the engine does not notice, so that it runs them where they
        delay no other request."""

    def expect_few(self) -> None:
        """Announces queries that look at a few thousand rows at most. They are quick, whatever work the engine counts
        for them."""

    async def run_script(self, script: str) -> None:
        """Runs several statements without parameters (a migration)."""


class WriteStats(msgspec.Struct, frozen=True):
    """The state of the writer of this process.

    `waiting` queued writes wait for their turn. Since the start, `units` writes were made in `groups` group commits.
    `are_failing` is True from a group that could not be written until one is written again.
    """

    waiting: int = 0
    units: int = 0
    groups: int = 0
    are_failing: bool = False


class ReadStats(msgspec.Struct, frozen=True):
    """The numbers of reads since the start that the replica and the primary answered. Both are 0 if there is no
    replica."""

    replica: int = 0
    primary: int = 0


Work = Callable[[Transaction], Awaitable[T]]


class Database(Protocol):
    """A source of transactions. Work is awaited inside a transaction, and must await nothing but the transaction."""

    name: str

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def read(self, work: Work[T], share: str | None = None) -> Awaitable[T]:
        """Returns the result of `work` in one snapshot. The work may be run again, so it must only read.

        It is also run again when it raises `RetryWhenDone`. Reads of one `share` never use up the connections that
        other reads and the writes need.
        """

    def snapshot(self, partition: int = 0) -> AbstractAsyncContextManager[Transaction]:
        """Opens a snapshot of the partition for reads that may take any time.

        It is meant for commands. It may block the event loop, and while it is open the database keeps all old
        versions of changed rows.
        """

    def write(self, work: Work[T], partition: int = 0, *, is_slow: bool = False) -> Awaitable[T]:
        """Returns the result of `work` once its writes are durable. Any error that it raises undoes them.

        With `is_slow` the work shares its commit with no other, and holds up no other request of the process.

        The work may be run again from the start before `write` returns, so it must do nothing but read and write the
        data. Writes of the same partition (the number of a workspace; 0 for data of none) happen one after the other.

        Raises:
            Unavailable: the database was away, busy for too long, or full; nothing was written, unless the message
                says that the commit is in doubt.
            ConstraintViolation: a constraint refused a row.
        """

    def rehearse(self, work: Work[T], partition: int = 0) -> Awaitable[T]:
        """Returns the result of `work` as `write` would, and undoes everything that it wrote. Raises as `write`
        does."""

    def subscribe(self, on_commit: Callable[[int], None]) -> None:
        """Calls `on_commit` with the partition after each write of this process that is durable. It must return at
        once."""

    def bound_requests(self, seconds: float) -> None:
        """Limits each later read and write to so many seconds, including all waiting. One that takes longer raises
        `Unavailable`."""

    def write_stats(self) -> WriteStats:
        """Returns how busy the writer of this process is."""

    def read_stats(self) -> ReadStats:
        """Returns which servers answered the reads of this process."""
