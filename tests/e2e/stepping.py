"""The system's clock as a server's processes see it, which can be stepped while they run. Needs a C compiler."""

import mmap
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

COMPILER = "cc"
_OPTIONS = ("-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
_SOURCE = Path(__file__).with_name("clock.c")
_BYTES = 8
_SECOND = 1_000_000_000


class SteppedClock:
    """`environment` is for the processes that are to read it; `shift` is how many seconds it is off."""

    def __init__(self, folder: Path) -> None:
        library, file = folder / "clock.so", folder / "shift"
        subprocess.run([COMPILER, *_OPTIONS, "-o", library, _SOURCE, "-ldl"], check=True)
        file.write_bytes(bytes(_BYTES))
        with file.open("r+b") as opened:
            self._shared = memoryview(mmap.mmap(opened.fileno(), _BYTES)).cast("q")
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(file)}

    @property
    def shift(self) -> int:
        return int(self._shared[0]) // _SECOND

    @shift.setter
    def shift(self, seconds: int) -> None:
        self._shared[0] = seconds * _SECOND

    @property
    def now(self) -> int:
        """In seconds since 1970."""
        return int(time.time()) + self.shift


@contextmanager
def stepped_clock() -> Iterator[SteppedClock]:
    """One that shows the time, until it is stepped."""
    with tempfile.TemporaryDirectory() as folder:  # where programs may be run from, unlike memory
        yield SteppedClock(Path(folder))
