"""The files of a web app, over a real socket."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from tests.e2e.raw import Connection, connected
from tests.e2e.server import Server, serving

INLINE = b"document.documentElement.className = 'dark'\n"
PAGE = b"<!doctype html><script>" + INLINE + b"</script><script src=/assets/app-1a2b.js></script>"
SCRIPT = b"console.log('Leadline')\n" * 100
BR = b"as if br had made this"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = {
    "index.html": PAGE,
    "index.html.gz": gzip.compress(PAGE, mtime=0),
    "assets/app-1a2b.js": SCRIPT,
    "assets/app-1a2b.js.gz": gzip.compress(SCRIPT, mtime=0),
    "assets/app-1a2b.js.br": BR,
    "assets/app-1a2b.css": b"body { margin: 0 }",
    "icon.svg": b"<svg/>",
    "app.webmanifest": b"{}",
    "data.bin": b"\x00",
    "list.csv.gz": b"on its own",
    ".built-from": b"hidden",
    ".vite/manifest.json": b"hidden",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("web")
    web = folder / "app"
    for name, data in FILES.items():
        (web / name).parent.mkdir(parents=True, exist_ok=True)
        (web / name).write_bytes(data)
    (folder / "secret.txt").write_text("secret")
    (web / "link.txt").symlink_to(folder / "secret.txt")
    with serving(folder / "data", module="tests.e2e.web_app", environment={"WEB_APP": str(web)}) as server:
        yield server


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> httpx2.Response:
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    return server.ask(method, path, headers={"Accept": "*/*", "Accept-Encoding": "identity"} | own)


def raw_body(server: Server, path: str, accepted: str) -> tuple[Mapping[str, str], bytes]:
    """The headers, and the body as it was sent."""
    with connected(server.url) as connection:
        connection.send(f"GET {path} HTTP/1.1\r\nHost: desk\r\nAccept-Encoding: {accepted}\r\n\r\n".encode())
        answer = connection.answer()
    assert answer is not None
    return answer.headers, answer.body


@pytest.mark.parametrize(
    ("path", "media_type", "caching"),
    [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/index.html", "text/html; charset=utf-8", "no-cache"),
        ("/assets/app-1a2b.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/assets/app-1a2b.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("/icon.svg", "image/svg+xml; charset=utf-8", "no-cache"),
        ("/app.webmanifest", "application/manifest+json", "no-cache"),
        ("/data.bin", "application/octet-stream", "no-cache"),
        ("/list.csv.gz", "application/octet-stream", "no-cache"),
    ],
)
def test_a_file_is_sent_with_its_type_and_its_caching(
    server: Server, path: str, media_type: str, caching: str
) -> None:
    answer = ask(server, path)
    assert answer.status_code == 200
    assert answer.content == FILES[path[1:] or "index.html"]
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (media_type, caching)
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/icon.svg", "/leads/ld_1"])
def test_every_file_has_the_headers_that_protect_it(server: Server, path: str) -> None:
    headers = ask(server, path, **BROWSER).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    digest = b64encode(sha256(INLINE).digest()).decode()
    assert policy["script-src"] == ("'self'" if path == "/icon.svg" else f"'self' 'sha256-{digest}'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("accepted", "coding", "body"),
    [
        ("gzip, deflate, br", "br", BR),
        ("gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("br;q=0, gzip", "gzip", gzip.compress(SCRIPT, mtime=0)),
        ("zstd", None, SCRIPT),
        ("", None, SCRIPT),
    ],
)
def test_a_compressed_sibling_is_sent_to_who_accepts_it(
    server: Server, accepted: str, coding: str | None, body: bytes
) -> None:
    headers, sent = raw_body(server, "/assets/app-1a2b.js", accepted)
    assert headers.get("content-encoding") == coding
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert "accept-encoding" in headers["vary"]
    assert len(sent) == int(headers["content-length"])
    assert sent[10:] == body[10:]  # a gzip's head has the time


def test_each_form_has_its_own_tag(server: Server) -> None:
    tags = {raw_body(server, "/assets/app-1a2b.js", coding)[0]["etag"] for coding in ("br", "gzip", "")}
    assert len(tags) == 3
    assert all(tag.startswith('"') for tag in tags)
    assert raw_body(server, "/icon.svg", "")[0]["etag"] not in tags


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_an_unchanged_file_is_not_sent_again(server: Server, coding: str) -> None:
    tag = ask(server, "/assets/app-1a2b.js", Accept_Encoding=coding, method="HEAD").headers["ETag"]
    for named in (tag, f'"other", W/{tag}', "*"):
        answer = ask(server, "/assets/app-1a2b.js", Accept_Encoding=coding, If_None_Match=named)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert ask(server, "/assets/app-1a2b.js", If_None_Match='"other"').status_code == 200
    assert ask(server, "/assets/app-1a2b.js", If_None_Match="not a tag").status_code == 400


def test_head_has_the_headers_alone(server: Server) -> None:
    answer = ask(server, "/icon.svg", "HEAD")
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "6")


def test_other_methods_are_refused(server: Server) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "REPORT"):
        answer = ask(server, "/icon.svg", method)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
    asked = ask(server, "/icon.svg", "OPTIONS")
    assert (asked.status_code, asked.headers["Allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", ["/leads", "/leads/ld_1?status=new", "/apis", "/assets/old-9f.js", "/a%2Fb/c", "//"])
def test_any_other_path_is_the_page_for_a_browser_and_else_nothing(server: Server, path: str) -> None:
    page = ask(server, path, **BROWSER)
    assert (page.status_code, page.content) == (200, PAGE)
    assert page.headers["Cache-Control"] == "no-cache"
    assert "accept" in page.headers.get_list("vary")
    for accept in ("*/*", "text/*", "application/json", "text/html;q=0"):
        answer = ask(server, path, Accept=accept)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), accept
    assert ask(server, path, "POST", **BROWSER).status_code == 405
    assert ask(server, path, "POST").status_code == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nothing/", "/api/v1/nothing", "/api/../icon.svg"])
def test_the_api_has_no_page(server: Server, path: str) -> None:
    with connected(server.url) as connection:
        connection.send(f"GET {path} HTTP/1.1\r\nHost: desk\r\nAccept: text/html\r\n\r\n".encode())
        answer = connection.answer()
    assert answer is not None
    assert (answer.status, json.loads(answer.body)["code"]) == (404, "not_found")
    assert ask(server, "/api/health/", **BROWSER).json()["status"] == "ok"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..\\secret.txt",
        "/link.txt",
        "/.built-from",
        "/.vite/manifest.json",
        "/assets",
        "/assets/",
        "/index.html.gz",
        "/icon.svg/",
        "/icon.svg%00.html",
        "/ICON.SVG",
    ],
)
def test_only_known_files_are_sent(server: Server, path: str) -> None:
    with connected(server.url) as connection:
        assert_nothing_is_found(connection, path)


def assert_nothing_is_found(connection: Connection, path: str) -> None:
    connection.send(f"GET {path} HTTP/1.1\r\nHost: desk\r\nAccept: */*\r\n\r\n".encode())
    answer = connection.answer()
    assert answer is not None
    assert answer.status == 404


def test_a_file_that_changes_is_sent_as_it_was_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.txt").write_text("before")
    environment = {"WEB_APP": str(tmp_path / "app")}
    with serving(tmp_path / "data", module="tests.e2e.web_app", environment=environment) as server:
        (tmp_path / "app" / "a.txt").write_text("after")
        assert ask(server, "/a.txt").text == "before"
        assert ask(server, "/", **BROWSER).status_code == 404  # there is no page
        assert server.stop() == 0
    lines = [json.loads(line) for line in server.log_text.splitlines()]
    routes = [(line.get("route"), line["status"]) for line in lines if line["event"] == "request"]
    assert [one for one in routes if one[0] != "/api/health/"] == [("/{file}", 200), (None, 404)]


def test_a_server_without_a_web_app_has_nothing_outside_the_api(tmp_path: Path) -> None:
    environment = {"WEB_APP": str(tmp_path / "nothing")}
    with serving(tmp_path / "data", module="tests.e2e.web_app", environment=environment) as server:
        assert ask(server, "/", **BROWSER).status_code == 404
