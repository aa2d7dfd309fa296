"""A database as the rest of Leadline sees it: transactions that run plain SQL.

    DatabaseError
    ├── Unavailable          away, busy for too long, or full: try again later
    │   └── Elsewhere        the workspace is in another cluster
    ├── SchemaMismatch       the data were written by another version of Leadline
    └── Misfit               rows do not go with those that are there

SQL is one text for every engine: `?` for a parameter, and the few places where engines differ come from
the transaction's `dialect`.
"""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol, TypeVar

import msgspec

SqlValue = str | int | float | None
Row = tuple[SqlValue, ...]
T = TypeVar("T")


FULL = "database or disk is full"
"""What SQLite says where there is no room."""


class DatabaseError(Exception):
    """Base of the tree; the message is a sentence for the person who runs the server."""


class Unavailable(DatabaseError):
    """Nothing was written. `retry_after` is in seconds."""

    retry_after = 2


BEING_MOVED = "The workspace is being moved to another cluster; nothing was changed. Try again."


class WrongCluster(Unavailable):
    """`cluster` is the one to ask."""

    def __init__(self, cluster: str) -> None:
        super().__init__(BEING_MOVED)
        self.cluster = cluster


class SchemaMismatch(DatabaseError):
    pass


class ConstraintViolation(DatabaseError):
    """A constraint refused what was to be written: something that it excludes was written just before."""


class IntrospectionQueries(NamedTuple):
    """What tells of the tables; `kit/db/introspection.py` says what each answers."""

    columns: str
    keys: str
    references: str


class Dialect(Protocol):
    """The SQL in which engines differ."""

    name: str
    lock_clause: str
    """What a SELECT ends with to keep its rows from other writers until the commit."""
    introspection: IntrospectionQueries
    integrity_check: str
    """A query for what is wrong with how the data lie on the disk; "" where the engine has none."""

    def fold_case(self, column: str) -> str:
        """The column's text without regard to case."""

    def contains_text(self, text: str) -> str:
        """A condition: `text` (an SQL expression) contains the one parameter, to the letter."""

    def in_list(self, column: str, numbers: Sequence[int]) -> tuple[str, tuple[SqlValue, ...]]:
        """A condition and its parameters: the column has one of the numbers. There are few texts of it, so that
        statements stay prepared."""

    def select_page(self, select: str, table: str, where: str, order: str) -> str:
        """A query for some of the rows, in order; the last parameters are how many, and how many come before."""

    def search_condition(self, text: str) -> tuple[str, list[SqlValue]]:
        """A condition and its parameters: the row has `text` in its search_key."""


class CounterRow(NamedTuple):
    """A row that is written again and again. `find` has its key as the only parameter; `save` has the columns that
    `find` selects, in their order, and then the key."""

    find: str
    save: str


class Transaction(Protocol):
    """One snapshot to read from, or one unit of work that is written whole or not at all."""

    dialect: Dialect
    data_version: Hashable
    """While it stays the same, so do all the data; None says nothing."""

    async def fetch_all(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]: ...

    async def fetch_one(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None: ...

    async def fetch_cached(self, sql: str, parameters: Sequence[SqlValue] = ()) -> Row | None:
        """The same as `fetch_one`, for what is asked again and again and seldom changes. In a read, an engine may
        answer from memory if it makes sure before the read is answered that its snapshot says so too; else it runs
        the work again."""

    async def fetch_by_key(self, sql: str, parameters: Sequence[SqlValue]) -> list[Row]:
        """The same as `fetch_all`, in no order, for rows that are found by their keys: whatever the parameters, the
        engine finds them in the same way."""

    async def fetch_immutable(self, sql: str, parameters: Sequence[SqlValue] = ()) -> list[Row]:
        """The same as `fetch_all`, for rows that the snapshot is known to hold and that no later write changes: the
        engine may read them in a newer one."""

    async def execute(self, sql: str, parameters: Sequence[SqlValue] = ()) -> int:
        """Runs the SQL and answers how many rows it changed."""

    async def defer_insert(self, sql: str, parameters: Sequence[SqlValue]) -> None:
        """Runs the INSERT before the commit, and before anything that could tell the difference."""

    async def lock_row(self, cell: CounterRow, key: SqlValue) -> Row | None:
        """The row, which other writers are kept from until the commit."""

    async def save_row(self, cell: CounterRow, key: SqlValue, row: Row) -> None:
        """Saves the row, as late as `insert_later` does, and once however often it is put."""

    async def execute_many(self, sql: str, rows: Sequence[Row]) -> None:
        """Runs the SQL with each row's parameters. Raises `Misfit` for one that a constraint refuses."""

    def expect_slow(self) -> None:
        """Says that what follows may take long without the engine noticing, so that it holds up nobody else."""

    def expect_few(self) -> None:
        """Says that what follows looks at some thousand rows at most, and so is quick, whatever the engine counts."""

    async def run_script(self, script: str) -> None:
        """Runs several statements that take no parameters (a migration)."""


class WriteStats(msgspec.Struct, frozen=True):
    """`waiting` units of work wait for their turn; since the start `units` were done, in `groups`. `are_failing` from
    a group that could not be written on, until one is."""

    waiting: int = 0
    units: int = 0
    groups: int = 0
    are_failing: bool = False


class ReadStats(msgspec.Struct, frozen=True):
    """Where there is a replica: how many reads it answered since the start, and how many the primary did."""

    replica: int = 0
    primary: int = 0


Work = Callable[[Transaction], Awaitable[T]]


class Database(Protocol):
    """Where transactions come from. The work is awaited inside one, and must await nothing else."""

    name: str

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def read(self, work: Work[T], share: str | None = None) -> Awaitable[T]:
        """Answers what `work` found in one snapshot. It may be run again, so it must only read; it is when it raises
        `Later`. Reads of one `share` never use up the connections that other reads and the writes need."""

    def snapshot(self, partition: int = 0) -> AbstractAsyncContextManager[Transaction]:
        """One to read the lane from for as long as it takes. For commands: it holds up whoever shares its event
        loop, and while it is open the store keeps all that was changed since."""

    def write(self, work: Work[T], partition: int = 0) -> Awaitable[T]:
        """Answers what `work` answered once its writes are durable; whatever it raises undoes them. It may be run
        again from the start before it is answered, so it must do nothing but read and write the data. Writes of the
        same lane (a workspace's number; 0 for what belongs to none) happen one after the other.

        Raises:
            Unavailable: the store was away, busy for too long, or full; nothing was written.
            Misfit: a constraint refused it.
        """

    def bound_requests(self, seconds: float) -> None:
        """From now on no read or write takes longer, all its waiting included: it is `Unavailable` then."""

    def write_stats(self) -> WriteStats:
        """How busy this process's writer is."""

    def read_stats(self) -> ReadStats:
        """Who answered this process's reads."""
