"""`leadline verify` names what is wrong with the data, and says nothing of data that are right."""

from pathlib import Path

import apsw
import asyncpg
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app as command_line
from leadline.kit.db import Transaction
from leadline.maintenance import files
from leadline.maintenance.verify import VerifyReport, verify_data
from leadline.settings import Settings
from tests.cast import Desk, Place
from tests.e2e.invariants import broken_on

REFERENCES = "references lead to a record of the same workspace"
NUMBERS = "running numbers are taken once, and counted by the workspace"
HAS_CONTACT = "a lead is converted just when it has a contact, unless that was deleted since"

DAMAGES = [
    ("DELETE FROM contacts", REFERENCES),
    ("UPDATE contacts SET lead_id = id", REFERENCES),
    ("UPDATE leads SET assigned_to = (SELECT min(id) FROM users WHERE workspace = 2)", REFERENCES),
    ("UPDATE contacts SET account_id = 'acc_0'", "foreign keys hold"),
    ("UPDATE leads SET converted_contact_id = NULL", HAS_CONTACT),
    ("UPDATE leads SET converted_contact_id = 'cnt_0' WHERE status = 'new'", HAS_CONTACT),
    ("UPDATE leads SET converted_account_id = NULL", "what came of a lead is what it names"),
    ("DELETE FROM leads WHERE status = 'new'", "a record that is gone was deleted"),
    ("DELETE FROM leads WHERE status = 'converted'", REFERENCES),
    ("UPDATE leads SET updated_at = created_at - 1", "a record is not changed before it is made"),
    ("UPDATE workspaces SET no = no - 1", NUMBERS),
    ("UPDATE contacts SET no = (SELECT min(no) FROM leads) WHERE id = (SELECT min(id) FROM contacts)", NUMBERS),
    ("UPDATE leads SET version = version + 1", "a record has one change for each version"),
    ("UPDATE changes SET version = version + 9", "a record has one change for each version"),
    ("UPDATE leads SET email = 'other@startup.example'", "a record is what its history makes of it"),
    ("UPDATE opportunities SET value = 1", "a record is what its history makes of it"),
    ("UPDATE leads SET email_key = 'other'", "what filters and searches look at is made from a record's fields"),
    ("UPDATE contacts SET search_key = ''", "what filters and searches look at is made from a record's fields"),
    ("DELETE FROM views", "a record that is gone was deleted"),
    ("UPDATE views SET user_id = (SELECT min(id) FROM users WHERE workspace = 2)", REFERENCES),
    ("UPDATE views SET query = 'status=lost'", "a record is what its history makes of it"),
    ("UPDATE preferences SET version = 7", "a record has one change for each version"),
    ("UPDATE preferences SET content = '{}'", "a record is what its history makes of it"),
    ("DELETE FROM operations WHERE seq = 5", "the log has no gaps"),
    ("UPDATE workspaces SET seq = seq + 1", "the log has no gaps"),
    ("DELETE FROM operations WHERE seq = 5", "every change belongs to an operation"),
    ("UPDATE operations SET at = at * 2 WHERE seq = 5", "the log's times never run backwards"),
]
ON_SQLITE = [
    ("UPDATE leads SET status = 'converted'", "the file is sound"),
    ("UPDATE leads SET status = 'converted'", "a lead is converted just when it has a time of conversion"),
]
ON_POSTGRES = [
    (
        "ALTER TABLE leads DROP CONSTRAINT leads_check; UPDATE leads SET status = 'converted'",
        "a lead is converted just when it has a time of conversion",
    ),
    (
        "ALTER TABLE contacts DROP CONSTRAINT contacts_lead_id_key; UPDATE contacts SET lead_id = 'ld_0'",
        "a lead has one contact at most",
    ),
]


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    desk.clock.at = 2_000_000_000_000
    for company in ("Startup IO", "Other"):
        lead = desk.lead(company=company, assignedTo=desk.ben.id)
        body = {"createAccount": True, "createOpportunity": True}
        assert desk.team.post(f"/api/leads/{lead['id']}/convert/", body).status_code == 200
    assert desk.team.delete(f"/api/leads/{desk.lead()['id']}/").status_code == 204
    assert desk.team.delete(f"/api/leads/{lead['id']}/").status_code == 204
    desk.lead()
    desk.clock.at = None
    view = {"name": "New", "kind": "lead", "query": "status=new"}
    assert desk.ben.post("/api/views/", view).status_code == 201
    assert desk.ben.send("PUT", "/api/me/preferences/", json={"theme": "dark"}).status_code == 200
    return desk


def report(desk: Desk) -> VerifyReport:
    async def look() -> VerifyReport:
        async with desk.app.database.snapshot() as tx:
            return await verify_data(tx)

    found: VerifyReport = desk.run(look())
    return found


def damage(desk: Desk, script: str) -> None:
    """Past all services, and all constraints that can be passed by."""
    if desk.app.settings.on_postgres:
        desk.run(_damage_postgres(desk.app.settings.database, script))
        return
    connection = apsw.Connection(str(desk.app.settings.data_file))
    connection.execute(f"PRAGMA ignore_check_constraints = 1; {script}")
    connection.close()


