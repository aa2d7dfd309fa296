"""Batches: many writes at once, each done or refused by itself, in one operation."""

import random
from typing import Any

import httpx2
import pytest

from leadline.crm.leads import LEADS
from leadline.index import live_indexes
from leadline.kit.db import Transaction
from leadline.maintenance.verify import verify_data
from tests.cast import Caller, Desk
from tests.index.desks import wait_for_index

Json = dict[str, Any]
PLURALS = ("leads", "contacts", "accounts", "opportunities")


def batch(
    desk: Desk, *items: Json, plural: str = "leads", query: str = "", caller: Caller | None = None, **members: Any
) -> httpx2.Response:
    return (caller or desk.team).post(f"/api/{plural}/batch/{query}", {"operations": list(items), **members})


def done(answer: httpx2.Response) -> list[tuple[int, str | None]]:
    """The status of each item, and the code of its error."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [one["index"] for one in body["results"]] == list(range(len(body["results"])))
    assert body["succeeded"] + body["failed"] == len(body["results"])
    return [(one["status"], one["error"] and one["error"]["code"]) for one in body["results"]]


def create(email: str = "dana@startup.example", **fields: Any) -> Json:
    return {"op": "create", "record": {"lastName": "Lee", "email": email, **fields}}


def upsert(email: str, **fields: Any) -> Json:
    return {"op": "upsert", "record": {"lastName": "Lee", "email": email, **fields}}


def get(desk: Desk, id_: str, plural: str = "leads") -> Json | None:
    answer = desk.ada.get(f"/api/{plural}/{id_}/")
    return answer.json() if answer.status_code == 200 else None


def operations(desk: Desk) -> int:
    [(count,)] = desk.rows("SELECT count(*) FROM operations")
    return int(count or 0)


def test_a_batch_is_one_operation_with_a_result_for_each_item(desk: Desk) -> None:
    kept, gone = desk.lead(company="A"), desk.lead()
    before = operations(desk)
    answer = batch(
        desk,
        create(company="New"),
        {"op": "patch", "id": kept["id"], "record": {"company": "B"}},
        {"op": "delete", "id": gone["id"]},
        {"op": "patch", "id": "ld_01HXAAAAAAAAAAAAAAAAAAAAAA", "record": {"company": "B"}},
        create(email="no"),
    )
    assert done(answer) == [(201, None), (200, None), (204, None), (404, "not_found"), (422, "invalid")]
    body = answer.json()
    assert (body["operationId"], operations(desk)) == (answer.headers["Operation-Id"], before + 1)
    assert [one["version"] for one in body["results"]] == [1, 2, None, None, None]
    assert [one["id"] for one in body["results"]][1:4] == [kept["id"], gone["id"], None]
    assert (get(desk, body["results"][0]["id"]) or {})["company"] == "New"
    assert (get(desk, kept["id"]) or {})["company"] == "B"
    assert get(desk, gone["id"]) is None
    problem = body["results"][4]["error"]
    assert [error["field"] for error in problem["errors"]] == ["email"]
    assert "requestId" not in problem
    told = desk.ada.get(f"/api/operations/{body['operationId']}/").json()
    assert (told["kind"], sorted(change["action"] for change in told["changes"])) == (
        "lead.batch",
        ["created", "deleted", "updated"],
    )


def test_a_batch_is_taken_back_like_any_operation(desk: Desk) -> None:
    kept, gone = desk.lead(company="A"), desk.lead()
    answer = batch(
        desk,
        create(),
        {"op": "patch", "id": kept["id"], "record": {"company": "B"}},
        {"op": "delete", "id": gone["id"]},
        {"op": "convert", "id": kept["id"], "convert": {"createAccount": True}},
    )
    assert done(answer) == [(201, None), (200, None), (204, None), (200, None)]
    undo = desk.ada.post(f"/api/operations/{answer.json()['operationId']}/undo/")
    assert [undo.json()[name] for name in ("restored", "changed", "deleted")] == [1, 1, 3]
    restored = get(desk, kept["id"]) or {}
    assert (restored["company"], restored["status"], desk.ada.get("/api/leads/").json()["count"]) == ("A", "new", 2)


def test_an_atomic_batch_is_done_as_a_whole_or_not_at_all(desk: Desk) -> None:
    lead = desk.lead(company="A")
    before = desk.dump()
    change = {"op": "patch", "id": lead["id"], "record": {"company": "B"}}
    answer = batch(desk, create(), change, create(email="no"), atomic=True)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "batch_refused")
    assert [(one["index"], one["error"]["code"]) for one in body["results"]] == [(2, "invalid")]
    assert desk.dump() == before
    assert done(batch(desk, create(), change, atomic=True)) == [(201, None), (200, None)]


def test_a_batch_of_which_nothing_is_done_is_no_operation(desk: Desk) -> None:
    lead = desk.lead(company="A")
    before = desk.dump()
    answer = batch(desk, create(email="no"), {"op": "patch", "id": lead["id"], "record": {"company": "A"}})
    assert done(answer) == [(422, "invalid"), (200, None)]
    assert answer.json()["operationId"] is None
    assert "Operation-Id" not in answer.headers
    assert desk.dump() == before


def test_an_item_sees_those_before_it(desk: Desk) -> None:
    lead = desk.lead(company="A")
    path = {"id": lead["id"]}
    answer = batch(
        desk,
        {"op": "patch", **path, "record": {"company": "B"}},
        {"op": "patch", **path, "record": {"company": "C", "leadScore": 3}, "ifMatch": '"2"'},
        {"op": "patch", **path, "record": {"company": "D"}, "ifMatch": 1},
        {"op": "convert", **path},
        {"op": "convert", **path},
        {"op": "delete", **path},
        {"op": "patch", **path, "record": {"company": "E"}},
    )
    assert done(answer) == [
        *((200, None), (200, None), (412, "stale_version"), (200, None), (409, "already_converted")),
        *((204, None), (404, "not_found")),
    ]
    stale = answer.json()["results"][2]["error"]
    assert stale["version"] == 2
    assert "current" not in stale
    history = desk.ada.get(f"/api/leads/{lead['id']}/history/").json()
    assert [entry["version"] for entry in history["results"]] == [2, 1]


def test_full_results_have_the_records(desk: Desk) -> None:
    account = desk.account()
    items = [{"op": "create", "record": {"lastName": "Lee", "email": "a@b.example", "accountId": account["id"]}}]
    answer = batch(desk, *items, {"op": "delete", "id": "x"}, plural="contacts", query="?return=full")
    first, second = answer.json()["results"]
    assert first["record"] == get(desk, first["id"], "contacts")
    assert first["record"]["accountName"] == account["name"]
    assert second["record"] is None


def test_an_item_about_a_merged_record_names_the_survivor(desk: Desk) -> None:
    survivor, loser = desk.account(), desk.account()
    desk.team.post(f"/api/accounts/{survivor['id']}/merge/", {"duplicates": [loser["id"]]})
    answer = batch(desk, {"op": "patch", "id": loser["id"], "record": {"name": "X"}}, plural="accounts")
    assert done(answer) == [(409, "merged")]
    assert answer.json()["results"][0]["error"]["mergedInto"] == survivor["id"]
    contact = {"lastName": "Lee", "email": "a@b.example", "accountId": loser["id"]}
    made = batch(desk, {"op": "create", "record": contact}, plural="contacts").json()["results"][0]
    assert (get(desk, made["id"], "contacts") or {})["accountId"] == survivor["id"]


# Upserts


def test_an_upsert_creates_once_and_then_changes(desk: Desk) -> None:
    first = batch(desk, upsert("new@startup.example", company="A"), upsert("NEW@startup.example", company="B"))
    assert done(first) == [(201, None), (200, None)]
    [created, changed] = first.json()["results"]
    assert created["id"] == changed["id"]
    again = batch(desk, upsert("new@Startup.example", leadScore=4))
    assert done(again) == [(200, None)]
    record = get(desk, created["id"]) or {}
    assert (record["company"], record["leadScore"]) == ("B", 4)
    assert desk.ada.get("/api/leads/").json()["count"] == 1


def test_an_upsert_leaves_fields_that_are_not_sent(desk: Desk) -> None:
    lead = desk.lead(email="a@b.example", firstName="Dana", status="qualified")
    assert done(batch(desk, upsert("a@b.example", company="X"))) == [(200, None)]
    record = get(desk, lead["id"]) or {}
    assert (record["firstName"], record["status"], record["company"]) == ("Dana", "qualified", "X")


def test_an_upsert_of_an_email_that_several_have_is_refused_with_their_ids(desk: Desk) -> None:
    ids = [desk.lead(email="a@b.example")["id"] for _ in range(2)]
    answer = batch(desk, upsert("a@b.example"))
    assert done(answer) == [(409, "ambiguous")]
    assert answer.json()["results"][0]["error"]["ids"] == ids


def test_a_converted_lead_does_not_count_for_an_upsert(desk: Desk) -> None:
    lead = desk.lead(email="a@b.example")
    desk.team.post(f"/api/leads/{lead['id']}/convert/")
    assert done(batch(desk, upsert("a@b.example"))) == [(201, None)]


def test_upserts_see_what_the_batch_has_done(desk: Desk) -> None:
    lead, other = desk.lead(email="a@b.example"), desk.lead(email="c@d.example")
    answer = batch(
        desk,
        {"op": "patch", "id": lead["id"], "record": {"email": "moved@b.example"}},
        upsert("a@b.example"),
        upsert("moved@b.example", company="X"),
        {"op": "delete", "id": other["id"]},
        upsert("c@d.example"),
        {"op": "convert", "id": lead["id"]},
        upsert("moved@b.example"),
    )
    statuses = [status for status, _ in done(answer)]
    assert statuses == [200, 201, 200, 204, 201, 200, 201]


def test_contacts_are_upserted_too_and_accounts_are_not(desk: Desk) -> None:
    contact = desk.contact(email="a@b.example")
    answer = batch(desk, upsert("a@b.example", title="CTO"), upsert("new@b.example"), plural="contacts")
    assert done(answer) == [(200, None), (201, None)]
    assert (get(desk, contact["id"], "contacts") or {})["title"] == "CTO"
    refused = batch(desk, {"op": "upsert", "record": {"name": "X"}}, plural="accounts")
    assert done(refused) == [(422, "invalid")]


def test_an_upsert_sees_what_was_written_after_the_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another request creates the lead between the look for it and the write."""
    write, others = desk.app.database.write, [create("late@b.example")["record"]]

    async def after_another(work: Any, partition: int = 0, **options: Any) -> Any:
        while others:
            body = others.pop()
            answer = desk._client.post("/api/leads/", json=body, headers={"Authorization": f"Bearer {desk.acme.key}"})
            assert (await answer).status_code == 201
        return await write(work, partition, **options)

    monkeypatch.setattr(desk.app.database, "write", after_another)
    assert done(batch(desk, upsert("late@b.example", company="X"))) == [(200, None)]
    assert desk.ada.get("/api/leads/").json()["count"] == 1


