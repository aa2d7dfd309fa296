"""Opportunities over HTTP: create, get, change, their lists."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.answers import refusal
from tests.cast import Desk, Place, desk_on

FIELDS = [
    *("id", "name", "value", "stage", "accountId", "accountName", "contactId", "contactName"),
    *("assignedTo", "assignedToName", "closeDate", "leadId", "description", "createdAt", "updatedAt"),
]
ITEM = [
    *("id", "name", "value", "stage", "accountId", "accountName", "assignedTo", "closeDate"),
    *("createdAt", "updatedAt"),
]
STAGES = [
    *("prospecting", "qualification", "needs_analysis", "proposal", "negotiation"),
    *("closed_won", "closed_lost"),
]


def names(desk: Desk, query: str) -> list[Any]:
    answer = desk.team.get(f"/api/opportunities/?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["results"])
    return [deal["name"] for deal in answer.json()["results"]]


def converted(desk: Desk) -> dict[str, Any]:
    """An opportunity that a lead became, without an account."""
    answer = desk.team.post(f"/api/leads/{desk.lead()['id']}/convert/", {"createOpportunity": True})
    deal: dict[str, Any] = desk.team.get(f"/api/opportunities/{answer.json()['opportunity']['id']}/").json()
    return deal


def test_an_opportunity_is_created_at_an_account(desk: Desk) -> None:
    account, contact = desk.account(name="Acme Corp"), desk.contact()
    body = {
        "name": "Acme: Enterprise",
        "value": 12000.5,
        "stage": "proposal",
        "accountId": account["id"],
        "contactId": contact["id"],
        "assignedTo": desk.cleo.id,
        "closeDate": "2030-06-30",
        "description": "Two\nlines",
    }
    answer = desk.team.post("/api/opportunities/", body)
    deal, people = answer.json(), {"contactName": "John Smith", "assignedToName": "Cleo"}
    assert answer.status_code == 201
    assert list(deal) == FIELDS
    assert deal.items() >= (body | {"accountName": "Acme Corp"} | people).items()
    assert desk.team.get(answer.headers["Location"]).json() == deal


def test_a_new_opportunity_has_defaults(desk: Desk) -> None:
    deal = desk.opportunity()
    given = {name: deal[name] for name in ("id", "name", "accountId", "accountName", "createdAt", "updatedAt")}
    assert deal == dict.fromkeys(FIELDS) | {"stage": "qualification"} | given


def test_a_list_item_has_its_fields(desk: Desk) -> None:
    deal = desk.opportunity(value=7)
    (item,) = desk.team.get("/api/opportunities/").json()["results"]
    assert list(item) == ITEM
    assert item.items() <= deal.items()


def test_a_patch_changes_what_is_sent_and_no_more(desk: Desk) -> None:
    deal, contact = desk.opportunity(), desk.contact(firstName=None)
    after = desk.team.patch(f"/api/opportunities/{deal['id']}/", {"contactId": contact["id"], "value": 0}).json()
    changed = {"contactId": contact["id"], "contactName": "Smith", "value": 0}
    assert after == deal | changed | {"updatedAt": after["updatedAt"]}


def test_names_beside_ids_may_be_sent_back_however_long(desk: Desk) -> None:
    contact = desk.contact(firstName="x" * 200, lastName="y" * 200)
    deal = desk.opportunity(contactId=contact["id"])
    assert desk.team.patch(f"/api/opportunities/{deal['id']}/", deal).json() == deal


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("stage", STAGES)
def test_every_documented_stage_is_taken(desk: Desk, stage: str) -> None:
    assert desk.opportunity(stage=stage)["stage"] == stage


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": None}, [("name", "required")]),
        ({"accountId": None}, [("accountId", "required")]),
        ({"accountId": "acc_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("accountId", "unknown_account")]),
        ({"contactId": "cnt_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("contactId", "unknown_contact")]),
        ({"stage": "won"}, [("stage", "unknown_value")]),
        ({"value": -1}, [("value", "out_of_range")]),
        ({"closeDate": "2030-02-30"}, [("closeDate", "not_a_date")]),
        ({"closeDate": "2030-02-28T00:00:00Z"}, [("closeDate", "not_a_date")]),
        ({"contactName": "Dana"}, [("contactName", "read_only")]),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(desk: Desk, fields: Any, errors: Any) -> None:
    deal = desk.opportunity()
    before = desk.dump()
    body = {"name": "Big deal", "accountId": deal["accountId"]} | fields
    assert refusal(desk.team.post("/api/opportunities/", body)) == (422, errors)
    assert refusal(desk.team.patch(f"/api/opportunities/{deal['id']}/", fields)) == (422, errors)
    assert desk.dump() == before


def test_a_day_is_trimmed_and_an_empty_one_is_absent(desk: Desk) -> None:
    deal = desk.opportunity(closeDate=" 2030-06-30\n", stage=" proposal ")
    assert (deal["closeDate"], deal["stage"]) == ("2030-06-30", "proposal")
    assert desk.team.patch(f"/api/opportunities/{deal['id']}/", {"closeDate": ""}).json()["closeDate"] is None


def test_all_that_is_missing_is_said_at_once(desk: Desk) -> None:
    answer = desk.team.post("/api/opportunities/", {})
    assert refusal(answer) == (422, [("name", "required"), ("accountId", "required")])


def test_records_of_another_workspace_cannot_be_pointed_to(desk: Desk) -> None:
    account = desk.stranger.post("/api/accounts/", {"name": "Zoe's"}).json()
    contact = desk.stranger.post("/api/contacts/", {"firstName": "Zoe", "email": "zoe@x.example"}).json()
    body = {"name": "Big deal", "accountId": account["id"], "contactId": contact["id"]}
    errors = [("accountId", "unknown_account"), ("contactId", "unknown_contact")]
    before = desk.dump()
    assert refusal(desk.team.post("/api/opportunities/", body)) == (422, errors)
    assert desk.dump() == before


def test_one_that_never_had_an_account_can_be_worked_on_and_get_one(desk: Desk) -> None:
    deal = converted(desk)
    path, account = f"/api/opportunities/{deal['id']}/", desk.account()["id"]
    assert deal["accountId"] is None
    assert desk.team.patch(path, {"stage": "proposal", "accountId": None}).status_code == 200
    assert desk.team.patch(path, {"accountId": account}).json()["accountId"] == account
    assert refusal(desk.team.patch(path, {"accountId": None})) == (422, [("accountId", "required")])


@pytest.fixture(scope="module")
def three(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """With three opportunities; nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("three")) as desk:
        desk.opportunity(name="Alpha", value=100, stage="proposal", closeDate="2030-01-31")
        desk.opportunity(name="Beta", value=200.5, stage="closed_won", closeDate="2030-02-01")
        desk.opportunity(name="Gamma")
        yield desk


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=proposal,closed_won", ["Beta", "Alpha"]),
        ("search=ALPH", ["Alpha"]),
        ("valueMin=100", ["Beta", "Alpha"]),
        ("valueMin=100.0001", ["Beta"]),
        ("valueMax=100", ["Alpha"]),
        ("valueMax=99999999999999.9999", ["Beta", "Alpha"]),
        ("valueMin=1000000000000", []),
        ("valueMin=100&valueMax=200.5", ["Beta", "Alpha"]),
        ("value[gt]=100", ["Beta"]),
        ("value[null]=true", ["Gamma"]),
        ("closeDateAfter=2030-01-31", ["Beta"]),
        ("closeDateAfter=2030-01-30", ["Beta", "Alpha"]),
        ("closeDateBefore=2030-02-01", ["Alpha"]),
        ("closeDateAfter=2030-01-30T23:59:59Z", ["Beta", "Alpha"]),
        ("closeDateAfter=2030-01-31T00:00:00Z", ["Beta"]),
        ("closeDateBefore=2030-02-01T00:00:00Z", ["Alpha"]),
        ("closeDateBefore=2030-02-01T00:00:01Z", ["Beta", "Alpha"]),
        ("closeDateBefore=2030-02-01T02:00:00 02:00", ["Alpha"]),
        ("closeDate[gte]=2030-01-31T12:00:00Z", ["Beta"]),
        ("closeDate[gte]=2030-01-31T00:00:00.5Z", ["Beta"]),
        ("closeDateAfter=0001-01-01T00:00:00Z", ["Beta", "Alpha"]),
        ("closeDateBefore=9999-12-31T00:00:00Z", ["Beta", "Alpha"]),
        ("closeDate[lte]=2030-02-01T12:00:00Z", ["Beta", "Alpha"]),
        ("closeDate[eq]=2030-02-01", ["Beta"]),
        ("assignedTo=none", ["Gamma", "Beta", "Alpha"]),
        ("sort=value,name", ["Alpha", "Beta", "Gamma"]),
        ("sort=-closeDate", ["Beta", "Alpha", "Gamma"]),
    ],
)
def test_a_list_is_filtered(three: Desk, query: str, expected: list[str]) -> None:
    assert names(three, query) == expected
    assert three.stranger.get(f"/api/opportunities/?{query}").json()["count"] == 0


