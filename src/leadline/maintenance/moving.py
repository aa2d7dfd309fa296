"""Moving a workspace from the cluster where it lives, the source, to another, the target, while it is served.

A move copies the workspace, and then the operations that were written meanwhile, round by round. Only for the last
round the workspace's writes are refused. Then the source records that the workspace is gone, and after that the
target records that it lives there. So at most one cluster accepts its requests at any time. Both databases hold the
state that an interrupted move has reached, and the next move goes on from there.

The columns `cluster` and `moving` of the workspace's row hold that state in each database:

    where it lives                              null, null; with a move's name in `moving` its writes wait
    where it arrives                            the cluster that it comes from, the move's name
    where it has been                           the cluster that it went to, null
"""

import secrets
import time
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import cast

from leadline.kit.db import Database, DatabaseError, Row, SqlValue, T, Transaction, Work
from leadline.log import read_range
from leadline.maintenance.copying import OtherData, Say, copy_changes, copy_data
from leadline.settings import HOME

FEW_OPERATIONS = 50
"""The last round begins after a round that copied at most this many operations, or after `MAX_ROUNDS` rounds."""
MAX_ROUNDS = 20


class TakenOver(DatabaseError):
    def __init__(self) -> None:
        super().__init__("Another `leadline workspaces move` of this workspace has taken over.")


async def move_workspace(members: Mapping[str, Database], id_: str, to: str, say: Say) -> None:
    """Moves the workspace to the cluster `to`. Goes on where an earlier move was cut off.

    Raises:
        OtherData: the target has data that are not the workspace's; nothing was changed.
        CopyDiffers: something else has written to the copy meanwhile.
        TakenOver: another move has taken over. That move, or the next one, finishes the work.
    """
    if to not in members:
        raise DatabaseError(f"There is no cluster {to}; these are named: {', '.join(members)}.")
    number = await _find_number(members[HOME], id_)
    await _finish_earlier(members, number, id_, say)
    lives = [name for name, member in members.items() if await member.read(partial(_read_whereabouts, id_)) == _LIVES]
    if len(lives) != 1:
        raise DatabaseError(f"{id_} lives in {', '.join(lives) or 'no cluster that is named'}; it must be one.")
    if lives != [to]:
        try:
            await _WorkspaceMove(members, number, id_, lives[0], to, _new_name(), say).run_move()
        except TakenOver:
            await _finish_earlier(members, number, id_, say)
            raise
    await _tell_home(members, number, to)
    say(f"{id_} lives in {to}.")


async def refuse_moved(source: Transaction, id_: str) -> None:
    """Raises `DatabaseError` for a workspace that does not live in the source."""
    row = await source.fetch_one("SELECT cluster FROM workspaces WHERE id = ? AND cluster IS NOT NULL", (id_,))
    if row is not None:
        raise DatabaseError(f"{id_} lives in the cluster {row[0]}; copy it from there.")


def _new_name() -> str:
    return f"move_{secrets.token_hex(8)}"


async def _find_workspace(id_: str, tx: Transaction) -> Row | None:
    return await tx.fetch_one("SELECT number FROM workspaces WHERE id = ?", (id_,))


async def _find_number(home: Database, id_: str) -> int:
    row = await home.read(partial(_find_workspace, id_))
    if row is None:
        raise DatabaseError(f"There is no workspace {id_}.")
    return int(row[0] or 0)


@dataclass(frozen=True)
class _Whereabouts:
    """The whereabouts of a workspace according to one database. `cluster` is "" if the workspace lives there."""

    cluster: str
    is_moving: bool


_LIVES = _Whereabouts("", is_moving=False)


async def _read_whereabouts(id_: str, tx: Transaction) -> _Whereabouts | None:
    """Reads a workspace's whereabouts, None if the database does not know the workspace.

    The result is `_LIVES` where the workspace lives, even while its writes wait.
    """
    row = await tx.fetch_one("SELECT cluster, moving FROM workspaces WHERE id = ?", (id_,))
    if row is None:
        return None
    return _LIVES if row[0] is None else _Whereabouts(str(row[0]), row[1] is not None)


async def _finish_earlier(members: Mapping[str, Database], number: int, id_: str, say: Say) -> None:
    """Finishes a move that was cut off after the source recorded that the workspace is gone, and before the target
    recorded that it lives there."""
    for target, member in members.items():
        arriving = await member.read(partial(_read_whereabouts, id_))
        if arriving is None or not arriving.is_moving or arriving.cluster not in members:
            continue
        if await members[arriving.cluster].read(partial(_read_whereabouts, id_)) == _Whereabouts(
            target, is_moving=False
        ):
            say(f"An earlier move to {target} is finished first.")
            await _WorkspaceMove(members, number, id_, arriving.cluster, target, _new_name(), say).finish_move()


async def _tell_home(members: Mapping[str, Database], number: int, lives: str) -> None:
    if lives != HOME:
        await _set_whereabouts(members[HOME], number, lives, None, "cluster IS NOT NULL")


