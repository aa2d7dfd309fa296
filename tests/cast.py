"""Who appears in the tests, and the desk they work at.

Ada is the admin of the workspace Acme; Ben and Cleo are its sales people. Zoe is a stranger: she has a workspace
of her own on the same server. Programs of each workspace sign in with its API key.
"""

import asyncio
import itertools
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx2

from leadline.access import Actor, Role
from leadline.app import App, build
from leadline.auth.users import User
from leadline.auth.workspaces import Workspace
from leadline.clock import system_clock
from leadline.kit.db import Row, Transaction
from leadline.settings import Settings
from tests.postgres import Cluster

BASE_URL = "http://desk.example"
TABLES = (
    "workspaces",
    "users",
    "api_keys",
    "operations",
    "changes",
    "leads",
    "contacts",
    "accounts",
    "opportunities",
)


class Clock:
    """The system's time, until a test sets it."""

    def __init__(self) -> None:
        self.at: int | None = None

    def __call__(self) -> int:
        return system_clock() if self.at is None else self.at


@dataclass(frozen=True)
class Team:
    """A workspace, its people, and a key of it."""

    workspace: Workspace
    system: Actor
    key: str
    admin: User
    sellers: tuple[User, User]


@dataclass(frozen=True)
class Cast:
    acme: Team
    zoes: Team


class Caller:
    """Sends requests with one token, and waits for the answers."""

    def __init__(self, runner: asyncio.Runner, client: httpx2.AsyncClient, token: str | None) -> None:
        self._runner = runner
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        request = self._client.request(method, path, headers={**self._headers, **(headers or {})}, **options)
        return self._runner.run(_awaited(request))

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> httpx2.Response:
        return self.send("POST", path, **({"json": json} if json is not None else {}), **options)

    def patch(self, path: str, json: object = None, **options: Any) -> httpx2.Response:
        return self.send("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("DELETE", path, **options)


async def _awaited(request: Any) -> Any:
    return await request


class Desk:
    """A Leadline in this process. `team` calls with Acme's key, `stranger` with Zoe's, `nobody` with none."""

    def __init__(self, runner: asyncio.Runner, app: App, clock: Clock, cast: Cast) -> None:
        self._runner = runner
        self.app = app
        self.clock = clock
        self.acme = cast.acme
        self.zoes = cast.zoes
        self.ben, self.cleo = cast.acme.sellers
        transport = httpx2.ASGITransport(app=app.http(), raise_app_exceptions=True)
        self._client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL)
        self.team = self.caller(cast.acme.key)
        self.stranger = self.caller(cast.zoes.key)
        self.nobody = self.caller(None)
        self._numbers = itertools.count(1)

    def caller(self, token: str | None) -> Caller:
        return Caller(self._runner, self._client, token)

    def run(self, coroutine: Any) -> Any:
        """Runs a coroutine on the desk's event loop."""
        return self._runner.run(_awaited(coroutine))

    def lead(self, **fields: Any) -> dict[str, Any]:
        """A new lead of Acme's: Dana Lee, but for the fields given."""
        body = {"firstName": "Dana", "lastName": "Lee", "email": f"dana{next(self._numbers)}@startup.example"}
        answer = self.team.post("/api/leads/", body | fields)
        assert answer.status_code == 201, answer.text
        lead: dict[str, Any] = answer.json()
        return lead

    def rows(self, sql: str, *parameters: Any) -> list[Row]:
        """What the database answers to SQL, past all services."""

        async def work(tx: Transaction) -> list[Row]:
            return await tx.fetch_all(sql, parameters)

        rows: list[Row] = self.run(self.app.database.read(work))
        return rows

    def dump(self) -> dict[str, list[Row]]:
        """All that is stored, table by table."""
        return {table: sorted(self.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}


class Place(Protocol):
    """Where desks keep their data: `copy` answers the settings of a new desk on data that were prepared."""

    cast: Cast

    def copy(self, folder: Path, **settings: Any) -> AbstractContextManager[Settings]: ...


class OnSqlite:
    """Each desk has a copy of the prepared folder."""

    def __init__(self, folder: Path) -> None:
        self._prepared = folder
        self.cast = fill(Settings(data=folder))

    @contextmanager
    def copy(self, folder: Path, **settings: Any) -> Iterator[Settings]:
        shutil.copytree(self._prepared, folder, dirs_exist_ok=True)
        yield Settings(data=folder, **settings)


class OnPostgres:
    """Each desk has a copy of the prepared database."""

    def __init__(self, cluster: Cluster, prepared: str) -> None:
        self.cluster = cluster
        self._prepared = prepared
        self.cast = fill(Settings(database=cluster.url(prepared)))

    @contextmanager
    def copy(self, folder: Path, **settings: Any) -> Iterator[Settings]:
        with self.cluster.copy(self._prepared) as database:
            yield Settings(database=self.cluster.url(database), **settings)


def fill(settings: Settings) -> Cast:
    """Makes both workspaces and all people."""

    async def make() -> Cast:
        async with build(settings).open() as app:
            return Cast(await _team(app, "Acme"), await _team(app, "Zoe's own"))

    return asyncio.run(make())


async def _team(app: App, name: str) -> Team:
    async def write(tx: Transaction) -> Team:
        workspace = await app.workspaces.create(tx, name)
        system = await app.workspaces.system_actor(tx, workspace.number)
        _, key = await app.keys.create(tx, system, "tests")
        admin = await app.users.create(
            tx, system, email="ada@acme.example", first_name="Ada", last_name="Byron", role=Role.ADMIN
        )
        ben = await app.users.create(tx, system, email="ben@acme.example", first_name="Ben", last_name="Okri")
        cleo = await app.users.create(tx, system, email="cleo@acme.example", first_name="Cleo")
        return Team(workspace, system, key, admin, (ben, cleo))

    return await app.database.write(write)


@contextmanager
def desk_on(place: Place, folder: Path, **settings: Any) -> Iterator[Desk]:
    """A desk on prepared data of its own."""
    with place.copy(folder, **settings) as its_settings, asyncio.Runner() as runner:
        clock = Clock()
        app = build(its_settings, clock)
        opened = app.open()
        runner.run(opened.__aenter__())
        try:
            yield Desk(runner, app, clock, place.cast)
        finally:
            runner.run(opened.__aexit__(None, None, None))
