"""The documentation page."""

import re
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.cast import Desk
from tests.e2e.server import serving
from tests.web.chromium import FLAGS, find_chromium

BROWSER = find_chromium()


def test_it_shows_every_endpoint(desk: Desk) -> None:
    document = desk.nobody.get("/api/openapi.json").json()
    page = desk.nobody.get("/api/docs/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'<section id="{operation["operationId"]}">' in page.text


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs", "/api/v1/docs/", "/api/v1/docs"])
def test_it_leads_to_the_document_under_whatever_prefix_it_is_served(desk: Desk, path: str) -> None:
    page = desk.nobody.get(path).text
    (link,) = re.findall(r'<a href="([^"#]*openapi\.json)"', page)
    found = urljoin(f"https://crm.example/desk{path}", link)
    assert found.startswith("https://crm.example/desk/api/")
    assert desk.nobody.get(found.removeprefix("https://crm.example/desk")).status_code == 200


def digest_of(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def test_it_may_run_its_search_alone_and_stands_in_no_frame(desk: Desk) -> None:
    page = desk.nobody.get("/api/docs/")
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert (policy["style-src"], policy["script-src"]) == (digest_of(style), digest_of(script))
    assert " style=" not in page.text
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_it_names_no_other_host(desk: Desk) -> None:
    page = desk.nobody.get("/api/docs/").text
    assert not re.search(r"""(?:src|href|url\(|@import)[="'( ]*(?:https?:)?//""", page)
    assert page.count("<script") == 1


def test_every_route_has_a_sample_for_curl(desk: Desk) -> None:
    page = desk.nobody.get("/api/docs/").text
    assert page.count("<pre>curl ") == page.count("<section ")
    assert "curl -X POST &quot;$URL/api/leads/$ID/convert/&quot;" in page
    (login,) = re.findall(r'<section id="login">.*?<pre>(curl .*?)</pre>', page, re.DOTALL)
    assert "Authorization" not in login


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here: the page is checked as text alone")
def test_a_browser_renders_it(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        page = subprocess.run(
            [
                str(BROWSER),
                "--headless",
                "--no-first-run",
                *FLAGS,
                f"--user-data-dir={tmp_path / 'browser'}",
                "--dump-dom",
                f"{server.url}/api/docs/",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    assert "<h1>Leadline API</h1>" in page
    assert "<h2>Convert a lead</h2>" in page
