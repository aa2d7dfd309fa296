"""Hostile and broken input, at every door: it is refused in a sentence, or taken for the plain text that it is.

No case is answered 500, none of the refusals tells of the inside, and none of them leaves a trace in the data.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from leadline.crm.leads import LEADS
from leadline.records.query import parameter_names
from tests.answers import faults
from tests.cast import Desk

JSON = {"Content-Type": "application/json"}
DANA = {"lastName": "Lee", "email": "dana@startup.example"}
INSIDE = re.compile(r"Traceback|sqlite|apsw|SELECT |\.py\b|leadline\.|<class|0x[0-9a-f]{8}", re.IGNORECASE)
INJECTIONS = [
    "' OR 1=1--",
    '" OR ""="',
    "'; DROP TABLE leads;--",
    "1) UNION SELECT hash, hash FROM api_keys--",
    "%",
    "_",
    "100%_",
    "*",
    "\\",
    '"',
    "]",
    'a" OR "b',
    "search_key : a*",
    "NEAR(dana lee)",
    "dana AND lee",
    "^dana",
    "(SELECT notes FROM leads)",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "javascript:alert(1)",
]
TEXTS = ("firstName", "lastName", "company", "notes")


@pytest.fixture
def lead(desk: Desk) -> dict[str, Any]:
    """A lead among those of two workspaces, whose notes no one may find by a trick."""
    desk.stranger.post("/api/leads/", DANA | {"company": "Secret", "notes": "secret"})
    desk.lead()
    return desk.lead(company="Startup IO", notes="secret", phone="+1 555 333")


@pytest.fixture(autouse=True)
def nothing_changes_but_by_201(desk: Desk, lead: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = desk.dump()
    yield
    created = [row for row in desk.dump()["operations"] if row not in before["operations"]]
    assert {row[3] for row in created} <= {"lead.created"}
    assert created or desk.dump() == before


def writes(desk: Desk, lead: dict[str, Any], **options: Any) -> dict[str, httpx2.Response]:
    """The same sent to all three endpoints that take a body."""
    path = f"/api/leads/{lead['id']}/"
    doors = {"create": ("POST", "/api/leads/"), "patch": ("PATCH", path), "convert": ("POST", f"{path}convert/")}
    return {name: desk.team.send(method, url, **options) for name, (method, url) in doors.items()}


def assert_refused(answers: Iterable[httpx2.Response], status: int) -> None:
    for answer in answers:
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert not INSIDE.search(answer.text), answer.text
