"""A large index is made by a process of its own."""

import asyncio
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from leadline.app import start_indexing
from leadline.crm.leads import LEADS
from leadline.index import builder, live_indexes, subprocess_builder
from leadline.kit.db import Transaction
from leadline.records.body import read_new
from leadline.records.kind import Kind
from tests.cast import Desk, Place, desk_on
from tests.index.desks import count, is_told, wait_for_index, worker

ENOUGH = 3_000
"""Leads for which `leadline index` makes a file."""


class Indexing:
    """Starts the real processes, and remembers them; `workspace` stands for the one that is asked for."""

    def __init__(self, desk: Desk, workspace: str | None = None) -> None:
        self.started: list[subprocess.Popen[bytes]] = []
        self._start = partial(start_indexing, desk.app.settings)
        self._workspace = workspace

    def __call__(self, kind: Kind, workspace: str, folder: Path) -> "subprocess.Popen[bytes]":
        self.started.append(self._start(kind, self._workspace or workspace, folder))
        return self.started[-1]


@pytest.fixture
def desk(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """On PostgreSQL there is no folder for the files of indexes."""
    monkeypatch.setattr(subprocess_builder, "MIN_RECORDS_FOR_CHILD", ENOUGH)
    with desk_on(place, tmp_path / "data") as desk:
        yield desk


def fill(desk: Desk) -> None:
    async def write(tx: Transaction) -> None:
        dana = {"firstName": "Dana", "lastName": "Reyes", "company": "Startup IO"}
        drafts = [read_new(LEADS, {**dana, "email": f"dana{place}@example.com"}) for place in range(ENOUGH)]
        await desk.app.records.create_many(tx, desk.acme.system, LEADS, drafts)

    desk.run(desk.app.database.write(write))


def test_a_large_index_is_made_by_a_process_of_its_own_and_then_follows_the_log(desk: Desk, made: list[str]) -> None:
    fill(desk)
    indexing = Indexing(desk)
    with worker(desk, indexing=indexing) as served:
        wait_for_index(desk, LEADS, served)
        assert (made, [process.returncode for process in indexing.started]) == ([], [0])
        desk.lead(company="Umbrella")
        assert is_told(desk, served, LEADS)
        assert count(desk, served) == ENOUGH + 1
        assert count(desk, served, "search=umbrella&sort=company") == 1


def test_a_small_one_is_made_where_it_is_needed(desk: Desk, made: list[str]) -> None:
    desk.lead()
    indexing = Indexing(desk)
    with worker(desk, indexing=indexing) as served:
        wait_for_index(desk, LEADS, served)
    assert (made, indexing.started) == (["lead"], [])


def test_a_file_that_is_far_behind_is_brought_up_to_date_by_a_process_of_its_own(
    place: Place, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "MAX_CAUGHT_UP_CHANGES", 10)
    with desk_on(place, tmp_path / "data", index_folder=str(tmp_path / "indexes")) as desk:
        fill(desk)
        for more, processes in ((0, 0), (10, 0), (11, 1)):
            for _ in range(more):
                desk.lead(company="Umbrella")
            indexing = Indexing(desk)
            with worker(desk, indexing=indexing) as served:
                wait_for_index(desk, LEADS, served)
                assert count(desk, served, "search=umbrella") == len(desk.rows("SELECT 1 FROM leads")) - ENOUGH
            assert [process.returncode for process in indexing.started] == [0] * processes
        assert made == ["lead"]


@pytest.mark.parametrize("lacking", ["folder", "room"])
def test_a_folder_that_takes_no_files_or_has_no_room_keeps_none(
    place: Place, tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(subprocess_builder, "MIN_RECORDS_FOR_CHILD", ENOUGH)
    if lacking == "folder":
        (tmp_path / "indexes").write_text("this is no folder")
    else:
        monkeypatch.setattr(subprocess_builder, "BYTES_PER_RECORD", 2**50)
    with desk_on(place, tmp_path / "data", index_folder=str(tmp_path / "indexes")) as desk:
        fill(desk)
        indexing = Indexing(desk)
        with worker(desk, indexing=indexing) as served:
            wait_for_index(desk, LEADS, served)
            assert count(desk, served) == ENOUGH
        assert (made, [process.returncode for process in indexing.started]) == ([], [0])
        assert not list(tmp_path.glob("indexes/*.leads"))


def test_a_server_that_stops_takes_the_process_with_it(desk: Desk) -> None:
    fill(desk)
    indexing = Indexing(desk)
    with worker(desk, indexing=indexing) as served:
        assert count(desk, served) == ENOUGH
        while not indexing.started:
            desk.run(asyncio.sleep(0.01))
    assert indexing.started[0].returncode is not None


def test_what_a_process_cannot_make_is_answered_without_and_tried_again_later(
    desk: Desk, made: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    fill(desk)
    indexing = Indexing(desk, workspace="ws_unknown")
    with worker(desk, indexing=indexing) as served:
        assert count(desk, served) == ENOUGH
        while served.live._making:
            desk.run(asyncio.sleep(0.01))
        assert count(desk, served) == ENOUGH
        assert "ended with status 1; `leadline index` says why" in caplog.text
        assert len(indexing.started) == 1
        indexing._workspace = None
        desk.clock.passed += live_indexes.RETRY_AFTER_SECONDS
        wait_for_index(desk, LEADS, served)
    assert (made, len(indexing.started)) == ([], 2)
