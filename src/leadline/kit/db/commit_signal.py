"""The signal of a commit: listeners in the same process are told which partition was written."""

import logging
from collections.abc import Callable

CommitListener = Callable[[int], None]
"""Takes the partition that was written. It must return at once."""

logger = logging.getLogger("leadline")


class CommitSignal:
    def __init__(self) -> None:
        self._listeners: list[CommitListener] = []

    def subscribe(self, listener: CommitListener) -> None:
        self._listeners.append(listener)

    def send(self, partition: int) -> None:
        """Calls the listeners. An error of theirs is logged: the write is done all the same."""
        for listener in self._listeners:
            try:
                listener(partition)
            except Exception:
                logger.exception("a listener failed after a commit")
