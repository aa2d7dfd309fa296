"""The errors of SQLite that concern the file rather than the SQL."""

import apsw

from leadline.kit.db import FULL, Unavailable

TRANSIENT_ERRORS = (apsw.BusyError, apsw.CantOpenError, apsw.FullError, apsw.IOError)
"""Errors for which the file, not the SQL, is at fault, for the time being."""
DAMAGE_ERRORS = (apsw.CorruptError, apsw.NotADBError)
_PERMISSION_ERRORS = (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError)


def describe_error(error: apsw.Error) -> str:
    """Returns the message of an error, and advice on what to do."""
    if isinstance(error, _PERMISSION_ERRORS):
        return (
            f"({error}): this account must be able to read and write the file, and to write to its folder, on a disk"
            " that is not read-only."
        )
    if isinstance(error, apsw.CorruptError):
        return f"({error}): keep it as it is, and restore a backup; docs/data.md says how."
    if error_reason(error) == FULL:
        return f"({FULL}): make room on its disk."
    return f"({error_reason(error)})."


def error_reason(error: Exception | None) -> str:
    """Returns the message of an error.

    Without room on the disk, SQLite may say "not an error" (a backup) or "disk I/O error" (for its file `-shm`). The
    result is then `FULL`.
    """
    is_full = isinstance(error, apsw.FullError) or _has_code(error, apsw.SQLITE_IOERR_SHMSIZE)
    if is_full:
        return FULL
    return "disk I/O error" if isinstance(error, apsw.IOError) else str(error)


def write_failed(error: apsw.Error) -> Unavailable:
    """Returns the error for a failed commit.

    If the flush failed (fsync(2)), all data that were to be flushed may be on the disk, and be found by the next
    process that opens the file.
    """
    if _has_code(error, apsw.SQLITE_IOERR_FSYNC):
        return Unavailable(
            f"The disk failed while it saved ({error}); see whether the change is there before you repeat it."
        )
    return Unavailable(f"The data file could not be written ({error_reason(error)}); nothing was changed.")


def _has_code(error: Exception | None, code: int) -> bool:
    return getattr(error, "extendedresult", 0) == code
