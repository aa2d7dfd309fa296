"""A copy of a data file that is made while others write to the file (sqlite.org/backup.html)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from leadline.kit.db import DatabaseError
from leadline.kit.db.sqlite.connection import BUSY_SECONDS
from leadline.kit.db.sqlite.errors import describe_error


def copy_file(source: Path, target: Path) -> None:
    """Copies one state of `source` into `target`, an empty file, and checks that the copy is sound.

    The copy needs no file beside it. The caller must flush it to the disk.

    Raises:
        DatabaseError: the source cannot be read, or is damaged; or the target cannot be written.
    """
    try:
        with (
            _open_connection(source, apsw.SQLITE_OPEN_READONLY) as reader,
            _open_connection(target, apsw.SQLITE_OPEN_READWRITE) as writer,
        ):
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()  # fails with a clear error, unlike backup
            with writer.backup("main", reader, "main") as pages:
                pages.step()  # all pages in one step: a write between two would restart it
            writer.execute("PRAGMA journal_mode = DELETE").fetchall()
            faults = writer.execute("PRAGMA integrity_check(1)").fetchall()
    except apsw.FullError as error:
        raise DatabaseError(
            f"There is no room for a copy of {source} in {target.parent}; make room there, or choose another place."
        ) from error
    except apsw.Error as error:
        raise DatabaseError(f"{source} cannot be copied as a data file {describe_error(error)}") from error
    if faults != [("ok",)]:
        fault = str(faults[0][0]).removeprefix("*** in database main ***").strip()
        raise DatabaseError(f"{source} is damaged ({fault}); docs/data.md says what to do.")


@contextmanager
def _open_connection(path: Path, flags: int) -> Iterator[apsw.Connection]:
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(int(BUSY_SECONDS * 1000))
    try:
        yield connection
    finally:
        connection.close()


def flush_to_disk(path: Path) -> None:
    """Flushes a file or a folder to the disk, so that it survives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
