"""`leadline backup` and `leadline restore`: what is kept is whole, and nothing is ever written over."""

import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import apsw
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app as command_line
from tests.cast import Desk, OnSqlite, Place, desk_on
from tests.e2e.invariants import broken
from tests.e2e.load import all_leads
from tests.e2e.server import Server, serving
from tests.maintenance.transcript import There, transcript


@pytest.fixture(scope="module")
def place(on_sqlite: OnSqlite) -> Place:
    return on_sqlite


def leadline(*arguments: object) -> Result:
    return CliRunner().invoke(command_line, list(map(str, arguments)))


def backup(desk: Desk, file: Path) -> Result:
    return leadline("backup", file, "--data", desk.app.settings.data)


@pytest.fixture
def kept(desk: Desk, tmp_path: Path) -> Path:
    """A backup of a desk with a few leads."""
    lead = desk.lead(company="Startup IO")
    assert desk.team.post(f"/api/leads/{lead['id']}/convert/").status_code == 200
    desk.lead()
    made = backup(desk, tmp_path / "kept.db")
    assert made.exit_code == 0, made.stderr
    return tmp_path / "kept.db"


def damage(file: Path, script: str) -> None:
    connection = apsw.Connection(str(file))
    connection.execute(script)
    connection.close()


def test_a_restored_backup_answers_as_the_desk_did(place: Place, desk: Desk, kept: Path, tmp_path: Path) -> None:
    before = transcript(desk)
    restored = leadline("restore", kept, "--data", tmp_path / "new")
    assert restored.exit_code == 0, restored.stderr
    assert restored.stdout.startswith("Checked 2 workspaces, 2 leads, 1 contacts, ")
    assert restored.stdout.endswith(f"{tmp_path}/new/leadline.db holds the data of {kept}.\n")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["leadline.db"]
    with desk_on(There(place.cast, f"sqlite:///{tmp_path}/new/leadline.db"), tmp_path) as again:
        assert transcript(again) == before
        assert again.lead()["id"]


def test_a_backup_is_one_file_that_only_its_owner_reads(kept: Path) -> None:
    assert broken(kept) == {}
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in kept.parent.iterdir() if path.is_file()] == ["kept.db"]


def test_a_backup_is_never_written_over(desk: Desk, kept: Path) -> None:
    before = kept.read_bytes()
    desk.lead()
    refused = backup(desk, kept)
    assert (refused.exit_code, refused.stderr) == (
        1,
        f"leadline: {kept} exists, and is not written over; choose another name.\n",
    )
    assert kept.read_bytes() == before


def test_no_backup_is_made_of_a_folder_without_data(tmp_path: Path) -> None:
    refused = leadline("backup", tmp_path / "kept.db", "--data", tmp_path / "new")
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"leadline: There are no data at {tmp_path}/new/leadline.db; ")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_into_a_folder_that_is_not_there_is_refused(desk: Desk, tmp_path: Path) -> None:
    refused = backup(desk, tmp_path / "nowhere" / "kept.db")
    assert refused.exit_code == 1
    assert refused.stderr == f"leadline: There is no folder {tmp_path}/nowhere; make it first.\n"


@pytest.mark.parametrize("name", ["leadline.db", "leadline.db-wal", "leadline.db-shm", "leadline.db-journal"])
def test_nothing_is_restored_over_data(kept: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / name).write_text("data")
    refused = leadline("restore", kept, "--data", tmp_path / "new")
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"leadline: There are data already ({tmp_path}/new/{name}); restore into an empty folder.\n"
    )
    assert (tmp_path / "new" / name).read_text() == "data"


DAMAGES = {
    "UPDATE leads SET version = version + 1": "broken: a record has one change for each version: 2 times, such as",
    "PRAGMA ignore_check_constraints = 1; UPDATE leads SET status = 'converted'": "leadline: {kept} is damaged (",
    "DROP TABLE migrations": "leadline: There are no data of Leadline's there;",
    "INSERT INTO migrations (number, name) VALUES (9999, 'later')": "leadline: The data have schema 9999, and this",
    "CREATE TABLE unfinished_copy (at INTEGER)": "leadline: The data are an unfinished copy;",
}


@pytest.mark.parametrize(("script", "why"), DAMAGES.items())
def test_a_backup_that_is_damaged_is_not_restored(kept: Path, tmp_path: Path, script: str, why: str) -> None:
    damage(kept, script)
    refused = leadline("restore", kept, "--data", tmp_path / "new")
    assert refused.exit_code == 1
    assert refused.stderr.startswith(why.format(kept=kept))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", ["", "Dear Ada, this is a letter and no database. " * 100])
