"""The documentation page."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cast import Desk
from tests.e2e.server import serving

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def test_it_shows_every_endpoint(desk: Desk) -> None:
    document = desk.nobody.get("/api/openapi.json").json()
    page = desk.nobody.get("/api/docs/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for methods in document["paths"].values():
        for operation in methods.values():
            assert f'<section id="{operation["operationId"]}">' in page.text


def test_it_names_no_other_host(desk: Desk) -> None:
    page = desk.nobody.get("/api/docs/").text
    assert not re.search(r"""(?:src|href|url\(|@import)[="'( ]*(?:https?:)?//""", page)
    assert "<script" not in page


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here: the page is checked as text alone")
def test_a_browser_renders_it(tmp_path: Path) -> None:
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
    with serving(tmp_path / "data") as server:
        page = subprocess.run(
            [
                str(BROWSER),
                *quiet,
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
