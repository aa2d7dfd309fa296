"""The lines that say what was skipped for want of a browser."""

import pytest

from tests.web.skipped import describe_skipped


def test_one_line_says_what_was_skipped_and_what_it_needs() -> None:
    reports = [skip(f"tests/web/test_leads.py::test_{number}", "there is no Chromium here") for number in range(3)]
    other = skip("tests/e2e/test_full.py::test_it", "needs root")
    assert describe_skipped([*reports, other]) == ["3 tests in a browser skipped: there is no Chromium here."]


def test_nothing_is_said_where_nothing_was_skipped() -> None:
    assert describe_skipped([]) == []


def skip(test: str, reason: str) -> pytest.TestReport:
    return pytest.TestReport(test, (test, 1, test), {}, "skipped", (test, 1, f"Skipped: {reason}"), "setup")
