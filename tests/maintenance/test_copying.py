"""`leadline copy`: the same data in another database, however often it was cut off on the way."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline.app import as_it_is, build_app, database_of, up_to_date
from leadline.cli.main import app as command_line
from leadline.crm.leads import LEADS
from leadline.kit.db import Database, Transaction, Work
from leadline.log import feed
from leadline.log.feed import LogPosition as PlaceInLog
from leadline.maintenance import checksums, copy_mark, copying
from leadline.maintenance.verify import verify_data
from leadline.records.body import read_new
from leadline.settings import Settings
from tests.cast import Desk, OnPostgres, OnSqlite, Place, desk_on
from tests.maintenance.transcript import There, transcript
from tests.test_log_is_complete import Doors

LATER_TABLES = """
    CREATE TABLE notes (id TEXT PRIMARY KEY, workspace INTEGER NOT NULL REFERENCES workspaces (number), text TEXT);
    CREATE TABLE note_uses (note_id TEXT PRIMARY KEY REFERENCES notes (id), at INTEGER NOT NULL);
    CREATE TABLE installation_secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@pytest.fixture
def target(place: Place, on_sqlite: OnSqlite, on_postgres: OnPostgres, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the other engine."""
    if place is on_sqlite:
        with on_postgres.cluster.copy() as name:
            yield on_postgres.cluster.url(name)
    else:
        yield f"sqlite:///{tmp_path}/copied/leadline.db"


@pytest.fixture(scope="module")
def lived(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where much has happened, and nothing happens any more."""
    with desk_on(place, tmp_path_factory.mktemp("lived")) as desk:
        yield live(desk)


@pytest.fixture
def living(desk: Desk) -> Desk:
    """A desk where much has happened, and more will."""
    return live(desk)


def live(desk: Desk) -> Desk:
    doors = Doors(desk, seed=3)
    for _ in range(100):
        doors.step()
    return desk


def source_url(desk: Desk) -> str:
    return desk.app.settings.database or f"sqlite:///{desk.app.settings.data_file}"


def leadline_copy(desk: Desk, target: str, *options: str) -> Result:
    arguments = ["copy", "--from", source_url(desk), "--to", target, *options]
    return CliRunner().invoke(command_line, arguments)


def copied(desk: Desk, target: str, *options: str) -> Result:
    done = leadline_copy(desk, target, *options)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "The copy is whole, and equal to its source.\n"
    return done


def without_rows(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """All that is stored in tables that have no numbers of the database's own."""
    kinds = {"leads", "contacts", "accounts", "opportunities", "views", "preferences"}
    return {table: rows for table, rows in desk.dump().items() if table not in kinds}  # type: ignore[misc]


async def broken(database: Database) -> list[str]:
    async with database.snapshot() as tx:
        return [str(finding) for finding in (await verify_data(tx)).findings]


def test_a_server_on_the_copy_answers_the_same(place: Place, lived: Desk, target: str, tmp_path: Path) -> None:
    copied(lived, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        there.clock.at = lived.clock.at
        assert transcript(there) == transcript(lived)
        assert without_rows(there) == without_rows(lived)
        assert there.run(broken(there.app.database)) == []


def test_work_goes_on_at_the_copy(place: Place, lived: Desk, target: str, tmp_path: Path) -> None:
    copied(lived, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        made = there.lead(company="Zyzzyva Brewing")
        assert there.team.get("/api/leads/?search=zyzzy").json()["results"][0]["id"] == made["id"]
        assert there.team.post(f"/api/leads/{made['id']}/convert/").status_code == 200
        assert there.team.delete(f"/api/leads/{made['id']}/").status_code == 204
        assert there.run(broken(there.app.database)) == []


def test_the_way_back_ends_where_it_began(place: Place, lived: Desk, target: str, tmp_path: Path) -> None:
    copied(lived, target)
    back = f"sqlite:///{tmp_path}/back.db"
    with desk_on(There(place.cast, target), tmp_path) as there:
        copied(there, back)
    with desk_on(There(place.cast, back), tmp_path) as again:
        assert without_rows(again) == without_rows(lived)
        again.clock.at = lived.clock.at
        assert transcript(again) == transcript(lived)


def test_it_says_how_far_it_is_and_what_was_compared(desk: Desk, target: str) -> None:
    desk.lead()
    said = copied(desk, target).stderr.splitlines()
    assert "leads: 1 rows to look at" in said
    assert "leads: 1 rows, 1 of them written" in said
    assert any(line.startswith("leads: 1 rows, checksum ") and line.endswith(", equal") for line in said)
    seq = desk.rows("SELECT seq FROM workspaces WHERE number = 1")[0][0]
    assert f"{desk.acme.workspace.id}: seq {seq}, equal" in said


def test_a_second_copy_brings_what_happened_since(place: Place, living: Desk, target: str, tmp_path: Path) -> None:
    copied(living, target)
    again = copied(living, target).stderr.splitlines()
    assert all(line.endswith(" 0 of them written") for line in again if "written" in line)
    doors = Doors(living, seed=4)
    for _ in range(60):
        doors.step()
    copied(living, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        there.clock.at = living.clock.at
        assert transcript(there) == transcript(living)
        assert there.run(broken(there.app.database)) == []


class Killed(Exception):
    pass


class Mortal:
    """A database that takes so many writes, and then no more."""

    def __init__(self, database: Database, writes: int) -> None:
        self._database = database
        self._left = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, work: Work[Any], partition: int = 0, *, is_slow: bool = False) -> Any:
        if not self._left:
            raise Killed
        self._left -= 1
        return await self._database.write(work, partition, is_slow=is_slow)


async def copy_until_killed(desk: Desk, target: str, writes: int) -> bool:
    """Answers whether it was done before."""
    async with (
        as_it_is(desk.app.settings) as source,
        up_to_date(database_of(Settings(database=target))) as database,
        source.snapshot() as tx,
    ):
        try:
            await copying.copy_data(tx, Mortal(database, writes), None, lambda line: None)
        except Killed:
            return False
    return True


async def start(target: str) -> None:
    async with build_app(Settings(database=target)).open():
        pass


def test_a_copy_that_is_cut_off_goes_on_although_the_source_does_too(
    place: Place, living: Desk, target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "BATCH_ROWS", 9)
    doors, dice, kills = Doors(living, seed=5), random.Random(5), 0
    while not living.run(copy_until_killed(living, target, writes=3 * (kills + 1))):
        kills += 1
        with pytest.raises(copy_mark.UnfinishedCopy, match="run the same `leadline copy` again"):
            living.run(start(target))
        for _ in range(dice.randrange(8)):
            doors.step()
    assert kills > 3
    with desk_on(There(place.cast, target), tmp_path) as there:
        there.clock.at = living.clock.at
        assert transcript(there) == transcript(living)
        assert without_rows(there) == without_rows(living)
        assert there.run(broken(there.app.database)) == []


def test_what_was_copied_before_the_cut_is_not_copied_again(
    lived: Desk, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "BATCH_ROWS", 9)
    (changes,) = lived.rows("SELECT count(*) FROM changes")[0]
    assert not lived.run(copy_until_killed(lived, target, writes=5))
    said = copied(lived, target).stderr.splitlines()
    assert f"changes: {changes} rows, {int(str(changes)) - 27} of them written" in said


def test_a_copy_is_killed_and_goes_on(place: Place, desk: Desk, target: str, tmp_path: Path) -> None:
    async def many(tx: Transaction) -> None:
        for number in range(1_500):
            body = {"lastName": f"Lee {number}", "email": "lee@startup.example", "notes": "a line\n" * 100}
            await desk.app.records.create(tx, desk.acme.system, LEADS, read_new(LEADS, body))

    desk.run(desk.app.database.write(many))
    command = [sys.executable, "-m", "leadline", "copy", "--from", source_url(desk), "--to", target]
    for until in ("leads", "operations"):
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        assert any(line.startswith(until) for line in process.stderr)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
    copied(desk, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        assert without_rows(there) == without_rows(desk)
        assert there.team.get("/api/leads/").json()["count"] == 1_500
        assert there.run(broken(there.app.database)) == []


def test_one_workspace_is_copied_alone_and_then_the_other(
    place: Place, lived: Desk, target: str, tmp_path: Path
) -> None:
    copied(lived, target, "--workspace", lived.zoes.workspace.id)
    with desk_on(There(place.cast, target), tmp_path) as there:
        assert there.team.get("/api/leads/").status_code == 401
        assert there.stranger.get("/api/leads/").json() == lived.stranger.get("/api/leads/").json()
        assert there.rows("SELECT id FROM workspaces") == [(lived.zoes.workspace.id,)]
        assert there.run(broken(there.app.database)) == []
    copied(lived, target, "--workspace", lived.acme.workspace.id)
    with desk_on(There(place.cast, target), tmp_path) as there:
        assert without_rows(there) == without_rows(lived)
        there.clock.at = lived.clock.at
        assert transcript(there) == transcript(lived)


def test_one_workspace_is_copied_to_where_another_is_at_work(
    place: Place, lived: Desk, target: str, tmp_path: Path
) -> None:
    copied(lived, target, "--workspace", lived.zoes.workspace.id)
    with desk_on(There(place.cast, target), tmp_path) as there:
        answer = there.stranger.post("/api/leads/", {"lastName": "Ray", "email": "ray@zoe.example"})
        copied(lived, target, "--workspace", lived.acme.workspace.id)
        assert there.stranger.get(f"/api/leads/{answer.json()['id']}/").json() == answer.json()
        assert there.team.get("/api/leads/").json() == lived.team.get("/api/leads/").json()
        assert there.run(broken(there.app.database)) == []


class Watched(Mortal):
    """One that notes after each write where its log stands."""

    def __init__(self, database: Database, workspace: int) -> None:
        super().__init__(database, 1_000_000)
        self._workspace = workspace
        self.positions: list[PlaceInLog | None] = []

    async def write(self, work: Work[Any], partition: int = 0, *, is_slow: bool = False) -> Any:
        await super().write(work, partition, is_slow=is_slow)
        state = await self.read(lambda tx: feed.read_version(tx, self._workspace))
        self.positions.append(state.position)


def test_until_a_copy_is_whole_the_log_of_its_target_is_not(
    living: Desk, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checksums, "BATCH_ROWS", 9)

    async def copy() -> list[PlaceInLog | None]:
        async with (
            as_it_is(living.app.settings) as source,
            up_to_date(database_of(Settings(database=target))) as database,
            source.snapshot() as tx,
        ):
            watched = Watched(database, living.acme.workspace.number)
            await copying.copy_data(tx, watched, living.acme.workspace.id, lambda line: None)
            return watched.positions

    for seed in (4, 5):
        *before, last = living.run(copy())
        assert len(before) > 3
        assert before == [None] * len(before)
        ((seq, operation),) = living.rows(
            "SELECT seq, id FROM operations WHERE workspace = 1 ORDER BY seq DESC LIMIT 1"
        )
        assert last == (seq, operation)
        doors = Doors(living, seed=seed)
        for _ in range(60):
            doors.step()


def refused(desk: Desk, target: str, *options: str) -> str:
    done = leadline_copy(desk, target, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    return done.stderr.splitlines()[-1]


def test_a_target_with_other_workspaces_of_the_same_number_is_refused(
    place: Place, desk: Desk, on_sqlite: OnSqlite, on_postgres: OnPostgres, tmp_path: Path
) -> None:
    other: Place = on_postgres if place is on_sqlite else on_sqlite
    with desk_on(other, tmp_path / "other") as there:
        before = there.dump()
        sentence = refused(desk, source_url(there))
        assert sentence == (
            "leadline: The target already has another workspace under the number 1:"
            f" {there.acme.workspace.id}, not {desk.acme.workspace.id}. Copy to an empty database."
        )
        assert there.dump() == before


def test_a_target_that_was_written_to_since_is_refused(place: Place, desk: Desk, target: str, tmp_path: Path) -> None:
    copied(desk, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        there.lead()
        desk.lead()
        before = there.dump()
        for options in ([], ["--workspace", desk.acme.workspace.id]):
            assert f"{desk.acme.workspace.id} has been written to since it was copied" in refused(
                desk, target, *options
            )
        assert there.dump() == before


def test_a_target_with_a_workspace_of_its_own_is_refused(
    place: Place, desk: Desk, target: str, tmp_path: Path
) -> None:
    copied(desk, target)
    with desk_on(There(place.cast, target), tmp_path) as there:
        own = there.run(there.app.database.write(lambda tx: there.app.workspaces.create(tx, "Own")))
        before = there.dump()
        assert f"has a workspace of its own, {own.id}" in refused(desk, target)
        assert there.dump() == before


def test_a_workspace_that_has_another_number_there_is_refused(
    place: Place, desk: Desk, target: str, tmp_path: Path
) -> None:
    async def renumber(tx: Transaction) -> None:
        await tx.execute(
            "INSERT INTO workspaces (number, id, name, seq, no, at, created_at)"
            " SELECT 7, id || 'x', name, 0, 0, at, created_at FROM workspaces"
        )
        for table in ("operations", "changes", "users", "keys", "sessions"):
            await tx.execute(f"UPDATE {table} SET workspace = 7")
        await tx.execute("DELETE FROM workspaces WHERE number < 7")
        await tx.execute("UPDATE workspaces SET id = substr(id, 1, 29)")

    copied(desk, target, "--workspace", desk.acme.workspace.id)
    with desk_on(There(place.cast, target), tmp_path) as there:
        there.run(there.app.database.write(renumber))
        before = there.dump()
        assert f"already has {desk.acme.workspace.id} under another number, 7" in refused(
            desk, target, "--workspace", desk.acme.workspace.id
        )
        assert there.dump() == before


def test_ids_that_another_workspace_has_there_are_refused(
    place: Place, desk: Desk, target: str, tmp_path: Path
) -> None:
    copied(desk, target, "--workspace", desk.zoes.workspace.id)
    with desk_on(There(place.cast, target), tmp_path) as there:
        give = "UPDATE keys SET id = ?"
        (key,) = desk.rows("SELECT id FROM keys WHERE workspace = 1")[0]
        there.run(there.app.database.write(lambda tx: tx.execute(give, (key,))))
        sentence = refused(desk, target, "--workspace", desk.acme.workspace.id)
        assert "The target already has other data under the same ids in keys" in sentence
        assert there.rows("SELECT workspace FROM keys") == [(2,)]


def test_a_workspace_that_is_not_there_cannot_be_copied(desk: Desk, target: str) -> None:
    assert refused(desk, target, "--workspace", "ws_0") == "leadline: The source has no workspace ws_0."


def test_a_workspace_is_not_copied_into_an_unfinished_copy(desk: Desk, target: str) -> None:
    assert not desk.run(copy_until_killed(desk, target, writes=2))
    assert "The data are an unfinished copy" in refused(desk, target, "--workspace", desk.acme.workspace.id)


def test_an_unfinished_copy_is_no_source(desk: Desk, target: str, tmp_path: Path) -> None:
    assert not desk.run(copy_until_killed(desk, target, writes=2))
    onward = CliRunner().invoke(command_line, ["copy", "--from", target, "--to", f"sqlite:///{tmp_path}/x.db"])
    assert (onward.exit_code, "The data are an unfinished copy" in onward.stderr) == (1, True)
    assert not (tmp_path / "x.db").exists()


def test_a_database_is_not_copied_to_itself(desk: Desk) -> None:
    assert refused(desk, source_url(desk)) == "leadline: --from and --to are the same database."


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("sqlite:////nowhere/leadline.db", "leadline: There are no data at /nowhere/leadline.db;"),
        ("mysql://desk/leads", "leadline: --from must be sqlite:///path/to/file.db, or postgresql://"),
        ("postgresql://desk@127.0.0.1:1/leads", "leadline: The database cannot be reached"),
    ],
)
def test_a_source_that_is_none_is_refused(tmp_path: Path, source: str, why: str) -> None:
    done = CliRunner().invoke(command_line, ["copy", "--from", source, "--to", f"sqlite:///{tmp_path}/x.db"])
    assert done.exit_code == 1
    assert done.stderr.startswith(why)
    assert list(tmp_path.iterdir()) == []


async def with_later_tables(tx: Transaction) -> None:
    await tx.run_script(LATER_TABLES)


def test_tables_of_later_versions_travel_by_themselves(desk: Desk, target: str, tmp_path: Path) -> None:
    async def fill(tx: Transaction) -> None:
        await with_later_tables(tx)
        for number in (1, 2):
            await tx.execute("INSERT INTO notes (id, workspace, text) VALUES (?, ?, 'x')", (f"n{number}", number))
            await tx.execute("INSERT INTO note_uses (note_id, at) VALUES (?, 5)", (f"n{number}",))
        await tx.execute("INSERT INTO installation_secrets (name, value) VALUES ('jwt', 'x')")

    async def counts(tx: Transaction) -> list[object]:
        tables = ("notes", "note_uses", "installation_secrets")
        return [await tx.fetch_one(f"SELECT count(*) FROM {table}") for table in tables]

    async def prepare_and_count(*, prepare: bool) -> Any:
        async with up_to_date(database_of(Settings(database=target))) as database:
            return await (database.write(with_later_tables) if prepare else database.read(counts))

    desk.run(desk.app.database.write(fill))
    desk.run(prepare_and_count(prepare=True))
    copied(desk, target, "--workspace", desk.acme.workspace.id)
    assert desk.run(prepare_and_count(prepare=False)) == [(1,), (1,), (0,)]
    copied(desk, target)
    assert desk.run(prepare_and_count(prepare=False)) == [(2,), (2,), (1,)]


class Meddled(Mortal):
    """One that somebody else writes to before it is compared."""

    @asynccontextmanager
    async def snapshot(self, partition: int = 0) -> AsyncIterator[Transaction]:
        await self._database.write(lambda tx: tx.execute("UPDATE users SET first_name = 'Eve'"))
        async with self._database.snapshot() as tx:
            yield tx


def test_a_copy_that_differs_in_the_end_is_not_called_whole(desk: Desk, target: str) -> None:
    async def run() -> None:
        async with (
            up_to_date(database_of(Settings(database=target))) as database,
            desk.app.database.snapshot() as tx,
        ):
            await copying.copy_data(tx, Meddled(database, 1_000), None, lambda line: None)

    with pytest.raises(
        copying.CopyDiffers, match=r"^users differ: the source has \d+ rows, checksum \w+; the target"
    ):
        desk.run(run())
    with pytest.raises(copy_mark.UnfinishedCopy):
        desk.run(start(target))
    copied(desk, target)
    desk.run(start(target))
