"""Who may do what, as the contract says it: every route, by every kind of caller, on every kind of record.

A new route needs a row in `TABLE`. The rows say what the contract says, and never ask the route what it declares.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import apsw
import httpx2
import jwt
import pytest

from leadline.clock import system_clock, to_text
from leadline.http.routes import all_routes
from tests.cast import PASSWORD, TABLES, Caller, Desk, OnSqlite, desk_on

TABLE = """
    GET    /api/leads/                  read     leads:read           200
    POST   /api/leads/                  work     leads:write          201
    POST   /api/leads/batch/ work leads:write 200
    PATCH  /api/leads/?updatedBefore=2001-01-01&expectedCount=0 work leads:write 200
    DELETE /api/leads/?updatedBefore=2001-01-01&expectedCount=0 work leads:write 200
    GET    /api/leads/facets/           read     leads:read           200
    GET    /api/leads/{id}/             read     leads:read           200
    PATCH  /api/leads/{id}/             work     leads:write          200
    DELETE /api/leads/{id}/             work     leads:write          204
    GET    /api/leads/{id}/convert/     read     leads:read,contacts:read,accounts:read  200
    POST   /api/leads/{id}/convert/     work     leads:write,contacts:write,accounts:write,opportunities:write  200
    POST   /api/leads/{id}/merge/  work  leads:write  200
    GET    /api/leads/{id}/history/     read     leads:read           200
    GET    /api/leads/{id}/explain/     read     leads:read           200
    GET    /api/contacts/               read     contacts:read        200
    POST   /api/contacts/               work     contacts:write       201
    POST   /api/contacts/batch/ work contacts:write 200
    PATCH  /api/contacts/?updatedBefore=2001-01-01&expectedCount=0 work contacts:write 200
    DELETE /api/contacts/?updatedBefore=2001-01-01&expectedCount=0 work contacts:write 200
    GET    /api/contacts/facets/        read     contacts:read        200
    GET    /api/contacts/{id}/          read     contacts:read        200
    PATCH  /api/contacts/{id}/          work     contacts:write       200
    DELETE /api/contacts/{id}/          work     contacts:write       204
    POST   /api/contacts/{id}/merge/  work  leads:write,contacts:write,opportunities:write  200
    GET    /api/contacts/{id}/history/  read     contacts:read        200
    GET    /api/contacts/{id}/explain/  read     contacts:read        200
    GET    /api/accounts/               read     accounts:read        200
    POST   /api/accounts/               work     accounts:write       201
    POST   /api/accounts/batch/ work accounts:write 200
    PATCH  /api/accounts/?updatedBefore=2001-01-01&expectedCount=0 work accounts:write 200
    DELETE /api/accounts/?updatedBefore=2001-01-01&expectedCount=0 work accounts:write 200
    GET    /api/accounts/facets/        read     accounts:read        200
    GET    /api/accounts/{id}/          read     accounts:read        200
    PATCH  /api/accounts/{id}/          work     accounts:write       200
    DELETE /api/accounts/{id}/          work     accounts:write       204
    GET    /api/accounts/{id}/contacts/ read     contacts:read        200
    POST   /api/accounts/{id}/merge/  work  leads:write,contacts:write,accounts:write,opportunities:write  200
    GET    /api/accounts/{id}/history/  read     accounts:read        200
    GET    /api/accounts/{id}/explain/  read     accounts:read        200
    GET    /api/opportunities/          read     opportunities:read   200
    POST   /api/opportunities/          work     opportunities:write  201
    POST   /api/opportunities/batch/ work opportunities:write 200
    PATCH  /api/opportunities/?updatedBefore=2001-01-01&expectedCount=0 work opportunities:write 200
    DELETE /api/opportunities/?updatedBefore=2001-01-01&expectedCount=0 work opportunities:write 200
    GET    /api/opportunities/facets/   read     opportunities:read   200
    GET    /api/opportunities/{id}/     read     opportunities:read   200
    PATCH  /api/opportunities/{id}/     work     opportunities:write  200
    DELETE /api/opportunities/{id}/     work     opportunities:write  204
    POST   /api/opportunities/{id}/merge/  work  leads:write,opportunities:write  200
    GET    /api/opportunities/{id}/history/  read opportunities:read  200
    GET    /api/opportunities/{id}/explain/  read opportunities:read  200
    GET    /api/operations/             read     -                    200
    GET    /api/operations/{id}/        read     -                    200
    POST   /api/operations/{id}/undo/   work     -                    200
    GET    /api/changes/                see      -                    200
    GET    /api/changes/stream/         see      -                    200
    POST   /api/auth/login/             come     -                    200
    POST   /api/auth/token/refresh/     come     -                    200
    POST   /api/auth/logout/            sign_in  -                    204
    POST   /api/auth/session/           come     -                    200
    DELETE /api/auth/session/           come     -                    204
    GET    /api/people/                 read     -                    200
    GET    /api/users/                  manage   -                    200
    POST   /api/users/                  manage   -                    201
    GET    /api/users/{id}/             manage   -                    200
    PATCH  /api/users/{id}/             manage   -                    200
    GET    /api/keys/                   manage   -                    200
    POST   /api/keys/                   manage   -                    201
    DELETE /api/keys/{id}/              manage   -                    204
    GET    /api/me/                     see      -                    200
    PATCH  /api/me/                     sign_in  -                    200
    GET    /api/me/preferences/         sign_in  -                    200
    PUT    /api/me/preferences/         sign_in  -                    200
    GET    /api/views/                  sign_in  -                    200
    POST   /api/views/                  sign_in  -                    201
    GET    /api/views/counts/           sign_in  -                    200
    GET    /api/views/{id}/             sign_in  -                    200
    PATCH  /api/views/{id}/             sign_in  -                    200
    DELETE /api/views/{id}/             sign_in  -                    204
    GET    /api/health/                 come     -                    200
    GET    /api/openapi.json            come     -                    200
    GET    /api/docs/                   come     -                    200
