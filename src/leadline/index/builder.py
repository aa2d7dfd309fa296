"""The builder of indexes: it reads an index from its file, else from the table, and then follows the log."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from leadline.index import subprocess_builder
from leadline.index.file import IndexFile, UnusableFile
from leadline.index.kind_index import KindIndex
from leadline.index.replica import PAUSE_SECONDS, REBUILD_LAG_OPERATIONS, IndexReplica
from leadline.index.subprocess_builder import SubprocessBuilder
from leadline.kit.db import DatabaseError, SqlValue, Transaction
from leadline.log import feed
from leadline.log.feed import HistoryDiverged, LogPosition
from leadline.records.kind import Kind

CHUNK_ROWS = 250
"""Rows of the table that one query reads."""
WAIT_SECONDS = 0.5
"""Seconds that readers of a small index wait for it to be brought up to date."""
NEAR_END_OPERATIONS = 100
"""Most operations that a new replica may leave to its first reader."""
MAX_ROUNDS = 10
MAX_SPLITS = 1_000
MAX_CAUGHT_UP_CHANGES = 5_000
"""Most changes by which this process brings an index from a file up to date, which takes it half a second of the
interpreter; more are left to a child process."""
REBUILD_LAG_CHANGES = 20_000
RECORDS_PER_CHANGE = 3
"""Records that are read from the table in the time in which one change of the log is read and applied. With more
changes than the records take, and `REBUILD_LAG_CHANGES` beyond, an index is made anew."""
SAVE_AFTER_OPERATIONS = 20_000
"""Operations after which the file of an index is written anew."""

logger = logging.getLogger("leadline")

Snapshots = Callable[[int], AbstractAsyncContextManager[Transaction]]
"""Opens a snapshot of the database in which a workspace is, by the workspace's number."""
BuiltIndex = tuple[KindIndex, LogPosition]
"""An index and its position in the log."""


class BuilderStopped(Exception):
    """Raised in work that is broken off because the process is about to end."""


