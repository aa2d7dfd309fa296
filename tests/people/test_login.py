"""Signing in and out: who may, what a token is good for, and what ends it."""

import asyncio
import time
from pathlib import Path
from typing import Any

import apsw
import httpx2
import jwt
import pytest

from leadline.app import build_app
from leadline.errors import TooManyAttempts, Unauthenticated
from leadline.kit.db import Row, Transaction
from leadline.people import login_throttle
from leadline.people.login import Credentials
from leadline.settings import Settings
from tests.answers import faults, refusal
from tests.cast import BASE_URL, PASSWORD, Desk, make_team

LOGIN = "/api/auth/login/"
REFRESH = "/api/auth/token/refresh/"
LOGOUT = "/api/auth/logout/"
WRONG = "not the password"


def login(desk: Desk, email: str = "ben@acme.example", password: str = PASSWORD, **more: object) -> httpx2.Response:
    body = {"email": email, "password": password, "workspaceId": desk.acme.workspace.id} | more
    return desk.nobody.post(LOGIN, {name: value for name, value in body.items() if value is not None})


def status(desk: Desk, access: str) -> int:
    return desk.caller(access).get("/api/me/").status_code


def said(answer: httpx2.Response) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if name != "requestId"}


def test_a_login_answers_two_tokens_and_the_user(desk: Desk) -> None:
    answer = login(desk)
    assert answer.status_code == 200
    assert answer.json().keys() == {"access", "refresh", "user"}
    names = {"email": "ben@acme.example", "firstName": "Ben", "lastName": "Okri"}
    assert answer.json()["user"] == {"id": desk.ben.id, **names, "workspaceId": desk.acme.workspace.id}
    assert answer.headers["Operation-Id"].startswith("op_")
    assert answer.headers["Cache-Control"] == "no-store"
    me = desk.caller(answer.json()["access"]).get("/api/me/").json()
    assert (me["user"]["id"], me["workspace"]["name"], me["key"]) == (desk.ben.id, "Acme", None)


def test_tokens_are_hs256_with_the_documented_claims(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    done = login(desk).json()
    for use, seconds in (("access", 3600), ("refresh", 30 * 24 * 3600)):
        claims = jwt.decode(done[use], options={"verify_signature": False})
        assert jwt.get_unverified_header(done[use]) == {"alg": "HS256", "typ": "JWT"}
        assert claims["user_id"] == desk.ben.id.removeprefix("usr_")
        assert (claims["exp"], claims["type"]) == (2_000_000_000 + seconds, use)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("email", ["BEN@ACME.EXAMPLE", "  ben@acme.example "])
def test_case_and_blanks_around_an_email_do_not_matter(desk: Desk, email: str) -> None:
    assert login(desk, email).status_code == 200


def test_without_a_workspace_the_oldest_user_with_the_password_is_meant(desk: Desk) -> None:
    zoes = desk.zoes.workspace.id
    assert login(desk, workspaceId=None).json()["user"]["workspaceId"] == desk.acme.workspace.id
    assert login(desk, workspaceId=zoes).json()["user"]["workspaceId"] == zoes
    ben = desk.zoes.sellers[0].id
    assert desk.zoe.patch(f"/api/users/{ben}/", {"password": "another password"}).status_code == 200
    assert login(desk, password="another password", workspaceId=None).json()["user"]["id"] == ben


def unable(desk: Desk) -> list[dict[str, Any]]:
    """Who cannot sign in, each for a reason of its own."""
    desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"active": False})
    desk.ada.post("/api/users/", {"email": "none@acme.example"})
    nowhere = f"ws_{'0' * 26}"
    return [
        {"password": WRONG},
        {"email": "nobody@acme.example"},
        {"email": "cleo@acme.example"},
        {"email": "none@acme.example"},
        {"workspaceId": nowhere},
        {"email": "no e-mail at all"},
    ]


def test_who_cannot_sign_in_is_not_told_why(desk: Desk) -> None:
    answers = [login(desk, **given) for given in unable(desk)]
    assert {answer.status_code for answer in answers} == {401}
    assert all(said(answer) == said(answers[0]) for answer in answers)
    assert said(answers[0])["code"] == "bad_credentials"
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}