async def _damage_postgres(url: str, script: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    await connection.execute(script)
    await connection.close()


def leadline_verify(settings: Settings) -> Result:
    where = ["--database", settings.database] if settings.database else ["--data", str(settings.data)]
    return CliRunner().invoke(command_line, ["verify", *where])


def test_a_desk_at_work_breaks_none(busy_desk: Desk) -> None:
    checked = leadline_verify(busy_desk.app.settings)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.startswith("Checked 2 workspaces, 2 leads, 2 contacts, 2 accounts, 2 opportunities, ")
    assert ": 0 of " in checked.stdout


@pytest.mark.parametrize(("script", "found"), DAMAGES)
def test_damage_is_found(busy_desk: Desk, script: str, found: str) -> None:
    damage(busy_desk, script)
    assert found in {finding.invariant for finding in report(busy_desk).findings}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("script", "found"), ON_SQLITE)
def test_damage_to_a_file_is_found(busy_desk: Desk, script: str, found: str) -> None:
    test_damage_is_found(busy_desk, script, found)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
@pytest.mark.parametrize(("script", "found"), ON_POSTGRES)
def test_damage_that_a_constraint_prevents_is_found(busy_desk: Desk, script: str, found: str) -> None:
    test_damage_is_found(busy_desk, script, found)


def test_every_invariant_has_a_damage_that_breaks_it(place: Place, desk: Desk) -> None:
    assert set(report(desk).checked) <= {name for _, name in DAMAGES + ON_SQLITE + ON_POSTGRES}


def test_what_is_wrong_is_said_with_examples(busy_desk: Desk) -> None:
    (id_,) = busy_desk.rows("SELECT id FROM leads WHERE status = 'new'")[0]
    damage(busy_desk, "UPDATE leads SET version = version + 1 WHERE status = 'new'")
    checked = leadline_verify(busy_desk.app.settings)
    assert checked.exit_code == 1
    assert checked.stderr == f"broken: a record has one change for each version: 1 times, such as {id_}\n"
    assert ": 1 of " in checked.stdout


def test_what_campaigns_ask_in_the_end_is_the_same(busy_desk: Desk) -> None:
    settings = busy_desk.app.settings
    url = settings.database or f"sqlite:///{settings.data_file}"
    assert broken_on(url) == {}
    damage(busy_desk, "UPDATE workspaces SET seq = seq + 1")
    assert list(broken_on(url)) == ["the log has no gaps"]


def test_only_the_first_of_many_are_shown(desk: Desk) -> None:
    for _ in range(7):
        desk.lead()
    damage(desk, "UPDATE leads SET version = version + 1")
    (finding,) = report(desk).findings
    assert (finding.cases, len(finding.examples)) == (7, 5)


def test_a_snapshot_shows_one_state_while_others_write(desk: Desk) -> None:
    async def look() -> list[object]:
        async with desk.app.database.snapshot() as tx:
            seen = [await tx.fetch_one("SELECT count(*) FROM workspaces")]
            await desk.app.database.write(lambda tx: desk.app.workspaces.create(tx, "Late"))
            return [*seen, await tx.fetch_one("SELECT count(*) FROM workspaces")]

    assert desk.run(look()) == [(2,), (2,)]
    assert desk.rows("SELECT count(*) FROM workspaces") == [(3,)]


def test_data_of_an_older_schema_are_not_touched(desk: Desk) -> None:
    async def forget(tx: Transaction) -> None:
        await tx.run_script("DELETE FROM migrations")

    desk.run(desk.app.database.write(forget))
    refused = leadline_verify(desk.app.settings)
    assert refused.exit_code == 1
    assert refused.stderr == (
        "leadline: The data have an older schema; start this version of Leadline on them once.\n"
    )
    assert desk.rows("SELECT * FROM migrations") == []


def test_where_there_are_no_data_none_are_made(tmp_path: Path) -> None:
    refused = leadline_verify(Settings(data=tmp_path))
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"leadline: There are no data at {tmp_path}/leadline.db; ")
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_is_gone_by_another_kind_of_operation_is_no_damage(busy_desk: Desk) -> None:
    """The change itself says that it is gone, and not what the operation is called."""
    damage(busy_desk, "UPDATE operations SET kind = 'lead.merged' WHERE kind LIKE '%.deleted'")
    assert report(busy_desk).findings == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_backup_is_verified_without_a_write_beside_it(busy_desk: Desk, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    backup.mkdir()
    files.back_up(busy_desk.app.settings.data_file, backup / "leadline.db")
    for ending in ("-wal", "-shm"):
        (backup / f"leadline.db{ending}").mkdir()  # so that none of SQLite's own can be made
    before = (backup / "leadline.db").read_bytes()
    assert leadline_verify(Settings(data=backup)).exit_code == 0
    assert (backup / "leadline.db").read_bytes() == before
