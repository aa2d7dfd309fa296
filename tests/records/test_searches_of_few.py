"""A search among few records runs where it stands, once; one among many in a thread."""

import threading
from typing import Any

import pytest

from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records import item_store, lists
from leadline.records.body import read_new
from tests.cast import Desk


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """Those in which pages were read by SQL, in full."""
    page, seen = item_store.read_page, []

    async def noted(*asked: Any) -> list[item_store.Item]:
        found = await page(*asked)
        seen.append(threading.current_thread())
        return found

    monkeypatch.setattr(item_store, "read_page", noted)
    return seen


@pytest.fixture
def states(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The workspaces whose state was asked for: once in each run of a list."""
    seen: list[int] = []
    state = desk.app.records.read_version

    async def noted(tx: Transaction, actor: Any) -> Any:
        seen.append(actor.workspace)
        return await state(tx, actor)

    monkeypatch.setattr(desk.app.records, "read_version", noted)
    return seen


def make(desk: Desk, leads: int) -> None:
    async def write(tx: Transaction) -> None:
        bodies = [{"lastName": f"Lee {n}", "email": f"lee{n}@startup.example"} for n in range(leads)]
        drafts = [read_new(LEADS, body) for body in bodies]
        await desk.app.records.create_many(tx, desk.acme.system, LEADS, drafts)

    desk.run(desk.app.database.write(write))


def test_a_search_among_few_runs_once(desk: Desk, threads: list[threading.Thread], states: list[int]) -> None:
    make(desk, 1_900)
    desk.team.get("/api/leads/?limit=1")
    threads.clear()
    states.clear()
    assert desk.team.get("/api/leads/?search=lee 77").json()["count"] == 11
    assert set(threads) == {threading.current_thread()}
    if desk.app.database.name == "sqlite":
        assert len(states) == 1


def test_a_search_among_many_holds_up_nobody(
    desk: Desk, threads: list[threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MIN_INDEXED_RECORDS", 10)
    make(desk, 10)
    assert desk.team.get("/api/leads/?search=lee 7").json()["count"] == 1
    if desk.app.database.name == "sqlite":
        assert threading.current_thread() not in threads