@pytest.mark.parametrize("workspace", [True, False])
def test_who_cannot_sign_in_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch, workspace: bool) -> None:
    passwords = desk.app.login._passwords
    verified: list[str] = []
    verify = passwords._verify_password

    def note(hash_: str, text: str) -> bool:
        verified.append(text)
        return verify(hash_, text)

    monkeypatch.setattr(passwords, "_verify_password", note)
    asked = [{"password": WRONG}, {"email": "nobody@acme.example"}]
    work = []
    for given in asked:
        verified.clear()
        login(desk, **(given if workspace else given | {"workspaceId": None}))
        work.append(len(verified))
    assert work == ([1, 1] if workspace else [2, 2])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("email", "required"), ("password", "required")]),
        ({"email": 1, "password": []}, [("email", "wrong_type"), ("password", "wrong_type")]),
        ({"email": "ben@acme.example", "password": "x" * 201}, [("password", "out_of_range")]),
        ({"email": "a@b.example", "password": "x", "workspaceId": "1"}, [("workspaceId", "unknown_workspace")]),
        ({"email": "a@b.example", "password": "x", "remember": True}, [("remember", "unknown_field")]),
    ],
)
def test_a_login_that_is_none_is_refused(desk: Desk, body: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    before = desk.dump()
    assert refusal(desk.nobody.post(LOGIN, body)) == (422, expected)
    assert desk.dump() == before


def test_after_ten_failures_an_email_waits_and_the_others_do_not(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    assert [login(desk, password=WRONG).status_code for _ in range(10)] == [401] * 10
    waiting = [login(desk), login(desk, "BEN@acme.example")]
    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in waiting} == {(429, "900")}
    assert waiting[0].json()["code"] == "too_many_failures"
    assert login(desk, "cleo@acme.example").status_code == 200
    assert login(desk, workspaceId=desk.zoes.workspace.id).status_code == 200
    desk.clock.at += login_throttle.WAIT_SECONDS * 1000
    assert login(desk).status_code == 200


def test_a_clock_that_is_set_back_prolongs_a_wait_to_twice_its_time_at_most(desk: Desk) -> None:
    desk.clock.at = start = 2_000_000_000_000
    assert [login(desk, password=WRONG).status_code for _ in range(10)] == [401] * 10
    desk.clock.at = start - (login_throttle.WAIT_SECONDS - 1) * 1000
    waiting = login(desk)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (429, f"{2 * login_throttle.WAIT_SECONDS - 1}")
    desk.clock.at -= 1000
    assert login(desk).status_code == 200


def test_failures_of_a_time_that_is_yet_to_come_count_no_more(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    login(desk, "nobody@x.example")
    assert [login(desk, password=WRONG).status_code for _ in range(10)] == [401] * 10
    desk.clock.at -= 24 * 3600 * 1000
    assert [login(desk, password=WRONG).status_code for _ in range(11)] == [401] * 10 + [429]
    assert len(desk.rows("SELECT * FROM login_failures")) == 1


def test_an_unknown_email_waits_as_well(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    assert [login(desk, "nobody@x.example").status_code for _ in range(11)] == [401] * 10 + [429]


def test_a_success_forgets_the_failures(desk: Desk) -> None:
    for _ in range(3):
        assert [login(desk, password=WRONG).status_code for _ in range(9)] == [401] * 9
        assert login(desk).status_code == 200
    assert desk.rows("SELECT * FROM login_failures") == []


def test_a_namesakes_success_forgets_no_failures(desk: Desk) -> None:
    """Else whoever runs a workspace could guess the passwords of another's people without end."""
    desk.zoe.patch(f"/api/users/{desk.zoes.sellers[0].id}/", {"password": "known to Zoe alone"})
    guesses = [*[WRONG] * 9, "known to Zoe alone", WRONG, WRONG]
    for workspace in (desk.zoes.workspace.id, None):
        answers = [login(desk, password=guess, workspaceId=workspace).status_code for guess in guesses]
        assert answers == [401] * 9 + [200, 401, 401 if workspace else 429]
    assert login(desk).status_code == 200


def test_the_only_workspace_need_not_be_named_to_forget_failures(tmp_path: Path) -> None:
    async def guess() -> list[Row]:
        async with build_app(Settings(data=tmp_path)).open() as app:
            ben = (await make_team(app, "Acme")).sellers[0]
            for _ in range(9):
                with pytest.raises(Unauthenticated):
                    await app.login.sign_in(Credentials(ben.email, WRONG), None)
            await app.login.sign_in(Credentials(ben.email, PASSWORD), None)
            return await app.database.read(lambda tx: tx.fetch_all("SELECT * FROM login_failures"))

    assert asyncio.run(guess()) == []


def test_failures_that_are_old_are_purged(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    for number in range(5):
        login(desk, f"nobody{number}@x.example")
    desk.clock.at += login_throttle.WAIT_SECONDS * 1000
    login(desk, "nobody@x.example")
    assert len(desk.rows("SELECT * FROM login_failures")) == 1


def test_ten_at_once_learn_no_more_than_ten_in_turn(desk: Desk) -> None:
    async def guess() -> list[Any]:
        tries = [desk.app.login.sign_in(Credentials("ben@acme.example", WRONG), None) for _ in range(25)]
        return await asyncio.gather(*tries, return_exceptions=True)

    kinds = [type(error) for error in desk.run(guess())]
    assert (kinds.count(Unauthenticated), kinds.count(TooManyAttempts)) == (10, 15)


def test_a_hash_of_another_cost_is_renewed_by_a_login(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = "SELECT password FROM users WHERE id = ?"
    [before] = desk.rows(hashes, desk.ben.id)
    passwords = desk.app.login._passwords
    monkeypatch.setattr(passwords, "_hasher", type(passwords._hasher)(time_cost=2, memory_cost=16, parallelism=1))
    assert login(desk).status_code == 200
    [after] = desk.rows(hashes, desk.ben.id)
    assert "m=8,t=1" in str(before)
    assert "$argon2id$" in str(after)
    assert "m=16,t=2" in str(after)
    assert login(desk).status_code == 200
    assert desk.rows(hashes, desk.ben.id) == [after]


# Tokens


def test_an_access_token_ends_after_its_time(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    access = login(desk).json()["access"]
    desk.clock.at += 3599 * 1000
    assert status(desk, access) == 200
    desk.clock.at += 1000
    assert status(desk, access) == 401


def test_a_token_made_by_a_clock_that_was_ahead_by_its_whole_time_is_not_taken(desk: Desk) -> None:
    """Else it would be good for as long as the clock was wrong. A refresh token outlives most steps of a clock."""
    desk.clock.at = 2_000_000_000_000
    done = login(desk).json()
    desk.clock.at -= 3599 * 1000
    assert status(desk, done["access"]) == 200
    desk.clock.at -= 1000
    assert status(desk, done["access"]) == 401
    fresh = desk.nobody.post(REFRESH, {"refresh": done["refresh"]}).json()
    assert status(desk, fresh["access"]) == 200
    desk.clock.at -= 30 * 24 * 3600 * 1000
    before = desk.dump()
    assert desk.nobody.post(REFRESH, {"refresh": fresh["refresh"]}).status_code == 401
    assert desk.dump() == before
    assert status(desk, login(desk).json()["access"]) == 200


def forged(desk: Desk, **changes: object) -> str:
    """A token signed with the right secret, but for what is changed."""
    [(secret,)] = desk.rows("SELECT value FROM secrets")
    claims = jwt.decode(login(desk).json()["access"], options={"verify_signature": False})
    key, algorithm = str(changes.pop("key", secret)), str(changes.pop("algorithm", "HS256"))
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return jwt.encode(claims, key, algorithm)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "changes",
    [
        {"key": "0" * 64},
        {"algorithm": "none", "key": ""},
        {"algorithm": "HS512"},
        {"exp": None},
        {"type": None},
        {"type": "refresh"},
        {"session_id": None},
        {"session_id": "0" * 26},
        {"user_id": None},
        {"exp": 1},
    ],
)
def test_a_token_that_is_not_ours_is_refused(desk: Desk, changes: dict[str, object]) -> None:
    assert status(desk, forged(desk)) == 200
    assert status(desk, forged(desk, **changes)) == 401


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("token", ["x", "a.b.c", "é.é.é", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.x", "[" * 5000])
def test_garbage_is_no_token(desk: Desk, token: str) -> None:
    answer = desk.nobody.get("/api/me/", headers={"Authorization": f"Bearer {token}".encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    assert desk.nobody.post(REFRESH, {"refresh": token}).status_code in (401, 422)


def test_a_token_has_no_padding(desk: Desk) -> None:
    assert [status(desk, desk.ben.access + padding) for padding in ("", "=", "==")] == [200, 401, 401]


def test_the_secret_is_made_once_and_shared(desk: Desk) -> None:
    [(secret,)] = desk.rows("SELECT value FROM secrets")
    assert len(str(secret)) == 64
    desk.run(desk.app.tokens.load_secret(desk.app.database))
    assert desk.rows("SELECT value FROM secrets") == [(secret,)]
    assert desk.ben.get("/api/me/").status_code == 200


def test_a_refresh_answers_new_tokens(desk: Desk) -> None:
    answer = desk.nobody.post(REFRESH, {"refresh": desk.ben.refresh})
    assert (answer.status_code, answer.json().keys()) == (200, {"access", "refresh"})
    assert answer.headers["Operation-Id"].startswith("op_")
    assert status(desk, answer.json()["access"]) == 200
    assert desk.nobody.post(REFRESH, {"refresh": answer.json()["refresh"]}).status_code == 200


def test_a_spent_refresh_token_ends_its_session_and_no_other(desk: Desk) -> None:
    other = login(desk).json()["access"]
    fresh = desk.nobody.post(REFRESH, {"refresh": desk.ben.refresh}).json()
    spent = desk.nobody.post(REFRESH, {"refresh": desk.ben.refresh})
    assert (spent.status_code, spent.json()["code"]) == (401, "bad_token")
    assert desk.nobody.post(REFRESH, {"refresh": fresh["refresh"]}).status_code == 401
    assert status(desk, fresh["access"]) == desk.ben.get("/api/me/").status_code == 401
    assert (status(desk, other), desk.cleo.get("/api/me/").status_code) == (200, 200)


def test_an_access_token_refreshes_nothing_and_a_refresh_token_opens_nothing(desk: Desk) -> None:
    done = login(desk).json()
    before = desk.dump()
    assert desk.nobody.post(REFRESH, {"refresh": done["access"]}).status_code == 401
    assert status(desk, done["refresh"]) == 401
    assert desk.dump() == before
    assert status(desk, done["access"]) == 200


def test_a_refresh_token_ends_after_its_time_and_each_use_starts_it_anew(desk: Desk) -> None:
    days = 24 * 3600 * 1000
    desk.clock.at = 2_000_000_000_000
    first = login(desk).json()["refresh"]
    desk.clock.at += 29 * days
    second = desk.nobody.post(REFRESH, {"refresh": first}).json()["refresh"]
    desk.clock.at += 29 * days
    third = desk.nobody.post(REFRESH, {"refresh": second}).json()["refresh"]
    desk.clock.at += 30 * days
    assert desk.nobody.post(REFRESH, {"refresh": third}).status_code == 401


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("body", [{}, {"refresh": None}, {"refresh": 1}, {"refresh": "x", "more": 1}])
def test_a_refresh_without_its_token_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    answer = desk.nobody.post(REFRESH, body)
    assert answer.status_code == 422
    assert len(faults(answer)) == 1


def test_a_logout_ends_the_session_and_no_other(desk: Desk) -> None:
    done = login(desk).json()
    answer = desk.caller(done["access"]).post(LOGOUT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Operation-Id"].startswith("op_")
    assert status(desk, done["access"]) == 401
    assert desk.nobody.post(REFRESH, {"refresh": done["refresh"]}).status_code == 401
    assert desk.ben.get("/api/me/").status_code == 200


def test_a_key_has_no_session_to_end(desk: Desk) -> None:
    before = desk.dump()
    answer = desk.team.post(LOGOUT)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_a_person")
    assert desk.nobody.post(LOGOUT).status_code == 401
    assert desk.dump() == before


def test_the_log_says_who_came_and_went(desk: Desk) -> None:
    done = login(desk).json()
    fresh = desk.nobody.post(REFRESH, {"refresh": done["refresh"]}).json()
    desk.caller(fresh["access"]).post(LOGOUT)
    rows = desk.rows("SELECT kind, user_id FROM operations WHERE workspace = 1 ORDER BY seq DESC LIMIT 3")
    assert rows == [(f"session.{what}", desk.ben.id) for what in ("ended", "refreshed", "opened")]


def test_the_event_loop_goes_on_while_a_password_is_hashed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = desk.app.login._passwords

    def refuse_slowly(hash_: str, text: str) -> bool:
        time.sleep(0.05)
        return False

    monkeypatch.setattr(passwords, "_verify_password", refuse_slowly)
    turns = 0

    async def count_turns() -> None:
        nonlocal turns
        checking = asyncio.create_task(passwords.verify_password(None, WRONG))
        while not checking.done():
            turns += 1
            await asyncio.sleep(0)

    desk.run(count_turns())
    assert turns > 10


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("change", [{"password": "quite another one"}, {"active": False}])
def test_a_login_that_waits_for_a_change_of_its_user_is_refused(desk: Desk, change: dict[str, object]) -> None:
    """Another process keeps the file until the change, and behind it the login, wait for their turn."""
    body = {"email": "ben@acme.example", "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
    headers = {"Authorization": f"Bearer {desk.ada.access}"}

    async def until_waiting(many: int) -> None:
        while desk.app.database.write_stats().waiting != many:  # noqa: ASYNC110 - the event is another thread's
            await asyncio.sleep(0.001)

    async def count_users(tx: Transaction) -> Row | None:
        return await tx.fetch_one("SELECT count(*) FROM users")

    async def race() -> tuple[int, int]:
        transport = httpx2.ASGITransport(desk.app.http_app())
        async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            elsewhere = apsw.Connection(str(desk.app.settings.data_file))
            elsewhere.execute("BEGIN IMMEDIATE")
            first = asyncio.ensure_future(desk.app.database.write(count_users))
            await asyncio.sleep(0)
            await until_waiting(0)  # it is being tried
            patch = asyncio.create_task(client.patch(f"/api/users/{desk.ben.id}/", json=change, headers=headers))
            await until_waiting(1)
            login = asyncio.create_task(client.post(LOGIN, json=body))
            await until_waiting(2)
            elsewhere.close()
            await first
            return (await patch).status_code, (await login).status_code

    assert desk.run(race()) == (200, 401)
