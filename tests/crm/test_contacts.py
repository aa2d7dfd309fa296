"""Contacts over HTTP: create, get, change, their lists. What becomes of references is in test_links.py."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.answers import refusal
from tests.cast import Desk, Place, desk_on

FIELDS = [
    *("id", "firstName", "lastName", "email", "phone", "title", "stage", "accountId", "accountName"),
    *("assignedTo", "assignedToName", "tags", "source", "emailOptOut", "emailBounced", "leadId", "notes"),
    *("createdAt", "updatedAt"),
]
ITEM = [
    *("id", "firstName", "lastName", "email", "phone", "title", "stage", "accountId", "accountName"),
    *("assignedTo", "tags", "createdAt", "updatedAt"),
]
STAGES = ["new", "contacted", "engaged", "proposal_sent", "negotiation", "customer", "inactive"]
NEW_YEAR = 1_893_456_000_000


def found(desk: Desk, query: str) -> list[Any]:
    """The titles of the contacts that a list shows."""
    answer = desk.team.get(f"/api/contacts/?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["results"])
    return [contact["title"] for contact in answer.json()["results"]]


def test_the_documented_contact_is_created(desk: Desk) -> None:
    account = desk.account(name="Acme Corp")
    body = {
        "firstName": "Sarah",
        "lastName": "Kim",
        "email": "sarah@techcorp.example",
        "phone": "+15559876543",
        "title": "Engineering Manager",
        "stage": "new",
        "accountId": account["id"],
        "assignedTo": desk.ben.id,
        "tags": ["saas", "inbound"],
        "notes": "Met at SaaStr conference",
    }
    answer = desk.team.post("/api/contacts/", body)
    contact = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://desk.example/api/contacts/{contact['id']}/"
    assert list(contact) == FIELDS
    assert contact.items() >= (body | {"accountName": "Acme Corp", "assignedToName": "Ben Okri"}).items()
    assert desk.team.get(answer.headers["Location"]).json() == contact


def test_a_new_contact_has_defaults(desk: Desk) -> None:
    contact = desk.contact(lastName=None)
    given = {name: contact[name] for name in ("id", "firstName", "email", "createdAt", "updatedAt")}
    flags = {"stage": "new", "tags": [], "emailOptOut": False, "emailBounced": False}
    assert contact == dict.fromkeys(FIELDS) | flags | given


def test_a_list_item_has_the_documented_fields(desk: Desk) -> None:
    contact = desk.contact(accountId=desk.account()["id"], tags=["vip"])
    (item,) = desk.team.get("/api/contacts/").json()["results"]
    assert list(item) == ITEM
    assert item.items() <= contact.items()


def test_a_patch_changes_what_is_sent_and_no_more(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    contact = desk.contact(tags=["warm"])
    desk.clock.at += 1_000
    answer = desk.team.patch(f"/api/contacts/{contact['id']}/", {"stage": "engaged", "tags": [" VIP ", "VIP"]})
    changed = {"stage": "engaged", "tags": ["VIP"], "updatedAt": "2030-01-01T00:00:01Z"}
    assert answer.json() == contact | changed
    assert desk.team.get(f"/api/contacts/{contact['id']}/").json() == contact | changed


def test_history_tells_what_was_done(desk: Desk) -> None:
    contact = desk.contact()
    desk.team.patch(f"/api/contacts/{contact['id']}/", {"stage": "customer"})
    entries = desk.team.get(f"/api/contacts/{contact['id']}/history/").json()["results"]
    assert [entry["kind"] for entry in entries] == ["contact.updated", "contact.created"]
    assert entries[0]["changes"]["stage"] == ["new", "customer"]


def test_a_deleted_contact_is_gone(desk: Desk) -> None:
    path = f"/api/contacts/{desk.contact()['id']}/"
    assert desk.team.delete(path).status_code == 204
    assert [desk.team.get(path).status_code, desk.team.delete(path).status_code] == [404, 404]
    assert desk.team.get("/api/contacts/").json()["count"] == 0


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("stage", STAGES)
def test_every_documented_stage_is_taken(desk: Desk, stage: str) -> None:
    assert desk.contact(stage=stage)["stage"] == stage


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"email": None}, [("email", "required")]),
        ({"firstName": " ", "lastName": None}, [("firstName", "required"), ("lastName", "required")]),
        ({"stage": "won"}, [("stage", "unknown_value")]),
        ({"stage": None}, [("stage", "required")]),
        ({"tags": None}, [("tags", "required")]),
        ({"tags": "vip"}, [("tags", "wrong_type")]),
        ({"tags": ["x" * 51]}, [("tags", "too_long")]),
        ({"tags": [str(n) for n in range(51)]}, [("tags", "too_long")]),
        ({"accountId": "acc_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("accountId", "unknown_account")]),
        ({"accountId": "cnt_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("accountId", "unknown_account")]),
        ({"leadId": "ld_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("leadId", "read_only")]),
        ({"accountName": "Acme"}, [("accountName", "read_only")]),
        ({"company": "Acme"}, [("company", "unknown_field")]),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(desk: Desk, fields: Any, errors: Any) -> None:
    contact = desk.contact()
    before = desk.dump()
    body = {"firstName": "John", "email": "john@acme.example"} | fields
    assert refusal(desk.team.post("/api/contacts/", body)) == (422, errors)
    assert refusal(desk.team.patch(f"/api/contacts/{contact['id']}/", fields)) == (422, errors)
    assert desk.dump() == before


@pytest.fixture(scope="module")
def two(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """With a CEO and, a second later, a VP; nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("two")) as desk:
        desk.clock.at = NEW_YEAR
        account = desk.account(name="Acme Corp")["id"]
        john = {"email": "John@acme.example", "accountId": account, "assignedTo": desk.ben.id}
        desk.contact(title="CEO", stage="customer", tags=["Enterprise"], **john)
        desk.clock.at += 1_000
        person = {"firstName": "Anna", "email": "anna@corp.example", "phone": "0049 30 123"}
        desk.contact(title="VP", stage="engaged", tags=["cold", 'a"b', "warm"], **person)
        yield desk


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("stage=customer,engaged", ["VP", "CEO"]),
        ("stage[ne]=customer", ["VP"]),
        ("tags=enterprise", ["CEO"]),
        ("tags=warm, ENTERPRISE", ["VP", "CEO"]),
        ("tags[contains]=WARM", ["VP"]),
        ("tags=war", []),
        ("tags=b", []),
        ('tags=a"b', ["VP"]),
        ("email=JOHN@acme.example", ["CEO"]),
        ("search=john smith", ["CEO"]),
        ("search=0049", ["VP"]),
        ("search=CORP", ["VP"]),
        ("accountName[contains]=corp", ["CEO"]),
        ("assignedTo=none", ["VP"]),
        ("createdAfter=2030-01-01", ["VP"]),
        ("createdBefore=2030-01-01T00:00:01Z", ["CEO"]),
        ("updatedAfter=2029-12-31", ["VP", "CEO"]),
        ("sort=title", ["CEO", "VP"]),
        ("sort=-accountName", ["CEO", "VP"]),
        ("sort=tags,-title", ["VP", "CEO"]),
    ],
)
def test_a_list_is_filtered(two: Desk, query: str, titles: list[str]) -> None:
    assert found(two, query) == titles
    assert two.stranger.get(f"/api/contacts/?{query}").json()["count"] == 0


def test_owners_are_looked_for_by_id(desk: Desk) -> None:
    for title, owner in [("CEO", desk.ben.id), ("VP", desk.cleo.id), ("Clerk", None)]:
        desk.contact(title=title, assignedTo=owner)
    assert found(desk, f"assignedTo={desk.ben.id}") == ["CEO"]
    assert found(desk, f"assignedTo=none,{desk.cleo.id}") == ["Clerk", "VP"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("query", "code"),
    [("stage=won", "unknown_value"), ("tags[eq]=vip", "unknown_parameter"), ("status=new", "unknown_parameter")],
)
def test_a_filter_that_makes_no_sense_is_refused(desk: Desk, query: str, code: str) -> None:
    assert refusal(desk.team.get(f"/api/contacts/?{query}")) == (400, [(query.split("=")[0], code)])
