"""Random lives with undos in them: taken back from the newest operation to the first, everything is as it was."""

import random
from typing import Any
from urllib.parse import parse_qsl

import pytest

from leadline.crm.kinds import KINDS
from leadline.index import live_indexes
from leadline.kit.db import Row, Transaction
from leadline.maintenance.verify import VerifyReport, verify_data
from leadline.records import store
from leadline.records.item_store import Item
from leadline.records.query import read_query
from leadline.records.service import RecordService
from tests.cast import Desk
from tests.index.desks import wait_for_index
from tests.size import Size

Json = dict[str, Any]
STEPS = 240
FIELDS: dict[str, dict[str, list[Any]]] = {
    "leads": {"company": ["A", "B", None], "leadScore": [1, 9, None], "notes": ["x\ny", None], "status": ["lost"]},
    "contacts": {
        "title": ["CTO", None],
        "phone": ["555 01 02", None],
        "tags": [["a"], []],
        "accountId": ["accounts"],
    },
    "accounts": {"name": ["One", "Two"], "annualRevenue": [12.5, None], "billingAddress": [{"city": "Oslo"}, None]},
    "opportunities": {
        "value": [7, 99.5],
        "stage": ["proposal"],
        "contactId": ["contacts"],
        "accountId": ["accounts"],
    },
}
NEEDED: dict[str, Json] = {
    "leads": {"lastName": "Lee", "email": "lee@startup.example"},
    "contacts": {"lastName": "Lee", "email": "lee@startup.example"},
    "accounts": {"name": "TechCorp"},
    "opportunities": {"name": "Big deal", "accountId": None},
}
LISTED = ("", "sort=-createdAt", "search=lee", "assignedTo=none&updatedAfter=2001-01-01", "createdBefore=2099-01-01")


class Life:
    """A desk to which random things happen. `operations` are those that were acknowledged, in order."""

    def __init__(self, desk: Desk, dice: random.Random) -> None:
        self.desk = desk
        self.dice = dice
        self.operations: list[str] = []
        self.refusals: list[str] = []

    def live(self, steps: int) -> None:
        for _ in range(steps):
            single = [self.create, self.patch, self.patch, self.delete, self.convert]
            self.dice.choice([*single, self.batch, self.bulk, self.merge, self.undo, self.undo])()

    def ids(self, plural: str) -> list[str]:
        rows = self.desk.rows(f"SELECT id FROM {plural} WHERE workspace = ?", self.desk.acme.workspace.number)
        return sorted(str(id_) for (id_,) in rows)

    def one_of(self, plural: str) -> str | None:
        ids = self.ids(plural)
        return self.dice.choice(ids) if ids else None

    def send(self, method: str, path: str, body: Json | None = None) -> None:
        answer = self.desk.ada.send(method, path, **({} if body is None else {"json": body}))
        assert answer.status_code < 500, answer.text
        if answer.status_code < 300 and "Operation-Id" in answer.headers:
            self.operations.append(answer.headers["Operation-Id"])
        elif answer.status_code < 300:
            self.refusals.append("nothing was changed")
        else:
            self.refusals.append(answer.json()["code"])

    def some_fields(self, plural: str) -> Json:
        fields = {}
        for name, values in FIELDS[plural].items():
            if self.dice.random() < 0.5:
                value = self.dice.choice(values)
                fields[name] = self.one_of(value) if name in ("accountId", "contactId") else value
        owner = self.dice.choice([None, self.desk.ben.id, self.desk.cleo.id])
        return fields | {"assignedTo": owner}

    def create(self) -> None:
        plural = self.dice.choice(list(FIELDS))
        self.send("POST", f"/api/{plural}/", self.new_record(plural))

    def new_record(self, plural: str) -> Json:
        account = {"accountId": self.one_of("accounts")} if "accountId" in NEEDED[plural] else {}
        return self.some_fields(plural) | NEEDED[plural] | account

    def patch(self) -> None:
        plural = self.dice.choice(list(FIELDS))
        if id_ := self.one_of(plural):
            self.send("PATCH", f"/api/{plural}/{id_}/", self.some_fields(plural))

    def delete(self) -> None:
        plural = self.dice.choice(list(FIELDS))
        if id_ := self.one_of(plural):
            self.send("DELETE", f"/api/{plural}/{id_}/")

    def convert(self) -> None:
        if id_ := self.one_of("leads"):
            body: Json = {"createOpportunity": self.dice.random() < 0.5}
            link = self.dice.choice(["contactId", "accountId", "none", "none"])
            if link == "contactId" and (contact := self.one_of("contacts")):
                body["contactId"] = contact
            if link == "accountId" and (account := self.one_of("accounts")):
                body["accountId"] = account
            else:
                body |= {"createAccount": True, "accountName": "New"}
            self.send("POST", f"/api/leads/{id_}/convert/", body)

    def batch(self) -> None:
        """Some writes to the same few records."""
        plural = self.dice.choice(list(FIELDS))
        ids = [one for one in (self.one_of(plural), self.one_of(plural)) if one]
        ops = ["create", "patch", "patch", "delete", *(["convert", "upsert"] if plural == "leads" else [])]
        items = [self.item(plural, self.dice.choice(ops), ids) for _ in range(self.dice.randrange(1, 6))]
        body = {"operations": [item for item in items if item], "atomic": self.dice.random() < 0.3}
        self.send("POST", f"/api/{plural}/batch/", body)

    def item(self, plural: str, op: str, ids: list[str]) -> Json | None:
        if op in ("create", "upsert"):
            return {"op": op, "record": self.new_record(plural)}
        if not ids:
            return None
        record = {"record": self.some_fields(plural)} if op == "patch" else {}
        return {"op": op, "id": self.dice.choice(ids), **record}

    def bulk(self) -> None:
        """A change of all that have an owner, or seldom the deletion of all that have none."""
        plural, owner = self.dice.choice(list(FIELDS)), self.dice.choice([self.desk.ben.id, "none"])
        count = self.desk.ada.get(f"/api/{plural}/?assignedTo={owner}").json()["count"]
        path = f"/api/{plural}/?assignedTo={owner}&expectedCount={count}"
        if owner == "none" and self.dice.random() < 0.2:
            self.send("DELETE", path)
        else:
            self.send("PATCH", path, self.some_fields(plural))

    def merge(self) -> None:
        plural = self.dice.choice(list(FIELDS))
        ids = self.ids(plural)
        if len(ids) > 1:
            survivor, *others = self.dice.sample(ids, k=min(len(ids), self.dice.randrange(2, 4)))
            self.send("POST", f"/api/{plural}/{survivor}/merge/", {"duplicates": others})

    def undo(self) -> None:
        if self.operations:
            target = self.dice.choice(self.operations[-20:])
            force = self.dice.choice(["", "", "?force=skip", "?force=overwrite"])
            self.send("POST", f"/api/operations/{target}/undo/{force}")

    def take_back_everything(self) -> None:
        for operation in reversed(self.operations):
            answer = self.desk.ada.post(f"/api/operations/{operation}/undo/")
            assert answer.status_code == 200 or answer.json()["code"] == "nothing_to_undo", answer.text

    def state(self) -> dict[str, list[Row]]:
        """Everything that is stored of records, without versions and the times of changes."""
        found = {}
        for kind in KINDS:
            columns = [name for name in store.stored_columns(kind) if name not in ("version", "updated_at")]
            rows = self.desk.rows(f"SELECT {', '.join(columns)} FROM {kind.plural}")
            found[kind.plural] = sorted(rows, key=repr)
        return found


