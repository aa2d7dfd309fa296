"""The log tells everything: what it tells, replayed from nothing, is what the tables hold."""

import ast
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from leadline.access import Actor
from leadline.clock import to_text
from leadline.crm.kinds import KINDS as OF_THE_DESK
from leadline.crm.kinds import PRIVATE_KINDS
from leadline.crm.leads import LEADS
from leadline.crm.preferences import PreferenceService
from leadline.crm.views import VIEWS, ViewService
from leadline.kit.db import Transaction
from leadline.people.keys import KEYS
from leadline.people.users import USERS
from leadline.records.body import read_new, read_patch
from leadline.records.kind import Kind
from leadline.records.operation import MASK
from tests.cast import PASSWORD, Caller, Desk, Place, desk_on

Json = dict[str, Any]
KINDS: dict[str, Kind] = {kind.prefix: kind for kind in (*OF_THE_DESK, *PRIVATE_KINDS, USERS, KEYS)}
SOURCE = Path(__file__).parent.parent / "src" / "leadline"
WRITES = re.compile(r"\b(INSERT\s+(OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+|\{\w*)")
OWNERS = {
    "workspaces": {
        "people/workspaces.py",
        "log/__init__.py",
        "maintenance/moving.py",
    },  # the last says where one lives
    "sessions": {"people/sessions.py"},
    "operations": {"log/__init__.py"},
    "changes": {"log/__init__.py"},
    "migrations": {"kit/db/migrate.py"},
    # The table of any kind of record; and of anything at all, where data are copied together with their log.
    "{": {"records/store.py", "maintenance/table_parts.py"},
}
"""The files that may write to each table."""

BOOKKEEPING = {
    "secrets": {"people/tokens.py"},  # what tokens are signed with
    "key_uses": {"people/keys.py"},  # when a key was last used
    "login_failures": {"people/login_throttle.py"},
    "replies": {"log/replies.py"},  # what writes were answered
}
"""Tables that hold nothing of a workspace's but what the log has, and are not logged."""

BODIES: dict[str, Callable[[random.Random], Json]] = {
    "ld": lambda dice: {
        "email": "dana@startup.example",
        "lastName": dice.choice(["Lee", "Émile", "x" * 200]),
        "company": dice.choice([None, "Startup IO"]),
        "leadScore": dice.choice([None, 1, 10]),
        "notes": dice.choice([None, "two\nlines"]),
        "emailOptOut": dice.random() < 0.5,
    },
    "cnt": lambda dice: {
        "email": "dana@startup.example",
        "firstName": "Dana",
        "tags": dice.sample(["vip", "press", "ask later"], 2),
    },
    "acc": lambda dice: {
        "name": "Startup IO",
        "annualRevenue": dice.choice([None, 0, 12000, 99]),
        "billingAddress": dice.choice([None, {"city": "Berlin"}]),
        "tags": dice.choice([[], ["vip"]]),
    },
    "opp": lambda dice: {"name": "Deal", "value": dice.choice([None, 7]), "closeDate": "2030-01-31"},
}


