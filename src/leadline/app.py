"""Where the parts meet: nothing else puts them together."""

import gc
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from leadline import migrations
from leadline.auth.callers import Callers
from leadline.auth.clusters import Clusters
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
from leadline.crm.kinds import KINDS
from leadline.http.addresses import Addresses
from leadline.http.cors import Cors
from leadline.http.dispatch import Dispatch
from leadline.http.endpoint import Route
from leadline.http.limits import RateLimits
from leadline.http.metrics import OF_THIS_PROCESS, publishing
from leadline.http.observer import Observer
from leadline.http.placing import Application, placing
from leadline.http.routes import Services, routes
from leadline.kit.counters import WindowCounters
from leadline.kit.db import Database, DatabaseError
from leadline.kit.db.migrate import load_migrations, migrate, refuse_foreign, require_migrations
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.kit.db.sqlite.read_only import ReadOnlySqliteDatabase
from leadline.kit.log_lines import LogBuffer, log_thread_failure
from leadline.log import OperationLog
from leadline.records.kind import Kind
from leadline.records.live.apart import StartProcess
from leadline.records.live.indexes import LiveIndexes
from leadline.records.service import RecordService
from leadline.settings import HOME, Settings, origins, requests_per_minute
from leadline.upkeep.mark import refuse_unfinished

SHARED = "LEADLINE_SHARED"
"""Names in the environment the folder that the processes of one server share; a single process has none."""
GARBAGE = 10_000
"""Objects after which it is looked for: a request leaves none (ADR 0025), and Python's 700 are few for one."""
logger = logging.getLogger("leadline")


class NoData(DatabaseError):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"There are no data at {file.absolute()}; say where they are, with --data or --database, or make them"
            " with `leadline init`."
        )


@dataclass(frozen=True)
class App:
    """The services over one database, or over the `members` of several clusters as if they were one.

    `open` brings the data up to date, and makes them if they `may_be_new`; `http` serves them."""

    settings: Settings
    database: Database
    members: Mapping[str, Database]
    workspaces: Workspaces
    users: Users
    keys: ApiKeys
    records: RecordService
    live: LiveIndexes
    conversion: Conversion
    tokens: Tokens
    sessions: Sessions
    login: Login
    callers: Callers
    now: Clock
    monotonic: Callable[[], float]

    @asynccontextmanager
    async def open(self, *, may_be_new: bool = True) -> AsyncIterator["App"]:
        async with AsyncExitStack() as stack:
            for name, member in self.members.items():
                await stack.enter_async_context(up_to_date(member, may_be_new=may_be_new or name != HOME))
                await refuse_unfinished(member)
            await self.tokens.load(self.database)
            async with self.callers.bookkeeping(self.members.values()), self.live.running():
                yield self

    def services(self) -> Services:
        """What the handlers call."""
        return Services(
            self.database, self.records, self.conversion, self.users, self.keys, self.sessions, self.login
        )

    def http(self, shared: Path | None = None) -> Application:
        """`shared` is the folder that the processes of one server share; None if there is but one."""
        application: Application = self.dispatch(routes(self.services(), self.settings.public_url), shared)
        if len(self.members) > 1:
            application = placing(application)
        allowed = origins(self.settings.cors_origins)
        return Cors(application, allowed) if allowed else application

    def dispatch(self, table: Sequence[Route], shared: Path | None = None) -> Dispatch:
        """Serves the routes of the table alone."""
        return Dispatch(
            self.database,
            table,
            callers=self.callers,
            open_app=partial(self._open_and_publish, shared),
            public_url=self.settings.public_url,
            max_body=self.settings.max_body_kib * 1024,
            limits=self._limits(shared),
            addresses=Addresses(self.settings.proxies),
            observer=self._observer(),
            note_write=self.live.on_commit,
        )

    @asynccontextmanager
    async def _open_and_publish(self, shared: Path | None) -> AsyncIterator[None]:
        async with self.open():
            self.database.bound_requests(self.settings.request_seconds)
            gc.freeze()  # what is there by now stays: to look for garbage in it would hold requests up
            gc.set_threshold(GARBAGE)
            logger.info("started")
            if self.settings.metrics_port:
                file = shared / f"{os.getpid()}.figures" if shared else None
                async with publishing(OF_THIS_PROCESS, self.database, file):
                    yield
            else:
                yield
        logger.info("stopped")

    def _limits(self, shared: Path | None) -> RateLimits:
        return RateLimits(
            WindowCounters(shared / "limits" if shared else None),
            per_caller=requests_per_minute(self.settings.rate_limit),
            per_address=requests_per_minute(self.settings.login_limit),
            monotonic=self.monotonic,
            now=self.now,
        )

    def _observer(self) -> Observer:
        return Observer(
            LogBuffer(),
            level=self.settings.log_level,
            slow_seconds=self.settings.slow_seconds,
            figures=OF_THIS_PROCESS if self.settings.metrics_port else None,
        )