def test_what_is_no_backup_is_not_restored(tmp_path: Path, content: str) -> None:
    (tmp_path / "kept.db").write_text(content)
    refused = leadline("restore", tmp_path / "kept.db", "--data", tmp_path / "new")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("leadline: ")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("page", range(2, 33, 3))
def test_a_page_that_the_disk_has_lost_is_noticed(kept: Path, tmp_path: Path, page: int) -> None:
    with kept.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    for command in (["verify", "--database", f"sqlite:///{kept}"], ["restore", kept, "--data", tmp_path / "new"]):
        refused = leadline(*command)
        assert (refused.exit_code, type(refused.exception)) == (1, SystemExit)
        assert refused.stderr.startswith(("leadline: ", "broken: the file is sound"))
    assert leadline("backup", tmp_path / "again.db", "--database", f"sqlite:///{kept}").exit_code == 1
    assert not (tmp_path / "again.db").exists()


def test_half_a_backup_is_not_restored(kept: Path, tmp_path: Path) -> None:
    kept.write_bytes(kept.read_bytes()[: kept.stat().st_size // 2])
    refused = leadline("restore", kept, "--data", tmp_path / "new")
    assert refused.exit_code == 1
    assert not (tmp_path / "new").exists()


def test_a_backup_that_is_not_there_is_not_restored(tmp_path: Path) -> None:
    refused = leadline("restore", tmp_path / "kept.db", "--data", tmp_path / "new")
    assert (refused.exit_code, refused.stderr) == (
        1,
        f"leadline: {tmp_path}/kept.db does not exist; name the file that `leadline backup` made.\n",
    )


def test_a_backup_of_an_older_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    damage(tmp_path / "old.db", "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    restored = leadline("restore", tmp_path / "old.db", "--data", tmp_path / "new")
    assert restored.exit_code == 0, restored.stderr
    assert broken(tmp_path / "new" / "leadline.db") == {}


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_postgresql_its_own_programs_are_named(tmp_path: Path, command: str) -> None:
    refused = leadline(command, tmp_path / "kept", "--database", "postgresql://desk@db.example/leads")
    assert refused.exit_code == 1
    assert "pg_dump and pg_restore" in refused.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[tuple[Server, list[str]]]:
    """A server that two clients write to all the time, and the ids of the leads that it has acknowledged."""
    acknowledged: list[str] = []
    done = Event()
    with serving(tmp_path / "served") as server, ThreadPoolExecutor(2) as clients:
        at_work = [clients.submit(_write, server, acknowledged, done) for _ in range(2)]
        try:
            yield server, acknowledged
        finally:
            done.set()
            for one in at_work:
                one.result()


def _write(server: Server, acknowledged: list[str], done: Event) -> None:
    with server.client() as client:
        while not done.is_set():
            body = {"lastName": "Lee", "email": "lee@load.example", "company": "Load", "notes": "a line\n" * 500}
            lead = client.post("/api/leads/", json=body).json()
            acknowledged.append(lead["id"])
            assert client.post(f"/api/leads/{lead['id']}/convert/", json={"createAccount": True}).status_code == 200


def test_backups_made_under_load_have_all_that_was_acknowledged(
    writing: tuple[Server, list[str]], tmp_path: Path
) -> None:
    server, acknowledged = writing
    counts = []
    for number in range(4):
        while len(acknowledged) < 20 * (number + 1):
            time.sleep(0.01)
        before = list(acknowledged)
        kept, folder = tmp_path / f"kept{number}.db", tmp_path / f"restored{number}"
        assert leadline("backup", kept, "--data", server.folder).exit_code == 0
        assert leadline("restore", kept, "--data", folder).exit_code == 0
        counts.append(len(before))
        if number == 3:
            with serving(folder, key=server.key) as restored, restored.client() as client:
                assert all_leads(client).keys() >= set(before)
        else:
            assert broken(folder / "leadline.db") == {}
    assert counts == sorted(set(counts))


def test_a_plain_copy_of_a_served_file_lacks_what_a_backup_has(desk: Desk, tmp_path: Path) -> None:
    desk.lead()
    shutil.copy(desk.app.settings.data_file, tmp_path / "plain.db")
    assert backup(desk, tmp_path / "kept.db").exit_code == 0
    assert [leads_in(tmp_path / name) for name in ("plain.db", "kept.db")] == [0, 1]


def leads_in(file: Path) -> object:
    connection = apsw.Connection(str(file))
    try:
        return connection.execute("SELECT count(*) FROM leads").get
    finally:
        connection.close()
