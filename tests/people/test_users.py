"""Users: what admins do with them, what everybody does with their own, and that it counts at once."""

from typing import Any

import pytest

from leadline.records.operation import MASK
from tests.answers import refusal
from tests.cast import PASSWORD, Desk, SignedIn

LOGIN = "/api/auth/login/"
NEW = "quite another password"
NOBODY = "usr_01HXAAAAAAAAAAAAAAAAAAAAAA"


def of(person: SignedIn) -> str:
    return f"/api/users/{person.id}/"


def signs_in(desk: Desk, email: str, password: str = PASSWORD) -> bool:
    body = {"email": email, "password": password, "workspaceId": desk.acme.workspace.id}
    return desk.nobody.post(LOGIN, body).status_code == 200


def emails(desk: Desk, query: str = "") -> list[str]:
    return [user["email"].partition("@")[0] for user in desk.ada.get(f"/api/users/{query}").json()["results"]]


def test_an_admin_makes_a_user_who_signs_in(desk: Desk) -> None:
    answer = desk.ada.post("/api/users/", {"email": "dora@ACME.example", "firstName": "Dora", "password": NEW})
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"http://desk.example/api/users/{made['id']}/")
    assert answer.headers["Operation-Id"].startswith("op_")
    times = {"createdAt": made["createdAt"], "updatedAt": made["createdAt"]}
    names = {"email": "dora@acme.example", "firstName": "Dora", "lastName": None}
    assert made == {"id": made["id"], **names, "role": "user", "active": True, **times}
    assert desk.ada.get(f"/api/users/{made['id']}/").json() == made
    assert signs_in(desk, "dora@acme.example", NEW)


