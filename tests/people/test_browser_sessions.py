"""Signing in to the web app: what the cookie is, what it is good for, and whose pages may use it."""

import re
from pathlib import Path

import httpx2
import jwt
import pytest

from tests.answers import faults
from tests.cast import BASE_URL, PASSWORD, Desk, Place, desk_on

SESSION = "/api/auth/session/"
ME = "/api/me/"
DAY_MS = 24 * 3600 * 1000
LEAD = {"lastName": "Lee", "email": "dana@startup.example"}
COOKIE = re.compile(
    r"(?P<name>[\w-]+)=(?P<token>[\w.-]*); Max-Age=(?P<seconds>\d+); Path=/; HttpOnly; SameSite=Strict(?P<more>.*)"
)


def sign_in(desk: Desk, **headers: str) -> httpx2.Response:
    body = {"email": "ben@acme.example", "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
    return desk.nobody.post(SESSION, body, headers={"Origin": BASE_URL} | headers)


def read_cookie(answer: httpx2.Response) -> re.Match[str]:
    match = COOKIE.fullmatch(answer.headers["Set-Cookie"])
    assert match is not None, answer.headers["Set-Cookie"]
    return match


def cookie_of(answer: httpx2.Response) -> dict[str, str]:
    """The header with which a browser sends the cookie back, from a page of the server."""
    match = read_cookie(answer)
    return {"Cookie": f"theme=dark; {match['name']}={match['token']}; other=1", "Origin": BASE_URL}


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_browser_gets_a_cookie_and_no_token(desk: Desk) -> None:
    answer = sign_in(desk)
    user = {"id": desk.ben.id, "email": "ben@acme.example", "firstName": "Ben", "lastName": "Okri", "role": "user"}
    assert answer.json() == {"user": user | {"workspaceId": desk.acme.workspace.id}}
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = read_cookie(answer)
    assert (cookie["name"], cookie["seconds"], cookie["more"]) == ("leadline-80", str(30 * 24 * 3600), "")
    assert jwt.decode(cookie["token"], options={"verify_signature": False})["type"] == "browser"


def test_the_cookie_reads_and_writes(desk: Desk) -> None:
    own = cookie_of(sign_in(desk))
    assert desk.nobody.get(ME, headers=own).json()["user"]["id"] == desk.ben.id
    made = desk.nobody.post("/api/leads/", LEAD, headers=own)
    assert made.status_code == 201
    entry = desk.team.get(f"/api/leads/{made.json()['id']}/history/").json()["results"][0]
    assert entry["user"]["name"] == "Ben Okri"


def test_a_wrong_password_is_refused_as_at_the_login(desk: Desk) -> None:
    answer = desk.nobody.post(SESSION, {"email": "ben@acme.example", "password": "not the password"})
    assert code(answer) == (401, "bad_credentials")
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", f"{BASE_URL}:8001", "https://leadline.test"])
def test_another_site_writes_nothing_with_the_cookie(desk: Desk, origin: str | None) -> None:
    own = cookie_of(sign_in(desk))
    headers = {"Cookie": own["Cookie"]} | ({} if origin is None else {"Origin": origin})
    before = desk.dump()
    for method, path, body in (
        ("POST", "/api/leads/", LEAD),
        ("PATCH", ME, {"firstName": "Eve"}),
        ("DELETE", "/api/leads/ld_01JP4ZZZ0000000002ABCDEFGH/", None),
        ("DELETE", SESSION, None),
    ):
        answer = desk.nobody.send(method, path, headers=headers, **({} if body is None else {"json": body}))
        assert code(answer) == (403, "foreign_origin"), (method, path)
    assert desk.dump() == before
    assert desk.nobody.get(ME, headers=headers).status_code == 200


def test_another_site_signs_nobody_in(desk: Desk) -> None:
    assert code(sign_in(desk, Origin="http://evil.example")) == (403, "foreign_origin")


def test_each_token_is_good_in_its_place_only(desk: Desk) -> None:
    browser = read_cookie(sign_in(desk))
    assert code(desk.caller(browser["token"]).get(ME)) == (401, "bad_token")
    for token in (desk.ben.access, desk.ben.refresh, desk.acme.key):
        answer = desk.nobody.get(ME, headers={"Cookie": f"{browser['name']}={token}"})
        assert code(answer) == (401, "bad_token")
    body = {"refresh": browser["token"]}
    assert code(desk.nobody.post("/api/auth/token/refresh/", body)) == (401, "bad_token")


def test_the_header_wins_over_the_cookie(desk: Desk) -> None:
    own = cookie_of(sign_in(desk))
    assert desk.ada.get(ME, headers=own).json()["user"]["id"] == desk.ada.id
    assert code(desk.caller("pk_live_wrong").get(ME, headers=own)) == (401, "bad_token")


def test_a_cookie_of_another_port_is_no_cookie(desk: Desk) -> None:
    token = read_cookie(sign_in(desk))["token"]
    assert code(desk.nobody.get(ME, headers={"Cookie": f"leadline-8001={token}"})) == (401, "no_token")


def test_signing_out_ends_the_session_and_clears_the_cookie(desk: Desk) -> None:
    own = cookie_of(sign_in(desk))
    out = desk.nobody.delete(SESSION, headers=own)
    assert out.status_code == 204
    assert (read_cookie(out)["token"], read_cookie(out)["seconds"]) == ("", "0")
    assert code(desk.nobody.get(ME, headers=own)) == (401, "bad_token")
    assert desk.nobody.delete(SESSION, headers=own).status_code == 204
    assert desk.nobody.delete(SESSION).status_code == 204


def test_who_is_disabled_or_gets_a_new_password_is_signed_out(desk: Desk) -> None:
    own = cookie_of(sign_in(desk))
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"password": "another long password 9"})
    assert code(desk.nobody.get(ME, headers=own)) == (401, "bad_token")


