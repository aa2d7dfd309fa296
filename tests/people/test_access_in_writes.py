"""Who may write when the write is done, and not only when the request began."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import httpx2
import pytest

from leadline.clock import to_text
from tests.cast import BASE_URL, PASSWORD, Desk

LEAD = {"lastName": "Lee", "email": "dana@startup.example"}

Change = Callable[[Desk, httpx2.AsyncClient, str], Any]


async def send_slowly(
    desk: Desk, token: str, method: str, path: str, body: Mapping[str, object], meanwhile: Change
) -> httpx2.Response:
    """Sends a request whose second half comes only after `meanwhile`."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(desk.app.http_app()), base_url=BASE_URL) as client:

        async def halves() -> AsyncIterator[bytes]:
            content = json.dumps(body).encode()
            yield content[:5]
            answer = await meanwhile(desk, client, desk.ada.access)
            assert answer.is_success, answer.text
            yield content[5:]

        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer: httpx2.Response = await client.request(method, path, content=halves(), headers=headers)
        return answer


def as_ada(method: str, path: str, body: dict[str, object] | None = None) -> Change:
    def change(desk: Desk, client: httpx2.AsyncClient, access: str) -> Any:
        whole = path.replace("{ben}", desk.ben.id)
        return client.request(method, whole, json=body, headers={"Authorization": f"Bearer {access}"})

    return change


def sign_out_ben(desk: Desk, client: httpx2.AsyncClient, access: str) -> Any:
    return client.post("/api/auth/logout/", headers={"Authorization": f"Bearer {desk.ben.access}"})


BENS_END = {
    "disabled": (as_ada("PATCH", "/api/users/{ben}/", {"active": False}), 401),
    "demoted": (as_ada("PATCH", "/api/users/{ben}/", {"role": "viewer"}), 403),
    "given another password": (as_ada("PATCH", "/api/users/{ben}/", {"password": "quite another one"}), 401),
    "signed out": (sign_out_ben, 401),
}
DOORS: dict[str, tuple[str, str, Mapping[str, object]]] = {
    "create": ("POST", "/api/leads/", LEAD),
    "patch": ("PATCH", "/api/leads/{lead}/", {"notes": "late"}),
    "convert": ("POST", "/api/leads/{lead}/convert/", {"createAccount": True, "accountName": "Startup IO"}),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("end", BENS_END)
def test_who_loses_access_while_the_body_comes_writes_nothing(desk: Desk, end: str, door: str) -> None:
    method, path, body = DOORS[door]
    path = path.replace("{lead}", desk.lead()["id"])
    meanwhile, status = BENS_END[end]
    before = desk.dump()
    answer = desk.run(send_slowly(desk, desk.ben.access, method, path, body, meanwhile))
    assert answer.status_code == status
    after = desk.dump()
    assert all(before[table] == after[table] for table in ("leads", "contacts", "accounts"))


def test_an_admin_who_is_demoted_while_the_body_comes_makes_no_user(desk: Desk) -> None:
    assert desk.ada.patch(f"/api/users/{desk.ben.id}/", {"role": "admin"}).is_success
    demote = as_ada("PATCH", "/api/users/{ben}/", {"role": "user"})
    body = {"email": "eve@acme.example", "role": "admin", "password": "a long enough one"}
    for path, sent in (("/api/users/", body), ("/api/keys/", {"name": "late"})):
        answer = desk.run(send_slowly(desk, desk.ben.access, "POST", path, sent, demote))
        assert answer.status_code == 403
    assert desk.ada.get("/api/users/?email=eve@acme.example").json()["count"] == 0


def test_a_user_who_is_disabled_while_the_body_comes_does_not_change_their_own_password(desk: Desk) -> None:
    body: dict[str, object] = {"password": "quite another one", "currentPassword": PASSWORD}
    disable = as_ada("PATCH", "/api/users/{ben}/", {"active": False})
    answer = desk.run(send_slowly(desk, desk.ben.access, "PATCH", "/api/me/", body, disable))
    assert answer.status_code == 401


def test_a_key_that_is_revoked_while_the_body_comes_writes_nothing(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "short-lived"}).json()
    revoke = as_ada("DELETE", f"/api/keys/{made['id']}/")
    answer = desk.run(send_slowly(desk, made["secret"], "POST", "/api/leads/", LEAD, revoke))
    assert answer.status_code == 401
    assert desk.team.get("/api/leads/").json()["count"] == 0


def test_who_keeps_access_writes_though_others_lose_theirs(desk: Desk) -> None:
    disable = as_ada("PATCH", "/api/users/{ben}/", {"active": False})
    answer = desk.run(send_slowly(desk, desk.cleo.access, "POST", "/api/leads/", LEAD, disable))
    assert answer.status_code == 201


async def let_two_hours_pass(desk: Desk, client: httpx2.AsyncClient, access: str) -> httpx2.Response:
    desk.clock.at = desk.clock() + 2 * 60 * 60 * 1000
    return httpx2.Response(200)


@pytest.mark.parametrize("who", ["a program", "a person"])
def test_who_is_let_in_for_a_time_that_ends_while_the_body_comes_writes_nothing(desk: Desk, who: str) -> None:
    in_an_hour = to_text(desk.clock() // 1000 + 60 * 60)
    key = desk.ada.post("/api/keys/", {"name": "for an hour", "expiresAt": in_an_hour}).json()["secret"]
    token = key if who == "a program" else desk.ben.access
    answer = desk.run(send_slowly(desk, token, "POST", "/api/leads/", LEAD, let_two_hours_pass))
    assert answer.status_code == 401
    assert desk.team.get("/api/leads/").json()["count"] == 0
