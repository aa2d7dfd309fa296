"""Signals of new operations: wakes readers that wait for a workspace's log to grow, whichever process writes."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import NamedTuple

from leadline.kit.db import Database, DatabaseError, Transaction

WAKE_SECONDS = 0.01
"""The least time from a commit until the readers wake, so that many commits wake them once."""
READER_SECONDS = 0.002
"""The least time between two such moments for each reader that they wake. So many readers of a busy workspace leave
the process time for other requests."""
POLL_SECONDS = {"sqlite": 0.05, "postgres": 0.1}
"""The time between two questions for the commits of other processes, by the name of the engine."""


class _WaitingReader(NamedTuple):
    seq: int
    woken: asyncio.Event


class LogSignals:
    """The readers of this process that wait for operations.

    Commits of this process wake them. For those of other processes each of the `members` (the databases of all
    clusters) is asked one question again and again, for all workspaces together, while anybody waits.
    """

    def __init__(self, members: Collection[Database]) -> None:
        self._members = members
        self._waiting: dict[int, set[_WaitingReader]] = {}
        self._due: set[int] = set()
        self._polls: dict[Database, asyncio.Task[None]] = {}

    @property
    def is_anybody_waiting(self) -> bool:
        return bool(self._waiting)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Ends all questions when the context is left, so that the databases can be closed."""
        try:
            yield
        finally:
            for poll in self._polls.values():
                poll.cancel()
            await asyncio.gather(*self._polls.values(), return_exceptions=True)
            self._polls.clear()

    def on_commit(self, workspace: int) -> None:
        """Wakes the readers of a workspace, soon. To be called after each commit of this process."""
        readers = self._waiting.get(workspace)
        if readers and workspace not in self._due:
            self._due.add(workspace)
            seconds = max(WAKE_SECONDS, len(readers) * READER_SECONDS)
            asyncio.get_running_loop().call_later(seconds, self._wake_readers, workspace)

    def _wake_readers(self, workspace: int) -> None:
        self._due.discard(workspace)
        for reader in self._waiting.get(workspace, ()):
            reader.woken.set()

    async def wait_beyond(
        self, workspace: int, seq: int, seconds: float, stopping: asyncio.Event | None = None
    ) -> None:
        """Waits until the workspace may have operations after `seq`, until `stopping` is set, or for `seconds`. It
        holds no snapshot, connection or thread meanwhile."""
        reader = _WaitingReader(seq, asyncio.Event())
        self._waiting.setdefault(workspace, set()).add(reader)
        self._begin_polling()
        events = [reader.woken, stopping] if stopping else [reader.woken]
        waits = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            self._waiting[workspace].discard(reader)
            if not self._waiting[workspace]:
                del self._waiting[workspace]

    def _begin_polling(self) -> None:
        for member in self._members:
            if member not in self._polls or self._polls[member].done():
                self._polls[member] = asyncio.create_task(self._poll_member(member))

    async def _poll_member(self, member: Database) -> None:
        while self.is_anybody_waiting:
            await asyncio.sleep(POLL_SECONDS[member.name])
            with suppress(DatabaseError):  # who waits finds out in time
                for workspace, seq in await member.read(partial(_read_newest, sorted(self._waiting))):
                    if any(reader.seq < seq for reader in self._waiting.get(workspace, ())):
                        self.on_commit(workspace)


async def _read_newest(workspaces: Sequence[int], tx: Transaction) -> list[tuple[int, int]]:
    """Returns the newest `seq` of each workspace."""
    condition, parameters = tx.dialect.in_list("number", workspaces)
    rows = await tx.fetch_all(f"SELECT number, seq FROM workspaces WHERE {condition}", parameters)
    return [(int(number or 0), int(seq or 0)) for number, seq in rows]
