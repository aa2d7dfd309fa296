"""What a caller may ask in a minute: counted by key, refused over the limit, and told with every answer."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from fcntl import LOCK_EX, flock
from functools import partial
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from leadline.access import Right
from leadline.errors import Unauthenticated
from leadline.http.server.client_ip import ClientAddresses
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.kit.db import Transaction
from leadline.kit.window_counters import SLOTS, WindowCounters, hash_names
from leadline.settings import Settings
from tests.cast import BASE_URL, PASSWORD, Desk, Place, desk_on
from tests.e2e.raw import connected_to_each, request
from tests.e2e.server import serving
from tests.full_disk import full_disk

AT = 1_742_000_000
"""The wall clock's seconds in these tests."""
NAMES = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

DeskWith = Callable[..., AbstractContextManager[Desk]]


@pytest.fixture
def desk_with(place: Place, tmp_path: Path) -> DeskWith:
    return partial(desk_on, place, tmp_path / "data")


@pytest.fixture
def desk(desk_with: DeskWith) -> Iterator[Desk]:
    """A desk where three requests a minute are allowed, and two with a bad token; a minute begins."""
    with desk_with(rate_limit="3", login_limit="2") as desk:
        desk.clock.at = AT * 1000
        desk.clock.passed = 600
        yield desk


def told(answer: httpx2.Response) -> tuple[int, ...]:
    """Limit, remaining and reset, as far as the answer tells them."""
    return tuple(int(answer.headers[name]) for name in NAMES if name in answer.headers)


def statuses(answers: list[httpx2.Response]) -> list[int]:
    return [answer.status_code for answer in answers]


# Of a key


def test_every_answer_tells_what_is_left(desk: Desk) -> None:
    answers = [desk.team.get("/api/me/"), desk.team.send("HEAD", "/api/leads/"), desk.team.get("/api/leads/ld_x/")]
    assert statuses(answers) == [200, 200, 404]
    assert [told(answer) for answer in answers] == [(3, left, AT + 60) for left in (2, 1, 0)]


def test_over_the_limit_it_is_429_until_the_minute_ends(desk: Desk) -> None:
    for _ in range(3):
        desk.team.get("/api/me/")
    desk.clock.passed = 642.5
    answer = desk.team.get("/api/me/")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (told(answer), answer.headers["Retry-After"]) == ((3, 0, AT + 60), "18")
    desk.clock.passed += 18
    assert desk.team.get("/api/me/").status_code == 200


def test_who_waits_as_told_is_always_answered(desk: Desk) -> None:
    done = 0
    while done < 20:
        answer = desk.team.get("/api/me/")
        desk.clock.passed += int(answer.headers.get("Retry-After", 0))
        done += answer.status_code == 200
    assert desk.clock.passed == 600 + 6 * 60


def test_a_refused_write_changes_nothing(desk: Desk) -> None:
    for _ in range(3):
        desk.team.get("/api/me/")
    before = desk.dump()
    refused = desk.team.post("/api/leads/", {"lastName": "Lee", "email": "dana@startup.example"})
    assert refused.status_code == 429
    assert desk.dump() == before


@pytest.mark.parametrize("body", [{"lastName": "Lee"}, {}])
def test_a_refusal_counts_and_once(desk: Desk, body: dict[str, str]) -> None:
    assert told(desk.team.post("/api/leads/", body)) == (3, 2, AT + 60)


def test_a_slow_read_counts_once(desk: Desk) -> None:
    """It is run twice: on the event loop, and in a thread."""
    assert told(desk.team.get("/api/leads/?search=dana")) == (3, 2, AT + 60)


def test_nobody_counts_for_another(desk: Desk) -> None:
    answers = [desk.team.get("/api/me/") for _ in range(4)]
    assert statuses(answers) == [200, 200, 200, 429]
    assert told(desk.stranger.get("/api/me/")) == (3, 2, AT + 60)


@pytest.mark.parametrize("step", [-86_400, 86_400])
def test_a_clock_that_steps_gives_and_takes_nothing(desk: Desk, step: int) -> None:
    for _ in range(3):
        desk.team.get("/api/me/")
    desk.clock.at = (AT + step) * 1000
    assert desk.team.get("/api/me/").status_code == 429
    desk.clock.passed = 660
    assert told(desk.team.get("/api/me/")) == (3, 2, AT + step + 60)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/health/", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("PUT", "/api/leads/", 405),
        ("OPTIONS", "/api/leads/", 204),
    ],
)
def test_what_needs_no_caller_counts_for_none(desk: Desk, method: str, path: str, status: int) -> None:
    for _ in range(4):
        answer = desk.team.send(method, path)
        assert (answer.status_code, told(answer)) == (status, ())


