"""A data file that is only read, so that it may lie on a read-only disk, as a backup may."""

from pathlib import Path

import apsw

from leadline.kit.db.sqlite import SqliteDatabase
from leadline.kit.db.sqlite.connection import prepare_reading


class ReadOnlySqliteDatabase(SqliteDatabase):
    """A database that only offers snapshots. It opens the file only when a snapshot is opened."""

    async def open(self) -> None:
        """Raises `DatabaseError` for a folder. It does not open the file."""
        self._refuse_folder()

    async def close(self) -> None:
        """Does nothing, because no connection is kept."""

    def _connect_reader(self) -> apsw.Connection:
        connection = apsw.Connection(_file_uri(self._path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        prepare_reading(connection)
        return connection


def _file_uri(path: Path) -> str:
    """Returns the path as a URI (sqlite.org/uri.html).

    A process that writes a file has a log and an index of it beside it. If there is neither, nobody writes, and
    SQLite need not create them to read.
    """
    is_written = any(Path(f"{path}{ending}").is_file() for ending in ("-wal", "-shm"))
    return f"{path.resolve().as_uri()}?{'mode=ro' if is_written else 'immutable=1'}"
