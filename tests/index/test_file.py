"""The files of indexes: what a restart begins with, and what is only used where it is right."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer
from typing import Any

import pytest

from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.index import builder
from leadline.index.builder import BuiltIndex, IndexBuilder
from leadline.index.file import IndexFile, UnusableFile
from leadline.index.kind_index import KindIndex
from leadline.kit.db import Transaction, retry
from leadline.log.feed import LogPosition as PlaceInLog
from leadline.maintenance import files
from leadline.records import item_store
from leadline.records.kind import Kind
from leadline.settings import Settings
from tests.cast import Desk, OnSqlite, Place, desk_on
from tests.index.desks import count, is_told, wait_for_index, worker


@pytest.fixture
def desk(place: Place, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(place, tmp_path / "data", index_folder=str(tmp_path / "indexes")) as desk:
        yield desk


@pytest.fixture
def file(desk: Desk, tmp_path: Path) -> Path:
    return tmp_path / "indexes" / f"{desk.acme.workspace.id}.leads"


def serve(desk: Desk) -> None:
    """The life of a worker: it makes its index, and stops."""
    with worker(desk) as other:
        wait_for_index(desk, LEADS, other)


def test_a_restart_begins_with_the_file_and_goes_on_from_the_log(desk: Desk, made: list[str]) -> None:
    gone = desk.lead(company="Startup IO")
    desk.lead(company="Umbrella")
    serve(desk)
    desk.team.delete(f"/api/leads/{gone['id']}/")
    desk.lead(company="Umbrella")
    with worker(desk) as restarted:
        wait_for_index(desk, LEADS, restarted)
        assert made == ["lead"], "the second worker made none"
        assert count(desk, restarted) == 2
        assert count(desk, restarted, "search=umbrella&sort=company") == 2
        assert count(desk, restarted, "search=um&sort=-lastName") == 2


def test_a_file_that_lacks_more_than_it_has_is_not_used(
    desk: Desk, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "REBUILD_LAG_CHANGES", 1)
    desk.lead()
    serve(desk)
    for more, anew in ((1, []), (3, ["lead"])):
        made.clear()
        for _ in range(more):
            desk.lead()
        serve(desk)
        assert made == anew


@pytest.fixture
def slow_to_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Files of indexes are read once it is set."""
    may_be_read = Event()
    read = IndexFile.read_index

    def read_slowly(file: IndexFile) -> tuple[KindIndex, PlaceInLog]:
        may_be_read.wait(10)
        return read(file)

    monkeypatch.setattr(IndexFile, "read_index", read_slowly)
    yield may_be_read
    may_be_read.set()


