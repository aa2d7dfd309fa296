"""The log tells everything: what it tells, replayed from nothing, is what the tables hold."""

import ast
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leadline.access import Actor, Role
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.kit.db import Transaction
from leadline.records.body import read_new, read_patch
from leadline.records.kind import Kind
from tests.cast import Caller, Desk

Json = dict[str, Any]
KINDS: dict[str, Kind] = {kind.prefix: kind for kind in (LEADS, CONTACTS, ACCOUNTS, OPPORTUNITIES)}
SOURCE = Path(__file__).parent.parent / "src" / "leadline"
WRITES = re.compile(r"\b(INSERT\s+(OR\s+\w+\s+)?INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+|\{\w*)")
OWNERS = {
    "workspaces": {"auth/workspaces.py", "log/__init__.py"},
    "users": {"auth/users.py"},
    "api_keys": {"auth/keys.py"},
    "operations": {"log/__init__.py"},
    "changes": {"log/__init__.py"},
    "migrations": {"kit/db/migrate.py"},
    # The table of any kind of record; and of anything at all, where data are copied together with their log.
    "{": {"records/store.py", "upkeep/parts.py"},
    "{_search": {"kit/db/sqlite/dialect.py"},  # its search index, made from it
}
"""The files that may write to each table."""

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
        self.keys: list[str] = []

    def write(self, work: Any) -> Any:
        return self.desk.run(self.desk.app.database.write(work))

    def any_id(self, kind: Kind, workspace: int) -> str | None:
        rows = self.desk.rows(f"SELECT id FROM {kind.plural} WHERE workspace = ? ORDER BY no", workspace)
        return str(self.dice.choice(rows)[0]) if rows else None

    def step(self) -> None:
        team, caller = self.dice.choice([(self.desk.acme, self.desk.team), (self.desk.zoes, self.desk.stranger)])
        doors = [self.over_http] * 4 + [self.records, self.records, self.people]
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
            assert caller.patch(path, {}).status_code == 200
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
        records, kind = self.desk.app.records, self.dice.choice([CONTACTS, ACCOUNTS, OPPORTUNITIES])
        body, id_ = BODIES[kind.prefix](self.dice), self.any_id(kind, actor.workspace)
        what = self.dice.choice(["create", "patch", "delete"])

        async def work(tx: Transaction) -> None:
            if what == "create" or id_ is None:
                await records.create(tx, actor, kind, read_new(kind, body))
            elif what == "patch":
                await records.patch(tx, actor, kind, id_, read_patch(kind, body))
            elif kind is OPPORTUNITIES:  # nothing refers to one
                await records.delete(tx, actor, kind, id_)

        self.write(work)

    def people(self, actor: Actor, caller: Caller) -> None:
        app, what = self.desk.app, self.dice.choice(["user", "key", "revoke"])

        async def work(tx: Transaction) -> None:
            if what == "user":
                await app.users.create(tx, actor, email="new@acme.example", last_name="New", role=Role.VIEWER)
            elif what == "key":
                key, _ = await app.keys.create(tx, actor, "another")
                self.keys.append(key.id)
            else:
                for key in await app.keys.list(tx, actor.workspace):
                    if key.id in self.keys and key.revoked_at is None:
                        await app.keys.revoke(tx, actor, key.id)

        self.write(work)


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A desk after a long and busy time, with a clock that does not run straight, and a third workspace."""
    doors = Doors(desk, seed=1)
    for _ in range(300):
        doors.step()
    doors.write(lambda tx: desk.app.workspaces.create(tx, "Late"))
    return desk


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
    columns = ", ".join(field.column for field in kind.stored)
    found = {}
    for workspace, version, *row in desk.rows(f"SELECT workspace, version, {columns} FROM {kind.plural}"):
        values: Json = {}
        for field, column in zip(kind.stored, row, strict=True):
            load = field.type.loader()
            value = load(column) if load else column
            if value is not None:
                values[field.name] = value
        found[str(values["id"])] = (int(str(workspace)), int(str(version)), values)
    return found


def test_replaying_the_log_rebuilds_every_record(lived: Desk) -> None:
    told = replayed(lived)
    for prefix, kind in KINDS.items():
        of_kind = {id_: record for id_, record in told.items() if id_.startswith(f"{prefix}_")}
        assert of_kind == stored(lived, kind)
        assert len(of_kind) >= 10


def test_a_write_past_the_log_would_be_noticed(desk: Desk) -> None:
    desk.lead()
    assert replayed(desk).items() >= stored(desk, LEADS).items()
    desk.run(desk.app.database.write(lambda tx: tx.execute("UPDATE leads SET company = 'Elsewhere'")))
    assert not replayed(desk).items() >= stored(desk, LEADS).items()


def test_replaying_the_log_rebuilds_users_and_keys(lived: Desk) -> None:
    told = replayed(lived)
    users = lived.rows("SELECT id, workspace, email, first_name, last_name, role, active FROM users")
    names = ("email", "firstName", "lastName", "role", "active")
    for id_, workspace, *row in users:
        assert told[str(id_)] == (workspace, 1, {n: v for n, v in zip(names, row, strict=True) if v is not None})
    keys = lived.rows("SELECT id, workspace, name, hint, revoked_at IS NOT NULL FROM api_keys")
    for id_, workspace, name, hint, revoked in keys:
        owner, version, fields = told[str(id_)]
        assert (owner, fields["name"], fields["hint"], "revokedAt" in fields) == (
            workspace,
            name,
            hint,
            bool(revoked),
        )
        assert version == (2 if revoked else 1)
    assert {id_ for id_ in told if id_.startswith("usr_")} == {id_ for id_, *_ in users}
    assert {id_ for id_ in told if id_.startswith("key_")} == {id_ for id_, *_ in keys}


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
                assert str(module.relative_to(SOURCE)) in OWNERS.get(match[3], ()), (module, match[0])
                found.add(match[3])
    assert found == OWNERS.keys()


def written_text(node: ast.AST) -> str:
    """The text of a literal; in one with placeholders, { stands for each."""
    if isinstance(node, ast.JoinedStr):
        return "".join(written_text(part) if isinstance(part, ast.Constant) else "{" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