# Refusals


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operations": []},
        {"operations": {}},
        {"operations": [{}] * 1_001},
        {"operations": [create()], "atomic": "yes"},
        {"operations": [create()], "atomic": None},
        {"operations": [create()], "parallel": True},
    ],
)
def test_a_batch_that_is_none_is_refused(desk: Desk, body: Json) -> None:
    before = desk.dump()
    answer = desk.team.post("/api/leads/batch/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("item", "fields"),
    [
        ("create", ["op"]),
        ({}, ["op"]),
        ({"op": "destroy"}, ["op"]),
        ({"op": ["create"]}, ["op"]),
        ({"op": "create"}, ["record"]),
        ({"op": "create", "record": []}, ["record"]),
        ({"op": "create", "record": {"lastName": "x", "email": "a@b.example"}, "id": "ld_1"}, ["id"]),
        ({"op": "patch", "id": 7, "record": {}}, ["id"]),
        ({"op": "patch"}, ["id", "record"]),
        ({"op": "delete", "id": "x", "ifMatch": "new"}, ["ifMatch"]),
        ({"op": "delete", "id": "x", "ifMatch": True}, ["ifMatch"]),
        ({"op": "convert", "id": "x", "convert": 7}, ["convert"]),
        ({"op": "upsert", "record": {"lastName": "x"}}, ["email"]),
        ({"op": "create", "record": {"lastName": "x", "email": "a@b.example", "colour": "red"}}, ["colour"]),
    ],
)
def test_an_item_that_is_none_is_refused_alone(desk: Desk, item: Any, fields: list[str]) -> None:
    answer = batch(desk, item, create())
    assert done(answer) == [(422, "invalid"), (201, None)]
    assert [error["field"] for error in answer.json()["results"][0]["error"]["errors"]] == fields


