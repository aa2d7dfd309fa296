"""Backup and restore of a data file."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from leadline.kit.db import DatabaseError
from leadline.kit.db.sqlite.backup import copy_file, flush_to_disk

_COMPANIONS = ("-wal", "-shm", "-journal")


def back_up(data: Path, file: Path) -> None:
    """Writes one state of the data, which may be served meanwhile, to a new file. Raises `DatabaseError`."""
    with _new_file(file) as partial:
        copy_file(data, partial)


@contextmanager
def restoring_copy(file: Path, data: Path) -> Iterator[Path]:
    """Yields a copy of a backup, to be checked. The copy becomes the data file if the context ends without an error.

    Raises:
        DatabaseError: there are data already, or `file` is not a backup.
    """
    for path in (data, *(data.with_name(data.name + companion) for companion in _COMPANIONS)):
        if path.exists():
            raise DatabaseError(f"There are data already ({path}); restore into an empty folder.")
    if not file.is_file():
        what = "is a folder and no backup" if file.is_dir() else "does not exist"
        raise DatabaseError(f"{file} {what}; name the file that `leadline backup` made.")
    with _made_folder(data.parent), _new_file(data) as partial:
        copy_file(file, partial)
        yield partial


@contextmanager
def _made_folder(folder: Path) -> Iterator[None]:
    """Makes the folder if it does not exist, and removes it again if the context fails."""
    if folder.is_dir():
        yield
        return
    folder.mkdir(parents=True)
    try:
        yield
    except BaseException:
        with suppress(OSError):
            folder.rmdir()
        raise


def _make_partial(file: Path) -> Path:
    """Makes an empty temporary file in the folder of `file`. Raises `OSError` that names `file`."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error
    os.close(descriptor)
    return Path(name)


def _link_into_place(partial: Path, file: Path) -> None:
    """Gives the partial file its final name. Never replaces a file: a hard link fails if the name is taken.

    Raises `DatabaseError` if the file system has no hard links, and `OSError` for any other failure.
    """
    try:
        os.link(partial, file)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
            raise
        raise DatabaseError(
            f"The file system of {file.parent} has no hard links; choose a local disk, and copy the file from there."
        ) from error


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """Yields an empty file in the same folder. It takes the name of `file` at the end, once it is whole and flushed.

    Raises `DatabaseError` if `file` exists or has no folder.
    """
    if file.exists():
        raise DatabaseError(f"{file} exists, and is not written over; choose another name.")
    if not file.parent.is_dir():
        raise DatabaseError(f"There is no folder {file.parent}; make it first.")
    partial = _make_partial(file)
    try:
        yield partial
        flush_to_disk(partial)
        _link_into_place(partial, file)
        flush_to_disk(file.parent)
    finally:
        for leftover in (partial, *(partial.with_name(partial.name + companion) for companion in _COMPANIONS)):
            leftover.unlink(missing_ok=True)
