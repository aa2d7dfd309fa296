"""How an index comes to be: from its file, else from the table; and then from the log, until it is near its end."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from leadline.kit.db import DatabaseError, SqlValue, Transaction
from leadline.log import feed
from leadline.log.feed import OtherHistory, Place
from leadline.records.index import KindIndex
from leadline.records.kind import Kind
from leadline.records.live import apart
from leadline.records.live.apart import Apart
from leadline.records.live.file import IndexFile, Unusable
from leadline.records.live.follower import FAR, PAUSE, Follower

CHUNK = 250
"""Rows that are taken in at once."""
WAIT_SECONDS = 0.5
"""How long those who ask wait for an index to be brought up to date, where it has few records."""
CLOSE = 100
"""Operations that may be left to the first reader."""
ROUNDS = 10
MAX_TIDIED = 1_000
SAVE_AFTER = 20_000
"""Operations after which a file is written anew."""

logger = logging.getLogger("leadline")

Snapshots = Callable[[int], AbstractAsyncContextManager[Transaction]]
"""Of the database in which the workspace is."""
Made = tuple[KindIndex, Place]
"""An index, and where in the log it stands."""


class Stopped(Exception):
    """The process is about to end."""


class Builder:
    """Works in whatever thread it is called, on an event loop and a connection of its own. `folder` is that of the
    files; None keeps none. `start` is how large ones are made apart; None makes all of them here."""

    def __init__(self, snapshot: Snapshots, folder: Path | None, start: apart.Start | None = None) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._apart = Apart(start, folder) if start else None
        self._stopping = threading.Event()

    def stop(self) -> None:
        """What is under way ends with `Stopped`."""
        self._stopping.set()

    def make(
        self, kind: Kind, workspace: int, known: Made | None = None, *, no_file: Callable[[], None] = lambda: None
    ) -> Follower:
        """`known` is an index to go on from; `no_file` is called once it is found that there is no file for
        that, or that what it lacks takes long. Raises `Stopped`, `DatabaseError`, `OtherHistory`."""
        return asyncio.run(self._make(kind, workspace, known, no_file))

    async def _make(self, kind: Kind, workspace: int, known: Made | None, no_file: Callable[[], None]) -> Follower:
        id_, newest_no = await self._look_up(workspace)
        file = IndexFile(self._folder, kind, id_) if self._folder else None
        if known and not await self._is_near(workspace, *known):
            known = None
        loaded = await self._load(workspace, file) if file and not known else None
        if loaded is None:
            no_file()
        if self._apart and not (known or loaded) and newest_no >= apart.LEAST:
            loaded = await self._make_apart(self._apart, kind, workspace, id_, newest_no)
        index, at = known or loaded or await self._build(kind, workspace)
        follower = Follower(kind, workspace, index, at, file, loaded[1] if loaded else None)
        asyncio.get_running_loop().call_later(WAIT_SECONDS, no_file)
        for _ in range(ROUNDS):
            start = follower.at
            async with self._snapshot(workspace) as tx:
                if not await feed.has(tx, workspace, start):
                    raise OtherHistory
                await follower.follow(tx, await newest(tx, workspace), self._breathe)
            if file and (loaded is None or follower.at.seq - loaded[1].seq >= SAVE_AFTER):
                _save(follower)
            if follower.at.seq - start.seq <= CLOSE:
                break
        await self._tidy(follower)
        return follower

    def tidy(self, follower: Follower) -> None:
        """Sees to it that its pages stay quick to find. Raises as `make` does, and `TooMuch`."""
        asyncio.run(self._tidy(follower))

    async def _tidy(self, follower: Follower) -> None:
        async with self._snapshot(follower.workspace) as tx:
            place = await newest(tx, follower.workspace)
            for _ in range(MAX_TIDIED):
                if not await follower.tidy(tx, place, self._breathe):
                    break
                self._pause()

    async def _look_up(self, workspace: int) -> tuple[str, int]:
        """The workspace's id, and its newest running number."""
        async with self._snapshot(workspace) as tx:
            row = await tx.fetch_one("SELECT id, no FROM workspaces WHERE number = ?", (workspace,))
        if row is None:
            raise DatabaseError(f"there is no workspace {workspace}")
        return str(row[0]), int(row[1] or 0)

    async def _load(self, workspace: int, file: IndexFile) -> Made | None:
        """What the file holds, unless making that up to date took longer than a new index."""
        try:
            index, place = file.read()
        except Unusable as error:
            logger.info("%s is not used: %s", file, error)
            return None
        return (index, place) if await self._is_near(workspace, index, place) else None

    async def _is_near(self, workspace: int, index: KindIndex, place: Place) -> bool:
        async with self._snapshot(workspace) as tx:
            behind = (await newest(tx, workspace)).seq - place.seq
            return behind <= len(index) + FAR and await feed.has(tx, workspace, place)

    async def _make_apart(self, apart: Apart, kind: Kind, workspace: int, id_: str, records: int) -> Made:
        with apart.made(kind, id_, records, self._stopping) as folder:
            self._pause()
            made = await self._load(workspace, IndexFile(folder, kind, id_))
        if made is None:
            raise DatabaseError("the file of a process of its own cannot be used")
        return made

    async def _build(self, kind: Kind, workspace: int) -> Made:
        async with self._snapshot(workspace) as tx:
            index, place = KindIndex(kind), await newest(tx, workspace)
            sql = (
                f"SELECT no, {', '.join(index.columns)} FROM {kind.plural}"
                f" WHERE {kind.within} AND no > ? ORDER BY no LIMIT ?"
            )
            last: SqlValue = 0
            while rows := await tx.fetch_all(sql, (workspace, last, CHUNK)):
                index.add_rows(rows)
                last = rows[-1][0]
                self._pause()
        index.settle()
        return index, place

    def _pause(self) -> None:
        if self._stopping.wait(PAUSE):
            raise Stopped

    async def _breathe(self) -> None:
        self._pause()
        await asyncio.sleep(0)


async def newest(tx: Transaction, workspace: int) -> Place:
    """Raises `DatabaseError` while a workspace is copied to here."""
    state = await feed.state(tx, workspace)
    if state.place is None:
        raise DatabaseError(f"the log of workspace {workspace} is not whole")
    return state.place


def _save(follower: Follower) -> None:
    """It only spares work later, so nothing depends on it."""
    try:
        follower.save()
    except OSError as error:
        logger.warning("The live index cannot be kept: %s", error)
