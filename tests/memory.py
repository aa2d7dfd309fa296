"""Where the tests keep their data: what is flushed in memory is flushed at once."""

import os
import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2**30


def in_memory() -> Path | None:
    """A folder of a file system in memory, if there is one with room."""
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return _MEMORY if has_room else None