def test_without_a_token_nothing_is_counted(desk: Desk) -> None:
    answers = [desk.nobody.get("/api/me/") for _ in range(4)]
    assert statuses(answers) == [401] * 4
    assert {told(answer) for answer in answers} == {()}


@pytest.mark.parametrize(
    ("setting", "limit"), [("starter", 100), ("growth", 300), ("business", 600), ("7", 7), (None, 60_000)]
)
def test_the_limit_is_a_setting(desk_with: DeskWith, setting: str | None, limit: int) -> None:
    with desk_with(**({"rate_limit": setting} if setting else {})) as desk:
        assert told(desk.team.get("/api/me/"))[:2] == (limit, limit - 1)


def test_there_may_be_no_limit(desk_with: DeskWith) -> None:
    with desk_with(rate_limit="none") as desk:
        assert told(desk.team.get("/api/me/")) == ()


@pytest.mark.parametrize("setting", ["", "0", "-1", "many", "1.5", "Starter", "9" * 10])
def test_what_is_no_limit_is_refused(setting: str) -> None:
    for name in ("rate_limit", "login_limit"):
        with pytest.raises(ValidationError):
            Settings(**{name: setting})


# Of an address


def test_who_tries_many_tokens_is_told_to_wait(desk: Desk) -> None:
    answers = [desk.caller(f"pk_live_{number}").get("/api/me/") for number in range(3)]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        *[(401, "bad_token")] * 2,
        (429, "rate_limited"),
    ]
    assert [told(answer) for answer in answers] == [(2, left, AT + 60) for left in (1, 0, 0)]
    assert answers[2].headers["Retry-After"] == "60"
    desk.clock.passed += 60
    assert desk.caller("pk_live_x").get("/api/me/").status_code == 401


def test_who_was_a_caller_until_just_now_counts_as_a_stranger(desk: Desk) -> None:
    assert [told(desk.team.get(path)) for path in ("/api/me/", "/api/leads/")] == [(3, 2, AT + 60), (3, 1, AT + 60)]
    id_ = desk.rows("SELECT id FROM keys WHERE workspace = 1")[0][0]
    desk.clock.at = None  # when she signed in
    assert desk.ada.delete(f"/api/keys/{id_}/").status_code == 204
    answers = [desk.team.get("/api/me/") for _ in range(3)]
    assert [(answer.status_code, told(answer)) for answer in answers] == [
        (401, (2, 1, AT + 60)),
        (401, (2, 0, AT + 60)),
        (429, (2, 0, AT + 60)),
    ]


def test_a_good_token_works_beside_many_bad_ones(desk: Desk) -> None:
    for number in range(5):
        desk.caller(f"pk_live_{number}").get("/api/me/")
    assert told(desk.team.get("/api/me/")) == (3, 2, AT + 60)


def test_good_refreshes_are_no_logins(desk: Desk) -> None:
    token = desk.nobody.post("/api/auth/login/", {"email": desk.ben.email, "password": PASSWORD}).json()["refresh"]
    for _ in range(4):
        answer = desk.nobody.post("/api/auth/token/refresh/", {"refresh": token})
        assert answer.status_code == 200
        token = answer.json()["refresh"]


def from_(desk: Desk, address: str, **headers: str) -> httpx2.Response:
    """A login from an address: a route of its own, whose endpoint names a bucket."""

    async def refuse(tx: Transaction, call: HandlerInput) -> Response:
        raise Unauthenticated("This is not the password.", code="bad_login")

    door = Endpoint(run=refuse, name="login", summary="", response_schema=None, bucket="login")
    app = desk.app.make_dispatch(
        [Route("GET", "/api/login/", Right.PUBLIC, door), Route("GET", "/api/in/", Right.READ, door, areas=())]
    )
    transport = httpx2.ASGITransport(app, client=(address, 1))
    client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers)
    answer: httpx2.Response
    for _ in range(3):
        answer = desk.run(client.get("/api/login/"))
    return answer


def test_a_route_may_count_by_address(desk: Desk) -> None:
    answer = from_(desk, "10.0.0.1")
    assert (answer.status_code, told(answer), answer.headers["Retry-After"]) == (429, (2, 0, AT + 60), "60")


