"""Operations as the API shows them: their list, one with its changes, and who wrote each value of a record."""

from typing import Any

import pytest

from tests.cast import Caller, Desk

Json = dict[str, Any]
NEW_YEAR = 1_893_456_000_000


def listed(desk: Desk, query: str = "", caller: Caller | None = None) -> list[Json]:
    """All operations that a query finds, page by page."""
    found: list[Json] = []
    path: str | None = f"/api/operations/{query}"
    while path:
        answer = (caller or desk.ada).get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["results"]
        path = page["next"]
    return found


def kinds(desk: Desk, query: str = "", caller: Caller | None = None) -> list[str]:
    return [one["kind"] for one in listed(desk, query, caller)]


def test_operations_are_listed_newest_first(desk: Desk) -> None:
    lead = desk.lead()
    answer = desk.ben.patch(f"/api/leads/{lead['id']}/", {"company": "Startup IO"})
    newest, before = listed(desk)[:2]
    assert newest == {
        "id": answer.headers["Operation-Id"],
        "seq": before["seq"] + 1,
        "kind": "lead.updated",
        "at": answer.json()["updatedAt"],
        "user": {"id": desk.ben.id, "name": "Ben Okri"},
        "key": None,
        "requestId": answer.headers["X-Request-Id"],
        "undoes": None,
        "jobId": None,
        "size": 1,
    }
    assert before["kind"] == "lead.created"
    assert before["key"]["id"] == desk.team.get("/api/me/").json()["key"]["id"]


def test_pages_follow_one_another_without_a_gap(desk: Desk) -> None:
    for _ in range(5):
        desk.lead()
    every = [one["seq"] for one in listed(desk, "?limit=2")]
    assert every == list(range(every[0], 0, -1))


def test_operations_are_found_by_kind_actor_record_and_time(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead, other = desk.lead(), desk.lead()
    desk.clock.at += 10_000
    desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "Startup IO"})
    desk.team.delete(f"/api/leads/{other['id']}/")
    found = {
        "?kind=lead.updated,lead.deleted": ["lead.deleted", "lead.updated"],
        f"?record={lead['id']}": ["lead.updated", "lead.created"],
        f"?record={lead['id']}&kind=lead.created": ["lead.created"],
        f"?actor={desk.acme.system.user_id}&after=2030-01-01T00:00:09Z": ["lead.deleted", "lead.updated"],
        f"?actor={desk.ben.id}&kind=lead.updated": [],
        "?after=2030-01-01T00:00:09Z": ["lead.deleted", "lead.updated"],
        "?after=2030-01-01T00:00:10Z": [],
        "?before=2030-01-01T00:00:10Z&kind=lead.created": ["lead.created", "lead.created"],
        "?before=2030-01-01&kind=lead.created": [],
        "?record=nothing": [],
    }
    assert {query: kinds(desk, query, desk.team) for query in found} == found
    newest = listed(desk, "", desk.team)[0]["seq"]
    assert kinds(desk, f"?after={newest - 1}", desk.team) == ["lead.deleted"]
    assert kinds(desk, f"?before={newest}&after={newest - 2}", desk.team) == ["lead.updated"]


def test_few_matches_among_many_operations_are_found_page_by_page(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.log.operations.MAX_SCANNED", 3)
    account = desk.account()
    for _ in range(7):
        desk.lead()
    page = desk.ada.get("/api/operations/?kind=account.created").json()
    assert page["results"] == []
    assert page["next"]
    assert kinds(desk, "?kind=account.created") == ["account.created"]
    assert kinds(desk, f"?record={account['id']}") == ["account.created"]


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0",
        "?limit=101",
        "?before=x",
        "?after=2030-13-01",
        "?page=2",
        "?kinds=lead.created",
        f"?kind={'a,' * 30}",
    ],
)
def test_a_parameter_that_is_none_is_refused(desk: Desk, query: str) -> None:
    answer = desk.ada.get(f"/api/operations/{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")


def test_an_operation_has_each_change_it_made(desk: Desk) -> None:
    account = desk.account()
    contact = desk.contact(accountId=account["id"])
    operation = desk.team.delete(f"/api/accounts/{account['id']}/").headers["Operation-Id"]
    told = desk.ada.get(f"/api/operations/{operation}/").json()
    assert (told["id"], told["undoneBy"], told["undoes"]) == (operation, None, None)
    first, second = told["changes"]
    assert (first["kind"], first["id"], first["action"], first["version"]) == ("account", account["id"], "deleted", 2)
    assert first["fields"]["name"] == ["TechCorp", None]
    assert (second["kind"], second["id"], second["action"]) == ("contact", contact["id"], "updated")
    assert second["fields"]["accountId"] == [account["id"], None]
    undo = desk.ada.post(f"/api/operations/{operation}/undo/").headers["Operation-Id"]
    assert desk.ada.get(f"/api/operations/{operation}/").json()["undoneBy"] == undo
    assert desk.ada.get(f"/api/operations/{undo}/").json()["undoes"] == operation