def verified(desk: Desk) -> VerifyReport:
    async def check(tx: Transaction) -> VerifyReport:
        return await verify_data(tx)

    report: VerifyReport = desk.run(desk.app.database.read(check))
    return report


@pytest.mark.makes_up_its_steps
@pytest.mark.parametrize("seed", range(4))
def test_a_life_that_is_taken_back_leaves_the_first_state(desk: Desk, size: Size, seed: int) -> None:
    life = Life(desk, random.Random(seed))
    life.live(size.of(STEPS) // 3)
    first = life.state()
    life.operations.clear()
    life.live(size.of(STEPS))
    life.take_back_everything()
    assert life.state() == first
    assert verified(desk).findings == []


@pytest.mark.makes_up_its_steps
def test_an_index_follows_undos(desk: Desk, size: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    life = Life(desk, random.Random(7))
    life.live(10)
    for kind in KINDS:
        wait_for_index(desk, kind)
    for _ in range(size.of(STEPS) // 3):
        life.live(1)
        assert lists(desk, desk.app.records) == lists(desk, RecordService(desk.app.records.operations, KINDS))
    assert all(desk.app.live.is_ready(desk.acme.workspace.number, kind) for kind in KINDS)
    life.take_back_everything()
    assert lists(desk, desk.app.records) == lists(desk, RecordService(desk.app.records.operations, KINDS))
    assert verified(desk).findings == []


def lists(desk: Desk, records: RecordService) -> list[tuple[int, list[Item]]]:
    """Pages of lists, from the index if the service has one."""

    async def read(tx: Transaction) -> list[tuple[int, list[Item]]]:
        found = []
        for kind in KINDS:
            for text in LISTED:
                query, errors = read_query(kind, parse_qsl(text))
                assert not errors
                page = await records.list(tx, desk.acme.system, kind, query, limit=20, offset=0)
                found.append((page.count, page.items))
        return found

    pages: list[tuple[int, list[Item]]] = desk.run(desk.app.database.read(read))
    return pages