def test_the_cookie_is_renewed_when_half_of_its_time_is_over(desk: Desk) -> None:
    desk.clock.at = 2_000_000_000_000
    old = cookie_of(sign_in(desk))
    assert "Set-Cookie" not in desk.nobody.get(ME, headers=old).headers
    desk.clock.at += 16 * DAY_MS
    renewed = desk.nobody.get(ME, headers=old)
    new = cookie_of(renewed)
    assert read_cookie(renewed)["name"] == "leadline-80"
    assert renewed.headers["Cache-Control"] == "no-store"
    assert desk.nobody.get(ME, headers=old).status_code == 200  # another tab still has it
    desk.clock.at += 15 * DAY_MS
    assert code(desk.nobody.get(ME, headers=old)) == (401, "bad_token")
    assert desk.nobody.get(ME, headers=new).status_code == 200


def test_behind_https_the_cookie_is_bound_to_the_host(place: Place, tmp_path: Path) -> None:
    with desk_on(place, tmp_path, public_url="https://crm.example") as desk:
        answer = sign_in(desk, Origin="https://crm.example")
        assert read_cookie(answer)["name"] == "__Host-leadline"
        assert read_cookie(answer)["more"] == "; Secure"
        own = cookie_of(answer) | {"Origin": "https://crm.example"}
        assert desk.nobody.post("/api/leads/", LEAD, headers=own).status_code == 201


def test_a_trusted_proxy_says_that_the_client_speaks_https(place: Place, tmp_path: Path) -> None:
    https = BASE_URL.replace("http:", "https:")
    forwarded = {"Origin": https, "X-Forwarded-Proto": "https"}
    with desk_on(place, tmp_path / "trusted", trusted_proxies="127.0.0.1") as desk:
        assert read_cookie(sign_in(desk, **forwarded))["name"] == "__Host-leadline"
    with desk_on(place, tmp_path / "not", trusted_proxies="10.0.0.0/8") as desk:
        assert code(sign_in(desk, **forwarded)) == (403, "foreign_origin")


def test_a_stale_change_is_told_the_record_as_it_is_now(desk: Desk) -> None:
    lead = desk.lead(lastName="Lee", assignedTo=desk.ben.id)
    path = f"/api/leads/{lead['id']}/"
    desk.team.patch(path, {"leadScore": 7})
    answer = desk.team.patch(path, {"leadScore": 8}, headers={"If-Match": '"1"'})
    now = desk.team.get(path)
    assert code(answer) == (412, "stale_version")
    assert (answer.json()["current"], answer.json()["etag"]) == (now.json(), now.headers["ETag"])
    assert faults(answer) == []
