"""A detector of disk waits on the event loop."""

import resource
import time

STALL_SECONDS = 0.02
"""Longer than any work on the event loop takes, unless it waits for the disk or for the processor."""
RECENT_SECONDS = 1.0


class DiskStallDetector:
    """A detector of work on the event loop that had to wait for the disk.

    Work on the event loop mostly finds its pages in memory. If much of the file is not in memory and the disk is
    slow, similar work is better done in a thread for a while, where it delays nobody else.

    A detector serves one thread. Linux reports how much each thread has read.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._blocks = _blocks_read()

    def note_duration(self, start: float) -> None:
        """Records work that began at `start` (`time.monotonic`) and has just ended."""
        now = time.monotonic()
        if now - start < STALL_SECONDS:
            return
        blocks = _blocks_read()
        if blocks > self._blocks:
            self._until = now + RECENT_SECONDS
        self._blocks = blocks

    def has_stalled_recently(self) -> bool:
        return time.monotonic() < self._until


def _blocks_read() -> int:
    """Returns the number of blocks that this thread has read from the disk."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_inblock
