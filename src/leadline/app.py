"""Where the parts meet: nothing else puts them together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from leadline import migrations
from leadline.auth.keys import ApiKeys
from leadline.auth.users import Users
from leadline.auth.workspaces import Workspaces
from leadline.clock import Clock, system_clock
from leadline.crm.conversion import Conversion
from leadline.http.dispatch import Dispatch
from leadline.http.routes import Services, routes
from leadline.kit.db import Database, DatabaseError
from leadline.kit.db.migrate import load, migrate, require
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.log import OperationLog
from leadline.records.service import Records
from leadline.settings import Settings
from leadline.upkeep.mark import refuse_unfinished


@dataclass(frozen=True)
class App:
    """The services over one database. `open` brings the data up to date; `http` serves them."""

    settings: Settings
    database: Database
    workspaces: Workspaces
    users: Users
    keys: ApiKeys
    records: Records
    conversion: Conversion

    @asynccontextmanager
    async def open(self) -> AsyncIterator["App"]:
        async with up_to_date(self.database):
            await refuse_unfinished(self.database)
            yield self

    def http(self) -> Dispatch:
        return Dispatch(
            self.database,
            routes(Services(self.database, self.records, self.conversion)),
            open_app=self.open,
            public_url=self.settings.public_url,
            max_body=self.settings.max_body_kib * 1024,
        )


def build(settings: Settings, now: Clock = system_clock) -> App:
    operations = OperationLog(now)
    users = Users(operations)
    records = Records(operations)
    return App(
        settings=settings,
        database=database_of(settings),
        workspaces=Workspaces(operations, users, now),
        users=users,
        keys=ApiKeys(operations),
        records=records,
        conversion=Conversion(records),
    )


@asynccontextmanager
async def up_to_date(database: Database) -> AsyncIterator[Database]:
    """Open, with the newest schema; an empty one is given that."""
    await database.open()
    try:
        await migrate(database, load(migrations.__name__, database.name))
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def as_it_is(settings: Settings, *, older: bool = False) -> AsyncIterator[Database]:
    """The data, open and unchanged. Raises `DatabaseError` where there are none, or an unfinished copy, or those of
    another schema (with `older`: of a newer one)."""
    if not settings.on_postgres and not settings.file.exists():
        raise DatabaseError(f"There are no data at {settings.file}.")
    database = database_of(settings)
    await database.open()
    try:
        await require(database, load(migrations.__name__, database.name), older=older)
        await refuse_unfinished(database)
        yield database
    finally:
        await database.close()


def database_of(settings: Settings) -> Database:
    if settings.on_postgres:
        from leadline.kit.db.postgres import PostgresDatabase

        return PostgresDatabase(settings.database, settings.connections)
    return SqliteDatabase(settings.file)


def serve() -> Dispatch:
    """What a server process runs: everything it needs to know is in its environment."""
    return build(Settings()).http()