def test_operations_of_people_are_for_admins(desk: Desk) -> None:
    operation = desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"firstName": "Cleopatra"}).headers["Operation-Id"]
    assert "user.updated" in kinds(desk)
    for caller in (desk.ben, desk.team):
        assert not {kind.partition(".")[0] for kind in kinds(desk, "", caller)} & {
            "user",
            "key",
            "session",
            "workspace",
        }
        assert caller.get(f"/api/operations/{operation}/").status_code == 404
    assert desk.ada.get(f"/api/operations/{operation}/").json()["changes"][0]["kind"] == "user"


def test_a_key_sees_the_kinds_that_it_may_read(desk: Desk) -> None:
    account = desk.account()
    desk.contact(accountId=account["id"])
    desk.lead()
    operation = desk.team.delete(f"/api/accounts/{account['id']}/").headers["Operation-Id"]
    secret = desk.ada.post("/api/keys/", {"name": "Form", "scopes": ["contacts:read"]}).json()["secret"]
    contacts = desk.caller(secret)
    assert kinds(desk, "", contacts) == ["contact.created"]
    assert contacts.get(f"/api/operations/{operation}/").status_code == 404
    assert contacts.post(f"/api/operations/{operation}/undo/").status_code == 404
    secret = desk.ada.post("/api/keys/", {"name": "Form", "scopes": ["accounts:read"]}).json()["secret"]
    changes = desk.caller(secret).get(f"/api/operations/{operation}/").json()["changes"]
    assert [change["kind"] for change in changes] == ["account"]


def test_a_viewer_and_a_stranger_see_no_operation(desk: Desk) -> None:
    desk.lead()
    operation = listed(desk)[0]["id"]
    for path in ("/api/operations/", f"/api/operations/{operation}/"):
        answer = desk.vic.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "nothing_shared")
    for caller in (desk.stranger, desk.zoe):
        assert caller.get(f"/api/operations/{operation}/").status_code == 404
    assert operation not in [one["id"] for one in listed(desk, "", desk.zoe)]


def test_each_value_is_explained_by_the_operation_that_wrote_it(desk: Desk) -> None:
    lead = desk.lead(company="A", leadScore=3)
    path = f"/api/leads/{lead['id']}/"
    creation = listed(desk)[0]
    change = desk.ben.patch(path, {"company": "B"}).headers["Operation-Id"]
    fields = desk.ada.get(f"{path}explain/").json()["fields"]
    assert fields["leadScore"] == {
        "value": 3,
        "operationId": creation["id"],
        "kind": "lead.created",
        "at": creation["at"],
        "user": creation["user"],
        "key": creation["key"],
        "broughtBackBy": None,
    }
    assert (fields["company"]["value"], fields["company"]["operationId"]) == ("B", change)
    assert (fields["phone"]["value"], fields["phone"]["operationId"]) == (None, creation["id"])
    undo = desk.ada.post(f"/api/operations/{change}/undo/").headers["Operation-Id"]
    company = desk.ada.get(f"{path}explain/").json()["fields"]["company"]
    assert [company[name] for name in ("value", "operationId", "broughtBackBy")] == ["A", creation["id"], undo]
    redo = desk.ada.post(f"/api/operations/{undo}/undo/").headers["Operation-Id"]
    company = desk.ada.get(f"{path}explain/").json()["fields"]["company"]
    assert [company[name] for name in ("value", "operationId", "broughtBackBy")] == ["B", change, redo]


@pytest.mark.parametrize("maker", ["lead", "contact", "account", "opportunity"])
def test_records_of_every_kind_are_explained(desk: Desk, maker: str) -> None:
    record = getattr(desk, maker)()
    plural = {"opportunity": "opportunities"}.get(maker, f"{maker}s")
    fields = desk.ada.get(f"/api/{plural}/{record['id']}/explain/").json()["fields"]
    assert fields.keys() < record.keys() | {"leadId"}
    assert "updatedAt" not in fields
    assert {fields[name]["value"] == record[name] for name in fields} == {True}
    for caller in (desk.vic, desk.zoe):
        assert caller.get(f"/api/{plural}/{record['id']}/explain/").status_code in (403, 404)