async def _set_whereabouts(
    database: Database, number: int, cluster: str | None, moving: str | None, condition: str, *parameters: SqlValue
) -> bool:
    """Writes whereabouts to the workspace's row if it meets the condition. Returns True if it did."""
    sql = f"UPDATE workspaces SET cluster = ?, moving = ? WHERE number = ? AND {condition}"
    row = (cluster, moving, number, *parameters)
    return bool(await database.write(partial(_execute, sql, row), number))


async def _execute(sql: str, parameters: Sequence[SqlValue], tx: Transaction) -> int:
    return await tx.execute(sql, parameters)


@dataclass(frozen=True)
class _WorkspaceMove:
    """A move from the cluster `source` to the cluster `target`. `name` is the unique name of this move."""

    members: Mapping[str, Database]
    number: int
    id: str
    source: str
    target: str
    name: str
    say: Say

    async def run_move(self) -> None:
        origin, arriving = self.members[self.source], await self._announce_workspace()
        async with origin.snapshot() as tx:
            seq = await self._read_seq(tx)
            await copy_data(tx, arriving, self.id, self.say)
        seq = await self._catch_up(origin, arriving, seq)
        if not await _set_whereabouts(origin, self.number, None, self.name, "cluster IS NULL"):
            raise TakenOver
        since = time.monotonic()
        try:
            async with origin.snapshot() as tx:
                await copy_changes(tx, arriving, self.id, seq)
            if not await _set_whereabouts(
                origin, self.number, self.target, None, "moving = ? AND cluster IS NULL", self.name
            ):
                raise TakenOver
        except BaseException:
            await _set_whereabouts(origin, self.number, None, None, "moving = ? AND cluster IS NULL", self.name)
            raise
        await self._settle_target()
        self.say(f"Its writes were refused for {time.monotonic() - since:.2f} s.")

    async def finish_move(self) -> None:
        """Finishes an earlier move. The source no longer changes.

        All data are copied and compared again, because it is not known which move wrote to the target last.
        """
        arriving = await self._announce_workspace()
        async with self.members[self.source].snapshot() as tx:
            await copy_data(tx, arriving, self.id, self.say)
        await self._settle_target()

    async def _settle_target(self) -> None:
        """Records that the workspace lives in the target.

        Raises `TakenOver` unless the target still names this move: only then was the copy written by this move alone.
        """
        if not await _set_whereabouts(self.members[self.target], self.number, None, None, "moving = ?", self.name):
            raise TakenOver

    async def _announce_workspace(self) -> Database:
        """Records in the target, before any data arrive, that the workspace is arriving and does not live there yet.

        Returns the database to write the copy to. Raises `OtherData`, and `TakenOver` if the workspace lives there.
        """

        (own,) = await self.members[self.source].read(self._read_rows)
        target = self.members[self.target]
        await target.write(partial(self._write_announcement, own), self.number)
        return cast("Database", _ArrivingDatabase(target, self.number, self.name))

    async def _read_rows(self, tx: Transaction) -> list[Row]:
        return await tx.fetch_all(
            "SELECT number, id, name, created_at FROM workspaces WHERE number = ? OR id = ?", (self.number, self.id)
        )

    async def _write_announcement(self, own: Row, tx: Transaction) -> None:
        known = await self._read_rows(tx)
        for number, id_, *_ in known:
            if (number, id_) != (self.number, self.id):
                raise OtherData(f"{self.target} has {id_} under the number {number}; nothing was changed.")
        if not known:
            await tx.execute(
                "INSERT INTO workspaces (number, id, name, seq, no, at, created_at, cluster)"
                " VALUES (?, ?, ?, 0, 0, 0, ?, ?)",
                (*own, self.source),
            )
        sql = "UPDATE workspaces SET cluster = ?, moving = ? WHERE number = ? AND cluster IS NOT NULL"
        if not await tx.execute(sql, (self.source, self.name, self.number)):
            raise TakenOver

    async def _catch_up(self, origin: Database, arriving: Database, seq: int) -> int:
        """Copies the operations written meanwhile, in rounds, until a round has at most `FEW_OPERATIONS`.

        Returns the `seq` of the newest operation copied.
        """
        for _ in range(MAX_ROUNDS):
            async with origin.snapshot() as tx:
                brought = await copy_changes(tx, arriving, self.id, seq)
            self.say(f"{brought:,} operations that came meanwhile are brought")
            seq += brought
            if brought <= FEW_OPERATIONS:
                break
        return seq

    async def _read_seq(self, tx: Transaction) -> int:
        return (await read_range(tx, self.number)).newest


class _ArrivingDatabase:
    """The target database of one move. Writes raise `TakenOver` once the workspace's row names another move."""

    def __init__(self, database: Database, number: int, move: str) -> None:
        self.read = database.read
        self._database = database
        self._place = (number, move)

    def snapshot(self, partition: int = 0) -> AbstractAsyncContextManager[Transaction]:
        return self._database.snapshot(partition)

    def write(self, work: Work[T], partition: int = 0) -> Awaitable[T]:
        return self._database.write(partial(self._write_if_arriving, work), partition)

    async def _write_if_arriving(self, work: Work[T], tx: Transaction) -> T:
        sql = f"SELECT 1 FROM workspaces WHERE number = ? AND moving = ?{tx.dialect.lock_clause}"
        if await tx.fetch_one(sql, self._place) is None:
            raise TakenOver
        return await work(tx)
