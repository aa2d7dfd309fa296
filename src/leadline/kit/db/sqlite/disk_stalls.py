"""Whether the event loop is held up by a disk."""

import resource
import time

STALL_SECONDS = 0.02
"""Longer than anything takes that runs on the event loop, unless it waits for the disk, or for the processor."""
RECENT_SECONDS = 1.0


class DiskStallDetector:
    """What runs on the event loop mostly finds its pages in memory. Where it had to wait for the disk, because much
    of the file is not in memory and the disk is slow, its like are better off in a thread for a while: they wait
    alone there.

    For one thread; Linux tells how much each has read.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._blocks = _blocks_read()

    def note_duration(self, start: float) -> None:
        """Of something that began at `start` (`time.monotonic`) and has just ended."""
        now = time.monotonic()
        if now - start < STALL_SECONDS:
            return
        blocks = _blocks_read()
        if blocks > self._blocks:
            self._until = now + RECENT_SECONDS
        self._blocks = blocks

    def are_recent(self) -> bool:
        return time.monotonic() < self._until


def _blocks_read() -> int:
    """By this thread, since it began."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_inblock
