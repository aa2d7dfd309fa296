"""A data file that is read and never written: a backup may lie on a disk that is read-only."""

from pathlib import Path

import apsw

from leadline.kit.db.sqlite import SqliteDatabase
from leadline.kit.db.sqlite.connection import prepare_reading


class ReadOnlySqliteDatabase(SqliteDatabase):
    """Offers snapshots, and nothing else. Opens nothing until one is asked for."""

    async def open(self) -> None:
        """Leaves the file alone."""
        self._refuse_folder()

    async def close(self) -> None:
        """Leaves the file alone."""

    def _connect_reader(self) -> apsw.Connection:
        connection = apsw.Connection(_file_uri(self._path), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        prepare_reading(connection)
        return connection


def _file_uri(path: Path) -> str:
    """As a URI (sqlite.org/uri.html). Whoever writes a file has a log and an index of it beside it; where there is
    neither, nobody writes, and SQLite need not make them in order to read."""
    is_written = any(Path(f"{path}{ending}").is_file() for ending in ("-wal", "-shm"))
    return f"{path.resolve().as_uri()}?{'mode=ro' if is_written else 'immutable=1'}"
