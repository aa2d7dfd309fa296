"""The size of what a browser loads first."""

import re
from pathlib import Path

import pytest

from tests.web.desk import NOT_BUILT, find_web_app

MAX_SCRIPT_BYTES = 230 * 1024
MAX_STYLE_BYTES = 12 * 1024


def test_the_first_load_stays_small() -> None:
    app = find_web_app()
    if app is None:
        pytest.skip(NOT_BUILT)
    page = (app / "index.html").read_text("utf-8")
    files = [app / name for name in set(re.findall(r'(?:src|href)="/(assets/[^"]+)"', page))]
    scripts = sum(sent_bytes(file) for file in files if file.suffix == ".js")
    styles = sum(sent_bytes(file) for file in files if file.suffix == ".css")
    assert scripts <= MAX_SCRIPT_BYTES, f"{scripts / 1024:.0f} KB of scripts, compressed"
    assert styles <= MAX_STYLE_BYTES, f"{styles / 1024:.0f} KB of styles, compressed"


def sent_bytes(file: Path) -> int:
    """The size in which the server sends a file: compressed, if it is not tiny."""
    compressed = file.with_name(f"{file.name}.gz")
    return (compressed if compressed.exists() else file).stat().st_size
