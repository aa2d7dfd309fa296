"""Who appears in the tests, and the desk they work at.

Ada is the admin of the workspace Acme; Ben and Cleo are its sales people, and Vic is a viewer. Zoe is a stranger: she
is the admin of a workspace of her own on the same server, whose people have the same names and e-mails as Acme's.
Programs of each workspace sign in with its API key, people with the cast's password.
"""

import asyncio
import itertools
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Protocol

import httpx2

from leadline.access import Actor
from leadline.app import App, build_app
from leadline.clock import system_clock
from leadline.kit.db import Row, Transaction
from leadline.names import full_name
from leadline.people import passwords
from leadline.people.keys import KEYS
from leadline.people.login import Credentials
from leadline.people.users import USERS
from leadline.people.workspaces import Workspace
from leadline.records.body import ParsedBody, read_new
from leadline.settings import Settings
from tests import promises, transcripts
from tests.postgres import Cluster

BASE_URL = "http://desk.example"
PASSWORD = "a password of the cast"
passwords.COST = passwords.HashCost(passes=1, memory=8)
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type] # or each request looks for it again in every folder
TABLES = (
    "workspaces",
    "users",
    "keys",
    "sessions",
    "login_failures",
    "operations",
    "changes",
    "leads",
    "contacts",
    "accounts",
    "opportunities",
    "replies",
    "views",
    "preferences",
)


class Clock:
    """The system's time, until a test sets it."""

    def __init__(self) -> None:
        self.at: int | None = None
        self.passed = 0.0
        """What the monotonic clock shows, in seconds."""

    def __call__(self) -> int:
        return system_clock() if self.at is None else self.at

    def monotonic(self) -> float:
        return self.passed


@dataclass(frozen=True)
class Person:
    """A user, and the tokens of the session that they opened."""

    id: str
    email: str
    name: str
    access: str
    refresh: str


@dataclass(frozen=True)
class Team:
    """A workspace, its people, and a key of it."""

    workspace: Workspace
    system: Actor
    key: str
    admin: Person
    sellers: tuple[Person, Person]
    viewer: Person


@dataclass(frozen=True)
class Cast:
    acme: Team
    zoes: Team


