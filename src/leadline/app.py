"""The assembly of the application: the only module that puts the parts of Leadline together."""

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
from leadline.clock import Clock, system_clock
from leadline.crm.conversion import ConversionService
from leadline.crm.kinds import KINDS
from leadline.crm.matching import MatchService
from leadline.crm.merging import MergeService
from leadline.crm.undoing import UndoService
from leadline.http.routes import Services, all_routes
from leadline.http.server.client_ip import ClientAddresses
from leadline.http.server.cluster_routing import Application, route_to_cluster
from leadline.http.server.cors import CorsMiddleware
from leadline.http.server.dispatch import Dispatch
from leadline.http.server.endpoint import Route
from leadline.http.server.metrics import PROCESS_METRICS, publishing_metrics
from leadline.http.server.observer import RequestObserver
from leadline.http.server.rate_limits import RateLimits
from leadline.http.server.static_files import load_static_files
from leadline.http.server.streaming import STREAM_SHARE, StreamSlots
from leadline.index.live_indexes import LiveIndexes
from leadline.index.subprocess_builder import StartProcess
from leadline.kit.db import Database, DatabaseError
from leadline.kit.db.migrate import load_migrations, migrate, refuse_foreign, require_migrations
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.kit.db.sqlite.read_only import ReadOnlySqliteDatabase
from leadline.kit.json_logging import LogBuffer, log_thread_failure
from leadline.kit.window_counters import WindowCounters
from leadline.log import OperationLog
from leadline.log.replies import purging_replies
from leadline.log.signals import LogSignals
from leadline.maintenance.copy_mark import refuse_unfinished
from leadline.people.authenticator import Authenticator
from leadline.people.clusters import ClusterDatabase
from leadline.people.keys import ApiKeyAuthenticator, ApiKeys
from leadline.people.login import LoginService
from leadline.people.login_throttle import LoginThrottle
from leadline.people.passwords import PasswordHasher
from leadline.people.sessions import SessionAuthenticator, SessionService
from leadline.people.tokens import TokenSigner
from leadline.people.users import USERS, UserService
from leadline.people.workspaces import WorkspaceService
from leadline.records.kind import Kind
from leadline.records.past import PastRecords
from leadline.records.service import RecordService
from leadline.settings import HOME, Settings, parse_origins, requests_per_minute

SHARED_FOLDER_VARIABLE = "LEADLINE_SHARED"
"""The environment variable with the folder that the processes of one server share. A single process has none."""
GC_THRESHOLD = 10_000
"""The number of new objects after which Python looks for garbage. A request leaves none, and a few requests under way
already have the 700 objects of Python's default (ADR 0025)."""
WEB_FOLDER = Path(__file__).parent / "web" / "dist"
"""The folder of the built web app, which the package may have or not."""
logger = logging.getLogger("leadline")


class NoData(DatabaseError):
    def __init__(self, file: Path) -> None:
        super().__init__(
            f"There are no data at {file.absolute()}; say where they are, with --data or --database, or make them"
            " with `leadline init`."
        )


