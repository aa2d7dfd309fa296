"""How an index comes to be: from its file, else from the table; and then from the log, until it is near its end."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from itertools import islice
from pathlib import Path

from leadline.kit.db import DatabaseError, SqlValue, Transaction
from leadline.log import feed
from leadline.log.feed import OtherHistory, Place
from leadline.records import store
from leadline.records.index import KindIndex
from leadline.records.kind import Kind
from leadline.records.live.file import IndexFile, Unusable
from leadline.records.live.follower import Follower
from leadline.records.live.trail import step

CHUNK = 250
PAUSE = 0.001
"""Rows, or operations, that are taken in at once, and the seconds that others have the interpreter after them."""
CLOSE = 100
"""Operations that may be left to the first reader."""
ROUNDS = 10
MAX_TIDIED = 1_000
SAVE_AFTER = 20_000
"""Operations after which a file is written anew."""

logger = logging.getLogger("leadline")

Snapshots = Callable[[int], AbstractAsyncContextManager[Transaction]]
"""Of the database in which the workspace is."""


class Stopped(Exception):
    """The process is about to end."""


class Builder:
    """Works in whatever thread it is called, on an event loop and a connection of its own. `folder` is that of the
    files; None keeps none."""

    def __init__(self, snapshot: Snapshots, folder: Path | None) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._stopping = threading.Event()

    def stop(self) -> None:
        """What is under way ends with `Stopped`."""
        self._stopping.set()

    def make(self, kind: Kind, workspace: int, known: tuple[KindIndex, Place] | None = None) -> Follower:
        """`known` is an index to go on from. Raises `Stopped`, `DatabaseError`, `OtherHistory`."""
        return asyncio.run(self._make(kind, workspace, known))

    async def _make(self, kind: Kind, workspace: int, known: tuple[KindIndex, Place] | None) -> Follower:
        async with self._snapshot(workspace) as tx:
            file = await self._file(tx, kind, workspace)
            loaded = None if known or not file else await _load(tx, workspace, file)
            index, at = known or loaded or await self._build(tx, kind, workspace)
        saved = loaded[1] if loaded else None
        for _ in range(ROUNDS):
            async with self._snapshot(workspace) as tx:
                start, at = at, await self._catch_up(tx, kind, workspace, index, at)
            if file and (saved is None or at.seq - saved.seq >= SAVE_AFTER):
                saved = _save(file, index, at)
            if at.seq - start.seq <= CLOSE:
                break
        follower = Follower(kind, workspace, index, at, file, saved)
        await self._tidy(follower)
        return follower

    def tidy(self, follower: Follower) -> None:
        """Sees to it that its pages stay quick to find. Raises as `make` does, and `TooMuch`."""
        asyncio.run(self._tidy(follower))

    async def _tidy(self, follower: Follower) -> None:
        async with self._snapshot(follower.workspace) as tx:
            place = await _newest(tx, follower.workspace)
            for _ in range(MAX_TIDIED):
                if not await follower.tidy(tx, place):
                    break
                self._pause()

    async def _file(self, tx: Transaction, kind: Kind, workspace: int) -> IndexFile | None:
        row = await tx.fetch_one("SELECT id FROM workspaces WHERE number = ?", (workspace,))
        return IndexFile(self._folder, kind, str(row[0])) if row and self._folder else None

    async def _build(self, tx: Transaction, kind: Kind, workspace: int) -> tuple[KindIndex, Place]:
        index, place = KindIndex(kind), await _newest(tx, workspace)
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

    async def _catch_up(self, tx: Transaction, kind: Kind, workspace: int, index: KindIndex, at: Place) -> Place:
        """Moves the index to the end of the log, and answers where that is."""
        end = await _newest(tx, workspace)
        if not await feed.has(tx, workspace, at):
            raise OtherHistory
        while at.seq < end.seq:
            told = await feed.onwards(tx, workspace, kind.prefix, at, min(at.seq + CHUNK, end.seq))
            edits = iter([edit for one in told for edit in step(kind, one).edits])
            while some := list(islice(edits, CHUNK)):
                rekeyed = sorted({edit.no for edit in some if edit.rekeyed})
                keys = await store.search_keys(tx, kind, workspace, rekeyed)
                for edit in some:
                    edit.make(index, keys)
                self._pause()
            at = told[-1].place
        return at

    def _pause(self) -> None:
        if self._stopping.wait(PAUSE):
            raise Stopped


async def _newest(tx: Transaction, workspace: int) -> Place:
    state = await feed.state(tx, workspace)
    if state.place is None:
        raise DatabaseError(f"the log of workspace {workspace} is not whole")
    return state.place


async def _load(tx: Transaction, workspace: int, file: IndexFile) -> tuple[KindIndex, Place] | None:
    """What the file holds, unless making that up to date took longer than a new index."""
    try:
        index, place = file.read()
    except Unusable as error:
        logger.info("%s is not used: %s", file, error)
        return None
    behind = (await _newest(tx, workspace)).seq - place.seq
    if behind > len(index) + SAVE_AFTER or not await feed.has(tx, workspace, place):
        return None
    return index, place


def _save(file: IndexFile, index: KindIndex, place: Place) -> Place:
    """Only spares work later, so nothing depends on it."""
    try:
        file.write(index, place)
    except OSError as error:
        logger.warning("The live index cannot be kept in %s: %s", file, error)
    return place
