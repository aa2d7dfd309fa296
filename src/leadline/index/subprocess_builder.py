"""An index made by a process of its own.

What it takes to make a large one, several times the memory that it keeps and the interpreter for minutes, is then
nobody else's: the system has it back when that process ends.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from threading import Event

from leadline.kit.db import DatabaseError
from leadline.records.kind import Kind

MIN_RECORDS_FOR_CHILD = 100_000
"""Records for which it is worth that."""
BYTES_PER_RECORD = 200
"""What a record takes of a file, and then some."""
_POLL_SECONDS = 0.05

StartProcess = Callable[[Kind, str, Path], "subprocess.Popen[bytes]"]
"""Starts a process that writes the file of an index into a folder; the workspace is told by its id."""


class SubprocessBuilder:
    """`folder` is where the files are kept; None keeps none, as does one that takes no files, or has no room."""

    def __init__(self, start: StartProcess, folder: Path | None) -> None:
        self._start = start
        self._folder = folder

    @contextmanager
    def build_file(self, kind: Kind, workspace: str, records: int, stopping: Event) -> Iterator[Path]:
        """The folder with the file of so many records; or without, if the server is stopping. Raises `DatabaseError`
        if it cannot be made: it is not tried here then, where it might fail for the same reason, and take the server
        with it."""
        kept = self._folder if self._folder and _takes_files(self._folder, records * BYTES_PER_RECORD) else None
        with nullcontext(kept) if kept else TemporaryDirectory(prefix="leadline-") as folder:
            self._run_process(kind, workspace, Path(folder), stopping)
            yield Path(folder)

    def _run_process(self, kind: Kind, workspace: str, folder: Path, stopping: Event) -> None:
        with self._start(kind, workspace, folder) as process:
            while process.poll() is None and not stopping.wait(_POLL_SECONDS):
                pass
            process.terminate()
        if process.returncode and not stopping.is_set():
            raise DatabaseError(f"its process ended with status {process.returncode}; `leadline index` says why")


def _takes_files(folder: Path, room: int) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return shutil.disk_usage(folder).free > room
    except OSError:
        return False