@dataclass(frozen=True)
class App:
    """The application: the services over one database, or over the `members` of several clusters as if they were one.

    `open` brings the data up to date, and makes them if they `may_be_new`. `http_app` serves them.
    """

    settings: Settings
    database: Database
    members: Mapping[str, Database]
    workspaces: WorkspaceService
    users: UserService
    keys: ApiKeys
    records: RecordService
    past: PastRecords
    live: LiveIndexes
    conversion: ConversionService
    matching: MatchService
    merging: MergeService
    undoing: UndoService
    tokens: TokenSigner
    sessions: SessionService
    login: LoginService
    authenticator: Authenticator
    signals: LogSignals
    now: Clock
    monotonic: Callable[[], float]

    @asynccontextmanager
    async def open(self, *, may_be_new: bool = True) -> AsyncIterator["App"]:
        async with AsyncExitStack() as stack:
            for name, member in self.members.items():
                await stack.enter_async_context(up_to_date(member, may_be_new=may_be_new or name != HOME))
                await refuse_unfinished(member)
            await self.tokens.load_secret(self.database)
            members = self.members.values()
            async with (
                self.authenticator.recording_uses(members),
                purging_replies(members, self.settings.retry_hours, self.now),
                self.live.running(),
                self.signals.running(),
            ):
                yield self

    def make_services(self) -> Services:
        """Makes the services that the handlers call."""
        return Services(
            self.database,
            self.records,
            self.past,
            self.conversion,
            self.matching,
            self.merging,
            self.undoing,
            self.users,
            self.keys,
            self.sessions,
            self.login,
            self.authenticator,
            self.signals,
        )

    def http_app(self, shared: Path | None = None) -> Application:
        """Makes the ASGI application. `shared` is the folder that the processes of one server share.

        A single process has none.
        """
        application: Application = self.make_dispatch(
            all_routes(self.make_services(), self.settings.public_url), shared
        )
        if len(self.members) > 1:
            application = route_to_cluster(application)
        allowed = parse_origins(self.settings.cors_origins)
        return CorsMiddleware(application, allowed) if allowed else application

    def make_dispatch(self, table: Sequence[Route], shared: Path | None = None) -> Dispatch:
        """Makes a dispatch that serves only the routes in `table`."""
        return Dispatch(
            self.database,
            table,
            authenticator=self.authenticator,
            open_app=partial(self._open_and_publish, shared),
            public_url=self.settings.public_url,
            max_body=self.settings.max_body_kib * 1024,
            limits=self._make_limits(shared),
            client_addresses=ClientAddresses(self.settings.trusted_networks),
            observer=self._make_observer(),
            stream_slots=StreamSlots(max(1, self.settings.max_connections // STREAM_SHARE)),
            now=self.now,
            static_files=load_static_files(WEB_FOLDER),
        )

    @asynccontextmanager
    async def _open_and_publish(self, shared: Path | None) -> AsyncIterator[None]:
        async with self.open():
            self.database.bound_requests(self.settings.request_seconds)
            gc.freeze()  # objects made by now stay: searching them for garbage would delay requests
            gc.set_threshold(GC_THRESHOLD)
            logger.info("started")
            if self.settings.metrics_port:
                file = shared / f"{os.getpid()}.figures" if shared else None
                async with publishing_metrics(PROCESS_METRICS, self.database, file):
                    yield
            else:
                yield
        logger.info("stopped")

    def _make_limits(self, shared: Path | None) -> RateLimits:
        return RateLimits(
            WindowCounters(shared / "limits" if shared else None),
            per_caller=requests_per_minute(self.settings.rate_limit),
            per_address=requests_per_minute(self.settings.login_limit),
            monotonic=self.monotonic,
            now=self.now,
        )

    def _make_observer(self) -> RequestObserver:
        return RequestObserver(
            LogBuffer(),
            level=self.settings.log_level,
            slow_seconds=self.settings.slow_seconds,
            metrics=PROCESS_METRICS if self.settings.metrics_port else None,
        )


def build_app(
    settings: Settings,
    now: Clock = system_clock,
    monotonic: Callable[[], float] = time.monotonic,
    *,
    indexing: StartProcess | None = None,
) -> App:
    """Builds the application. `indexing` starts the child processes that make large live indexes."""
    members = {name: database_of(its) for name, its in settings.cluster_settings.items()}
    database = ClusterDatabase(members) if len(members) > 1 else members[HOME]
    operations = OperationLog(now)
    live = LiveIndexes(
        database,
        KINDS,
        folder=settings.index_files,
        max_bytes=settings.index_mib * 1024 * 1024,
        start=indexing,
        monotonic=monotonic,
    )
    database.subscribe(live.on_commit)
    signals = LogSignals(members.values())
    database.subscribe(signals.on_commit)
    records = RecordService(operations, KINDS, live)
    tokens = TokenSigner(access_seconds=settings.access_seconds, refresh_seconds=settings.refresh_days * 24 * 3600)
    passwords = PasswordHasher()
    sessions = SessionService(operations, tokens, now)
    users = UserService(records, sessions, passwords)
    return App(
        settings=settings,
        database=database,
        members=members,
        workspaces=WorkspaceService(records, now),
        users=users,
        keys=ApiKeys(records, now),
        records=records,
        past=PastRecords((*KINDS, USERS), live),
        live=live,
        conversion=ConversionService(records),
        matching=MatchService(records),
        merging=MergeService(records),
        undoing=UndoService(records),
        tokens=tokens,
        sessions=sessions,
        login=LoginService(list(members.values()), operations, users, sessions, passwords, LoginThrottle(now)),
        authenticator=Authenticator(ApiKeyAuthenticator(now), SessionAuthenticator(tokens, now), now),
        signals=signals,
        now=now,
        monotonic=monotonic,
    )


@asynccontextmanager
async def up_to_date(database: Database, *, may_be_new: bool = True) -> AsyncIterator[Database]:
    """Opens the database while the context is open, and brings it to the newest schema, also an empty one if
    `may_be_new`. Raises `DatabaseError` if it holds something else than Leadline's data."""
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
    """Opens the data as they are. With `only_snapshots`, the data file may be on a read-only disk.

    Raises `DatabaseError` if there are no data, an unfinished copy, or data of another schema (with `older`, of a
    newer schema).
    """
    if not settings.is_there:
        raise NoData(settings.data_file)
    reads_file = only_snapshots and not settings.on_postgres
    database = ReadOnlySqliteDatabase(settings.data_file) if reads_file else database_of(settings)
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
    return SqliteDatabase(settings.data_file)


def serve_app() -> Application:
    """Makes the ASGI application of a server process, which reads all its settings from the environment."""
    threading.excepthook = log_thread_failure
    shared = os.environ.get(SHARED_FOLDER_VARIABLE)
    settings = Settings()
    app = build_app(settings, indexing=partial(start_indexing, settings))
    return app.http_app(Path(shared) if shared else None)


def start_indexing(settings: Settings, kind: Kind, workspace: str, folder: Path) -> "subprocess.Popen[bytes]":
    """Starts `leadline index` for one index in a child process."""
    return subprocess.Popen(
        [sys.executable, "-m", "leadline", "index", "--workspace", workspace, "--kind", kind.name],
        env={**os.environ, **settings.as_environment(), "LEADLINE_INDEX_FOLDER": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # an error may name what no log may have
    )
