"""Counts of the calls of many callers within a window of time, in a fixed amount of memory."""

import logging
import mmap
import os
import time
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

SLOTS = 1 << 14
MAX_PROBES = 8
"""Number of slots in which a caller may be found."""
LOCK_SECONDS = 0.05
"""Seconds within which any process releases the lock, unless it is frozen."""
_BYTES = SLOTS * 16
_COUNT_BITS = 32  # of a slot's second number; the other bits are the window
_COUNT = (1 << _COUNT_BITS) - 1

logger = logging.getLogger("leadline")


class WindowCounters:
    """Counters in shared memory, one for each caller.

    Several processes share the counters in `file`, which is created if it is missing. With None, or without room on
    the disk, the counters belong to this process alone.

    A slot is two numbers: the caller, and its window and count. If more callers come within a window than there are
    slots, the counters of the least frequent callers are lost. Those of frequent callers stay, and no caller is
    charged for another.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = None if file is None else _open_file(file)
        self._patience = LOCK_SECONDS
        self._cells = memoryview(mmap.mmap(-1 if self._file is None else self._file, _BYTES)).cast("Q")

    def count_call(self, caller: int, window: int) -> int:
        """Counts one more call of the caller, and returns the number of its calls in the window."""
        if self._file is None or not self._lock_file(self._file):
            return self._count_call(caller, window)
        try:
            return self._count_call(caller, window)
        finally:
            flock(self._file, LOCK_UN)

    def _lock_file(self, file: int) -> bool:
        """Locks the file, and returns True if that succeeded in time.

        A process that dies releases the lock. A frozen one does not, and callers wait for it only once. At worst the
        calls of one caller are then not all counted.
        """
        end = time.monotonic() + self._patience
        while not _try_lock(file):
            if time.monotonic() >= end:
                self._patience = 0
                return False
            time.sleep(0)
        self._patience = LOCK_SECONDS
        return True

    def _count_call(self, caller: int, window: int) -> int:
        cells, slot = self._cells, self._find_slot(caller, window)
        state = cells[slot + 1]
        if cells[slot] != caller or state >> _COUNT_BITS != window:
            cells[slot] = caller
            state = window << _COUNT_BITS
        cells[slot + 1] = state + 1
        return state + 1 & _COUNT

    def _find_slot(self, caller: int, window: int) -> int:
        """Returns the slot of the caller, or a slot without a caller of this window, or the slot of the least
        frequent caller."""
        cells = self._cells
        first = caller % SLOTS * 2
        if cells[first] == caller:
            return first
        least, fewest = first, _COUNT
        for probe in range(MAX_PROBES):
            slot = (caller + probe) % SLOTS * 2
            state = cells[slot + 1]
            if cells[slot] == caller or state >> _COUNT_BITS != window:
                return slot
            if state & _COUNT < fewest:
                least, fewest = slot, state & _COUNT
        return least


def _open_file(file: Path) -> int | None:
    """Opens the file with all its room allocated. On a disk that fills up later, touching a missing page would kill
    the process."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.posix_fallocate(descriptor, 0, _BYTES)
    except OSError as error:
        os.close(descriptor)
        logger.warning("Each worker counts its requests for itself: %s has no room (%s).", file, error.strerror)
        return None
    return descriptor


def _try_lock(file: int) -> bool:
    """Locks the file if no other process holds the lock. Returns True if this process now holds it."""
    try:
        flock(file, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


@lru_cache(maxsize=4096)
def hash_names(*names: str) -> int:
    """Returns a 64-bit hash of the names, which is equal in every process."""
    return int.from_bytes(blake2b("\0".join(names).encode(), digest_size=8).digest(), "little")
