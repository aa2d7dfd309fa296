"""The peers' PostgreSQL: a private cluster on the disk that Leadline's file is on, durable as PostgreSQL comes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg
from tests.postgres import Cluster, programs

from leadline.app import build_app
from leadline.kit.db import Row, Transaction
from leadline.settings import Settings

TEMPLATE = "leads"
_HERE = Path(__file__).parent
SETTINGS = "shared_buffers=512MB effective_cache_size=4GB work_mem=16MB random_page_cost=1.1 max_wal_size=4GB"
"""What a team would set on a machine of this size. Nothing that loosens durability."""
_USERS = ("id", "email", "first_name", "last_name")
_LEADS = (
    *("id", "first_name", "last_name", "email", "phone", "company", "status", "source", "assigned_to", "lead_score"),
    *("email_opt_out", "email_bounced", "converted_at", "converted_contact_id", "notes", "created_at", "updated_at"),
)
_SEARCHED = ("first_name", "last_name", "email", "company")
_FLAGS = ("email_opt_out", "email_bounced")
_TIMES = ("converted_at", "created_at", "updated_at")
_BATCH = 20_000
_names = count(1)


class PeersCluster(Cluster):
    """One with room for a million leads."""

    def start(self) -> None:
        options = " ".join(f"-c {setting}" for setting in ["listen_addresses=", *SETTINGS.split()])
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"{options} -k {self.folder}", "start")

    def environment(self, database: str) -> dict[str, str]:
        """How clients are told where a database is."""
        return {"PGHOST": str(self.folder), "PGUSER": "leadline", "PGDATABASE": database}

    def has_trigrams(self) -> bool:
        found = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"
        return bool(self.ask(lambda connection: connection.fetchval(found)))

    def version(self) -> str:
        return str(self.ask(lambda connection: connection.fetchval("SHOW server_version")))


@contextmanager
def cluster(folder: Path) -> Iterator[PeersCluster]:
    folder.mkdir()
    made = PeersCluster(folder, programs(folder))
    try:
        yield made
    finally:
        made.close()


def load(made: PeersCluster, desk: Path) -> None:
    """Makes the database that each peer gets a copy of, with all leads of the desk and the indexes of the filters."""
    made.sql(f"CREATE DATABASE {TEMPLATE}")
    asyncio.run(_load(made.url(TEMPLATE), desk))


async def _load(url: str, desk: Path) -> None:
    connection = await asyncpg.connect(url, command_timeout=600)
    try:
        await connection.execute((_HERE / "schema.sql").read_text("utf-8"))
        async with build_app(Settings(data=desk)).open() as app, app.database.snapshot() as tx:
            await _copy(connection, tx, "users", _USERS)
            await _copy(connection, tx, "leads", _LEADS)
        await connection.execute((_HERE / "indexes.sql").read_text("utf-8"))
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


def copy(made: PeersCluster, folded: str) -> str:
    """The name of a database with all leads for one peer, and an index for its search: `folded` is what the peer
    compares, with a column in it (`upper({})`)."""
    name = f"peer{next(_names)}"
    made.sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    if made.has_trigrams():
        asyncio.run(_index_search(made.url(name), folded))
    return name


async def _index_search(url: str, folded: str) -> None:
    connection = await asyncpg.connect(url, command_timeout=600)
    try:
        columns = ", ".join(f"({folded.format(column)}) gin_trgm_ops" for column in _SEARCHED)
        await connection.execute("CREATE EXTENSION pg_trgm")
        await connection.execute(f"CREATE INDEX leads_search ON leads USING gin ({columns})")
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, tx: Transaction, table: str, columns: tuple[str, ...]) -> None:
    async for rows in _rows(tx, table, columns):
        records = [tuple(map(_value, columns, row)) for row in rows]
        await connection.copy_records_to_table(table, records=records, columns=columns)


async def _rows(tx: Transaction, table: str, columns: tuple[str, ...]) -> AsyncIterator[list[Row]]:
    after = ""
    while True:
        query = f"SELECT {', '.join(columns)} FROM {table} WHERE id > ? ORDER BY id LIMIT ?"
        rows = await tx.fetch_all(query, (after, _BATCH))
        if not rows:
            return
        yield rows
        after = str(rows[-1][0])


def _value(column: str, value: object) -> object:
    if column in _FLAGS:
        return bool(value)
    if column in _TIMES and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return value