def test_the_opportunities_of_an_account_and_of_a_contact_are_found(desk: Desk) -> None:
    contact = desk.contact(firstName="Dana")
    mine, other = desk.opportunity(name="Mine", contactId=contact["id"]), desk.opportunity(name="Other")
    assert names(desk, f"accountId={mine['accountId']}") == names(desk, f"contactId={contact['id']}") == ["Mine"]
    assert names(desk, f"accountId={mine['accountId']},{other['accountId']}") == ["Other", "Mine"]
    assert names(desk, "contactName[startswith]=dana") == ["Mine"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("valueMin", "cheap", "wrong_type"),
        ("valueMax", "-1", "wrong_type"),
        ("closeDateAfter", "soon", "not_a_time"),
        ("closeDateBefore", "2030-02-30", "not_a_date"),
        ("closeDate[eq]", "2030-02-28T00:00:00Z", "not_a_date"),
        ("closeDate[eq]", "", "not_a_date"),
        ("closeDate[in]", "2030-02-28,", "not_a_date"),
        ("closeDateAfter", "", "not_a_time"),
        ("closeDateBefore", "9999-12-31T00:00:01Z", "out_of_range"),
        ("stage", "won", "unknown_value"),
        ("accountId", "cnt_01HXAAAAAAAAAAAAAAAAAAAAAA", "unknown_account"),
        ("valueMinimum", "1", "unknown_parameter"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(desk: Desk, name: str, text: str, code: str) -> None:
    assert refusal(desk.team.get(f"/api/opportunities/?{name}={text}")) == (400, [(name, code)])
