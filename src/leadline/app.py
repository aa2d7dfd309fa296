"""Where the parts meet: nothing else puts them together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from leadline import migrations
from leadline.auth.callers import Callers
from leadline.auth.failures import Failures
from leadline.auth.keys import ApiKeys, KeyRing
from leadline.auth.login import Login
from leadline.auth.passwords import Passwords
from leadline.auth.sessions import SessionRing, Sessions
from leadline.auth.tokens import Tokens
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
    tokens: Tokens
    sessions: Sessions
    login: Login
    callers: Callers

    @asynccontextmanager
    async def open(self) -> AsyncIterator["App"]:
        await self.database.open()
        try:
            await migrate(self.database, load(migrations.__name__, self.database.name))
            await self.tokens.load(self.database)
            async with self.callers.bookkeeping(self.database):
                yield self
        finally:
            await self.database.close()

    def services(self) -> Services:
        """What the handlers call."""
        return Services(
            self.database, self.records, self.conversion, self.users, self.keys, self.sessions, self.login
        )

    def http(self) -> Dispatch:
        return Dispatch(
            self.database,
            routes(self.services()),
            callers=self.callers,
            open_app=self.open,
            public_url=self.settings.public_url,
            max_body=self.settings.max_body_kib * 1024,
        )


def build(settings: Settings, now: Clock = system_clock) -> App:
    database = SqliteDatabase(settings.file)
    operations = OperationLog(now)
    records = Records(operations)
    tokens = Tokens()
    passwords = Passwords()
    sessions = Sessions(
        operations,
        tokens,
        now,
        access_seconds=settings.access_seconds,
        refresh_seconds=settings.refresh_days * 24 * 3600,
    )
    users = Users(records, sessions, passwords)
    return App(
        settings=settings,
        database=database,
        workspaces=Workspaces(records, now),
        users=users,
        keys=ApiKeys(records, now),
        records=records,
        conversion=Conversion(records),
        tokens=tokens,
        sessions=sessions,
        login=Login(database, operations, users, sessions, passwords, Failures(now)),
        callers=Callers(KeyRing(now), SessionRing(tokens, now)),
    )


def serve() -> Dispatch:
    """What a server process runs: everything it needs to know is in its environment."""
    return build(Settings()).http()
