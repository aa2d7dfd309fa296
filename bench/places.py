"""Where the desk is kept while it is measured: a file, or a cluster of its own."""

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import asyncpg
from tests.postgres import cluster

from bench.processes import ROOT
from leadline.settings import Settings

DISK = Path("/var/tmp")
"""A folder that no system keeps in memory (hier(7): what is in it outlives a restart)."""
_SERVER = (
    "SELECT concat_ws(', ', 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1),"
    " 'fsync ' || current_setting('fsync'), 'synchronous_commit ' || current_setting('synchronous_commit'))"
)


class Engine(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"


@contextmanager
def opened(engine: Engine) -> Iterator[Settings]:
    """Settings that lead to the place, which is empty, and gone afterwards."""
    if engine is Engine.POSTGRES:
        with cluster(place=DISK) as made, made.copy() as name, TemporaryDirectory(dir=DISK) as index:
            yield Settings(database=made.url(name), index_folder=index)
    else:
        with TemporaryDirectory(prefix="run-", dir=ROOT / "bench") as folder:
            yield Settings(data=Path(folder) / "desk")


def place(settings: Settings) -> str:
    if settings.on_postgres:
        kind = subprocess.run(["stat", "-f", "-c", "%T", DISK], stdout=subprocess.PIPE, text=True, check=True).stdout
        return f"a cluster in {DISK} ({kind.strip()})"
    size = sum(file.stat().st_size for file in settings.data.iterdir()) / 2**20
    return f"a file of {size:,.0f} MiB"


def engine(settings: Settings) -> str:
    return asyncio.run(_ask(settings.database)) if settings.on_postgres else f"SQLite {apsw.sqlite_lib_version()}"


async def _ask(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval(_SERVER))
    finally:
        await connection.close()
