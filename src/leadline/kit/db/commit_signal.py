"""The signal of a commit: listeners in the same process are told which partition was written."""

import logging
from collections.abc import Callable, Iterable

from leadline.kit.db.write_queue import QueuedWrite

CommitListener = Callable[[int], None]
"""Takes the partition that was written. It must return at once."""

logger = logging.getLogger("leadline")


class CommitSignal:
    def __init__(self) -> None:
        self._listeners: list[CommitListener] = []

    def subscribe(self, listener: CommitListener) -> None:
        self._listeners.append(listener)

    def send(self, group: Iterable[QueuedWrite]) -> None:
        """Calls the listeners once for each partition in which the group has written something. An error of theirs is
        logged: the writes are done all the same."""
        if not self._listeners:
            return
        for partition in {queued.partition for queued in group if queued.error is None and not queued.is_rehearsal}:
            for listener in self._listeners:
                try:
                    listener(partition)
                except Exception:
                    logger.exception("a listener failed after a commit")