"""
"""Of each route: its method and path, what its caller must be able to do, what a key must be allowed, and what is
answered when it is done."""

WHO = {
    "see": {"admin", "user", "viewer", "key"},
    "read": {"admin", "user", "key"},
    "work": {"admin", "user", "key"},
    "sign_in": {"admin", "user", "viewer"},
    "manage": {"admin"},
}
"""Anybody can `come`, even without a token."""

AREAS = ("leads", "contacts", "accounts", "opportunities")
SCOPES = [f"{area}:{right}" for area in AREAS for right in ("read", "write")]
KINDS = {"leads": "ld", "contacts": "cnt", "accounts": "acc", "opportunities": "opp", "users": "usr", "keys": "key"}
KINDS |= {"operations": "op", "views": "vw"}
NEVER = "01HXAAAAAAAAAAAAAAAAAAAAAA"
TARGETS = ("Acme's", "Zoe's", "deleted", "unknown", "malformed", "of another kind")
CHANGED = {
    "leads": "notes",
    "contacts": "notes",
    "accounts": "description",
    "opportunities": "description",
    "users": "lastName",
    "me": "lastName",
    "views": "name",
}
"""The field that is changed where something is."""

CANARIES = {"Acme's": "acmes-canary", "Zoe's": "zoes-canary"}
PHONES = {"Acme's": "+47 555 010 1010", "Zoe's": "+47 555 020 2020"}
OWN_TO_A_REQUEST = {"x-request-id", "date", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    who: str
    scopes: frozenset[str]
    done: int

    @property
    def plural(self) -> str:
        return self.path.split("/")[2]

    @property
    def targets(self) -> tuple[str, ...]:
        return TARGETS if "{id}" in self.path else ("-",)


@dataclass(frozen=True)
class Known:
    """A caller. `team` is whose they are; `role` is None for a token that is not in force."""

    name: str
    token: str | None = field(repr=False)
    role: str | None = None
    team: str = "Acme's"
    scopes: frozenset[str] | None = None


@dataclass(frozen=True)
class Cell:
    row: Row
    caller: Known
    target: str

    def __str__(self) -> str:
        target = "" if self.target == "-" else f" ({self.target})"
        return f"{self.row.method} {self.row.path}{target} by {self.caller.name}"

    @cached_property
    def expected(self) -> int:
        row, caller = self.row, self.caller
        if row.who == "come":
            return row.done
        if caller.role is None:
            return 401
        if caller.role not in WHO[row.who] or not (caller.scopes is None or row.scopes <= caller.scopes):
            return 403
        if row.plural == "operations" and self.target == caller.team and caller.scopes is not None:
            return self._expected_of_limited_key(caller.scopes)
        if row.path.endswith("/history/") and (self.target, caller.team) == ("deleted", "Acme's"):
            return row.done
        if self.target not in ("-", caller.team):
            return 404
        return row.done

    def _expected_of_limited_key(self, scopes: frozenset[str]) -> int:
        """It looks at operations of what it may read, and takes back its own."""
        if not self.may_be_seen:
            return self.row.done if self.row.method != "GET" and "leads:write" in scopes else 404
        return self.row.done if self.row.method == "GET" or "leads:write" in scopes else 403

    @property
    def may_be_seen(self) -> bool:
        """Whether it is about an operation that its caller may look at."""
        scopes = self.caller.scopes
        is_theirs = self.row.plural == "operations" and self.target == self.caller.team
        return is_theirs and (scopes is None or "leads:read" in scopes)


@dataclass(frozen=True)
class Answer:
    """What came of a cell. `said` is all that is not this request's own; `leaks` what it may not say."""

    cell: Cell
    status: int
    said: tuple[object, ...]
    leaks: list[str]
    changed: list[str]

    @property
    def refused(self) -> bool:
        return self.status >= 400