ADDRESSES = [
    ("", "10.0.0.1", "203.0.113.7", "10.0.0.1"),
    ("10.0.0.1", "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    ("10.0.0.0/8", "10.0.0.1", "198.51.100.9, 203.0.113.7, 10.9.9.9", "203.0.113.7"),
    ("10.0.0.0/8", "10.0.0.1", "10.0.0.2, 10.0.0.3", "10.0.0.2"),
    ("10.0.0.1", "192.0.2.1", "203.0.113.7", "192.0.2.1"),
    ("10.0.0.1", "10.0.0.1", "", "10.0.0.1"),
    ("10.0.0.1", "10.0.0.1", "unknown", ""),
    ("::1", "::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ("", "2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
    ("", "::ffff:10.0.0.1", "", "10.0.0.1"),
]


@pytest.mark.parametrize(("proxies", "client", "forwarded", "address"), ADDRESSES)
def test_only_trusted_proxies_say_where_a_request_comes_from(
    proxies: str, client: str, forwarded: str, address: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    addresses = ClientAddresses(Settings(trusted_proxies=proxies).trusted_networks)
    assert addresses.find_address({"client": (client, 1), "headers": headers}) == address


@pytest.mark.parametrize("proxies", ["proxy.example", "10.0.0.1/33", "10.0.0.1 10.0.0.2"])
def test_what_is_no_address_is_no_proxy(proxies: str) -> None:
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=proxies)


# In memory that does not grow


@pytest.mark.parametrize("shared", [False, True])
def test_a_window_counts_from_one(tmp_path: Path, shared: bool) -> None:
    counters = WindowCounters(tmp_path / "limits" if shared else None)
    counts = [counters.count_call(hash_names("ada"), window) for window in (0, 0, 1, 1, 1, 0)]
    assert counts == [1, 2, 1, 2, 3, 1]


def test_more_callers_than_slots_do_not_push_out_who_came_often() -> None:
    counters = WindowCounters()
    for _ in range(100):
        counters.count_call(hash_names("ada"), 7)
    for number in range(4 * SLOTS):
        counters.count_call(hash_names("stranger", str(number)), 7)
    assert counters.count_call(hash_names("ada"), 7) == 101


def test_callers_of_one_slot_count_apart() -> None:
    counters = WindowCounters()
    callers = [5 + number * SLOTS for number in range(8)]
    for _ in range(3):
        counts = [counters.count_call(caller, 1) for caller in callers]
    assert counts == [3] * 8


def test_processes_count_together(tmp_path: Path) -> None:
    one, other = WindowCounters(tmp_path / "limits"), WindowCounters(tmp_path / "limits")
    assert [counter.count_call(hash_names("ada"), 1) for counter in (one, other, one)] == [1, 2, 3]


def test_a_process_that_is_frozen_while_it_counts_holds_nobody_up(tmp_path: Path) -> None:
    counters = WindowCounters(tmp_path / "limits")
    with (tmp_path / "limits").open() as held:
        flock(held, LOCK_EX)
        assert [counters.count_call(hash_names("ada"), 1) for _ in range(3)] == [1, 2, 3]
    assert counters.count_call(hash_names("ada"), 1) == 4


def test_what_they_count_in_has_all_its_room_from_the_start(tmp_path: Path) -> None:
    """Else a disk that fills up later would end whoever touches a page of it for the first time."""
    WindowCounters(tmp_path / "limits")
    found = (tmp_path / "limits").stat()
    assert found.st_blocks * 512 >= found.st_size >= SLOTS * 16


def test_without_room_for_it_each_counts_for_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with full_disk(1024):
        one, other = WindowCounters(tmp_path / "limits"), WindowCounters(tmp_path / "limits")
    assert [counter.count_call(hash_names("ada"), 1) for counter in (one, other, one)] == [1, 1, 2]
    assert "counts its requests for itself" in caplog.text


def test_the_limit_is_the_servers_whatever_its_workers(tmp_path: Path) -> None:
    environment = {"LEADLINE_RATE_LIMIT": "30"}
    with (
        serving(tmp_path / "data", workers=2, environment=environment) as server,
        connected_to_each(server.url, 2) as workers,
    ):
        answers = []
        for worker in workers * 20:
            worker.send(request(server.key, "GET /api/me/"))
            answers.append(worker.answer())
    found = [answer.status for answer in answers if answer]
    windows = {answer.headers["x-ratelimit-reset"] for answer in answers if answer}
    assert found.count(200) <= 30 * len(windows)
    assert found == [200] * 30 + [429] * 10 or len(windows) > 1