class IndexBuilder:
    """Makes replicas in the thread of the caller, on an event loop and a connection of its own.

    `folder` keeps the files of indexes; with None there are none. `start` starts a child process that makes a large
    index; with None this process makes all of them. Other threads have the interpreter for `pause_seconds` after
    every piece of work.
    """

    def __init__(
        self,
        snapshot: Snapshots,
        folder: Path | None,
        start: subprocess_builder.StartProcess | None = None,
        *,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._subprocess_builder = SubprocessBuilder(start, folder) if start else None
        self._pause_seconds = pause_seconds
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Makes all work under way end with `BuilderStopped`."""
        self._stopping.set()

    def make_replica(
        self,
        kind: Kind,
        workspace: int,
        known: BuiltIndex | None = None,
        *,
        no_file: Callable[[], None] = lambda: None,
    ) -> IndexReplica:
        """Makes a replica from the `known` index, else from the file, else from the table.

        Calls `no_file` if there is no file to start from, or if catching up with the log takes long: readers need
        not wait for it then. Raises `BuilderStopped`, `DatabaseError`, `HistoryDiverged`.
        """
        return asyncio.run(self._make_replica(kind, workspace, known, no_file))

    async def _make_replica(
        self, kind: Kind, workspace: int, known: BuiltIndex | None, no_file: Callable[[], None]
    ) -> IndexReplica:
        id_, newest_no = await self._look_up(workspace)
        file = IndexFile(self._folder, kind, id_) if self._folder else None
        if known and not await self._is_near(workspace, *known):
            known = None
        loaded = await self._load_file(workspace, file) if file and not known else None
        if loaded is None:
            no_file()
        child = self._subprocess_builder
        if child and not known and await self._needs_child(kind, workspace, loaded, newest_no):
            loaded = None  # two of them would take twice the memory
            no_file()
            loaded = await self._make_in_child(child, kind, workspace, id_, newest_no)
        index, at = known or loaded or await self._build_from_table(kind, workspace)
        replica = IndexReplica(kind, workspace, index, at, file, loaded[1] if loaded else None)
        asyncio.get_running_loop().call_later(WAIT_SECONDS, no_file)
        for _ in range(MAX_ROUNDS):
            start = replica.at
            async with self._snapshot(workspace) as tx:
                if not await feed.has_position(tx, workspace, start):
                    raise HistoryDiverged
                await replica.follow_log(tx, await read_newest(tx, workspace), self._yield_interpreter)
            if file and (loaded is None or replica.at.seq - loaded[1].seq >= SAVE_AFTER_OPERATIONS):
                _save_replica(replica)
            if replica.at.seq - start.seq <= NEAR_END_OPERATIONS:
                break
        await self._rebalance_index(replica)
        return replica

    def rebalance_index(self, replica: IndexReplica) -> None:
        """Splits overfull leaves of the index, so that its pages stay quick to find. Raises the errors of
        `make_replica`, and `TooFarBehind`."""
        asyncio.run(self._rebalance_index(replica))

    async def _rebalance_index(self, replica: IndexReplica) -> None:
        async with self._snapshot(replica.workspace) as tx:
            position = await read_newest(tx, replica.workspace)
            for _ in range(MAX_SPLITS):
                if not await replica.split_overfull_leaf(tx, position, self._yield_interpreter):
                    break
                self._pause()

    async def _look_up(self, workspace: int) -> tuple[str, int]:
        """Reads the workspace's id and its newest running number. Raises `DatabaseError` if there is no workspace."""
        async with self._snapshot(workspace) as tx:
            row = await tx.fetch_one("SELECT id, no FROM workspaces WHERE number = ?", (workspace,))
        if row is None:
            raise DatabaseError(f"there is no workspace {workspace}")
        return str(row[0]), int(row[1] or 0)

    async def _load_file(self, workspace: int, file: IndexFile) -> BuiltIndex | None:
        """Reads the index in the file. Returns None if it is unusable, or if a new one is made in less time than this
        one is brought up to date."""
        try:
            index, position = file.read_index()
        except UnusableFile as error:
            logger.info("%s is not used: %s", file, error)
            return None
        return (index, position) if await self._is_near(workspace, index, position) else None

    async def _is_near(self, workspace: int, index: KindIndex, position: LogPosition) -> bool:
        async with self._snapshot(workspace) as tx:
            behind = (await read_newest(tx, workspace)).seq - position.seq
            if behind > len(index) + REBUILD_LAG_OPERATIONS or not await feed.has_position(tx, workspace, position):
                return False
            changes = len(index) // RECORDS_PER_CHANGE + REBUILD_LAG_CHANGES
            return not await feed.has_more_changes(tx, workspace, index.kind.prefix, position, changes)

    async def _needs_child(self, kind: Kind, workspace: int, loaded: BuiltIndex | None, records: int) -> bool:
        """Returns True if the index is large and there is none yet, or if the `loaded` one is far behind."""
        if loaded is None:
            return records >= subprocess_builder.MIN_RECORDS_FOR_CHILD
        async with self._snapshot(workspace) as tx:
            return await feed.has_more_changes(tx, workspace, kind.prefix, loaded[1], MAX_CAUGHT_UP_CHANGES)

    async def _make_in_child(
        self, subprocess_builder: SubprocessBuilder, kind: Kind, workspace: int, id_: str, records: int
    ) -> BuiltIndex:
        with subprocess_builder.build_file(kind, id_, records, self._stopping) as folder:
            self._pause()
            made = await self._load_file(workspace, IndexFile(folder, kind, id_))
        if made is None:
            raise DatabaseError("the file of a process of its own cannot be used")
        return made

    async def _build_from_table(self, kind: Kind, workspace: int) -> BuiltIndex:
        async with self._snapshot(workspace) as tx:
            index, position = KindIndex(kind), await read_newest(tx, workspace)
            sql = (
                f"SELECT no, {', '.join(index.row_columns)} FROM {kind.plural}"
                f" WHERE {kind.within} AND no > ? ORDER BY no LIMIT ?"
            )
            last: SqlValue = 0
            while rows := await tx.fetch_all(sql, (workspace, last, CHUNK_ROWS)):
                index.add_rows(rows)
                last = rows[-1][0]
                self._pause()
        index.finish_loading()
        return index, position

    def _pause(self) -> None:
        if self._stopping.wait(self._pause_seconds):
            raise BuilderStopped

    async def _yield_interpreter(self) -> None:
        self._pause()
        await asyncio.sleep(0)


async def read_newest(tx: Transaction, workspace: int) -> LogPosition:
    """Reads the newest log position of a workspace. Raises `DatabaseError` while it is being copied to here."""
    state = await feed.read_version(tx, workspace)
    if state.position is None:
        raise DatabaseError(f"the log of workspace {workspace} is not whole")
    return state.position


def _save_replica(replica: IndexReplica) -> None:
    """Writes the replica's file. A failure is only logged, because the file just saves work later."""
    try:
        replica.save_file()
    except OSError as error:
        logger.warning("The live index cannot be kept: %s", error)
