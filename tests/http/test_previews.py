"""`?dryRun=true`: what a write would do, and nothing of it is done."""

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from leadline import ids
from tests.cast import PASSWORD, Caller, Desk

LEAD = {"lastName": "Lee", "email": "dana@startup.example", "company": "Startup IO"}
BOTH = {"createAccount": True, "createOpportunity": True}
NOON = 2_000_000_000_000
Json = dict[str, Any]
Send = Callable[[str], httpx2.Response]


def writes(desk: Desk) -> dict[str, Send]:
    """A write of each kind, to be sent with the query that it is given."""
    ada, team = desk.ada, desk.team
    lead, account = desk.lead(company="Startup IO", assignedTo=desk.ben.id), desk.account()
    desk.contact(accountId=account["id"])
    edited = team.patch(f"/api/accounts/{account['id']}/", {"name": "Initech"}).headers["Operation-Id"]
    key = ada.post("/api/keys/", {"name": "to be revoked"}).json()["id"]
    path, user = f"/api/leads/{lead['id']}/", {"email": "kim@acme.example", "password": PASSWORD}
    password = {"password": "quite another one", "currentPassword": PASSWORD}
    return {
        "create": lambda query: team.post(f"/api/leads/?{query}", LEAD),
        "patch": lambda query: team.patch(f"{path}?{query}", {"leadScore": 7}, headers={"If-Match": '"1"'}),
        "patch nothing": lambda query: team.patch(f"{path}?{query}", {"company": "Startup IO"}),
        "delete": lambda query: team.delete(f"{path}?{query}"),
        "convert": lambda query: team.post(f"{path}convert/?{query}", BOTH),
        "delete what others name": lambda query: team.delete(f"/api/accounts/{account['id']}/?{query}"),
        "undo": lambda query: team.post(f"/api/operations/{edited}/undo/?{query}&force=skip"),
        "create a user": lambda query: ada.post(f"/api/users/?{query}", user),
        "change a user": lambda query: ada.patch(f"/api/users/{desk.ben.id}/?{query}", {"active": False}),
        "change me": lambda query: desk.cleo.patch(f"/api/me/?{query}", password),
        "create a key": lambda query: ada.post(f"/api/keys/?{query}", {"name": "Website"}),
        "revoke": lambda query: ada.delete(f"/api/keys/{key}/?{query}"),
        "sign out": lambda query: desk.vic.post(f"/api/auth/logout/?{query}"),
    }


WRITES = [
    "create",
    "patch",
    "patch nothing",
    "delete",
    "convert",
    "delete what others name",
    "undo",
    "create a user",
    "change a user",
    "change me",
    "create a key",
    "revoke",
    "sign out",
]


def without_chance(text: str) -> str:
    """The text without the random ends of ids, and what else is one request's own."""
    return re.sub(r"req_\w+", "req", re.sub(r"\b([a-z]+_[0-9A-Z]{18})[0-9A-Z]{8}\b", r"\1", text))


@pytest.mark.parametrize("name", WRITES)
def test_a_preview_shows_what_the_write_then_does_and_leaves_nothing(desk: Desk, name: str) -> None:
    desk.clock.at = desk.app.now()
    send, before = writes(desk)[name], desk.dump()
    preview = send("dryRun=true")
    assert preview.status_code == 200, preview.text
    assert desk.dump() == before
    assert not {"Operation-Id", "ETag", "Location"} & {*preview.headers}
    done, shown = send("dryRun=false"), preview.json()
    assert desk.dump() != before
    assert shown["dryRun"] is True
    assert shown["status"] == done.status_code
    headers = {name: done.headers[name] for name in ("ETag", "Location") if name in done.headers}
    assert without_chance(repr(shown["headers"])) == without_chance(repr(headers))
    answer: Any = done.json() if done.content else None
    if name == "create a key":
        del answer["secret"], answer["hint"], shown["answer"]["hint"]  # which are random
    assert without_chance(repr(shown["answer"])) == without_chance(repr(answer))
    _check_operation(desk, done.headers["Operation-Id"], shown["operation"])


def _check_operation(desk: Desk, operation_id: str, shown: Json) -> None:
    """The operation that was shown is the one that the log has."""
    logged = desk.ada.get(f"/api/operations/{operation_id}/").json()
    assert shown["kind"] == logged["kind"]
    both = [without_chance(repr(changes)) for changes in (shown["changes"], logged["changes"])]
    assert re.sub(r"'hint': \[None, '\w+'\]", "hint", both[0]) == re.sub(r"'hint': \[None, '\w+'\]", "hint", both[1])


def test_the_list_of_writes_has_every_kind(desk: Desk) -> None:
    assert list(writes(desk)) == WRITES