class Caller:
    """Sends requests with one token, and waits for the answers."""

    def __init__(self, loop: asyncio.AbstractEventLoop, client: httpx2.AsyncClient, token: str | None) -> None:
        self._loop = loop
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        answer = self._loop.run_until_complete(self.send_later(method, path, headers=headers, **options))
        transcripts.note(answer)
        promises.check(answer)
        return answer

    async def send_later(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        """Sends a request while others are under way, for a test that runs them itself."""
        return await self._client.request(method, path, headers={**self._headers, **(headers or {})}, **options)

    def get(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, json: object = None, **options: Any) -> httpx2.Response:
        return self.send("POST", path, **options | ({"json": json} if json is not None else {}))

    def patch(self, path: str, json: object = None, **options: Any) -> httpx2.Response:
        return self.send("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx2.Response:
        return self.send("DELETE", path, **options)


class SignedIn(Caller):
    """A person who calls with their access token."""

    def __init__(self, loop: asyncio.AbstractEventLoop, client: httpx2.AsyncClient, person: Person) -> None:
        super().__init__(loop, client, person.access)
        self.id = person.id
        self.email = person.email
        self.access = person.access
        self.refresh = person.refresh


class Desk:
    """A Leadline in this process. `team` calls with Acme's key, `stranger` with that of Zoe's workspace, `nobody`
    with none; `ada`, `ben`, `cleo`, `vic` and `zoe` have signed in."""

    def __init__(self, loop: asyncio.AbstractEventLoop, app: App, clock: Clock, cast: Cast) -> None:
        self.loop = loop
        self.app = app
        self.clock = clock
        self.acme = cast.acme
        self.zoes = cast.zoes
        transport = httpx2.ASGITransport(app=app.http_app(), raise_app_exceptions=True)
        keeps_none = CookieJar(DefaultCookiePolicy(allowed_domains=[]))  # callers share the client
        self._client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL, cookies=keeps_none)
        self.team = self.caller(cast.acme.key)
        self.stranger = self.caller(cast.zoes.key)
        self.nobody = self.caller(None)
        self.ada = self.person(cast.acme.admin)
        self.ben, self.cleo = map(self.person, cast.acme.sellers)
        self.vic = self.person(cast.acme.viewer)
        self.zoe = self.person(cast.zoes.admin)
        self._numbers = itertools.count(1)

    def caller(self, token: str | None) -> Caller:
        return Caller(self.loop, self._client, token)

    def person(self, person: Person) -> "SignedIn":
        return SignedIn(self.loop, self._client, person)

    def a_minute_later(self) -> "Desk":
        """For another test: no limit is near, and who comes is counted from the first again."""
        self.clock.passed += 60
        self._numbers = itertools.count(1)
        return self

    def run(self, coroutine: Any) -> Any:
        """Runs a coroutine on the desk's event loop."""
        return self.loop.run_until_complete(coroutine)

    def lead(self, **fields: Any) -> dict[str, Any]:
        """A new lead of Acme's: Dana Lee, but for the fields given."""
        body = {"firstName": "Dana", "lastName": "Lee", "email": f"dana{next(self._numbers)}@startup.example"}
        return self._made("leads", body | fields)

    def contact(self, **fields: Any) -> dict[str, Any]:
        """A new contact of Acme's: John Smith, but for the fields given."""
        body = {"firstName": "John", "lastName": "Smith", "email": f"john{next(self._numbers)}@acme.example"}
        return self._made("contacts", body | fields)

    def account(self, **fields: Any) -> dict[str, Any]:
        """A new account of Acme's: TechCorp, but for the fields given."""
        return self._made("accounts", {"name": "TechCorp"} | fields)

    def opportunity(self, **fields: Any) -> dict[str, Any]:
        """A new opportunity of Acme's: a big deal at an account of its own, but for the fields given."""
        account = {} if "accountId" in fields else {"accountId": self.account()["id"]}
        return self._made("opportunities", {"name": "Big deal"} | account | fields)

    def _made(self, plural: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.team.post(f"/api/{plural}/", body)
        assert answer.status_code == 201, answer.text
        record: dict[str, Any] = answer.json()
        return record

    def rows(self, sql: str, *parameters: Any) -> list[Row]:
        """What the database answers to SQL, past all services."""

        async def work(tx: Transaction) -> list[Row]:
            return await tx.fetch_all(sql, parameters)

        rows: list[Row] = self.run(self.app.database.read(work))
        return rows

    def execute(self, sql: str, *parameters: Any) -> None:
        """Writes to the database past all services."""

        async def work(tx: Transaction) -> None:
            await tx.execute(sql, parameters)

        self.run(self.app.database.write(work))

    def dump(self) -> dict[str, list[Row]]:
        """All that is stored, table by table."""

        async def work(tx: Transaction) -> dict[str, list[Row]]:
            return {table: sorted(await tx.fetch_all(f"SELECT * FROM {table}"), key=repr) for table in TABLES}

        tables: dict[str, list[Row]] = self.run(self.app.database.read(work))
        return tables


class Place(Protocol):
    """Where desks keep their data: `copy` answers the settings of a new desk on data that were prepared."""

    @property
    def cast(self) -> Cast: ...

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
        async with build_app(settings).open() as app:
            return Cast(await make_team(app, "Acme"), await make_team(app, "Zoe's own"))

    return asyncio.run(make())


async def make_team(app: App, name: str, domain: str = "acme.example") -> Team:
    """A workspace with all its people, who have signed in. The domain is that of their e-mails."""
    drafts = [read_new(USERS, {**person, "password": PASSWORD}) for person in _people(domain)]
    people: list[ParsedBody] = [await app.users.hash_password(draft, draft.values["email"]) for draft in drafts]

    async def write(tx: Transaction) -> tuple[Workspace, Actor, str]:
        workspace = await app.workspaces.create(tx, name)
        system = await app.workspaces.system_actor(tx, workspace.number)
        key = await app.keys.create(tx, system, read_new(KEYS, {"name": "tests"}))
        for person in people:
            await app.users.create(tx, system, person)
        return workspace, system, key.secret

    workspace, system, key = await app.database.write(write)
    ada, ben, cleo, vic = [await _signed_in(app, str(draft.values["email"]), workspace.id) for draft in people]
    return Team(workspace, system, key, ada, (ben, cleo), vic)


async def _signed_in(app: App, email: str, workspace_id: str) -> Person:
    done = await app.login.sign_in(Credentials(email, PASSWORD, workspace_id), None)
    name = full_name(done.user["firstName"], done.user["lastName"]) or ""
    return Person(str(done.user["id"]), email, name, done.pair.access, done.pair.refresh)


def _people(domain: str) -> list[dict[str, str | None]]:
    return [
        {"email": f"{first.lower()}@{domain}", "firstName": first, "lastName": last, "role": role}
        for first, last, role in _PEOPLE
    ]


_PEOPLE = (
    ("Ada", "Byron", "admin"),
    ("Ben", "Okri", "user"),
    ("Cleo", None, "user"),
    ("Vic", "Hugo", "viewer"),
)


@contextmanager
def desk_on(place: Place, folder: Path, **settings: Any) -> Iterator[Desk]:
    """A desk on prepared data of its own, where bad tokens may be tried without end."""
    with place.copy(folder, **({"login_limit": "none"} | settings)) as its_settings, asyncio.Runner() as runner:
        clock = Clock()
        app = build_app(its_settings, clock, clock.monotonic)
        opened = app.open()
        runner.run(opened.__aenter__())
        try:
            yield Desk(runner.get_loop(), app, clock, place.cast)
        finally:
            runner.run(opened.__aexit__(None, None, None))