def build(
    settings: Settings,
    now: Clock = system_clock,
    monotonic: Callable[[], float] = time.monotonic,
    *,
    indexing: StartProcess | None = None,
) -> App:
    """`indexing` makes large live indexes in processes of their own."""
    members = {name: database_of(its) for name, its in settings.members.items()}
    database = Clusters(members) if len(members) > 1 else members[HOME]
    operations = OperationLog(now)
    live = LiveIndexes(
        database,
        KINDS,
        folder=settings.index_files,
        max_bytes=settings.index_mib * 1024 * 1024,
        start=indexing,
        monotonic=monotonic,
    )
    records = RecordService(operations, KINDS, live)
    tokens = Tokens(access_seconds=settings.access_seconds, refresh_seconds=settings.refresh_days * 24 * 3600)
    passwords = Passwords()
    sessions = Sessions(operations, tokens, now)
    users = Users(records, sessions, passwords)
    return App(
        settings=settings,
        database=database,
        members=members,
        workspaces=Workspaces(records, now),
        users=users,
        keys=ApiKeys(records, now),
        records=records,
        live=live,
        conversion=Conversion(records),
        tokens=tokens,
        sessions=sessions,
        login=Login(list(members.values()), operations, users, sessions, passwords, Failures(now)),
        callers=Callers(KeyRing(now), SessionRing(tokens, now), now),
        now=now,
        monotonic=monotonic,
    )


@asynccontextmanager
async def up_to_date(database: Database, *, may_be_new: bool = True) -> AsyncIterator[Database]:
    """Open, with the newest schema; an empty one is given that if it may. Raises `DatabaseError` for one of something
    else."""
    schema = load_migrations(migrations.__name__, database.name)
    await database.open()
    try:
        await refuse_foreign(database)
        if not may_be_new:
            await require_migrations(database, schema, older=True)
        await migrate(database, schema)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def as_it_is(
    settings: Settings, *, older: bool = False, only_snapshots: bool = False
) -> AsyncIterator[Database]:
    """The data, open and unchanged; a file that serves for snapshots alone may lie on a read-only disk.

    Raises `DatabaseError` where there are none, or an unfinished copy, or those of another schema (with `older`: of a
    newer one).
    """
    if not settings.is_there:
        raise NoData(settings.file)
    reads_file = only_snapshots and not settings.on_postgres
    database = ReadOnlySqliteDatabase(settings.file) if reads_file else database_of(settings)
    await database.open()
    try:
        await require_migrations(database, load_migrations(migrations.__name__, database.name), older=older)
        await refuse_unfinished(database)
        yield database
    finally:
        await database.close()


def database_of(settings: Settings) -> Database:
    if settings.replica:
        from leadline.kit.db.postgres.replica import ReplicatedDatabase

        return ReplicatedDatabase(settings.database, settings.connections, settings.replica)
    if settings.on_postgres:
        from leadline.kit.db.postgres import PostgresDatabase

        return PostgresDatabase(settings.database, settings.connections)
    return SqliteDatabase(settings.file)


def serve() -> Application:
    """What a server process runs: everything it needs to know is in its environment."""
    threading.excepthook = log_thread_failure
    shared = os.environ.get(SHARED)
    settings = Settings()
    app = build(settings, indexing=partial(start_indexing, settings))
    return app.http(Path(shared) if shared else None)


def start_indexing(settings: Settings, kind: Kind, workspace: str, folder: Path) -> "subprocess.Popen[bytes]":
    """`leadline index` for one index."""
    return subprocess.Popen(
        [sys.executable, "-m", "leadline", "index", "--workspace", workspace, "--kind", kind.name],
        env={**os.environ, **settings.as_environment(), "LEADLINE_INDEX_FOLDER": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what it says may name what no log should
    )