def test_ids_in_a_preview_agree_and_are_never_used(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO")
    converted = desk.team.post(f"/api/leads/{lead['id']}/convert/?dryRun=true", BOTH).json()
    new = {kind: converted["answer"][kind]["id"] for kind in ("contact", "account", "opportunity")}
    assert all(id_.endswith("00000000") for id_ in new.values())
    changes = {change["id"]: change["fields"] for change in converted["operation"]["changes"]}
    assert {*new.values(), lead["id"]} == {*changes}
    assert changes[new["opportunity"]]["contactId"] == [None, new["contact"]]
    assert changes[lead["id"]]["convertedContactId"] == [None, new["contact"]]
    desk.team.post(f"/api/leads/{lead['id']}/convert/", BOTH)
    for kind, plural in (("contact", "contacts"), ("account", "accounts"), ("opportunity", "opportunities")):
        assert desk.team.get(f"/api/{plural}/{new[kind]}/").status_code == 404


def test_a_preview_of_a_create_names_the_place_it_would_have(desk: Desk) -> None:
    shown = desk.team.post("/api/leads/?dryRun=true", LEAD).json()
    place = shown["headers"]["Location"]
    assert place == f"http://desk.example/api/leads/{shown['answer']['id']}/"
    assert desk.team.get(place).status_code == 404


def test_a_new_id_never_has_the_end_that_previews_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids._random, "getrandbits", lambda _: 0)
    assert ids.new_id("ld", NOON, 7).endswith("00000001")
    assert ids.new_id("ld", NOON, 7, is_rehearsal=True).endswith("00000000")


def test_a_preview_of_a_new_key_has_no_secret(desk: Desk) -> None:
    preview = desk.ada.post("/api/keys/?dryRun=true", {"name": "Website"})
    assert "secret" not in preview.json()["answer"]
    assert "pk_live_" not in preview.text


def test_refusals_are_those_of_the_write(desk: Desk) -> None:
    lead = desk.lead()
    path, account = f"/api/leads/{lead['id']}/", desk.account()["id"]
    desk.team.post(f"{path}convert/")
    before = desk.dump()
    sends: list[tuple[int, Caller, str, str, Json]] = [
        (422, desk.team, "POST", "/api/leads/", {"json": {"lastName": "Lee"}}),
        (422, desk.team, "POST", "/api/leads/", {"json": LEAD | {"assignedTo": desk.zoe.id}}),
        (409, desk.team, "POST", f"{path}convert/", {}),
        (412, desk.team, "PATCH", path, {"json": {"leadScore": 7}, "headers": {"If-Match": '"9"'}}),
        (404, desk.stranger, "DELETE", path, {}),
        (403, desk.vic, "POST", "/api/leads/", {"json": LEAD}),
        (401, desk.nobody, "POST", "/api/leads/", {"json": LEAD}),
        (409, desk.ada, "PATCH", f"/api/users/{desk.ada.id}/", {"json": {"active": False}}),
        (400, desk.team, "POST", "/api/leads/", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
        (404, desk.team, "DELETE", f"/api/contacts/{account}/", {}),
    ]
    for status, caller, method, where, options in sends:
        refused, real = (caller.send(method, f"{where}{query}", **options) for query in ("?dryRun=true", ""))
        assert (refused.status_code, real.status_code) == (status, status), refused.text
        assert without_chance(refused.text) == without_chance(real.text)
    assert desk.dump() == before


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("query", ["dryRun=maybe", "dryRun=", "dryRun=true&dryRun=true", "dryrun=true", "dryRun=1"])
def test_what_is_neither_true_nor_false_writes_nothing(desk: Desk, query: str) -> None:
    count = desk.team.get("/api/leads/").json()["count"]
    refused = desk.team.post(f"/api/leads/?{query}", LEAD)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_parameter")
    assert desk.team.get("/api/leads/").json()["count"] == count


def test_sign_in_and_reads_have_no_preview(desk: Desk) -> None:
    login = {"email": desk.ben.email, "password": PASSWORD}
    before = desk.dump()
    answers = [
        desk.nobody.post("/api/auth/login/?dryRun=true", login),
        desk.nobody.post("/api/auth/token/refresh/?dryRun=true", {"refresh": desk.ben.refresh}),
        desk.team.get("/api/leads/?dryRun=true"),
        desk.team.get(f"/api/leads/{desk.acme.key}/?dryRun=true"),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(400, "bad_parameter")] * 4
    assert desk.dump() == before


def test_a_preview_neither_spends_a_key_nor_takes_what_it_stands_for(desk: Desk) -> None:
    key = {"Idempotency-Key": "the-first-order"}
    preview = desk.team.post("/api/leads/?dryRun=true", LEAD, headers=key)
    assert preview.json()["dryRun"] is True
    assert desk.dump()["replies"] == []
    made = desk.team.post("/api/leads/", LEAD, headers=key)
    assert (made.status_code, "Idempotency-Replayed" in made.headers) == (201, False)
    later = desk.team.post("/api/leads/?dryRun=true", LEAD, headers=key)
    assert later.json()["dryRun"] is True
    assert "Idempotency-Replayed" not in later.headers


def test_a_preview_counts_as_a_request(desk: Desk) -> None:
    first, second = (desk.team.post("/api/leads/?dryRun=true", LEAD) for _ in range(2))
    assert int(second.headers["X-RateLimit-Remaining"]) == int(first.headers["X-RateLimit-Remaining"]) - 1


def test_a_key_sees_the_changes_of_what_it_may_read_or_write(desk: Desk) -> None:
    account = desk.account()
    contact = desk.contact(accountId=account["id"])
    path = f"/api/accounts/{account['id']}/?dryRun=true"
    for scopes, seen in (
        (["accounts:write"], {account["id"]}),
        (["accounts:write", "contacts:read"], {account["id"], contact["id"]}),
    ):
        secret = desk.ada.post("/api/keys/", {"name": "narrow", "scopes": scopes}).json()["secret"]
        shown = desk.caller(secret).delete(path).json()["operation"]
        assert shown["kind"] == "account.deleted"
        assert {change["id"] for change in shown["changes"]} == seen
