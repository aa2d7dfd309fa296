"""Writes that are sent again with the same Idempotency-Key: made once, and answered alike each time."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest

from leadline.access import Right
from leadline.errors import Conflict
from leadline.http.routes import all_routes
from leadline.http.server import idempotency
from leadline.http.server.endpoint import Response
from leadline.http.server.errors import HttpError
from leadline.http.server.idempotency import KeyedWrite, TwinGate
from leadline.http.server.previews import DRY_RUN
from leadline.log.replies import purge_replies
from tests.cast import BASE_URL, PASSWORD, Caller, Desk, Place, desk_on
from tests.waiting import until

LEAD = {"lastName": "Lee", "email": "dana@startup.example", "company": "Startup IO"}
KEY = {"Idempotency-Key": "the-first-order"}
HOUR = 3_600_000
REPLAYED = "Idempotency-Replayed"
KEPT = ("Operation-Id", "ETag", "Location", "Content-Type")

Send = Callable[[], httpx2.Response]


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def kept_of(answer: httpx2.Response) -> tuple[int, bytes, list[str | None]]:
    """All of an answer that comes again."""
    return answer.status_code, answer.content, [answer.headers.get(name) for name in KEPT]


def twice(send: Send) -> httpx2.Response:
    """Sends a write twice, and answers the first answer. The second is the same, and leaves nothing."""
    first = send()
    assert 200 <= first.status_code < 300, first.text
    assert REPLAYED not in first.headers
    again = send()
    assert kept_of(again) == kept_of(first)
    assert again.headers[REPLAYED] == "true"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    return first


def writes(desk: Desk) -> dict[str, Send]:
    """A write of each kind."""
    lead, other, account = desk.lead(), desk.lead(company="Startup IO"), desk.account()
    edited = desk.team.patch(f"/api/accounts/{account['id']}/", {"name": "Initech"}).headers["Operation-Id"]
    ada, team = desk.ada, desk.team
    user = {"email": "kim@acme.example", "password": PASSWORD}
    key = ada.post("/api/keys/", {"name": "to be revoked"}).json()["id"]
    both = {"createAccount": True, "createOpportunity": True}
    return {
        "create": lambda: team.post("/api/leads/", LEAD, headers=KEY),
        "patch": lambda: team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 7}, headers=KEY | {"If-Match": '"1"'}),
        "delete": lambda: team.delete(f"/api/leads/{lead['id']}/", headers=KEY),
        "convert": lambda: team.post(f"/api/leads/{other['id']}/convert/", both, headers=KEY),
        "convert without a body": lambda: team.post(f"/api/leads/{other['id']}/convert/", headers=KEY),
        "undo": lambda: team.post(f"/api/operations/{edited}/undo/?force=skip", headers=KEY),
        "create a user": lambda: ada.post("/api/users/", user, headers=KEY),
        "change a user": lambda: ada.patch(f"/api/users/{desk.ben.id}/", {"lastName": "Hansen"}, headers=KEY),
        "change me": lambda: desk.ben.patch("/api/me/", {"lastName": "Hansen"}, headers=KEY),
        "revoke": lambda: ada.delete(f"/api/keys/{key}/", headers=KEY),
    }


WRITES = [
    "create",
    "patch",
    "delete",
    "convert",
    "convert without a body",
    "undo",
    "create a user",
    "change a user",
    "change me",
    "revoke",
]


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_sent_again_is_answered_again_and_made_once(desk: Desk, name: str) -> None:
    send = writes(desk)[name]
    first = twice(send)
    dump = desk.dump()
    desk.clock.at = desk.app.now() + HOUR // 2
    assert kept_of(send()) == kept_of(first)
    assert desk.dump() == dump


def test_the_list_of_writes_has_every_kind(desk: Desk) -> None:
    assert list(writes(desk)) == WRITES


def test_a_new_key_of_the_api_is_shown_once(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "Website"}, headers=KEY)
    secret = made.json()["secret"]
    again = desk.ada.post("/api/keys/", {"name": "Website"}, headers=KEY)
    assert (again.status_code, again.json()["code"]) == (409, "secret_shown_once")
    assert again.json()["operationId"] == made.headers["Operation-Id"]
    assert secret not in repr(desk.dump())
    other = desk.ada.post("/api/keys/", {"name": "Another"}, headers=KEY)
    assert other.json()["code"] == "idempotency_key_reused"


def test_a_key_stands_for_one_request(desk: Desk) -> None:
    lead, path = desk.lead(), "/api/leads/"
    one = f"{path}{lead['id']}/"
    twice(lambda: desk.team.patch(one, {"leadScore": 7}, headers=KEY))
    dump = desk.dump()
    spaced: dict[str, Any] = {"content": b'{"leadScore":  7}', "headers": KEY | {"Content-Type": "application/json"}}
    others: list[Send] = [
        lambda: desk.team.patch(one, {"leadScore": 8}, headers=KEY),
        lambda: desk.team.patch(one, **spaced),
        lambda: desk.team.patch(one, {"leadScore": 7}, headers=KEY | {"If-Match": "*"}),
        lambda: desk.team.patch(one, {"leadScore": 7}, headers=KEY | {"If-None-Match": '"9"'}),
        lambda: desk.team.patch(f"{path}{desk.acme.key}/", {"leadScore": 7}, headers=KEY),
        lambda: desk.team.delete(one, headers=KEY),
        lambda: desk.team.post(f"{one}convert/", headers=KEY),
    ]
    for send in others:
        refused = send()
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert desk.dump() == dump
    alias = desk.team.patch(f"/api/v1/leads/{lead['id']}", {"leadScore": 7}, headers=KEY)
    assert alias.headers[REPLAYED] == "true"


def test_a_key_is_its_callers_alone(desk: Desk) -> None:
    callers: list[Caller] = [desk.team, desk.ben, desk.ada, desk.stranger]
    made = [twice(lambda caller=caller: caller.post("/api/leads/", LEAD, headers=KEY)).json() for caller in callers]  # type: ignore[misc]
    assert len({lead["id"] for lead in made}) == len(callers)
    assert desk.team.get("/api/leads/").json()["count"] == 3


def test_who_signs_in_again_is_the_same_caller(desk: Desk) -> None:
    first = desk.ben.post("/api/leads/", LEAD, headers=KEY)
    login = {"email": desk.ben.email, "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
    anew = desk.caller(desk.nobody.post("/api/auth/login/", login).json()["access"])
    assert kept_of(anew.post("/api/leads/", LEAD, headers=KEY)) == kept_of(first)


def test_a_refusal_is_not_kept(desk: Desk) -> None:
    dump = desk.dump()
    for _ in range(2):
        refused = desk.team.post("/api/leads/", {"lastName": "Lee"}, headers=KEY)
        assert (refused.status_code, REPLAYED in refused.headers) == (422, False)
    assert desk.dump() == dump
    twice(lambda: desk.team.post("/api/leads/", LEAD, headers=KEY))


def test_a_refused_write_is_tried_anew(desk: Desk) -> None:
    lead = desk.lead()
    path, sent = f"/api/leads/{lead['id']}/", {"headers": KEY | {"If-Match": '"2"'}}
    assert desk.team.patch(path, {"leadScore": 7}, **sent).status_code == 412
    desk.team.patch(path, {"leadScore": 6})
    assert twice(lambda: desk.team.patch(path, {"leadScore": 7}, **sent)).headers["ETag"] == '"3"'


def test_an_answer_comes_again_only_to_who_still_may(desk: Desk) -> None:
    sent: dict[str, Any] = {"json": LEAD, "headers": KEY}
    twice(lambda: desk.ben.post("/api/leads/", **sent))
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"role": "viewer"})
    assert desk.ben.post("/api/leads/", **sent).status_code == 403
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    assert desk.ben.post("/api/leads/", **sent).status_code == 401


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("key", ["", " ", '""', '"open', '"', "k" * 256, "clé", "tab\there", '"a"b'])
def test_a_key_that_cannot_be_is_refused(desk: Desk, key: str) -> None:
    count = desk.team.get("/api/leads/").json()["count"]
    refused = desk.team.post("/api/leads/", LEAD, headers={b"Idempotency-Key": key.encode()})
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_header")
    assert "Idempotency-Key" in refused.json()["detail"]
    assert desk.team.get("/api/leads/").json()["count"] == count


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("key", "same"),
    [("k", '"k"'), ("k" * 255, f'"{"k" * 255}"'), ("a b", '  "a b" '), ('q"q', r'"q\"q"'), (r"b\b", r'"b\\b"')],
)
def test_quotes_are_no_part_of_a_key(desk: Desk, key: str, same: str) -> None:
    body = LEAD | {"notes": key}
    first = desk.team.post("/api/leads/", body, headers=keyed(key))
    assert first.status_code == 201
    assert kept_of(desk.team.post("/api/leads/", body, headers=keyed(same))) == kept_of(first)


def test_a_header_that_comes_twice_is_refused(desk: Desk) -> None:
    async def send() -> httpx2.Response:
        (client,) = clients_of(desk, 1)
        client.headers = httpx2.Headers([*client.headers.multi_items(), ("Idempotency-Key", "another")])
        return await client.post("/api/leads/", json=LEAD)

    refused = desk.run(send())
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_header")


def test_sign_in_and_reads_take_no_notice_of_it(desk: Desk) -> None:
    login = {"email": desk.ben.email, "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
    first, second = (desk.nobody.post("/api/auth/login/", login, headers=KEY) for _ in range(2))
    assert (second.status_code, REPLAYED in second.headers) == (200, False)
    refresh = {"refresh": first.json()["refresh"]}
    answers = [desk.nobody.post("/api/auth/token/refresh/", refresh, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 401]
    assert desk.team.get("/api/leads/", headers=KEY).status_code == 200
    assert desk.dump()["replies"] == []


def test_a_large_answer_is_compressed_anew(desk: Desk) -> None:
    body = LEAD | {"notes": "Call back. " * 500}
    plain = twice(lambda: desk.team.post("/api/leads/", body, headers=KEY | {"Accept-Encoding": "identity"}))
    packed = desk.team.post("/api/leads/", body, headers=KEY | {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["ETag"] == '"1-gzip"'


def test_neither_the_key_nor_a_password_is_stored(desk: Desk) -> None:
    body = {"email": "kim@acme.example", "password": PASSWORD}
    twice(lambda: desk.ada.post("/api/users/", body, headers=KEY))
    stored = repr(desk.dump())
    assert KEY["Idempotency-Key"] not in stored
    assert PASSWORD not in stored


def test_a_reply_goes_with_its_workspaces_log(desk: Desk) -> None:
    made = desk.team.post("/api/leads/", LEAD, headers=KEY)
    rows = desk.rows(
        "SELECT operations.id FROM replies JOIN operations"
        " ON operations.workspace = replies.workspace AND operations.seq = replies.seq"
    )
    assert rows == [(made.headers["Operation-Id"],)]


def purge(desk: Desk, hours: int = 24) -> None:
    desk.run(purge_replies([desk.app.database], hours, desk.clock))


def test_an_answer_is_kept_for_a_day(desk: Desk) -> None:
    send = partial(desk.team.post, "/api/leads/", LEAD, headers=KEY)
    first = send()
    at = desk.rows("SELECT at FROM replies")[0][0]
    desk.clock.at = int(at or 0) + 24 * HOUR
    purge(desk)
    assert kept_of(send()) == kept_of(first)
    desk.clock.at += 1
    purge(desk, hours=25)
    assert kept_of(send()) == kept_of(first)
    purge(desk)
    assert desk.dump()["replies"] == []
    assert twice(send).json()["id"] != first.json()["id"]


def test_more_old_answers_than_one_piece_are_removed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leadline.log.replies.PURGED_AT_ONCE", 2)
    for number in range(5):
        desk.team.post("/api/leads/", LEAD, headers=keyed(f"{number}"))
    at = max(int(at or 0) for (at,) in desk.rows("SELECT at FROM replies"))
    desk.clock.at = at + 25 * HOUR
    desk.stranger.post("/api/leads/", LEAD, headers=KEY)
    purge(desk)
    assert desk.rows("SELECT count(*) FROM replies") == [(1,)]


def test_a_server_removes_old_answers_by_itself(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.log.replies.PURGE_SECONDS", 0.01)
    with desk_on(place, tmp_path / "data", retry_hours=30) as desk:
        desk.team.post("/api/leads/", LEAD, headers=KEY)
        desk.clock.at = desk.app.now() + 29 * HOUR
        desk.run(asyncio.sleep(0.1))
        assert len(desk.dump()["replies"]) == 1
        desk.clock.at += 2 * HOUR

        def is_gone() -> bool:
            desk.run(asyncio.sleep(0.01))
            return not desk.dump()["replies"]

        until(is_gone)


def test_a_workspace_that_is_arriving_keeps_its_answers_and_blocks_no_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leadline.log.replies.PURGED_AT_ONCE", 1)
    desk.team.post("/api/leads/", LEAD, headers=KEY)
    desk.stranger.post("/api/leads/", LEAD, headers=KEY)
    arriving = "UPDATE workspaces SET cluster = 'eu', moving = 'move_1' WHERE number = ?"
    desk.execute(arriving, desk.acme.workspace.number)
    desk.execute("UPDATE workspaces SET cluster = 'eu' WHERE number = ?", desk.zoes.workspace.number)
    desk.clock.at = desk.app.now() + 25 * HOUR
    purge(desk)
    assert desk.rows("SELECT workspace FROM replies") == [(desk.acme.workspace.number,)]


Together = list[Awaitable[httpx2.Response]]


def clients_of(desk: Desk, processes: int) -> list[httpx2.AsyncClient]:
    """One for each of so many processes, as far as keys are concerned: each has a gate of its own."""
    headers = {"Authorization": f"Bearer {desk.acme.key}", **KEY}
    return [
        httpx2.AsyncClient(transport=httpx2.ASGITransport(desk.app.http_app()), base_url=BASE_URL, headers=headers)
        for _ in range(processes)
    ]


async def gathered(sent: Together) -> list[httpx2.Response]:
    return list(await asyncio.gather(*sent))


@pytest.mark.parametrize("processes", [1, 3])
@pytest.mark.parametrize("name", ["create", "convert", "delete", "patch"])
def test_twins_that_come_together_have_one_effect_and_one_answer(desk: Desk, name: str, processes: int) -> None:
    path = f"/api/leads/{desk.lead(company='Startup IO')['id']}/"
    clients = clients_of(desk, processes) * (12 // processes)
    sends: dict[str, Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]] = {
        "create": lambda client: client.post("/api/leads/", json=LEAD),
        "convert": lambda client: client.post(f"{path}convert/", json={"createAccount": True}),
        "delete": lambda client: client.delete(path),
        "patch": lambda client: client.patch(path, json={"leadScore": 7}, headers={"If-Match": '"1"'}),
    }
    before = len(desk.dump()["operations"])
    answers = desk.run(gathered([sends[name](client) for client in clients]))
    assert len({(answer.status_code, answer.content, answer.headers["Operation-Id"]) for answer in answers}) == 1
    assert answers[0].status_code < 300
    assert sum(REPLAYED not in answer.headers for answer in answers) == 1
    assert len(desk.dump()["operations"]) == before + 1


def test_twins_of_a_refused_write_are_all_refused(desk: Desk) -> None:
    clients = clients_of(desk, 2) * 4
    answers = desk.run(gathered([client.post("/api/leads/", json={}) for client in clients]))
    assert {answer.status_code for answer in answers} == {422}
    assert {answer.json()["code"] for answer in answers} == {"invalid"}


def test_a_twin_that_takes_too_long_is_not_waited_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "TWIN_SECONDS", 0.01)
    gate = TwinGate(desk.app.database)
    one, twin = (KeyedWrite("key", desk.acme.system) for _ in range(2))

    async def meanwhile() -> tuple[HttpError, Response]:
        is_done = asyncio.Event()

        async def write() -> Response:
            await is_done.wait()
            return Response(None, 204)

        under_way = asyncio.create_task(gate.answer_once(one, write))
        await asyncio.sleep(0)
        with pytest.raises(HttpError) as refused:
            await gate.answer_once(twin, write)
        is_done.set()
        assert (await under_way).status == 204
        return refused.value, await gate.answer_once(twin, write)

    refused, later = desk.run(meanwhile())
    assert (refused.status, refused.code, refused.headers) == (409, "in_progress", {"Retry-After": "1"})
    assert later.status == 204


def test_a_write_that_failed_lets_its_twin_try(desk: Desk) -> None:
    gate = TwinGate(desk.app.database)
    tries: list[int] = []

    async def write() -> Response:
        tries.append(len(tries))
        await asyncio.sleep(0)
        if len(tries) < 3:
            raise Conflict("not yet")
        return Response(None, 204)

    async def three() -> list[Any]:
        asked = [gate.answer_once(KeyedWrite("key", desk.acme.system), write) for _ in range(3)]
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = desk.run(three())
    assert [type(answer) for answer in answers] == [Conflict, Conflict, Response]
    assert tries == [0, 1, 2]


def test_every_write_but_sign_in_takes_a_key(desk: Desk) -> None:
    table = all_routes(desk.app.make_services())
    without = {route.endpoint.name for route in table if route.endpoint.writes and not route.endpoint.is_repeatable}
    assert (
        without
        == {"login", "refresh_token", "open_browser_session", "close_browser_session"}
        == {route.endpoint.name for route in table if route.endpoint.writes and route.right is Right.PUBLIC}
    )
    paths = desk.nobody.get("/api/openapi.json").json()["paths"]
    for route in table:
        described = paths[route.path][route.method.lower()].get("parameters", [])
        names = {parameter["name"] for parameter in described}
        assert ({"Idempotency-Key", DRY_RUN} <= names) is route.endpoint.is_repeatable, route.path