class Doors:
    """Everything that can be written, through whichever door it is written."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.dice = random.Random(seed)
        self.keys: list[tuple[int, str]] = []
        self.users: list[tuple[int, str, Json]] = []

    def write(self, work: Any) -> Any:
        return self.desk.run(self.desk.app.database.write(work))

    def any_id(self, kind: Kind, workspace: int) -> str | None:
        rows = self.desk.rows(f"SELECT id FROM {kind.plural} WHERE workspace = ? ORDER BY no", workspace)
        return str(self.dice.choice(rows)[0]) if rows else None

    def step(self) -> None:
        team, caller = self.dice.choice([(self.desk.acme, self.desk.team), (self.desk.zoes, self.desk.stranger)])
        doors = [self.over_http] * 4 + [
            self.records,
            self.records,
            self.many,
            self.people,
            self.private,
            self.private,
        ]
        self.desk.clock.at = 2_000_000_000_000 + self.dice.randrange(-50_000, 50_000)
        self.dice.choice(doors)(team.system, caller)

    def over_http(self, actor: Actor, caller: Caller) -> None:
        id_ = self.any_id(LEADS, actor.workspace)
        what = self.dice.choice(["create", "create", "patch", "patch", "same", "convert", "delete", "refused"])
        path = f"/api/leads/{id_}/"
        if what == "create" or id_ is None:
            assert caller.post("/api/leads/", BODIES["ld"](self.dice)).status_code == 201
        elif what == "patch":
            assert caller.patch(path, BODIES["ld"](self.dice)).status_code == 200
        elif what == "same":
            assert caller.patch(path, {"notes": None}).status_code == 200
        elif what == "convert":
            asked = {
                "createAccount": True,
                "accountName": "Startup IO",
                "createOpportunity": self.dice.random() < 0.5,
            }
            assert caller.post(f"{path}convert/", asked).status_code in (200, 409)
        elif what == "delete":
            assert caller.delete(path).status_code == 204
        else:
            assert caller.patch(path, {"email": "no"}).status_code == 422

    def records(self, actor: Actor, caller: Caller) -> None:
        kind = self.dice.choice(OF_THE_DESK[1:])
        account, body = self.any_id(KINDS["acc"], actor.workspace), BODIES[kind.prefix](self.dice)
        if kind.prefix in ("cnt", "opp"):
            body |= {"accountId": account}
        if kind.prefix == "opp":
            body |= {"contactId": self.any_id(KINDS["cnt"], actor.workspace)}
        id_, path = self.any_id(kind, actor.workspace), f"/api/{kind.plural}/"
        what = self.dice.choice(["create", "create", "patch", "patch", "delete"])
        if what == "create" or id_ is None:
            refused = kind.prefix == "opp" and account is None
            assert caller.post(path, body).status_code == (422 if refused else 201)
        elif what == "patch":
            assert caller.patch(f"{path}{id_}/", body).status_code in (200, 422)
        else:
            assert caller.delete(f"{path}{id_}/").status_code == 204

    def many(self, actor: Actor, caller: Caller) -> None:
        kind = self.dice.choice(OF_THE_DESK[:3])
        drafts = [read_new(kind, BODIES[kind.prefix](self.dice)) for _ in range(self.dice.randrange(1, 6))]
        self.write(lambda tx: self.desk.app.records.create_many(tx, actor, kind, drafts))

    def people(self, actor: Actor, caller: Caller) -> None:
        app, what = self.desk.app, self.dice.choice(["user", "user", "patch", "key", "key", "revoke", "login"])
        body = {"email": f"new{self.desk.clock.at}@acme.example", "lastName": "New", "password": "a new password"}
        draft = self.desk.run(app.users.hash_password(read_new(USERS, body), body["email"]))

        async def work(tx: Transaction) -> None:
            if what == "user":
                made = await app.users.create(tx, actor, draft)
                self.users.append((actor.workspace, str(made.record["id"]), body))
            elif what == "key":
                key = await app.keys.create(tx, actor, read_new(KEYS, {"name": "another", "scopes": ["leads:read"]}))
                self.keys.append((actor.workspace, str(key.record["id"])))
            elif what == "patch" and (id_ := self.newest_user(actor)):
                change = {"firstName": "Old", "active": self.dice.random() < 0.5, "password": None}
                await app.users.patch(tx, actor, id_, read_patch(USERS, change))
            elif what == "revoke" and self.keys and self.keys[-1][0] == actor.workspace:
                await app.keys.revoke(tx, actor, self.keys.pop()[1])

        self.write(work)
        if what == "login":
            self.desk.nobody.post("/api/auth/login/", {"email": "ben@acme.example", "password": PASSWORD})

    def private(self, actor: Actor, caller: Caller) -> None:
        """What belongs to one of the people."""
        records = self.desk.app.records
        what = self.dice.choice(["create", "create", "patch", "delete", "preferences", "preferences"])
        id_, position, person = self.any_id(VIEWS, actor.workspace), self.dice.randrange(9), self.any_person(actor)

        async def work(tx: Transaction) -> None:
            if what == "preferences":
                await PreferenceService(records).replace(tx, person, f'{{"width": {position}}}')
            elif what == "create" or id_ is None:
                draft = read_new(VIEWS, {"name": "Mine", "kind": "lead", "position": position})
                await ViewService(records).create(tx, actor, draft)
            elif what == "patch":
                await records.patch(
                    tx, actor, VIEWS, id_, read_patch(VIEWS, {"name": "Other", "query": "status=new"})
                )
            else:
                await records.delete(tx, actor, VIEWS, id_)

        self.write(work)

    def any_person(self, actor: Actor) -> Actor:
        rows = self.desk.rows("SELECT id FROM users WHERE workspace = ? ORDER BY id", actor.workspace)
        return structs.replace(actor, user_id=str(self.dice.choice(rows)[0]))

    def newest_user(self, actor: Actor) -> str | None:
        return next((id_ for workspace, id_, _ in reversed(self.users) if workspace == actor.workspace), None)


@pytest.fixture(scope="module")
def lived(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk after a long and busy time, with a clock that does not run straight, and a third workspace. From there
    on it is only read."""
    with desk_on(place, tmp_path_factory.mktemp("lived")) as desk:
        doors = Doors(desk, seed=1)
        for _ in range(300):
            doors.step()
        doors.write(lambda tx: desk.app.workspaces.create(tx, "Late"))
        yield desk


