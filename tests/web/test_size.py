"""The size of what a browser loads first."""

import re

import pytest

from tests.web.desk import NOT_BUILT, find_web_app

MAX_SCRIPT_BYTES = 200 * 1024
MAX_STYLE_BYTES = 12 * 1024


def test_the_first_load_stays_small() -> None:
    app = find_web_app()
    if app is None:
        pytest.skip(NOT_BUILT)
    page = (app / "index.html").read_text("utf-8")
    files = set(re.findall(r'(?:src|href)="/(assets/[^"]+)"', page))
    sizes = {name: (app / f"{name}.gz").stat().st_size for name in files if name.endswith((".js", ".css"))}
    scripts = sum(size for name, size in sizes.items() if name.endswith(".js"))
    styles = sum(size for name, size in sizes.items() if name.endswith(".css"))
    assert scripts <= MAX_SCRIPT_BYTES, f"{scripts / 1024:.0f} KB of scripts, compressed: {sizes}"
    assert styles <= MAX_STYLE_BYTES
