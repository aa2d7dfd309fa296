"""The line that says which tests of the web app were skipped, and what they need."""

from collections import Counter
from collections.abc import Sequence

import pytest

FOLDER = "tests/web/"


def describe_skipped(reports: Sequence[pytest.TestReport]) -> list[str]:
    """Returns one line for each reason for which tests in a browser were skipped."""
    reasons = Counter(_reason_of(report) for report in reports if report.nodeid.startswith(FOLDER))
    return [f"{count} tests in a browser skipped: {reason}." for reason, count in reasons.items()]


def _reason_of(report: pytest.TestReport) -> str:
    """Returns the reason that pytest puts behind the file and the line."""
    found = report.longrepr
    assert isinstance(found, tuple)
    return str(found[2]).removeprefix("Skipped: ")
