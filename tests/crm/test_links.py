"""What refers to a record stands when that is deleted, with the reference emptied and the log saying so."""

from collections import Counter
from typing import Any

import pytest

from leadline.crm.kinds import KINDS
from leadline.kit.db import Transaction
from leadline.records.kind import Kind
from leadline.records.references import ReferenceChecker
from tests.cast import Desk

Json = dict[str, Any]
NEW_YEAR = 1_893_456_000_000
REFERRING = [(kind, *reference) for kind in KINDS for reference in ReferenceChecker(KINDS).fields_to(kind)]


def get(desk: Desk, plural: str, id_: str) -> Json:
    answer = desk.team.get(f"/api/{plural}/{id_}/")
    assert answer.status_code == 200
    return {**answer.json(), "version": int(answer.headers["ETag"].strip('"').partition("-")[0])}


def conversion(desk: Desk) -> dict[str, str]:
    """A lead and all that it became: their ids, by their paths."""
    lead = desk.lead(company="Startup IO")["id"]
    body = {"createAccount": True, "createOpportunity": True}
    made = desk.team.post(f"/api/leads/{lead}/convert/", body).json()
    return {
        "leads": lead,
        "contacts": made["contact"]["id"],
        "accounts": made["account"]["id"],
        "opportunities": made["opportunity"]["id"],
    }


EMPTIED: dict[str, dict[str, Json]] = {
    "leads": {plural: {"leadId": None} for plural in ("contacts", "accounts", "opportunities")},
    "contacts": {
        "leads": {"convertedContactId": None},
        "accounts": {"contactCount": 0},
        "opportunities": {"contactId": None, "contactName": None},
    },
    "accounts": {
        "leads": {},
        "contacts": {"accountId": None, "accountName": None},
        "opportunities": {"accountId": None, "accountName": None},
    },
    "opportunities": {"leads": {}, "contacts": {}, "accounts": {"openOpportunityCount": 0}},
}
"""What a delete of the first changes in each of the others, as the API shows it."""
REFERRED = {
    "leads": {"contacts", "accounts", "opportunities"},
    "contacts": {"leads", "opportunities"},
    "accounts": {"leads", "contacts", "opportunities"},
    "opportunities": {"leads"},
}


@pytest.mark.parametrize("gone", EMPTIED)
def test_what_refers_to_a_deleted_record_stands_with_the_link_emptied(desk: Desk, gone: str) -> None:
    desk.clock.at = NEW_YEAR
    ids = conversion(desk)
    before = {plural: get(desk, plural, ids[plural]) for plural in EMPTIED[gone]}
    desk.clock.at += 60_000
    assert desk.team.delete(f"/api/{gone}/{ids[gone]}/").status_code == 204
    for plural, emptied in EMPTIED[gone].items():
        version = before[plural]["version"] + (plural in REFERRED[gone])
        time = {"updatedAt": "2030-01-01T00:01:00Z"} if plural in REFERRED[gone] else {}
        assert get(desk, plural, ids[plural]) == before[plural] | emptied | time | {"version": version}


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("gone", EMPTIED)
def test_one_operation_tells_of_the_delete_and_of_each_emptied_link(desk: Desk, gone: str) -> None:
    ids = conversion(desk)
    operation = desk.team.delete(f"/api/{gone}/{ids[gone]}/").headers["Operation-Id"]
    for plural in REFERRED[gone]:
        entry = desk.team.get(f"/api/{plural}/{ids[plural]}/history/").json()["results"][0]
        assert (entry["operationId"], entry["kind"]) == (operation, f"{kind_of(gone).name}.deleted")
        assert [change for change in entry["changes"].values() if change == [ids[gone], None]]
    rows = desk.rows("SELECT count(*) FROM changes JOIN operations USING (workspace, seq) WHERE id = ?", operation)
    assert rows == [(len(REFERRED[gone]) + 1,)]


def kind_of(plural: str) -> Kind:
    return next(kind for kind in KINDS if kind.plural == plural)


@pytest.mark.at_the_shared_desk
def test_a_lead_stays_converted_when_all_it_became_is_gone(desk: Desk) -> None:
    ids = conversion(desk)
    for plural in ("opportunities", "contacts", "accounts"):
        assert desk.team.delete(f"/api/{plural}/{ids[plural]}/").status_code == 204
    lead = get(desk, "leads", ids["leads"])
    assert (lead["status"], lead["convertedContactId"]) == ("converted", None)
    assert lead["convertedAt"] is not None
    again = desk.team.post(f"/api/leads/{ids['leads']}/convert/")
    assert again.status_code == 409
    assert [again.json()[name] for name in ("contactId", "accountId", "opportunityId")] == [None] * 3
    assert desk.team.patch(f"/api/leads/{ids['leads']}/", {"company": "Elsewhere"}).status_code == 200


@pytest.mark.at_the_shared_desk
def test_whoever_knew_the_record_before_its_link_was_emptied_is_told(desk: Desk) -> None:
    account = desk.account()["id"]
    contact = desk.contact(accountId=account)["id"]
    desk.team.delete(f"/api/accounts/{account}/")
    answer = desk.team.patch(f"/api/contacts/{contact}/", {"title": "CEO"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 412


@pytest.mark.at_the_shared_desk
def test_a_delete_that_is_refused_empties_nothing(desk: Desk) -> None:
    ids = conversion(desk)
    before = desk.dump()
    assert desk.stranger.delete(f"/api/accounts/{ids['accounts']}/").status_code == 404
    stale = desk.team.delete(f"/api/accounts/{ids['accounts']}/", headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    assert desk.dump() == before


def test_an_account_with_very_many_contacts_can_be_deleted(desk: Desk) -> None:
    account, other = desk.account(), desk.contact(accountId=desk.account()["id"])
    desk.run(desk.app.database.write(lambda tx: copies(tx, desk, account["id"], 10_000)))
    assert get(desk, "accounts", account["id"])["contactCount"] == 10_000
    assert desk.team.delete(f"/api/accounts/{account['id']}/").status_code == 204
    assert desk.team.get("/api/contacts/?accountId[null]=true").json()["count"] == 10_000
    assert get(desk, "contacts", other["id"])["accountId"] == other["accountId"]
    assert desk.rows("SELECT version, count(*) FROM changes GROUP BY version ORDER BY version")[1] == (2, 10_001)


async def copies(tx: Transaction, desk: Desk, account: str, number: int) -> None:
    """Contacts of the account, past all services."""
    await tx.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO contacts (workspace, no, id, version, email, stage, account_id, tags, email_opt_out,"
        " email_bounced, search_key, created_at, updated_at)"
        " SELECT ?, 1000 + i, 'cnt_' || substr('01HX0000000000000000000000', 1, 26 - length(CAST(i AS TEXT))) || i,"
        " 1, 'x@x.example', 'new', ?, '[]', 0, 0, 'x', 0, 0 FROM n",
        (number, desk.acme.workspace.number, account),
    )


def test_a_kind_refers_to_another_by_one_field_at_most() -> None:
    pairs = Counter((kind.name, referring.name) for kind, referring, _ in REFERRING)
    assert set(pairs.values()) == {1}


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("kind", "referring", "name"), REFERRING)
def test_what_refers_to_a_record_is_found_by_an_index(desk: Desk, kind: Kind, referring: Kind, name: str) -> None:
    column = referring.fields[name].column
    sql = f"EXPLAIN QUERY PLAN SELECT id, version FROM {referring.plural} WHERE {column} = ? AND workspace = ?"
    ((*_, plan),) = desk.rows(sql, "x", 1)
    assert f"{column}=?" in str(plan)
