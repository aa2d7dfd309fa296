"""API keys: made, listed, limited and revoked over the API."""

from functools import partial
from typing import Any

import pytest

from leadline.access import SCOPES
from leadline.clock import to_text
from leadline.people.keys import KEYS, write_uses
from leadline.records.body import read_new
from tests.answers import refusal
from tests.cast import Caller, Desk

DANA = {"lastName": "Lee", "email": "dana@startup.example"}


def key(desk: Desk, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = desk.ada.post("/api/keys/", {"name": "form", **fields}).json()
    return made


def program(desk: Desk, *scopes: str) -> Caller:
    return desk.caller(key(desk, scopes=list(scopes))["secret"])


def listed(desk: Desk, id_: str) -> dict[str, Any]:
    return next(one for one in desk.ada.get("/api/keys/").json()["results"] if one["id"] == id_)


def test_a_new_key_is_shown_once_and_works(desk: Desk) -> None:
    answer = desk.ada.post("/api/keys/", {"name": "form"})
    made = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert answer.headers["Operation-Id"].startswith("op_")
    assert desk.caller(made["secret"]).get("/api/leads/").status_code == 200
    shown = listed(desk, made["id"])
    assert shown.keys() == {"id", "name", "hint", "scopes", "expiresAt", "lastUsedAt", "createdAt", "revokedAt"}
    assert (shown["name"], shown["hint"], shown["scopes"]) == ("form", made["secret"][-4:], None)
    assert made["secret"] not in desk.ada.get("/api/keys/").text
    assert not any(made["secret"] in repr(rows) for rows in desk.dump().values())


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("name", "required")]),
        ({"name": " "}, [("name", "required")]),
        ({"name": "x" * 101}, [("name", "too_long")]),
        ({"name": "x", "scopes": []}, [("scopes", "required")]),
        ({"name": "x", "scopes": ["leads:delete"]}, [("scopes", "unknown_value")]),
        ({"name": "x", "scopes": "leads:read"}, [("scopes", "wrong_type")]),
        ({"name": "x", "expiresAt": "2001-01-01"}, [("expiresAt", "past")]),
        ({"name": "x", "hash": "0"}, [("hash", "unknown_field")]),
        ({"name": "x", "lastUsedAt": None}, [("lastUsedAt", "read_only")]),
    ],
)
def test_a_key_that_cannot_be_is_refused(desk: Desk, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = desk.dump()
    assert refusal(desk.ada.post("/api/keys/", body)) == (422, expected)
    assert desk.dump() == before


def test_a_key_may_do_what_its_scopes_say(desk: Desk) -> None:
    lead = desk.lead()
    reader, writer = program(desk, "leads:read"), program(desk, "leads:write")
    assert reader.get(f"/api/leads/{lead['id']}/history/").status_code == 200
    assert writer.patch(f"/api/leads/{lead['id']}/", {"company": "Acme"}).status_code == 200
    assert {caller.get("/api/me/").status_code for caller in (reader, writer)} == {200}


def test_a_key_may_do_no_more_than_its_scopes_say(desk: Desk) -> None:
    lead = desk.lead()["id"]
    reader, writer = program(desk, "leads:read"), program(desk, "leads:write")
    before = desk.dump()
    refused = [
        reader.post("/api/leads/", DANA),
        reader.delete(f"/api/leads/{lead}/"),
        reader.get("/api/contacts/cnt_x/"),
        writer.get("/api/leads/"),
        writer.get(f"/api/leads/{lead}/"),
        writer.post(f"/api/leads/{lead}/convert/"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(403, "missing_scope")}
    assert "accounts:write, contacts:write, opportunities:write" in refused[-1].json()["detail"]
    assert desk.dump() == before


def test_who_may_write_all_four_converts(desk: Desk) -> None:
    writer = program(desk, *(scope for scope in SCOPES if scope.endswith(":write")))
    assert writer.post(f"/api/leads/{desk.lead()['id']}/convert/").status_code == 200


def test_a_key_ends_when_it_says(desk: Desk) -> None:
    desk.clock.at = 1_900_000_000_000
    caller = desk.caller(desk.run(_late_key(desk)))
    assert caller.get("/api/leads/").status_code == 200
    desk.clock.at += 59_000
    assert caller.get("/api/leads/").status_code == 200
    desk.clock.at += 1_000
    assert caller.get("/api/leads/").status_code == 401


async def _late_key(desk: Desk) -> str:
    raw = {"name": "late", "expiresAt": to_text(1_900_000_060)}
    made = await desk.app.database.write(lambda tx: desk.app.keys.create(tx, desk.acme.system, read_new(KEYS, raw)))
    return made.secret


def test_an_empty_end_of_a_key_is_none(desk: Desk) -> None:
    assert key(desk, expiresAt=" ")["expiresAt"] is None


def test_a_fraction_of_a_second_is_dropped_from_the_end_of_a_key(desk: Desk) -> None:
    assert key(desk, expiresAt="2100-01-01T00:00:00.789Z")["expiresAt"] == "2100-01-01T00:00:00Z"


def test_a_revoked_key_is_refused_and_still_listed(desk: Desk) -> None:
    made = key(desk)
    caller = desk.caller(made["secret"])
    assert caller.get("/api/leads/").status_code == 200
    answer = desk.ada.delete(f"/api/keys/{made['id']}/")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Operation-Id"].startswith("op_")
    assert caller.get("/api/leads/").status_code == 401
    assert listed(desk, made["id"])["revokedAt"] is not None
    before = desk.dump()
    assert desk.ada.delete(f"/api/keys/{made['id']}/").status_code == 404
    assert desk.dump() == before


def test_the_last_use_is_known_to_the_minute_and_not_logged(desk: Desk) -> None:
    made = key(desk)
    caller, start = desk.caller(made["secret"]), 2_000_000_000_000
    newest = "SELECT max(seq) FROM operations"
    logged = desk.rows(newest)
    for seconds, shown in ((0, "03:33:20"), (59, "03:33:20"), (60, "03:34:20")):
        desk.clock.at = start + seconds * 1000
        caller.get("/api/leads/")
        desk.run(desk.app.authenticator.write_uses([desk.app.database]))
        assert desk.rows("SELECT at FROM key_uses WHERE key_id = ?", made["id"]) == [
            (start // 1000 + seconds // 60 * 60,)
        ]
        desk.clock.at = None
        assert listed(desk, made["id"])["lastUsedAt"] == f"2033-05-18T{shown}Z"
    assert desk.rows(newest) == logged


def test_a_last_use_is_known_again_after_the_clock_was_set_back(desk: Desk) -> None:
    made = key(desk)
    caller = desk.caller(made["secret"])
    for at in (2_000_086_400, 2_000_000_000):
        desk.clock.at = at * 1000
        assert caller.get("/api/leads/").status_code == 200
        desk.run(desk.app.authenticator.write_uses([desk.app.database]))
        assert desk.rows("SELECT at FROM key_uses WHERE key_id = ?", made["id"]) == [(at,)]


def test_two_workers_write_a_last_use_once_a_minute(desk: Desk) -> None:
    id_ = key(desk)["id"]
    for at in (1000, 1059, 941):
        desk.run(desk.app.database.write(partial(write_uses, uses={id_: at})))
    assert desk.rows("SELECT at FROM key_uses WHERE key_id = ?", id_) == [(1000,)]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("query", ["?lastUsedAt[gt]=2001-01-01", "?hash[eq]=0", "?sort=hash"])
def test_what_no_list_of_keys_knows_is_refused(desk: Desk, query: str) -> None:
    assert desk.ada.get(f"/api/keys/{query}").status_code == 400


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("who", ["ben", "vic", "team", "nobody", "zoe"])
def test_only_an_admin_of_the_workspace_sees_to_keys(desk: Desk, who: str) -> None:
    caller, made = getattr(desk, who), key(desk)
    refused = {"nobody": 401}.get(who, 403)
    before = desk.dump()
    assert caller.delete(f"/api/keys/{made['id']}/").status_code == (404 if who == "zoe" else refused)
    if who != "zoe":
        assert caller.get("/api/keys/").status_code == refused
        assert caller.post("/api/keys/", {"name": "x"}).status_code == refused
    else:
        assert made["id"] not in caller.get("/api/keys/").text
    assert desk.dump() == before


def test_a_try_with_a_revoked_key_is_no_use(desk: Desk) -> None:
    """However often the key was good before."""
    made = key(desk)
    caller, start = desk.caller(made["secret"]), 2_000_000_000_000
    for at in (start, start + 1000):
        desk.clock.at = at
        assert caller.get("/api/leads/").status_code == 200
    desk.clock.at = None
    assert desk.ada.delete(f"/api/keys/{made['id']}/").status_code == 204
    desk.clock.at = start + 120_000
    assert caller.get("/api/leads/").status_code == 401
    desk.run(desk.app.authenticator.write_uses([desk.app.database]))
    assert desk.rows("SELECT at FROM key_uses WHERE key_id = ?", made["id"]) == [(start // 1000,)]
