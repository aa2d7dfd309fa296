"""A builder that makes an index in a child process.

A large index takes several times its final memory to make, and the interpreter for minutes. A child process spares
the server both, and returns its memory to the system when it ends.
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
"""Records from which on a child process is worth its cost."""
BYTES_PER_RECORD = 200
"""Bytes that a record takes in a file at most, by a generous estimate."""
_POLL_SECONDS = 0.05

StartProcess = Callable[[Kind, str, Path], "subprocess.Popen[bytes]"]
"""Starts a process that writes the file of an index into a folder; the workspace is given by its id."""


class SubprocessBuilder:
    """Makes the files of indexes in child processes. `folder` keeps the files; with None, or if it is not writable or
    has no room, they are temporary."""

    def __init__(self, start: StartProcess, folder: Path | None) -> None:
        self._start = start
        self._folder = folder

    @contextmanager
    def build_file(self, kind: Kind, workspace: str, records: int, stopping: Event) -> Iterator[Path]:
        """Makes the file of so many records and yields its folder; without the file if the server is stopping.

        Raises `DatabaseError` if the process fails. The server does not try in its place: it might fail for the same
        reason, and end with it.
        """
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
