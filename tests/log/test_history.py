"""The operation log: each write is one operation, with what every field was before and is after."""

import json
from typing import Any

import pytest

from leadline.log.history import MAX_PAGE_BYTES
from tests.cast import Desk

JSON = {"Content-Type": "application/json"}
DANA = {"firstName": "Dana", "lastName": "Lee", "email": "dana@startup.example"}
NEW_YEAR = 1_893_456_000_000
UNKNOWN = "01HXAAAAAAAAAAAAAAAAAAAAAA"


def history(desk: Desk, lead: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = desk.team.get(f"/api/leads/{lead['id']}/history/{query}").json()["results"]
    return entries


def changes(desk: Desk, operation: str) -> dict[str, dict[str, Any]]:
    """What an operation did, by record."""
    rows = desk.rows(
        "SELECT record_id, fields FROM changes JOIN operations USING (workspace, seq) WHERE id = ?", operation
    )
    return {str(record): json.loads(str(fields)) for record, fields in rows}


def sequence(desk: Desk, workspace: int) -> list[int]:
    rows = desk.rows("SELECT seq FROM operations WHERE workspace = ? ORDER BY seq", workspace)
    return [int(seq or 0) for (seq,) in rows]


def test_what_was_done_to_a_lead_can_be_read_newest_first(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead(company="Startup IO")
    path = f"/api/leads/{lead['id']}/"
    desk.clock.at += 60_000
    changed = desk.team.patch(path, {"company": None, "leadScore": 7, "email": lead["email"]})
    newest, oldest = history(desk, lead)
    assert (oldest["kind"], oldest["version"], oldest["at"]) == ("lead.created", 1, lead["createdAt"])
    assert newest == {
        "operationId": changed.headers["Operation-Id"],
        "seq": oldest["seq"] + 1,
        "kind": "lead.updated",
        "at": "2030-01-01T00:01:00Z",
        "user": {"id": desk.acme.system.user_id, "name": "System"},
        "key": desk.team.get("/api/me/").json()["key"],
        "requestId": changed.headers["X-Request-Id"],
        "version": 2,
        "changes": {
            "company": ["Startup IO", None],
            "leadScore": [None, 7],
            "updatedAt": [lead["createdAt"], "2030-01-01T00:01:00Z"],
        },
    }


def test_a_creation_says_everything_that_the_lead_has(desk: Desk) -> None:
    lead = desk.lead(notes="Call\nback", emailOptOut=True, assignedTo=desk.ben.id)
    [entry] = history(desk, lead)
    kept = {name: value for name, value in lead.items() if value is not None and name != "assignedToName"}
    assert entry["changes"] == {name: [None, value] for name, value in kept.items()}


def test_a_deletion_says_everything_that_the_lead_had(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO")
    answer = desk.team.delete(f"/api/leads/{lead['id']}/")
    kept = {name: value for name, value in lead.items() if value is not None}
    logged = changes(desk, answer.headers["Operation-Id"])
    assert logged == {lead["id"]: {name: [value, None] for name, value in kept.items()}}


def test_a_patch_that_changes_nothing_leaves_the_lead_as_it_is(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead()
    desk.clock.at += 60_000
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", lead)
    assert answer.json() == lead
    assert changes(desk, answer.headers["Operation-Id"]) == {}
    assert len(history(desk, lead)) == 1


def test_a_convert_is_one_operation_with_a_change_for_each_record(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead(company="Startup IO")
    desk.clock.at += 60_000
    body = {"createAccount": True, "createOpportunity": True, "opportunityValue": 0.5}
    answer = desk.team.post(f"/api/leads/{lead['id']}/convert/", body)
    parts = answer.json()
    logged = changes(desk, answer.headers["Operation-Id"])
    assert logged.keys() == {parts[name]["id"] for name in ("lead", "contact", "account", "opportunity")}
    assert logged[parts["opportunity"]["id"]]["value"] == [None, 0.5]
    of_lead = logged[lead["id"]]
    assert of_lead["status"] == ["new", "converted"]
    assert of_lead["convertedContactId"] == [None, parts["contact"]["id"]]
    assert of_lead.keys() == {
        *("status", "convertedAt", "updatedAt"),
        *("convertedContactId", "convertedAccountId", "convertedOpportunityId"),
    }
    assert history(desk, lead)[0]["kind"] == "lead.converted"


def test_a_convert_logs_what_it_filled_in_a_linked_contact(desk: Desk) -> None:
    contact = desk.team.post(f"/api/leads/{desk.lead()['id']}/convert/").json()["contact"]
    lead = desk.lead(phone="112")
    answer = desk.team.post(f"/api/leads/{lead['id']}/convert/", {"contactId": contact["id"]})
    logged = changes(desk, answer.headers["Operation-Id"])
    assert logged.keys() == {lead["id"], contact["id"]}
    assert logged[contact["id"]]["phone"] == [None, "112"]


def test_operations_are_numbered_without_gaps_in_each_workspace(desk: Desk) -> None:
    for number in range(4):
        path = f"/api/leads/{desk.lead()['id']}/"
        desk.stranger.post("/api/leads/", DANA)
        desk.team.patch(path, {"leadScore": 11 if number % 2 else 3})
        desk.stranger.patch(path, {"leadScore": 3})
        desk.team.post(f"{path}convert/", {"contactId": f"cnt_{UNKNOWN}"})
        desk.team.post(f"{path}convert/")
        desk.team.post(f"{path}convert/")
        desk.team.delete(path)
    of_acme, of_zoe = (sequence(desk, team.workspace.number) for team in (desk.acme, desk.zoes))
    assert of_acme == list(range(1, len(of_acme) + 1))
    assert of_zoe == list(range(1, len(of_zoe) + 1))
    assert len(of_acme) - len(of_zoe) == (4 + 2 + 4 + 4) - 4


def test_time_never_runs_backwards_in_the_log(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead()
    desk.clock.at -= 3_600_000
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "Acme"}).json()
    assert (answer["createdAt"], answer["updatedAt"]) == (lead["createdAt"], lead["createdAt"])
    assert desk.lead()["id"] > lead["id"]


def test_a_history_is_paged_like_a_list(desk: Desk) -> None:
    lead = desk.lead()
    for score in range(1, 6):
        desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": score})
    address = f"http://desk.example/api/leads/{lead['id']}/history/"
    page = desk.team.get(f"{address}?limit=4").json()
    assert [entry["version"] for entry in page["results"]] == [6, 5, 4, 3]
    assert (page["count"], page["next"], page["previous"]) == (6, f"{address}?limit=4&page=2", None)
    page = desk.team.get(page["next"]).json()
    assert [entry["version"] for entry in page["results"]] == [2, 1]
    assert (page["next"], page["previous"]) == (None, f"{address}?limit=4&page=1")
    assert [entry["version"] for entry in history(desk, lead, "?limit=2&offset=3")] == [3, 2]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("query", ["limit=0", "limit=101", "page=0", "offset=-1", "sort=version"])
def test_a_history_takes_no_odd_parameters(desk: Desk, query: str) -> None:
    assert desk.team.get(f"/api/leads/{desk.lead()['id']}/history/?{query}").status_code == 400


def test_the_history_of_what_was_deleted_says_who_did_it(desk: Desk) -> None:
    lead = desk.lead()
    path = f"/api/leads/{lead['id']}/"
    assert desk.team.get(f"{path}history/").json()["gone"] is False
    done = desk.ben.delete(path)
    answer = desk.team.get(f"{path}history/").json()
    newest, oldest = answer["results"]
    assert (answer["count"], answer["gone"]) == (2, True)
    assert (newest["kind"], newest["user"]["id"]) == ("lead.deleted", desk.ben.id)
    assert newest["operationId"] == done.headers["Operation-Id"]
    assert oldest["kind"] == "lead.created"
    assert desk.team.get(path).status_code == 404


@pytest.mark.at_the_shared_desk
def test_a_history_of_what_never_was_here_is_404(desk: Desk) -> None:
    gone = desk.lead()["id"]
    desk.team.delete(f"/api/leads/{gone}/")
    assert desk.stranger.get(f"/api/leads/{gone}/history/").status_code == 404
    for never in (f"ld_{UNKNOWN}", "ld_x", desk.contact()["id"]):
        assert desk.team.get(f"/api/leads/{never}/history/").status_code == 404


def test_a_page_of_long_changes_is_short_and_the_next_one_goes_on(desk: Desk) -> None:
    lead = desk.lead()
    path = f"/api/leads/{lead['id']}/"
    for number in range(20):
        desk.team.patch(path, {"notes": chr(0x1F600 + number) * 20_000})
    for paging in ("?limit=100", "?limit=100&page=1", "?limit=100&offset=0", "?limit=7"):
        seen: list[int] = []
        following = f"{path}history/{paging}"
        while following:
            answer = desk.team.get(following)
            assert len(answer.content) < MAX_PAGE_BYTES + 100_000
            seen += [entry["version"] for entry in answer.json()["results"]]
            following = answer.json()["next"]
        assert seen == list(range(21, 0, -1))


def test_a_change_that_is_longer_than_a_page_is_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.log.history.MAX_PAGE_BYTES", 10)
    lead = desk.lead()
    desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 3})
    page = desk.team.get(f"/api/leads/{lead['id']}/history/").json()
    assert [entry["version"] for entry in page["results"]] == [2]
    assert [entry["version"] for entry in desk.team.get(page["next"]).json()["results"]] == [1]


def test_a_history_is_that_of_one_lead_and_not_for_strangers(desk: Desk) -> None:
    lead, other = desk.lead(), desk.lead()
    desk.team.patch(f"/api/leads/{other['id']}/", {"leadScore": 1})
    assert len(history(desk, lead)) == 1
    assert desk.stranger.get(f"/api/leads/{lead['id']}/history/").status_code == 404


REFUSED: list[tuple[int, str, str, dict[str, Any]]] = [
    (400, "POST", "/api/leads/", {"content": b'{"lastName": "Lee"', "headers": JSON}),
    (400, "POST", "/api/leads/?dry=1", {"json": DANA}),
    (400, "PATCH", "/api/leads/{id}/", {"json": {"leadScore": 3}, "headers": {"If-Match": "x"}}),
    (400, "DELETE", "/api/leads/{id}/?force=true", {}),
    (401, "DELETE", "/api/leads/{id}/", {"headers": {"Authorization": "Bearer pk_live_x"}}),
    (404, "PATCH", f"/api/leads/ld_{UNKNOWN}/", {"json": {"leadScore": 3}}),
    (404, "DELETE", f"/api/leads/ld_{UNKNOWN}/", {}),
    (404, "POST", f"/api/leads/ld_{UNKNOWN}/convert/", {}),
    (405, "PUT", "/api/leads/{id}/", {"json": DANA}),
    (409, "POST", "/api/leads/{converted}/convert/", {}),
    (409, "PATCH", "/api/leads/{converted}/", {"json": {"status": "lost", "company": "Acme"}}),
    (412, "PATCH", "/api/leads/{id}/", {"json": {"leadScore": 3}, "headers": {"If-Match": '"9"'}}),
    (412, "DELETE", "/api/leads/{id}/", {"headers": {"If-Match": '"9"'}}),
    (413, "POST", "/api/leads/", {"content": b" " * 262_145, "headers": JSON}),
    (415, "POST", "/api/leads/", {"content": b"{}"}),
    (422, "POST", "/api/leads/", {"json": DANA | {"leadScore": 11}}),
    (422, "POST", "/api/leads/", {"json": DANA | {"assignedTo": f"usr_{UNKNOWN}"}}),
    (422, "PATCH", "/api/leads/{id}/", {"json": {"company": "Acme", "assignedTo": f"usr_{UNKNOWN}"}}),
    (422, "PATCH", "/api/leads/{id}/", {"json": {"company": "Acme", "createdAt": "2020-01-01"}}),
    (422, "PATCH", "/api/leads/{id}/", {"json": {"firstName": None, "lastName": None}}),
    (422, "POST", "/api/leads/{id}/convert/", {"json": {"accountName": "Acme"}}),
    (422, "POST", "/api/leads/{id}/convert/", {"json": {"createAccount": True}}),
    (422, "POST", "/api/leads/{id}/convert/", {"json": {"contactId": f"cnt_{UNKNOWN}"}}),
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("status", "method", "path", "options"), REFUSED)
def test_a_refused_write_leaves_no_trace(
    desk: Desk, status: int, method: str, path: str, options: dict[str, Any]
) -> None:
    lead, converted = desk.lead(), desk.lead()
    desk.team.post(f"/api/leads/{converted['id']}/convert/")
    before = desk.dump()
    answer = desk.team.send(method, path.format(id=lead["id"], converted=converted["id"]), **options)
    assert answer.status_code == status
    assert desk.dump() == before


def test_reading_leaves_no_trace(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    before = desk.dump()
    for url in (path, "/api/leads/?search=dana", f"{path}history/", "/api/me/"):
        assert desk.team.get(url).status_code == 200
    assert desk.dump() == before