def replayed(desk: Desk) -> dict[str, tuple[int, int, Json]]:
    """Every record that the log says there is: its workspace, version and fields."""
    found: dict[str, tuple[int, int, Json]] = {}
    for workspace, record_id, version, fields in desk.rows(
        "SELECT workspace, record_id, version, fields FROM changes ORDER BY workspace, seq"
    ):
        id_, changes = str(record_id), json.loads(str(fields))
        before = found.pop(id_, (int(str(workspace)), 0, {}))[2]
        assert {name: before.get(name) for name in changes} == {name: pair[0] for name, pair in changes.items()}
        after = {name: value for name, value in before.items() if name not in changes}
        after |= {name: pair[1] for name, pair in changes.items() if pair[1] is not None}
        if after:
            found[id_] = (int(str(workspace)), int(str(version)), after)
    return found


def stored(desk: Desk, kind: Kind) -> dict[str, tuple[int, int, Json]]:
    """The rows of a kind of record, every column that is a field of it."""
    columns = ", ".join(field.column for field in kind.stored_fields)
    found = {}
    for workspace, version, *row in desk.rows(f"SELECT workspace, version, {columns} FROM {kind.plural}"):
        values: Json = {}
        for field, column in zip(kind.stored_fields, row, strict=True):
            load = field.type.from_column()
            value = load(column) if load else column
            if value is not None:
                values[field.name] = MASK if field.secret else value
        found[str(values["id"])] = (int(str(workspace)), int(str(version)), values)
    return found


def test_replaying_the_log_rebuilds_every_record(lived: Desk) -> None:
    told = replayed(lived)
    for prefix, kind in KINDS.items():
        of_kind = {id_: record for id_, record in told.items() if id_.startswith(f"{prefix}_")}
        assert of_kind == stored(lived, kind)
        assert len(of_kind) >= 5


def test_a_write_past_the_log_would_be_noticed(desk: Desk) -> None:
    desk.lead()
    assert replayed(desk).items() >= stored(desk, LEADS).items()
    desk.run(desk.app.database.write(lambda tx: tx.execute("UPDATE leads SET company = 'Elsewhere'")))
    assert not replayed(desk).items() >= stored(desk, LEADS).items()


def test_replaying_the_log_rebuilds_sessions(lived: Desk) -> None:
    told = {id_: session for id_, session in replayed(lived).items() if id_.startswith("ses_")}
    rows = lived.rows("SELECT id, workspace, version, user_id, expires_at, ended_at FROM sessions")
    assert len(rows) == len(told) >= 10
    for id_, workspace, version, user_id, expires, ended in rows:
        times = {"expiresAt": expires, "endedAt": ended}
        shown = {name: to_text(int(str(at))) for name, at in times.items() if at is not None}
        assert told[str(id_)] == (workspace, version, {"userId": user_id, **shown})


