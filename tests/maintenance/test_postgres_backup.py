"""The commands that docs/data.md gives for PostgreSQL do what it says."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Desk, OnPostgres, Place, desk_on
from tests.maintenance.test_verify import report
from tests.maintenance.transcript import There, transcript
from tests.postgres import Cluster, cluster


def program(made: Cluster, name: str) -> str:
    """Beside the server's own; a client of an older version would refuse it."""
    found = shutil.which(name, path=str(made.programs))
    if found is None:
        pytest.skip(f"{name} is not among PostgreSQL's programs here")
    return found


def run(made: Cluster, name: str, *arguments: str) -> None:
    subprocess.run([program(made, name), *arguments], check=True, timeout=60, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def place(on_postgres: OnPostgres) -> Place:
    return on_postgres


def test_a_dump_restored_answers_as_the_desk_did(on_postgres: OnPostgres, desk: Desk, tmp_path: Path) -> None:
    lead = desk.lead(company="Startup IO")
    assert desk.team.post(f"/api/leads/{lead['id']}/convert/").status_code == 200
    made = on_postgres.cluster
    run(made, "pg_dump", "--format=custom", f"--file={tmp_path}/leads.dump", desk.app.settings.database)
    with made.copy("template0") as name:
        run(made, "pg_restore", "--exit-on-error", f"--dbname={made.url(name)}", f"{tmp_path}/leads.dump")
        with desk_on(There(on_postgres.cast, made.url(name)), tmp_path) as again:
            assert transcript(again) == transcript(desk)
            assert report(again).findings == []
            assert again.lead()["id"]


@pytest.fixture
def archived() -> Iterator[OnPostgres]:
    """A cluster of its own that keeps its log."""
    with cluster() as made:
        (made.folder / "archive").mkdir()
        made.give(made.folder / "archive")
        made.sql("ALTER SYSTEM SET archive_mode = on")
        archive = f"{made.folder}/archive/%f"
        made.sql(f"ALTER SYSTEM SET archive_command = 'test ! -f {archive} && cp %p {archive}'")
        made.stop()
        made.start()
        with made.copy() as prepared:
            yield OnPostgres(made, prepared)


def test_the_data_are_brought_back_to_a_moment(archived: OnPostgres, tmp_path: Path) -> None:
    made = archived.cluster
    with desk_on(archived, tmp_path) as desk:
        database = desk.app.settings.database
        desk.lead(company="Before the backup")
        program(made, "pg_basebackup")
        made.run("pg_basebackup", "--pgdata=base", f"--dbname={made.url('postgres')}", "--checkpoint=fast")
        desk.lead(company="After the backup")
        before = transcript(desk)
        (moment,) = desk.rows("SELECT clock_timestamp()::text")[0]
        desk.run(desk.app.database.write(lambda tx: tx.execute("UPDATE leads SET company = 'Lost'")))
        made.sql("SELECT pg_switch_wal()")
        desk.run(desk.app.database.close())
        made.stop()
        _recover(made, str(moment))
        made.start()
        made.sql("DO 'BEGIN WHILE pg_is_in_recovery() LOOP PERFORM pg_sleep(0.05); END LOOP; END'")
        desk.run(desk.app.database.open())
        with desk_on(There(archived.cast, database), tmp_path) as again:
            assert transcript(again) == before
            assert report(again).findings == []
            assert again.lead()["id"]


def _recover(made: Cluster, moment: str) -> None:
    (made.folder / "data").rename(made.folder / "damaged")
    (made.folder / "base").rename(made.folder / "data")
    with (made.folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"restore_command = 'cp {made.folder}/archive/%f %p'\n")
        settings.write(f"recovery_target_time = '{moment}'\n")
        settings.write("recovery_target_action = 'promote'\n")
    signal = made.folder / "data" / "recovery.signal"
    signal.touch()
    made.give(signal)
