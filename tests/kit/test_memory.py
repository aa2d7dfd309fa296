"""Memory that is free goes back to the system."""

import ctypes
import os
from pathlib import Path

import pytest

from leadline.kit.memory import return_freed_memory

BLOCK, BLOCKS = 2_000, 20_000


def resident() -> int:
    """What this process holds in memory, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is another than glibc")
def test_what_lies_between_blocks_in_use_is_given_back() -> None:
    blocks = [b"x" * BLOCK for _ in range(BLOCKS)]
    in_use = blocks[::100]
    del blocks
    before = resident()
    return_freed_memory()
    assert before - resident() > BLOCK * BLOCKS / 2
    assert in_use == [b"x" * BLOCK] * (BLOCKS // 100)
