"""The one writer of a process: units of work that wait together share one commit, and are answered after it.

A unit that fails takes nothing with it. Most that fail have written nothing by then, so there is nothing to undo.
If one has, the group is rolled back and run again with a savepoint around each unit: savepoints cost a copy of every
page that a unit touches, which is too much to pay each time.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Iterable
from typing import Any

import apsw

from leadline.kit.db import T, Unavailable, Work, Writes
from leadline.kit.db.sqlite.connection import AWAY, SqliteTransaction, drive

MAX_WAITING = 2_000
"""Units of work that may wait for the writer; one more is refused."""
MAX_WAIT_SECONDS = 5.0
MAX_GROUP = 200


class Writer:
    """Lives in a thread of its own; `write` is called on the event loop that awaits the answers."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._transaction = SqliteTransaction(connection)
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.Queue[_Unit | None] = queue.Queue(MAX_WAITING)
        self._units = self._groups = 0
        self._thread = threading.Thread(target=self._run, name="leadline-writer", daemon=True)
        self._thread.start()

    async def write(self, work: Work[T]) -> T:
        """Raises `Unavailable` when too many units wait already, or when the file cannot be written."""
        unit = _Unit(work, self._loop.create_future())
        try:
            self._waiting.put_nowait(unit)
        except queue.Full:
            raise Unavailable("Too many writes are waiting; try again.") from None
        result: T = await unit.answer
        return result

    def figures(self) -> Writes:
        return Writes(self._waiting.qsize(), self._units, self._groups)

    def close(self) -> None:
        """Returns when everything handed in is written and answered."""
        self._waiting.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            group = self._gather(first)
            try:
                self._write(group)
            except apsw.Error as error:
                self._abandon(group, error)
            else:
                self._units += len(group)
                self._groups += 1
            self._loop.call_soon_threadsafe(_answer, group)

    def _gather(self, first: "_Unit") -> "list[_Unit]":
        group = [first]
        while len(group) < MAX_GROUP and not self._waiting.empty():
            unit = self._waiting.get_nowait()
            if unit is None:
                self._waiting.put(None)
                break
            group.append(unit)
        return group

    def _write(self, group: "list[_Unit]") -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        if not self._run_together(group):
            self._connection.execute("ROLLBACK")
            self._connection.execute("BEGIN IMMEDIATE")
            self._run_apart(group)
        self._connection.execute("COMMIT")

    def _run_together(self, group: "list[_Unit]") -> bool:
        """Answers whether no unit failed after it had written something."""
        for unit in group:
            before = self._transaction.written()
            self._run_unit(unit)
            if unit.error is not None and self._transaction.written() != before:
                return False
        return True

    def _run_apart(self, group: "list[_Unit]") -> None:
        for unit in group:
            self._connection.execute("SAVEPOINT unit")
            self._run_unit(unit)
            if unit.error is not None:
                self._connection.execute("ROLLBACK TO unit")
            self._connection.execute("RELEASE unit")

    def _run_unit(self, unit: "_Unit") -> None:
        """Raises `apsw.AbortError` if nothing of the group can be written for now: disk full, I/O error."""
        unit.run(self._transaction)
        if isinstance(unit.error, AWAY) or not self._connection.in_transaction:
            raise apsw.AbortError(str(unit.error))

    def _abandon(self, group: "list[_Unit]", error: apsw.Error) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        for unit in group:
            unit.error = Unavailable(f"The data file could not be written ({error}); nothing was changed.")


class _Unit:
    """One piece of work, and the future that its caller awaits."""

    def __init__(self, work: Work[Any], answer: "asyncio.Future[Any]") -> None:
        self.answer = answer
        self.result: Any = None
        self.error: Exception | None = None
        self._work = work
        self._expires = time.monotonic() + MAX_WAIT_SECONDS

    def run(self, transaction: SqliteTransaction) -> None:
        if time.monotonic() > self._expires:
            self.error = Unavailable("The write waited too long for its turn; nothing was changed.")
            return
        self.error = None
        try:
            self.result = drive(self._work(transaction))
        except Exception as error:
            self.error = error


def _answer(group: Iterable[_Unit]) -> None:
    for unit in group:
        if unit.answer.done():  # its caller gave up waiting
            continue
        if unit.error is not None:
            unit.answer.set_exception(unit.error)
        else:
            unit.answer.set_result(unit.result)
