"""What SQLite's errors mean for the file, rather than for the SQL."""

import apsw

AWAY = (apsw.BusyError, apsw.CantOpenError, apsw.FullError, apsw.IOError)
"""What it raises when the file, not the SQL, is at fault, for now."""
DAMAGED = (apsw.CorruptError, apsw.NotADBError)
_FORBIDDEN = (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError)


def told(error: apsw.Error) -> str:
    """What SQLite says, and what to do about it."""
    if isinstance(error, apsw.FullError):
        return "(database or disk is full)."  # a backup says "not an error"
    if isinstance(error, _FORBIDDEN):
        return f"({error}): this account must be able to read and write the file, and to write to its folder."
    if isinstance(error, apsw.CorruptError):
        return f"({error}): keep it as it is, and restore a backup; docs/data.md says how."
    return f"({error})."