def rows() -> list[Row]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return [
        Row(method, path, who, frozenset(scopes.split(",")) - {"-"}, int(done))
        for method, path, who, scopes, done in lines
    ]


class Scene:
    """Two teams, each with one record of every kind, in whose every text there is the team's canary."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.teams = {"Acme's": desk.acme, "Zoe's": desk.zoes}
        self.admins = {"Acme's": desk.ada, "Zoe's": desk.zoe}
        self._numbers = itertools.count(1)
        self.ids: dict[str, dict[str, str]] = {plural: {} for plural in KINDS}
        for team in self.teams:
            self._name_people(team)
        self._make_records()
        self.callers = list(self._callers())
        self._canaries = {team: self._canaries_of(team) for team in self.teams}
        self._file = apsw.Connection(str(desk.app.settings.data_file))
        self._dump, self._version = desk.dump(), self._data_version()

    def close(self) -> None:
        self._file.close()

    def _data_version(self) -> int:
        """Another one after each commit by another connection."""
        return int(self._file.pragma("data_version"))

    def _name_people(self, team: str) -> None:
        people = self.teams[team]
        for person in (people.admin, *people.sellers, people.viewer):
            self.admins[team].patch(f"/api/users/{person.id}/", {"lastName": CANARIES[team]})

    def _make_records(self) -> None:
        """Those of both teams, and the ids of what is not there."""
        for team in self.teams:
            for plural in ("accounts", "contacts", "opportunities", "leads", "users", "keys", "operations", "views"):
                self.ids[plural][team] = self.make(team, plural)
        for plural, prefix in KINDS.items():
            other = self.ids["contacts" if plural == "leads" else "leads"]["Acme's"]
            named = {"unknown": f"{prefix}_{NEVER}", "malformed": f"{prefix}_x", "of another kind": other}
            self.ids[plural] |= named | {"deleted": self._deleted(plural)}

    def _deleted(self, plural: str) -> str:
        """Users are never deleted; the system user is as hidden as if it were. No more are operations."""
        if plural == "users":
            return self.desk.acme.system.user_id
        if plural == "operations":
            return f"op_{NEVER[:-1]}B"
        id_ = self.make("Acme's", plural)
        assert self.desk.ada.delete(f"/api/{plural}/{id_}/").status_code == 204
        return id_

    def make(self, team: str, plural: str) -> str:
        if plural == "operations":
            return self._write(self.admins[team], team)
        return str(self._made(team, plural)["id"])

    def _write(self, caller: Caller, team: str) -> str:
        """A write of the caller's: the operation that made a lead."""
        answer = caller.post("/api/leads/", self.new(team, "leads"))
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Operation-Id"])

    def _made(self, team: str, plural: str, **fields: Any) -> dict[str, Any]:
        answer = self.admins[team].post(f"/api/{plural}/", self.new(team, plural) | fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def new(self, team: str, plural: str) -> dict[str, Any]:
        """The body of a new record, with the team's canary in every text."""
        text = CANARIES[team]
        person = {"firstName": text, "lastName": text, "email": f"{text}{next(self._numbers)}@{text}.example"}
        owned = {"assignedTo": self.teams[team].sellers[0].id}
        links = {"accountId": self.ids["accounts"].get(team), "contactId": self.ids["contacts"].get(team)}
        client = {**person, **owned, "phone": PHONES[team], "source": text.replace("-", "_"), "notes": text}
        address = dict.fromkeys(("street", "city", "state", "postalCode", "country"), text)
        company = {"name": text, "website": f"https://{text}.example", "industry": text, "companySize": text}
        bodies: dict[str, dict[str, Any]] = {
            "leads": {**client, "company": text},
            "contacts": {**client, "title": text, "tags": [text], "accountId": links["accountId"]},
            "accounts": {
                **company,
                **owned,
                "phone": PHONES[team],
                "tags": [text],
                "billingAddress": address,
                "description": text,
            },
            "opportunities": {"name": text, **owned, **links, "description": text},
            "users": {**person, "password": PASSWORD},
            "keys": {"name": text},
            "views": {"name": text, "kind": "lead", "query": f"search={text}"},
        }
        return bodies[plural]

    def _callers(self) -> Iterator[Known]:
        acme, zoes = self.desk.acme, self.desk.zoes
        yield Known("an admin", acme.admin.access, "admin")
        yield Known("a user", acme.sellers[0].access, "user")
        yield Known("a viewer", acme.viewer.access, "viewer")
        yield Known("who was an admin and is a viewer", self._demoted(), "viewer")
        yield Known("a key", acme.key, "key")
        yield from (self._key(f"a key without {scope}", {*SCOPES} - {scope}) for scope in SCOPES)
        yield from (self._key(f"a key for {scope} alone", {scope}) for scope in SCOPES)
        for right in ("read", "write"):
            yield self._key(f"a key that may only {right}", {f"{area}:{right}" for area in AREAS})
        yield Known("Zoe's admin", zoes.admin.access, "admin", "Zoe's")
        yield Known("Zoe's user", zoes.sellers[0].access, "user", "Zoe's")
        yield Known("Zoe's viewer", zoes.viewer.access, "viewer", "Zoe's")
        yield Known("Zoe's key", zoes.key, "key", "Zoe's")
        yield from (Known(name, token) for name, token in self._bad_tokens().items())

    def _key(self, name: str, scopes: set[str]) -> Known:
        secret = self._made("Acme's", "keys", scopes=sorted(scopes))["secret"]
        return Known(name, secret, "key", scopes=frozenset(scopes))

    def _demoted(self) -> str:
        user = self._made("Acme's", "users", role="admin")
        access = self.sign_in("Acme's", user["email"])["access"]
        self.desk.ada.patch(f"/api/users/{user['id']}/", {"role": "viewer"})
        return str(access)

    def _bad_tokens(self) -> dict[str, str | None]:
        refresh = self.sign_in("Acme's")["refresh"]
        claims = jwt.decode(refresh, options={"verify_signature": False}) | {"type": "access"}
        expired_access, expired_key = self._expired()
        return {
            "nobody": None,
            "garbage": "garbage",
            "a key that never was": "pk_live_" + "A" * 32,
            "a forged token": jwt.encode(claims, "0" * 64, "HS256"),
            "an unsigned token": jwt.encode(claims, None, "none"),
            "a refresh token": refresh,
            "an expired access token": expired_access,
            "an ended session": self._ended(),
            "a disabled user": self._user_after({"active": False}),
            "who was disabled and is not": self._user_after({"active": False}, {"active": True}),
            "a user before the new password": self._user_after({"password": "quite another password"}),
            "an expired key": expired_key,
            "a revoked key": self._revoked(),
        }

    def _expired(self) -> tuple[str, str]:
        """An access token that was good two hours ago, and a key that was good half an hour ago."""
        minute = 60 * 1000
        self.desk.clock.at = system_clock() - 120 * minute
        access = self.sign_in("Acme's")["access"]
        self.desk.clock.at += 90 * minute
        key = self._made("Acme's", "keys", expiresAt=to_text(self.desk.clock.at // 1000 + 60))
        self.desk.clock.at = None
        return access, key["secret"]

    def _ended(self) -> str:
        access = str(self.sign_in("Acme's")["access"])
        self.desk.caller(access).post("/api/auth/logout/")
        return access

    def _user_after(self, *changes: dict[str, object]) -> str:
        user = self._made("Acme's", "users")
        access = str(self.sign_in("Acme's", user["email"])["access"])
        for change in changes:
            assert self.desk.ada.patch(f"/api/users/{user['id']}/", change).status_code == 200
        return access

    def _revoked(self) -> str:
        key = self._made("Acme's", "keys")
        self.desk.ada.delete(f"/api/keys/{key['id']}/")
        return str(key["secret"])

    def credentials(self, team: str, email: str) -> dict[str, str]:
        return {"email": email, "password": PASSWORD, "workspaceId": self.teams[team].workspace.id}

    def sign_in(self, team: str, email: str = "ben@acme.example") -> dict[str, Any]:
        done: dict[str, Any] = self.desk.nobody.post("/api/auth/login/", self.credentials(team, email)).json()
        return done

    def _canaries_of(self, team: str) -> re.Pattern[str]:
        """The team's texts, and all its ids."""
        number = self.teams[team].workspace.number
        with_ids = [table for table in TABLES if table not in ("workspaces", "changes", "login_failures", "replies")]
        found = [self.desk.rows(f"SELECT id FROM {table} WHERE workspace = ?", number) for table in with_ids]
        ids = [str(id_) for rows in found for (id_,) in rows]
        texts = [CANARIES[team], PHONES[team], self.teams[team].workspace.id, self.teams[team].key]
        return re.compile("|".join(map(re.escape, [*texts, *ids])))

    # One cell

    def play(self, cell: Cell) -> Answer:
        """Asks, and looks at what came of it: after a refusal at the whole database, which has to be as it was."""
        path = cell.row.path.replace("{id}", self._id(cell))
        if cell.row.path.endswith("/stream/"):
            path += "?wait=0"  # or else it would not end
        caller, body = self.desk.caller(self._token(cell)), self._body(cell)
        answer = caller.send(cell.row.method, path, **({} if body is None else {"json": body}))
        changed = self._changes(cell) if cell.expected >= 400 else []
        return Answer(cell, answer.status_code, _said(answer), self._leaks(cell, answer), changed)

    def _changes(self, cell: Cell) -> list[str]:
        """The tables that are not as they were: none, unless something was committed. Then the record may be gone,
        which the cells to come need."""
        version, self._version = self._version, self._data_version()
        if version == self._version:
            return []
        before, self._dump = self._dump, self.desk.dump()
        changed = [table for table in TABLES if before[table] != self._dump[table]]
        if changed and cell.target in self.teams:
            self.ids[cell.row.plural][cell.target] = self.make(cell.target, cell.row.plural)
            self._dump = self.desk.dump()
        return changed

    def _leaks(self, cell: Cell, answer: httpx2.Response) -> list[str]:
        """What is the other workspace's, and in a refusal what is anybody's."""
        said = "\n".join([answer.text, *answer.headers.values()])
        hidden = [team for team in self.teams if cell.expected >= 400 or team != cell.caller.team]
        return [found for team in hidden for found in sorted(set(self._canaries[team].findall(said)))]

    def _id(self, cell: Cell) -> str:
        """The id to ask for: that of a new record where it will be written."""
        if cell.target == "-":
            return ""
        if cell.row.plural == "operations" and cell.row.method != "GET" and cell.expected < 400:
            return self._write(self.desk.caller(cell.caller.token), cell.target)
        if cell.row.plural == "views" and cell.expected < 400:
            caller = self.desk.caller(cell.caller.token)
            return str(caller.post("/api/views/", self.new(cell.target, "views")).json()["id"])
        if cell.row.method != "GET" and cell.expected < 400:
            return self.make(cell.target, cell.row.plural)
        return self.ids[cell.row.plural][cell.target]

    def _token(self, cell: Cell) -> str | None:
        """The caller's, or one of their role that a logout may end."""
        if cell.row.path == "/api/auth/logout/" and cell.expected < 400:
            team = self.teams[cell.caller.team]
            person = {"admin": team.admin, "user": team.sellers[0], "viewer": team.viewer}[str(cell.caller.role)]
            return str(self.sign_in(cell.caller.team, person.email)["access"])
        return cell.caller.token

    def _body(self, cell: Cell) -> dict[str, Any] | None:
        row, team = cell.row, cell.caller.team
        match row.method, row.path:
            case "POST", "/api/auth/login/" | "/api/auth/session/":
                return self.credentials(team, "ben@acme.example")
            case "POST", "/api/auth/token/refresh/":
                return {"refresh": self.sign_in(team)["refresh"]}
            case "POST", "/api/auth/logout/" | "/api/operations/{id}/undo/":
                return None
            case "POST", path if path.endswith("/batch/"):
                return {"operations": [{"op": "create", "record": self.new(team, row.plural)}]}
            case "POST", "/api/leads/{id}/convert/":
                return {"createAccount": True, "createOpportunity": True}
            case "POST", path if path.endswith("/merge/"):
                other = self.make(team, row.plural) if cell.expected < 400 else self.ids[row.plural][team]
                return {"duplicates": [other]}
            case "POST", _:
                return self.new(team, row.plural)
            case "PUT", _:
                return {"theme": CANARIES[team]}
            case "PATCH", _:
                return {CHANGED[row.plural]: f"{CANARIES[team]} again"}
        return None


def _said(answer: httpx2.Response) -> tuple[object, ...]:
    headers = [(name, value) for name, value in answer.headers.multi_items() if name not in OWN_TO_A_REQUEST]
    return answer.status_code, answer.text.replace(answer.headers["X-Request-Id"], ""), tuple(headers)


@pytest.fixture(scope="module")
def scene(on_sqlite: OnSqlite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("matrix")
    with desk_on(on_sqlite, folder, rate_limit="none", log_level="warning") as desk:
        scene = Scene(desk)
        yield scene
        scene.close()


@pytest.fixture(scope="module")
def answers(scene: Scene) -> list[Answer]:
    """Of all cells: what is to be refused first, while the database is small."""
    cells = [Cell(row, caller, target) for row in rows() for caller in scene.callers for target in row.targets]
    return [scene.play(cell) for cell in sorted(cells, key=lambda cell: cell.expected < 400)]


def test_every_route_has_a_row_and_every_row_a_route(desk: Desk) -> None:
    assert sorted((row.method, row.path.partition("?")[0]) for row in rows()) == sorted(
        (route.method, route.path) for route in all_routes(desk.app.make_services())
    )


def test_the_matrix_does_not_shrink(answers: list[Answer]) -> None:
    assert len(answers) >= 5_840


def test_everybody_is_answered_as_the_contract_says(answers: list[Answer]) -> None:
    assert [f"{one.cell}: {one.status}" for one in answers if one.status != one.cell.expected] == []


def test_a_refusal_changes_nothing(answers: list[Answer]) -> None:
    assert [f"{one.cell}: {one.changed}" for one in answers if one.changed] == []


def test_no_answer_tells_of_another_workspace(answers: list[Answer]) -> None:
    assert [f"{one.cell}: {one.leaks}" for one in answers if one.leaks] == []


def test_who_is_refused_does_not_learn_what_there_is(answers: list[Answer]) -> None:
    """Byte for byte: another workspace's record is as one that never was."""
    refusals = [one for one in answers if one.refused and not one.cell.may_be_seen]
    unknown = {(one.cell.row, one.cell.caller): one.said for one in refusals if one.cell.target == "unknown"}
    told_apart = [
        str(one.cell)
        for one in refusals
        if one.cell.target != "-" and one.said != unknown.get((one.cell.row, one.cell.caller))
    ]
    assert told_apart == []