def test_users_are_listed_without_the_system_user(desk: Desk) -> None:
    assert emails(desk) == ["vic", "cleo", "ben", "ada"]
    assert desk.ada.get("/api/users/?limit=1&page=2").json()["count"] == 4
    assert desk.ada.get(f"/api/users/{desk.acme.system.user_id}/").status_code == 404
    assert desk.ada.patch(f"/api/users/{desk.acme.system.user_id}/", {"firstName": "X"}).status_code == 404


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?role=admin,viewer", ["vic", "ada"]),
        ("?active=false", []),
        ("?search=OKRI", ["ben"]),
        ("?search=cleo@acme", ["cleo"]),
        ("?email=BEN@acme.example", ["ben"]),
        ("?sort=firstName&limit=2", ["ada", "ben"]),
        ("?lastName[null]=true", ["cleo"]),
    ],
)
def test_a_list_of_users_is_filtered(desk: Desk, query: str, found: list[str]) -> None:
    assert emails(desk, query) == found


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("query", ["?password[eq]=x", "?sort=password", "?role=boss", "?active=yes"])
def test_what_no_list_of_users_knows_is_refused(desk: Desk, query: str) -> None:
    assert desk.ada.get(f"/api/users/{query}").status_code == 400


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("email", "required")]),
        ({"email": "Ben@Acme.example"}, [("email", "taken")]),
        ({"email": "no", "role": "boss"}, [("email", "not_an_email"), ("role", "unknown_value")]),
        ({"email": "new@x.example", "password": "x" * 9}, [("password", "out_of_range")]),
        ({"email": "new@x.example", "password": "x" * 201}, [("password", "out_of_range")]),
        ({"email": "new@x.example", "password": "NEW@x.example"}, [("password", "too_simple")]),
        *(
            ({"email": "new@x.example", "password": password}, [("password", "too_simple")])
            for password in (
                " " * 10,
                "a" * 10,
                "abcabcabcabc",
                "1234567890",
                "Password123",
                "QWERTYUIOP",
                "äöäöäöäöäö",
            )
        ),
        ({"email": "new@x.example", "password": 1234567890}, [("password", "wrong_type")]),
        ({"email": "new@x.example", "id": NOBODY}, [("id", "read_only")]),
        ({"email": "new@x.example", "workspace": 2}, [("workspace", "unknown_field")]),
        ({"email": "new@x.example", "active": None}, [("active", "required")]),
    ],
)
def test_a_user_that_cannot_be_is_refused(desk: Desk, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = desk.dump()
    assert refusal(desk.ada.post("/api/users/", body)) == (422, expected)
    if body:
        assert refusal(desk.ada.patch(of(desk.cleo), body)) == (422, expected)
    assert desk.dump() == before


def test_a_patch_keeps_its_own_email_and_another_workspaces_is_free(desk: Desk) -> None:
    assert desk.ada.patch(of(desk.ben), {"email": "BEN@acme.example"}).json()["email"] == "BEN@acme.example"
    desk.zoe.post("/api/users/", {"email": "dora@acme.example"})
    assert desk.ada.post("/api/users/", {"email": "dora@acme.example"}).status_code == 201


def test_a_patch_acts_only_on_the_version_that_was_seen(desk: Desk) -> None:
    tag = desk.ada.get(of(desk.ben)).headers["ETag"]
    stale = {"If-Match": tag}
    assert desk.ada.patch(of(desk.ben), {"lastName": "X"}, headers=stale).status_code == 200
    assert desk.ada.patch(of(desk.ben), {"password": NEW}, headers=stale).status_code == 412
    assert signs_in(desk, "ben@acme.example")


def test_a_disabled_user_is_out_at_once(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    assert desk.ada.patch(of(desk.ben), {"active": False}).json()["active"] is False
    assert desk.ben.get("/api/me/").status_code == 401
    assert desk.nobody.post("/api/auth/token/refresh/", {"refresh": desk.ben.refresh}).status_code == 401
    assert not signs_in(desk, "ben@acme.example")
    assert desk.ada.get(f"/api/leads/{lead['id']}/").json()["assignedToName"] == "Ben Okri"
    assert refusal(
        desk.ada.post("/api/leads/", {"lastName": "X", "email": "x@x.example", "assignedTo": desk.ben.id})
    ) == (
        422,
        [("assignedTo", "unknown_user")],
    )
    desk.ada.patch(of(desk.ben), {"active": True})
    assert desk.ben.get("/api/me/").status_code == 401
    assert signs_in(desk, "ben@acme.example")


def test_a_new_role_counts_at_once(desk: Desk) -> None:
    desk.lead()
    assert desk.ben.get("/api/leads/").json()["count"] == 1
    desk.ada.patch(of(desk.ben), {"role": "viewer"})
    assert desk.ben.get("/api/leads/").status_code == 403
    assert desk.ben.post("/api/leads/", {}).status_code == 403
    desk.ada.patch(of(desk.ben), {"role": "admin"})
    assert desk.ben.get("/api/users/").status_code == 200


def test_another_password_signs_the_user_out(desk: Desk) -> None:
    assert desk.ada.patch(of(desk.ben), {"password": NEW}).status_code == 200
    assert desk.ben.get("/api/me/").status_code == 401
    assert (signs_in(desk, "ben@acme.example"), signs_in(desk, "ben@acme.example", NEW)) == (False, True)
    assert desk.ada.get("/api/me/").status_code == 200
    desk.ada.patch(of(desk.ben), {"password": None})
    assert not signs_in(desk, "ben@acme.example", NEW)


def test_the_log_tells_of_a_password_but_not_which(desk: Desk) -> None:
    desk.ada.patch(of(desk.ben), {"password": NEW})
    [(fields,)] = desk.rows(
        "SELECT fields FROM changes WHERE record_id = ? ORDER BY version DESC LIMIT 1", desk.ben.id
    )
    assert f'"password":["{MASK}","{MASK}"]' in str(fields)
    ended = "SELECT count(*) FROM changes WHERE record_id LIKE 'ses_%' AND fields LIKE '%endedAt%'"
    assert desk.rows(ended) == [(1,)]


@pytest.mark.parametrize("change", [{"active": False}, {"role": "user"}, {"role": "viewer", "active": True}])
def test_the_last_active_admin_stays(desk: Desk, change: dict[str, Any]) -> None:
    desk.ada.patch(of(desk.ben), {"role": "admin"})
    assert desk.ben.patch(of(desk.ada), {"active": False}).status_code == 200
    before = desk.dump()
    answer = desk.ben.patch(of(desk.ben), change)
    assert (answer.status_code, answer.json()["code"]) == (409, "yourself" if "role" not in change else "last_admin")
    assert desk.dump() == before


def test_nobody_disables_themselves(desk: Desk) -> None:
    desk.ada.patch(of(desk.ben), {"role": "admin"})
    before = desk.dump()
    answer = desk.ben.patch(of(desk.ben), {"active": False})
    assert (answer.status_code, answer.json()["code"]) == (409, "yourself")
    assert desk.dump() == before
    assert desk.ben.patch(of(desk.ben), {"role": "user"}).status_code == 200


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("who", ["ben", "vic", "team", "zoe", "nobody"])
def test_only_an_admin_of_the_workspace_sees_to_users(desk: Desk, who: str) -> None:
    caller = getattr(desk, who)
    before = desk.dump()
    refused = {"zoe": 404, "nobody": 401}.get(who, 403)
    assert caller.get(of(desk.cleo)).status_code == refused
    assert caller.patch(of(desk.cleo), {"password": NEW}).status_code == refused
    assert caller.patch(of(desk.cleo), {"role": "admin"}).status_code == refused
    if who != "zoe":
        assert caller.get("/api/users/").status_code == refused
        assert caller.post("/api/users/", {"email": "x@x.example"}).status_code == refused
    assert desk.dump() == before


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("id_", [NOBODY, "usr_x", "nobody", "%00"])
def test_an_unknown_user_is_not_there(desk: Desk, id_: str) -> None:
    assert desk.ada.get(f"/api/users/{id_}/").status_code == 404
    assert desk.ada.patch(f"/api/users/{id_}/", {"password": NEW}).status_code == 404


# What is one's own


@pytest.mark.parametrize("who", ["ada", "ben", "vic"])
def test_everybody_changes_their_own_names(desk: Desk, who: str) -> None:
    me = getattr(desk, who)
    answer = me.patch("/api/me/", {"firstName": "New", "lastName": None})
    assert (answer.status_code, answer.json()) == (200, me.get("/api/me/").json())
    assert answer.json()["user"]["name"] == "New"
    assert answer.headers["Operation-Id"].startswith("op_")


def test_a_new_password_of_ones_own_ends_the_other_sessions(desk: Desk) -> None:
    body = {"email": "vic@acme.example", "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
    other = desk.caller(desk.nobody.post(LOGIN, body).json()["access"])
    assert desk.vic.patch("/api/me/", {"password": NEW, "currentPassword": PASSWORD}).status_code == 200
    assert (desk.vic.get("/api/me/").status_code, other.get("/api/me/").status_code) == (200, 401)
    assert (signs_in(desk, desk.vic.email), signs_in(desk, desk.vic.email, NEW)) == (False, True)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"password": NEW}, [("currentPassword", "required")]),
        ({"currentPassword": PASSWORD}, [("currentPassword", "needs")]),
        ({"password": None, "currentPassword": PASSWORD}, [("password", "required")]),
        (
            {"password": "short", "currentPassword": ""},
            [("password", "out_of_range"), ("currentPassword", "out_of_range")],
        ),
        ({"password": "q1w2e3r4t5y6", "currentPassword": PASSWORD}, [("password", "too_simple")]),
        ({"password": "BEN@acme.example", "currentPassword": PASSWORD}, [("password", "too_simple")]),
        ({"role": "admin"}, [("role", "unknown_field")]),
        ({"email": "b@b.example"}, [("email", "unknown_field")]),
        ({"active": True}, [("active", "unknown_field")]),
    ],
)
def test_what_is_not_ones_own_is_refused(desk: Desk, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = desk.dump()
    assert refusal(desk.ben.patch("/api/me/", body)) == (422, expected)
    assert desk.dump() == before


def test_a_stolen_session_cannot_guess_the_password(desk: Desk) -> None:
    wrong = {"password": NEW, "currentPassword": "not the password"}
    answers = [desk.ben.patch("/api/me/", wrong) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert refusal(answers[0]) == (422, [("currentPassword", "wrong")])
    assert not signs_in(desk, desk.ben.email)
    assert desk.ben.get("/api/me/").status_code == 200


def test_a_key_is_nobody_to_change(desk: Desk) -> None:
    before = desk.dump()
    assert desk.team.patch("/api/me/", {"firstName": "X"}).status_code == 403
    assert desk.dump() == before
