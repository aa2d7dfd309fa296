"""Queued writes, which wait for a writer."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from leadline.kit.db import Unavailable, Work

logger = logging.getLogger("leadline")

MAX_WAITING_WRITES = 2_000
"""Writes that may wait for one writer. One more is refused."""
MAX_WAIT_SECONDS = 5.0


class QueuedWrite:
    """A write that waits for its turn, with its result or error, and the future that its caller awaits. A rehearsal
    is undone instead of committed. A slow write does not hold up the event loop."""

    def __init__(
        self,
        work: Work[Any],
        answer: "asyncio.Future[Any]",
        partition: int = 0,
        *,
        is_rehearsal: bool = False,
        is_slow: bool = False,
    ) -> None:
        self.work = work
        self.partition = partition
        self.answer = answer
        self.is_rehearsal = is_rehearsal
        self.is_slow = is_slow
        self.result: Any = None
        self.error: Exception | None = None
        self.is_begun = False
        self.is_abandoned = False
        self._expires = time.monotonic() + MAX_WAIT_SECONDS

    @property
    def is_alone(self) -> bool:
        """True if the write is a group of its own, so that undoing it undoes nothing else."""
        return self.is_rehearsal or self.is_slow

    def begin_or_expire(self) -> bool:
        """Begins the write, unless it waited too long or its caller has given up. In these cases it sets `error` and
        returns True."""
        self.error = None
        if self.is_abandoned:
            self.error = Unavailable("The write was given up; nothing was changed.")
        elif time.monotonic() > self._expires:
            self.error = Unavailable("The write waited too long for its turn; nothing was changed.")
        self.is_begun = self.error is None
        return not self.is_begun


def refuse_if_full(waiting: int) -> None:
    """Raises `Unavailable` if too many writes wait already."""
    if waiting >= MAX_WAITING_WRITES:
        raise Unavailable("Too many writes are waiting; try again.")


def take_group(waiting: deque[QueuedWrite], at_most: int) -> list[QueuedWrite]:
    """Removes up to `at_most` writes that have waited longest, and returns them as a group."""
    group = [waiting.popleft()]
    while waiting and len(group) < at_most and not (group[0].is_alone or waiting[0].is_alone):
        group.append(waiting.popleft())
    return group


def fail_all(group: Iterable[QueuedWrite], error: Exception) -> None:
    for unit in group:
        unit.error = error


def fail_unexpectedly(group: Iterable[QueuedWrite], error: Exception) -> None:
    """Fails a group for an error that no writer expects. The error is logged, so that the next group can begin."""
    logger.exception("a group of writes failed", exc_info=error)
    fail_all(group, Unavailable("The write could not be made; nothing was changed. Try again."))


def answer_all(group: Iterable[QueuedWrite]) -> None:
    for unit in group:
        if unit.answer.done():  # its caller gave up waiting
            continue
        if unit.error is not None:
            unit.answer.set_exception(unit.error)
        else:
            unit.answer.set_result(unit.result)