def test_who_asks_while_the_file_is_read_waits_for_it(
    desk: Desk, slow_to_read: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the tables are not looked through."""
    desk.lead()
    slow_to_read.set()
    serve(desk)
    slow_to_read.clear()
    monkeypatch.setattr(item_store, "read_page", None)
    with worker(desk) as restarted:
        Timer(0.3, slow_to_read.set).start()
        assert count(desk, restarted) == 1
        assert is_told(desk, restarted, LEADS)


def test_where_it_takes_too_long_they_are_told_to_ask_again(
    desk: Desk, slow_to_read: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.lead()
    monkeypatch.setattr(retry, "MAX_SECONDS", 0.05)
    answer = desk.team.get("/api/leads/")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.json()["detail"] == "What makes lists fast is still being read from the disk; ask again."
    slow_to_read.set()
    wait_for_index(desk, LEADS)
    assert count(desk, desk.app) == 1


def test_where_there_is_no_file_the_tables_answer(desk: Desk, slow_to_make: Event) -> None:
    desk.lead()
    assert count(desk, desk.app) == 1
    assert not is_told(desk, desk.app, LEADS)
    slow_to_make.set()
    wait_for_index(desk, LEADS)


@pytest.fixture
def slow_to_make(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Indexes are made from the table once it is set."""
    may_be_made = Event()
    build = IndexBuilder._build_from_table

    async def build_slowly(builder: IndexBuilder, kind: Kind, workspace: int) -> BuiltIndex:
        may_be_made.wait(10)
        return await build(builder, kind, workspace)

    monkeypatch.setattr(IndexBuilder, "_build_from_table", build_slowly)
    yield may_be_made
    may_be_made.set()


def test_a_worker_that_stops_leaves_the_newest_state(desk: Desk, file: Path) -> None:
    desk.lead()
    with worker(desk) as other:
        wait_for_index(desk, LEADS, other)
        first = file.read_bytes()
        desk.lead()
        assert count(desk, other) == 2
    _, place = IndexFile(file.parent, LEADS, desk.acme.workspace.id).read_index()
    assert first != file.read_bytes()
    assert [(place.seq, place.operation)] == desk.rows(
        "SELECT seq, id FROM operations WHERE workspace = 1 ORDER BY seq DESC LIMIT 1"
    )


def test_an_index_that_has_moved_far_is_saved_meanwhile(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.lead()
    wait_for_index(desk, LEADS)
    first = file.read_bytes()
    for module in ("builder", "live_indexes"):
        monkeypatch.setattr(f"leadline.index.{module}.SAVE_AFTER_OPERATIONS", 1)
    desk.lead()
    assert count(desk, desk.app) == 2
    desk.app.live._maintain_all()
    wait_for_index(desk, LEADS)
    while desk.app.live._making:
        assert count(desk, desk.app) == 2
    assert file.read_bytes() != first
    assert is_told(desk, desk.app, LEADS)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda data: data[:-7],
    "cut off in the head": lambda data: data[:30],
    "another bit in the head": lambda data: data[:40] + bytes([data[40] ^ 1]) + data[41:],
    "another bit in the middle": lambda data: data[:900] + bytes([data[900] ^ 4]) + data[901:],
    "another bit at the end": lambda data: data[:-1] + bytes([data[-1] ^ 128]),
    "longer": lambda data: data + b"more",
    "something else": lambda _: b"%PDF-1.7" * 100,
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_file_is_made_anew(desk: Desk, file: Path, made: list[str], how: str) -> None:
    desk.lead()
    serve(desk)
    file.write_bytes(DAMAGES[how](file.read_bytes()))
    with worker(desk) as restarted:
        wait_for_index(desk, LEADS, restarted)
        assert count(desk, restarted) == 1
    assert made == ["lead", "lead"]
    index, _ = IndexFile(file.parent, LEADS, desk.acme.workspace.id).read_index()
    assert len(index) == 1


def test_the_file_of_another_workspace_or_kind_is_not_used(desk: Desk, file: Path, made: list[str]) -> None:
    desk.lead()
    serve(desk)
    for other in (f"{desk.zoes.workspace.id}.leads", f"{desk.acme.workspace.id}.contacts"):
        shutil.copy(file, file.with_name(other))
    with worker(desk) as restarted:
        wait_for_index(desk, CONTACTS, restarted)
        assert count(desk, restarted, plural="contacts") == 0
    assert made == ["lead", "contact"]
    with pytest.raises(UnusableFile):
        IndexFile(file.parent, LEADS, desk.zoes.workspace.id).read_index()


def test_a_file_that_cannot_be_written_spares_nothing_and_hurts_nobody(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "indexes").write_text("this is no folder")
    with desk_on(place, tmp_path / "data", index_folder=str(tmp_path / "indexes")) as desk:
        desk.lead()
        wait_for_index(desk, LEADS)
        assert count(desk, desk.app) == 1
    assert "cannot be kept" in caplog.text


def test_a_write_that_fails_leaves_the_older_file(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.lead()
    serve(desk)
    whole = file.read_bytes()

    def half_a_dump(index: KindIndex) -> Iterator[bytes]:
        yield b"half"
        raise OSError("No space left on device")

    monkeypatch.setattr(KindIndex, "dump_parts", half_a_dump)
    with pytest.raises(OSError, match="No space"):
        IndexFile(file.parent, LEADS, desk.acme.workspace.id).write_index(KindIndex(LEADS), PlaceInLog(1, "op_"))
    assert file.read_bytes() == whole
    assert list(file.parent.iterdir()) == [file]


def test_what_a_killed_worker_left_half_written_is_removed_later(desk: Desk, file: Path) -> None:
    desk.lead()
    serve(desk)
    left, being_written = (file.with_name(f".{file.name}.{name}") for name in ("left", "busy"))
    for partial in (left, being_written):
        partial.write_bytes(b"half")
    os.utime(left, (0, 0))
    IndexFile(file.parent, LEADS, desk.acme.workspace.id).write_index(KindIndex(LEADS), PlaceInLog(1, "op_"))
    assert sorted(file.parent.iterdir()) == sorted([being_written, file])


def newest(desk: Desk) -> tuple[int, int]:
    """Acme's newest operation and record."""
    ((seq, no),) = desk.rows("SELECT seq, no FROM workspaces WHERE number = 1")
    return int(seq or 0), int(no or 0)


async def go_back(tx: Transaction, seq: int, no: int) -> None:
    """The tables as they were at an earlier operation, if only leads were made since."""
    for sql in (
        "DELETE FROM changes WHERE workspace = 1 AND seq > ?",
        "DELETE FROM operations WHERE workspace = 1 AND seq > ?",
        "UPDATE workspaces SET seq = ? WHERE number = 1",
    ):
        await tx.execute(sql, (seq,))
    await tx.execute("DELETE FROM leads WHERE workspace = 1 AND no > ?", (no,))
    await tx.execute("UPDATE workspaces SET no = ? WHERE number = 1", (no,))


def test_data_put_back_to_an_earlier_state_are_not_answered_from_a_later_one(desk: Desk, made: list[str]) -> None:
    desk.lead(company="Startup IO")
    at = newest(desk)
    with worker(desk) as other:
        wait_for_index(desk, LEADS)
        desk.lead(company="Umbrella")
        wait_for_index(desk, LEADS, other)
        desk.run(desk.app.database.write(lambda tx: go_back(tx, *at)))
        assert count(desk, desk.app) == 1, "which the index was at before"
        desk.lead(company="Startup IO")
        for app in (desk.app, other):
            assert count(desk, app, "search=umbrella") == 0
            assert count(desk, app, "search=startup io") == 2
            wait_for_index(desk, LEADS, app)
            assert count(desk, app, "search=um") == 0
            assert count(desk, app, "search=startup io") == 2


def test_a_file_of_data_that_went_another_way_is_not_used(desk: Desk, made: list[str]) -> None:
    desk.lead(company="Startup IO")
    at = newest(desk)
    with worker(desk) as other:
        desk.lead(company="Umbrella")
        wait_for_index(desk, LEADS, other)
    desk.run(desk.app.database.write(lambda tx: go_back(tx, *at)))
    desk.lead(company="Startup IO")
    with worker(desk) as restarted:
        wait_for_index(desk, LEADS, restarted)
        assert made == ["lead", "lead"]
        assert count(desk, restarted, "search=umb") == 0
        assert count(desk, restarted) == 2


class Restored(OnSqlite):
    """A desk on data that are there already."""

    def __init__(self, other: OnSqlite) -> None:
        self.cast = other.cast

    @contextmanager
    def copy(self, folder: Path, **settings: Any) -> Iterator[Settings]:
        yield Settings(data=folder, **settings)


def test_a_restored_backup_finds_no_use_for_the_files_of_what_it_replaces(
    on_sqlite: OnSqlite, tmp_path: Path, made: list[str]
) -> None:
    data = tmp_path / "data"
    with desk_on(on_sqlite, data) as desk:
        desk.lead()
        files.back_up(desk.app.settings.data_file, tmp_path / "kept.db")
        desk.lead(company="Umbrella")
        wait_for_index(desk, LEADS)
    assert [file.suffix for file in (data / "leadline.index").iterdir()] == [".leads"]
    (data / "leadline.db").unlink()
    with files.restoring_copy(tmp_path / "kept.db", data / "leadline.db"):
        pass
    with desk_on(Restored(on_sqlite), data) as desk:
        desk.lead(company="Startup IO")
        wait_for_index(desk, LEADS)
        assert made == ["lead", "lead"]
        assert count(desk, desk.app, "search=startup io") == 1
        assert count(desk, desk.app, "search=umbrella") == 0