def test_no_password_and_no_key_is_in_the_log(lived: Desk) -> None:
    log = repr(lived.rows("SELECT fields FROM changes"))
    kept = [
        *lived.rows("SELECT password FROM users WHERE password IS NOT NULL"),
        *lived.rows("SELECT hash FROM keys"),
    ]
    assert len(kept) >= 10
    assert not any(str(secret) in log for (secret,) in kept)
    assert PASSWORD not in log
    assert lived.acme.key not in log


def test_operations_are_numbered_without_gaps(lived: Desk) -> None:
    workspaces = lived.rows("SELECT number, seq FROM workspaces")
    assert len(workspaces) == 3
    for number, newest in workspaces:
        rows = lived.rows("SELECT seq, id, at FROM operations WHERE workspace = ? ORDER BY seq", number)
        assert [seq for seq, _, _ in rows] == list(range(1, int(str(newest)) + 1))
        assert [id_ for _, id_, _ in rows] == sorted(str(id_) for _, id_, _ in rows)
        times = [int(str(at)) for _, _, at in rows]
        assert times == sorted(times)


def test_every_change_belongs_to_an_operation(lived: Desk) -> None:
    lost = "SELECT * FROM changes WHERE (workspace, seq) NOT IN (SELECT workspace, seq FROM operations)"
    assert lived.rows(lost) == []


def test_versions_of_a_record_have_no_gaps(lived: Desk) -> None:
    rows = lived.rows("SELECT max(version), count(*), min(version) FROM changes GROUP BY record_id")
    assert all(newest == count and oldest == 1 for newest, count, oldest in rows)


def test_running_numbers_order_records_as_ids_and_times_do(lived: Desk) -> None:
    for (number,) in lived.rows("SELECT number FROM workspaces"):
        rows = [
            row
            for kind in KINDS.values()
            for row in lived.rows(f"SELECT no, id, created_at FROM {kind.plural} WHERE workspace = ?", number)
        ]
        rows.sort()
        assert len({no for no, _, _ in rows}) == len(rows)
        ulids = [str(id_).partition("_")[2] for _, id_, _ in rows]
        assert ulids == sorted(ulids)
        times = [int(str(at)) for _, _, at in rows]
        assert times == sorted(times)


def test_a_clock_that_is_set_back_makes_no_record_older(desk: Desk) -> None:
    desk.clock.at = 2_000_000_005_000
    first = desk.lead()
    desk.clock.at = 1_000_000_000_000
    second = desk.lead()
    assert second["createdAt"] == first["createdAt"] == "2033-05-18T03:33:25Z"
    assert second["id"] > first["id"]
    assert [lead["id"] for lead in desk.team.get("/api/leads/").json()["results"]] == [second["id"], first["id"]]


def test_a_refused_write_leaves_no_trace(desk: Desk) -> None:
    lead = desk.lead()
    before = desk.dump()
    assert desk.team.patch(f"/api/leads/{lead['id']}/", {"assignedTo": desk.zoes.admin.id}).status_code == 422
    assert desk.team.post(f"/api/leads/{lead['id']}/convert/", {"createAccount": True}).status_code == 422
    assert desk.stranger.delete(f"/api/leads/{lead['id']}/").status_code == 404
    assert desk.dump() == before


def test_each_table_is_written_only_where_it_is_logged() -> None:
    found = set()
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            for match in WRITES.finditer(written_text(node)):
                if match[3] != "SET":  # of an upsert
                    assert str(module.relative_to(SOURCE)) in (OWNERS | BOOKKEEPING).get(match[3], ()), (
                        module,
                        match[0],
                    )
                    found.add(match[3])
    assert found == OWNERS.keys() | BOOKKEEPING.keys()


def written_text(node: ast.AST) -> str:
    """The text of a literal; in one with placeholders, { stands for each."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written_text(part) if isinstance(part, ast.Constant) else "{" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
