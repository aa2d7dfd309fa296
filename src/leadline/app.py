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
from leadline.kit.db import Database
from leadline.kit.db.migrate import load, migrate
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.log import OperationLog
from leadline.records.service import Records
from leadline.settings import Settings


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
        await self.database.open()
        try:
            await migrate(self.database, load(migrations.__name__, self.database.name))
            yield self
        finally:
            await self.database.close()

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
        database=_database(settings),
        workspaces=Workspaces(operations, users, now),
        users=users,
        keys=ApiKeys(operations),
        records=records,
        conversion=Conversion(records),
    )


def _database(settings: Settings) -> Database:
    if settings.on_postgres:
        from leadline.kit.db.postgres import PostgresDatabase

        return PostgresDatabase(settings.database, settings.connections)
    return SqliteDatabase(settings.file)


def serve() -> Dispatch:
    """What a server process runs: everything it needs to know is in its environment."""
    return build(Settings()).http()
