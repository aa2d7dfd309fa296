"""Browsers that sign in with a cookie, over real sockets: what they may, and each way in which they are refused."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.cast import PASSWORD, Cast, Place
from tests.e2e.server import NO_TLS, Server, serving

SESSION = "/api/auth/session/"
LEADS = "/api/leads/"
DANA = {"lastName": "Lee", "email": "dana@startup.example"}
FOREIGN = "https://evil.example"
PUBLIC = "https://crm.example.com"
ServerWith = Callable[..., AbstractContextManager[Server]]


@dataclass
class Browser:
    """A browser at a server's own page: it keeps the cookie, and names the page's origin with each write."""

    url: str
    workspace: str

    def __post_init__(self) -> None:
        self.cookies = httpx2.Cookies()

    def send(
        self,
        method: str,
        path: str,
        *,
        origin: str | None = "own",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx2.Response:
        """`origin` is None for a request that names none."""
        named = {} if origin is None or method == "GET" else {"Origin": self.url if origin == "own" else origin}
        sent = {**named, **(headers or {})}
        url = f"{self.url}{path}"
        answer = httpx2.request(method, url, headers=sent, cookies=self.cookies, verify=NO_TLS, timeout=10, **more)
        self.cookies.extract_cookies(answer)
        return answer

    def sign_in(self, email: str = "ben@acme.example", password: str = PASSWORD, **more: Any) -> httpx2.Response:
        given = {"email": email, "password": password, "workspaceId": self.workspace}
        return self.send("POST", SESSION, json=given, **more)

    @property
    def cookie(self) -> str:
        """The Cookie header that it sends."""
        [pair] = [f"{one.name}={one.value}" for one in self.cookies.jar]
        return pair

    def status(self) -> int:
        return self.send("GET", "/api/me/").status_code


@pytest.fixture
def server_with(place: Place, tmp_path: Path) -> ServerWith:
    @contextmanager
    def serve(**settings: str) -> Iterator[Server]:
        with place.copy(tmp_path / "data", **{"login_limit": "none"} | settings) as its:
            environment = its.as_environment()
            with serving(tmp_path / "server", key=place.cast.acme.key, environment=environment) as server:
                yield server

    return serve


@pytest.fixture
def server(server_with: ServerWith) -> Iterator[Server]:
    with server_with() as server:
        yield server


@pytest.fixture
def cast(place: Place) -> Cast:
    return place.cast


@pytest.fixture
def browser(server: Server, cast: Cast) -> Browser:
    browser = Browser(server.url, cast.acme.workspace.id)
    assert browser.sign_in().status_code == 200
    return browser


def port_of(server: Server) -> str:
    return server.url.rpartition(":")[2]


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def leads(server: Server) -> int:
    with server.client() as client:
        return int(client.get(LEADS).json()["count"])


# Signing in


def test_a_browser_signs_in_and_gets_no_token_to_read(server: Server, cast: Cast) -> None:
    browser = Browser(server.url, cast.acme.workspace.id)
    answer = browser.sign_in()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    ben = cast.acme.sellers[0]
    names = {"id": ben.id, "email": ben.email, "firstName": "Ben", "lastName": "Okri"}
    assert answer.json() == {"user": {**names, "workspaceId": cast.acme.workspace.id, "role": "user"}}
    pair, *attributes = answer.headers["Set-Cookie"].split("; ")
    assert pair.startswith(f"leadline-{port_of(server)}=ey")
    assert set(attributes) == {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"}
    me = browser.send("GET", "/api/me/").json()
    assert (me["user"]["id"], me["user"]["role"], me["workspace"]["name"]) == (ben.id, "user", "Acme")


def test_a_viewer_learns_who_is_asking_too(server: Server, cast: Cast) -> None:
    browser = Browser(server.url, cast.acme.workspace.id)
    assert browser.sign_in("vic@acme.example").json()["user"]["role"] == "viewer"
    assert browser.send("GET", "/api/me/").json()["user"]["role"] == "viewer"


@pytest.mark.parametrize("more", [{"password": "wrong"}, {"email": "nobody@acme.example"}])
def test_who_cannot_sign_in_gets_no_cookie(server: Server, cast: Cast, more: dict[str, str]) -> None:
    answer = Browser(server.url, cast.acme.workspace.id).sign_in(**more)
    assert code(answer) == (401, "bad_credentials")
    assert "Set-Cookie" not in answer.headers


def test_a_body_that_is_no_sign_in_is_refused(server: Server) -> None:
    answer = server.ask("POST", SESSION, json={"email": "ben@acme.example"})
    assert code(answer) == (422, "invalid")


def test_failures_count_together_with_those_of_a_login(server: Server, cast: Cast) -> None:
    browser = Browser(server.url, cast.acme.workspace.id)
    wrong = {"email": "ben@acme.example", "password": "wrong", "workspaceId": cast.acme.workspace.id}
    statuses = [server.ask("POST", "/api/auth/login/", json=wrong).status_code for _ in range(5)]
    statuses += [browser.sign_in(password="wrong").status_code for _ in range(5)]
    assert statuses == [401] * 10
    assert code(browser.sign_in()) == (429, "too_many_failures")


def test_sign_ins_count_together_with_logins_from_an_address(server_with: ServerWith, cast: Cast) -> None:
    with server_with(login_limit="2") as server:
        wrong = {"email": "ben@acme.example", "password": "wrong", "workspaceId": cast.acme.workspace.id}
        server.ask("POST", "/api/auth/login/", json=wrong)
        browser = Browser(server.url, cast.acme.workspace.id)
        assert browser.sign_in().status_code == 200
        assert code(browser.sign_in()) == (429, "rate_limited")


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:1", "http://localhost"])
def test_a_foreign_page_signs_nobody_in(server: Server, cast: Cast, origin: str) -> None:
    """Else its visitor would go on as somebody else, without noticing."""
    answer = Browser(server.url, cast.acme.workspace.id).sign_in(origin=origin)
    assert code(answer) == (403, "foreign_origin")
    assert "Set-Cookie" not in answer.headers


def test_a_program_that_names_no_origin_may_sign_in(server: Server, cast: Cast) -> None:
    assert Browser(server.url, cast.acme.workspace.id).sign_in(origin=None).status_code == 200


# Writing


def test_a_page_of_the_server_writes_with_its_cookie(server: Server, browser: Browser) -> None:
    made = browser.send("POST", LEADS, json=DANA)
    assert made.status_code == 201
    path = f"{LEADS}{made.json()['id']}/"
    assert browser.send("PATCH", path, json={"notes": "hers"}).status_code == 200
    assert browser.send("POST", LEADS, json=DANA, params={"dryRun": "true"}).status_code == 200
    assert browser.send("DELETE", path).status_code == 204


def foreign_writes(server: Server) -> list[tuple[str, str, dict[str, Any]]]:
    with server.client() as client:
        path = f"{LEADS}{client.post(LEADS, json=DANA).json()['id']}/"
    return [
        ("POST", LEADS, {"json": DANA}),
        ("PATCH", path, {"json": {"notes": "theirs"}}),
        ("DELETE", path, {}),
        ("POST", f"{path}convert/", {"json": {}}),
        ("PATCH", "/api/me/", {"json": {"lastName": "Theirs"}}),
        ("POST", "/api/auth/logout/", {}),
        ("DELETE", SESSION, {}),
    ]


@pytest.mark.parametrize("origin", [None, FOREIGN, "null", "another port", "https"])
def test_a_write_with_a_cookie_from_elsewhere_is_refused(
    server: Server, browser: Browser, origin: str | None
) -> None:
    """Another port of the same host, too, to whose pages a browser sends the cookie: they are of the same site."""
    named = {"another port": "http://127.0.0.1:1", "https": server.url.replace("http:", "https:")}
    writes = foreign_writes(server)
    for method, path, options in writes:
        answer = browser.send(method, path, origin=named.get(origin or "", origin), **options)
        assert code(answer) == (403, "foreign_origin"), path
        assert "Set-Cookie" not in answer.headers
    assert leads(server) == 1
    with server.client() as client:
        assert client.get(writes[1][1]).json()["notes"] is None
    assert browser.send("GET", "/api/me/").json()["user"]["lastName"] == "Okri"


def test_a_read_needs_no_origin(browser: Browser) -> None:
    answer = browser.send("GET", LEADS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert browser.send("HEAD", LEADS, origin=None).status_code == 200


def test_an_origin_that_comes_twice_is_refused(server: Server, browser: Browser) -> None:
    headers = [("Cookie", browser.cookie), ("Origin", FOREIGN), ("Origin", server.url)]
    answer = httpx2.post(f"{server.url}{LEADS}", headers=headers, json=DANA, verify=NO_TLS)
    assert code(answer) == (400, "bad_header")


# Which token counts


def test_a_browser_token_is_no_bearer(server: Server, browser: Browser) -> None:
    token = browser.cookie.partition("=")[2]
    bearer = {"Authorization": f"Bearer {token}"}
    assert code(server.ask("GET", "/api/me/", headers=bearer)) == (401, "bad_token")
    answer = server.ask("POST", "/api/auth/token/refresh/", json={"refresh": token})
    assert code(answer) == (401, "bad_token")


@pytest.mark.parametrize("which", ["access", "refresh", "key"])
def test_no_other_token_counts_in_the_cookie(server: Server, cast: Cast, which: str) -> None:
    ben = cast.acme.sellers[0]
    token = {"access": ben.access, "refresh": ben.refresh, "key": cast.acme.key}[which]
    cookie = {"Cookie": f"leadline-{port_of(server)}={token}"}
    assert code(server.ask("GET", "/api/me/", headers=cookie)) == (401, "bad_token")


def test_with_authorization_the_cookie_is_ignored(server: Server, browser: Browser, cast: Cast) -> None:
    ada = {"Authorization": f"Bearer {cast.acme.admin.access}"}
    assert browser.send("GET", "/api/me/", headers=ada).json()["user"]["id"] == cast.acme.admin.id
    assert browser.send("POST", LEADS, headers=ada, origin=None, json=DANA).status_code == 201
    wrong = {"Authorization": "Bearer pk_live_wrong"}
    assert code(browser.send("GET", "/api/me/", headers=wrong)) == (401, "bad_token")
    assert code(browser.send("GET", "/api/me/", headers={"Authorization": "Basic x"})) == (401, "no_token")
    assert browser.send("DELETE", SESSION, headers=ada).status_code == 204
    assert browser.status() == 200


def test_a_cookie_of_another_port_or_server_is_none(server: Server, browser: Browser) -> None:
    token = browser.cookie.partition("=")[2]
    for name in ("leadline-1", "leadline", "theirs"):
        answer = server.ask("GET", "/api/me/", headers={"Cookie": f"{name}={token}"})
        assert code(answer) == (401, "no_token")
    beside = {"Cookie": f"theirs=1; {browser.cookie}; leadline-1=x"}
    assert server.ask("GET", "/api/me/", headers=beside).status_code == 200


# The end of a session


def test_signing_out_ends_the_session_and_removes_the_cookie(server: Server, browser: Browser) -> None:
    kept = {"Cookie": browser.cookie}
    answer = browser.send("DELETE", SESSION)
    assert answer.status_code == 204
    assert answer.headers["Operation-Id"].startswith("op_")
    assert answer.headers["Set-Cookie"].startswith(f"leadline-{port_of(server)}=; Max-Age=0; Path=/")
    assert not browser.cookies.jar
    assert code(server.ask("GET", "/api/me/", headers=kept)) == (401, "bad_token")
    again = server.ask("DELETE", SESSION, headers={**kept, "Origin": server.url})
    assert (again.status_code, "Operation-Id" in again.headers) == (204, False)
    assert "Max-Age=0" in again.headers["Set-Cookie"]


def test_signing_out_without_a_session_is_fine(server: Server) -> None:
    answer = server.ask("DELETE", SESSION)
    assert (answer.status_code, answer.content) == (204, b"")
    nonsense = {"Cookie": f"leadline-{port_of(server)}=nonsense", "Origin": server.url}
    assert server.ask("DELETE", SESSION, headers=nonsense).status_code == 204


def test_a_logout_ends_the_session_of_a_cookie(browser: Browser) -> None:
    assert browser.send("POST", "/api/auth/logout/").status_code == 204
    assert browser.status() == 401


@pytest.mark.parametrize("change", [{"active": False}, {"password": "quite another password"}])
def test_an_admin_signs_a_browser_out(server: Server, browser: Browser, cast: Cast, change: dict[str, Any]) -> None:
    ada = {"Authorization": f"Bearer {cast.acme.admin.access}"}
    path = f"/api/users/{cast.acme.sellers[0].id}/"
    assert server.ask("PATCH", path, headers=ada, json=change).status_code == 200
    assert browser.status() == 401


def test_a_new_password_signs_the_other_browsers_out(server: Server, browser: Browser, cast: Cast) -> None:
    other = Browser(server.url, cast.acme.workspace.id)
    assert other.sign_in().status_code == 200
    change = {"password": "quite another password", "currentPassword": PASSWORD}
    assert browser.send("PATCH", "/api/me/", json=change).status_code == 200
    assert (browser.status(), other.status()) == (200, 401)
    assert browser.sign_in(password="quite another password").status_code == 200


def test_another_role_counts_at_once(server: Server, browser: Browser, cast: Cast) -> None:
    ada = {"Authorization": f"Bearer {cast.acme.admin.access}"}
    path = f"/api/users/{cast.acme.sellers[0].id}/"
    assert server.ask("PATCH", path, headers=ada, json={"role": "viewer"}).status_code == 200
    assert code(browser.send("GET", LEADS)) == (403, "nothing_shared")


# Streams


def test_a_stream_is_followed_with_a_cookie_until_the_session_ends(server: Server, browser: Browser) -> None:
    url = f"{server.url}/api/changes/stream/?after=0"
    with httpx2.stream("GET", url, cookies=browser.cookies, verify=NO_TLS, timeout=10) as answer:
        assert answer.status_code == 200
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        assert browser.send("POST", LEADS, json=DANA).status_code == 201
        assert "event: lead.created" in lines
        assert browser.send("DELETE", SESSION).status_code == 204
        assert [*lines][-1] == ""  # the end of the last event: the stream ends by itself
    assert code(browser.send("GET", "/api/changes/stream/")) == (401, "no_token")


# HTTPS


def secure(server: Server, browser: Browser, headers: dict[str, str], origin: str = PUBLIC) -> str:
    """Signs in through something that speaks HTTPS, writes, and returns the Set-Cookie header."""
    answer = browser.sign_in(origin=origin, headers=headers)
    assert answer.status_code == 200, answer.text
    cookie: str = answer.headers["Set-Cookie"]
    sent = {**headers, "Cookie": cookie.partition(";")[0]}
    assert server.ask("GET", "/api/me/", headers=sent).status_code == 200
    written = server.ask("POST", LEADS, headers={**sent, "Origin": origin}, json=DANA)
    assert written.status_code == 201, written.text
    assert code(server.ask("POST", LEADS, headers={**sent, "Origin": FOREIGN}, json=DANA)) == (403, "foreign_origin")
    return cookie


def test_behind_a_public_url_with_https_the_cookie_is_secure(server_with: ServerWith, cast: Cast) -> None:
    with server_with(public_url=f"{PUBLIC}/desk") as server:
        cookie = secure(server, Browser(server.url, cast.acme.workspace.id), {})
    assert cookie.startswith("__Host-leadline=ey")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict; Secure")


@pytest.mark.parametrize(
    "public_url", ["https://CRM.example.com/", "https://crm.example.com:443/desk", "HTTPS://crm.example.com"]
)
def test_a_public_url_may_be_written_in_other_ways_than_browsers_do(
    server_with: ServerWith, cast: Cast, public_url: str
) -> None:
    with server_with(public_url=public_url) as server:
        cookie = secure(server, Browser(server.url, cast.acme.workspace.id), {})
    assert cookie.startswith("__Host-leadline=ey")


def test_a_trusted_proxy_says_that_a_browser_came_by_https(server_with: ServerWith, cast: Cast) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "Host": "crm.example.com"}
    with server_with(trusted_proxies="127.0.0.1") as server:
        browser = Browser(server.url, cast.acme.workspace.id)
        assert secure(server, browser, forwarded).startswith("__Host-leadline=ey")
        plain = {"X-Forwarded-Proto": "http", "Host": "crm.example.com"}
        assert browser.sign_in(origin=PUBLIC, headers=plain).status_code == 403
        answer = browser.sign_in(origin="http://crm.example.com", headers=plain)
        assert answer.headers["Set-Cookie"].startswith("leadline-80=ey")
        assert code(browser.sign_in(origin=PUBLIC, headers={**plain, "X-Forwarded-Proto": "ws"}))[0] == 403


def test_nobody_else_says_so(server: Server, cast: Cast) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "Host": "crm.example.com"}
    browser = Browser(server.url, cast.acme.workspace.id)
    assert code(browser.sign_in(origin=PUBLIC, headers=forwarded)) == (403, "foreign_origin")
    answer = browser.sign_in(origin="http://crm.example.com", headers=forwarded)
    assert answer.headers["Set-Cookie"].startswith("leadline-80=ey")
    assert "Secure" not in answer.headers["Set-Cookie"]


def test_the_case_of_a_host_and_its_usual_port_do_not_matter(server: Server, cast: Cast) -> None:
    browser = Browser(server.url, cast.acme.workspace.id)
    for host in ("Desk.LAN", "desk.lan:80"):
        assert browser.sign_in(origin="http://desk.lan", headers={"Host": host}).status_code == 200


def test_a_host_that_is_none_is_refused(server: Server, cast: Cast) -> None:
    answer = Browser(server.url, cast.acme.workspace.id).sign_in(headers={"Host": "a b"})
    assert answer.status_code == 400


@pytest.mark.parametrize("host", ["desk:99999", "[::::]", "[1.2.3.4.5]:0"])
def test_a_host_that_cannot_be_is_no_defect(server: Server, cast: Cast, host: str) -> None:
    headers = {"Host": host, "Cookie": "theme=dark"}
    assert code(server.ask("GET", "/api/me/", headers=headers)) == (401, "no_token")
    assert server.ask("DELETE", SESSION, headers=headers).status_code == 204
    assert Browser(server.url, cast.acme.workspace.id).sign_in(origin=None, headers=headers).status_code == 200
