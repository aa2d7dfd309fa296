"""Accessibility, as axe-core judges it."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
MISSING = "axe-core is not installed; run `make setup`"
RUN = "axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)"


def check_accessibility(page: Page) -> None:
    """Raises `AssertionError` if the page breaks a rule of axe. Skips the test where axe is not installed."""
    page.evaluate(_read_axe())
    violations: list[dict[str, Any]] = page.evaluate(RUN)
    assert not violations, "\n".join(["axe finds:", *map(_describe, violations)])


@cache
def _read_axe() -> str:
    if not AXE.exists():
        pytest.skip(MISSING)
    return AXE.read_text("utf-8")


def _describe(violation: dict[str, Any]) -> str:
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}, see {violation['helpUrl']}"]
    for node in violation["nodes"]:
        lines += [f"  {' '.join(map(str, node['target']))}: {node['html']}", f"    {node['failureSummary']}"]
    return "\n".join(lines)