@pytest.mark.parametrize("query", ["?return=some", "?returns=full"])
def test_an_unknown_parameter_is_refused(desk: Desk, query: str) -> None:
    assert batch(desk, create(), query=query).status_code == 400


def test_a_batch_needs_the_right_to_write_and_a_conversion_that_for_all_kinds(desk: Desk) -> None:
    lead = desk.lead()
    convert = {"op": "convert", "id": lead["id"]}
    assert batch(desk, create(), caller=desk.vic).status_code == 403
    secret = desk.ada.post("/api/keys/", {"name": "Form", "scopes": ["leads:write"]}).json()["secret"]
    limited = desk.caller(secret)
    assert batch(desk, create(), plural="contacts", caller=limited).status_code == 403
    assert done(batch(desk, create(), convert, caller=limited)) == [(201, None), (403, "missing_scope")]
    assert done(batch(desk, {"op": "delete", "id": lead["id"]}, caller=desk.stranger)) == [(404, "not_found")]


def test_a_large_batch_is_taken_and_a_too_large_one_is_not(desk: Desk) -> None:
    notes = "x" * 1_500
    answer = batch(desk, *(create(f"lee{n}@startup.example", notes=notes) for n in range(1_000)))
    assert answer.json()["succeeded"] == 1_000
    assert batch(desk, *(create(notes="x" * 10_000) for _ in range(220))).status_code == 413


