"""What looks at a data file after a campaign sees what it is there to see."""

import apsw
import pytest

from tests.cast import Desk
from tests.e2e.invariants import broken

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


@pytest.fixture
def busy_desk(desk: Desk) -> Desk:
    converted, deleted = desk.lead(company="Startup IO"), desk.lead()
    desk.lead()
    body = {"createAccount": True, "createOpportunity": True}
    assert desk.team.post(f"/api/leads/{converted['id']}/convert/", body).status_code == 200
    assert desk.team.delete(f"/api/leads/{deleted['id']}/").status_code == 204
    contact = desk.contact(accountId=desk.account()["id"])
    desk.opportunity(contactId=contact["id"])
    assert desk.team.delete(f"/api/contacts/{contact['id']}/").status_code == 204
    return desk


def test_a_desk_at_work_breaks_none(busy_desk: Desk) -> None:
    assert broken(busy_desk.app.settings.file) == {}


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("DELETE FROM contacts", "references lead somewhere, in the same workspace"),
        ("DELETE FROM opportunities", "references lead somewhere, in the same workspace"),
        ("UPDATE contacts SET lead_id = id", "references lead somewhere, in the same workspace"),
        ("UPDATE accounts SET workspace = 2", "references lead somewhere, in the same workspace"),
        (
            "UPDATE leads SET converted_contact_id = NULL",
            "a lead is converted just when it has a contact, unless that was deleted since",
        ),
        ("UPDATE leads SET converted_account_id = NULL", "what came of a lead is what it names"),
        ("UPDATE contacts SET account_id = 'acc_0'", "foreign keys hold"),
        ("DELETE FROM leads WHERE status = 'new'", "a record that is gone was deleted"),
        ("DELETE FROM leads WHERE status = 'converted'", "references lead somewhere, in the same workspace"),
        ("PRAGMA ignore_check_constraints = 1; UPDATE leads SET status = 'converted'", "the file is sound"),
        ("UPDATE leads SET version = version + 1", "a record's version is its last change's"),
        ("DELETE FROM operations WHERE seq = 5", "the log has no gaps"),
        ("DELETE FROM operations WHERE seq = 5", "every change belongs to an operation"),
        ("UPDATE workspaces SET seq = seq + 1", "the log has no gaps"),
        ("DELETE FROM leads_search", "the search index has all leads, and nothing else"),
    ],
)
def test_damage_is_found(busy_desk: Desk, damage: str, found: str) -> None:
    connection = apsw.Connection(str(busy_desk.app.settings.file))
    connection.execute(damage)
    connection.close()
    assert found in broken(busy_desk.app.settings.file)
