"""The log and `Server-Timing` say how a list came about, and what it waited for."""

import json
from pathlib import Path
from typing import Any

import pytest

from leadline.crm.leads import LEADS
from leadline.http.server.observer import RequestLine
from leadline.index import background_search, live_indexes, replica, undecided
from leadline.index.kind_index import KindIndex
from leadline.kit.db import retry
from leadline.kit.json_logging import LogBuffer, LogLine
from tests.cast import Desk
from tests.e2e.server import serving
from tests.index.desks import wait_for_index

FACETS = "/api/leads/facets/"


@pytest.fixture
def indexed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """With an index of a few leads."""
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    for _ in range(3):
        desk.lead()
    wait_for_index(desk, LEADS)
    return desk


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[RequestLine]:
    lines: list[RequestLine] = []

    def add(_: LogBuffer, line: LogLine) -> None:
        if isinstance(line, RequestLine):
            lines.append(line)

    monkeypatch.setattr(LogBuffer, "add_line", add)
    return lines


def timing(desk: Desk, path: str) -> str | None:
    told: str | None = desk.team.get(path).headers.get("Server-Timing")
    return told


@pytest.mark.parametrize("path", ["/api/leads/?sort=lastName", FACETS])
def test_the_source_is_told(indexed: Desk, logged: list[RequestLine], path: str) -> None:
    assert timing(indexed, path) == "source;desc=index"
    assert timing(indexed, path) == "source;desc=kept"
    for _ in range(2):
        indexed.lead()
    logged.clear()
    assert timing(indexed, path) == "source;desc=index, caught-up;desc=2"
    assert [(line.source, line.caughtUp, line.waitedFor) for line in logged] == [("index", 2, None)]


@pytest.mark.parametrize("path", ["/api/leads/?status=new", "/api/leads/?search=dana", FACETS])
def test_the_tables_are_told_of(desk: Desk, path: str) -> None:
    desk.lead()
    assert timing(desk, path) == "source;desc=sql"


def test_it_is_told_why_the_index_did_not_answer(
    indexed: Desk, logged: list[RequestLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = indexed.team.get
    for name in ("Adams", "Baker", "Clark"):
        indexed.lead(lastName=name)
    logged.clear()
    ask("/api/leads/?status=new")
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 1_000)
    ask("/api/leads/?status=contacted")
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 1)
    ask("/api/leads/?notes[contains]=x")
    monkeypatch.setattr(KindIndex, "locate_page", lambda *_: None)
    ask("/api/leads/?sort=lastName&limit=1&offset=1")
    indexed.app.live._replicas.clear()
    monkeypatch.setattr(indexed.app.live, "_start_making", lambda *_: None)
    ask("/api/leads/?status=lost")
    told = [(line.source, line.noIndex) for line in logged]
    assert told == [
        ("index", None),
        ("sql", "few_records"),
        ("sql", "undecided"),
        ("sql", "order"),
        ("sql", "missing"),
    ]


def test_it_is_told_how_many_records_a_search_looked_at(indexed: Desk, logged: list[RequestLine]) -> None:
    for _ in range(2):
        indexed.team.get("/api/leads/?search=dana lee")
    indexed.lead()
    indexed.team.get("/api/leads/?search=dana lee")
    searches = [line for line in logged if line.method == "GET"]
    assert [(line.source, line.lookedAt) for line in searches] == [("index", 3), ("kept", 0), ("index", 1)]


def test_what_is_no_list_tells_nothing(desk: Desk, logged: list[RequestLine]) -> None:
    lead = desk.lead()
    assert timing(desk, f"/api/leads/{lead['id']}/") is None
    assert timing(desk, "/api/me/") is None
    assert {(line.source, line.caughtUp, line.waitedFor) for line in logged} == {(None, 0, None)}


def test_it_is_told_what_a_list_waited_for(
    indexed: Desk, logged: list[RequestLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "MAX_INLINE_RECORDS", 1)
    for _ in range(3):
        indexed.lead()
    logged.clear()
    told = timing(indexed, "/api/leads/?status=new")
    assert told is not None
    assert told.startswith("source;desc=index, wait;desc=log;dur=")
    assert [(line.source, line.waitedFor) for line in logged] == [("index", "log")]
    assert logged[0].waitedMs > 0

    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 1)
    told = timing(indexed, "/api/leads/?search=dana lee")
    assert told is not None
    assert "wait;desc=search" in told


def test_who_waited_in_vain_is_logged_with_it(
    indexed: Desk, logged: list[RequestLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(background_search, "search_records", never)
    monkeypatch.setattr(retry, "MAX_SECONDS", 0.05)
    monkeypatch.setattr(undecided, "MAX_LOOKED_UP_RECORDS", 1)
    logged.clear()
    assert indexed.team.get("/api/leads/?search=dana lee").status_code == 503
    assert [(line.status, line.source, line.waitedFor) for line in logged] == [(503, None, "search")]


def test_the_line_has_only_what_there_is_to_say(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        client.get("/api/me/")
        client.get("/api/leads/")
        client.get("/api/leads/")
        server.stop()
    lines = [json.loads(line) for line in server.log_text.splitlines()]
    told = [line.get("source") for line in lines if line.get("route") in ("/api/me/", "/api/leads/")]
    assert told == [None, "sql", "kept"]
    assert not any({"caughtUp", "waitedFor", "waitedMs"} & line.keys() for line in lines)