def test_every_kind_is_written_in_batches(desk: Desk) -> None:
    account = desk.account()
    needed: dict[str, Json] = {
        "leads": {"lastName": "Lee", "email": "a@b.example"},
        "contacts": {"lastName": "Lee", "email": "a@b.example"},
        "accounts": {"name": "TechCorp"},
        "opportunities": {"name": "Deal", "accountId": account["id"]},
    }
    for plural in PLURALS:
        made = batch(desk, {"op": "create", "record": needed[plural]}, plural=plural).json()["results"][0]
        changed = {"op": "patch", "id": made["id"], "record": {"assignedTo": desk.ben.id}}
        assert done(batch(desk, changed, {"op": "delete", "id": made["id"]}, plural=plural)) == [
            (200, None),
            (204, None),
        ]


# A model


@pytest.mark.makes_up_its_steps
@pytest.mark.parametrize("seed", range(3))
def test_random_batches_do_what_a_model_says(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    dice, model = random.Random(seed), _Model()
    desk.lead()
    wait_for_index(desk, LEADS)
    for _ in range(12):
        items = [_some_item(dice, model) for _ in range(dice.randrange(1, 12))]
        answer = batch(desk, *items)
        for item, result in zip(items, answer.json()["results"], strict=True):
            assert result["status"] == model.apply(item, result["id"]), (item, result)
    assert {
        one["id"] for one in desk.ada.get("/api/leads/?limit=100&email[ne]=dana1@startup.example").json()["results"]
    } == set(model.emails)
    for id_, email in model.emails.items():
        assert (get(desk, id_) or {})["email"] == email

    async def check(tx: Transaction) -> Any:
        return await verify_data(tx)

    assert desk.run(desk.app.database.read(check)).findings == []


class _Model:
    """The leads that the batches made: their e-mails by id."""

    def __init__(self) -> None:
        self.emails: dict[str, str] = {}

    def apply(self, item: Json, id_: str | None) -> int:
        """Does what an item asks for, and returns the status that it must have."""
        match item["op"]:
            case "create":
                self.emails[str(id_)] = item["record"]["email"]
                return 201
            case "upsert":
                owners = [one for one, email in self.emails.items() if email == item["record"]["email"]]
                if len(owners) > 1:
                    return 409
                self.emails[str(id_)] = item["record"]["email"]
                return 200 if owners == [id_] else 201
            case "patch" if item["id"] in self.emails:
                self.emails[item["id"]] = item["record"]["email"]
                return 200
            case "delete" if self.emails.pop(item["id"], None):
                return 204
        return 404


def _some_item(dice: random.Random, model: _Model) -> Json:
    email = f"lee{dice.randrange(6)}@startup.example"
    id_ = dice.choice([*model.emails, "ld_01HXAAAAAAAAAAAAAAAAAAAAAA"])
    return dice.choice(
        [
            create(email),
            upsert(email, company=dice.choice(["A", "B"])),
            upsert(email),
            {"op": "patch", "id": id_, "record": {"email": email}},
            {"op": "delete", "id": id_},
        ]
    )
