"""Many records at once: what becomes of them is what single creates would have made, and a bad one stops all."""

from typing import Any

import pytest

from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.errors import InvalidInput, InvalidRows
from leadline.kit.db import Transaction
from leadline.maintenance.verify import VerifyReport, verify_data
from leadline.records.body import read_new
from leadline.records.kind import Kind
from leadline.records.service import BulkWriteResult
from tests.cast import Desk

NEW_YEAR = 1_893_456_000_000
UNKNOWN = "01HXAAAAAAAAAAAAAAAAAAAAAA"

Body = dict[str, Any]


def create_many(desk: Desk, kind: Kind, bodies: list[Body]) -> BulkWriteResult:
    drafts = [read_new(kind, body) for body in bodies]

    async def work(tx: Transaction) -> BulkWriteResult:
        return await desk.app.records.create_many(tx, desk.acme.system, kind, drafts)

    made: BulkWriteResult = desk.run(desk.app.database.write(work))
    return made


def create(desk: Desk, kind: Kind, body: Body) -> None:
    draft = read_new(kind, body)
    desk.run(desk.app.database.write(lambda tx: desk.app.records.create(tx, desk.acme.system, kind, draft)))


def refused(desk: Desk, kind: Kind, bodies: list[Body]) -> InvalidRows:
    """How the records are refused; nothing of them stays."""
    before = desk.dump()
    with pytest.raises(InvalidRows) as caught:
        create_many(desk, kind, bodies)
    assert desk.dump() == before
    return caught.value


def lead(number: int, **fields: Any) -> Body:
    return {"lastName": "Lee", "email": f"lee{number}@startup.example"} | fields


def everything(desk: Desk) -> list[Body]:
    """Leads that differ in whatever a lead can."""
    return [
        lead(1),
        lead(2, firstName="Émile", lastName=None, email="EMILE@Startup.Example", emailOptOut=True),
        lead(3, assignedTo=desk.ben.id, status="qualified", source="referral", leadScore=7),
        lead(4, assignedTo=desk.cleo.id, company="  Straße & Co ", phone="+49 30 123", notes="two\nlines"),
        lead(5, assignedTo=desk.ben.id, company=""),
    ]


def without_own(record: Body) -> Body:
    """What a record has that is not its alone."""
    return {name: value for name, value in record.items() if name != "id"}


def history(desk: Desk, id_: str) -> list[Body]:
    entries: list[Body] = desk.team.get(f"/api/leads/{id_}/history/").json()["results"]
    return entries


def test_they_are_what_single_creates_make(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    singly = [desk.team.post("/api/leads/", body).json() for body in everything(desk)]
    made = create_many(desk, LEADS, everything(desk))
    together = [desk.team.get(f"/api/leads/{id_}/").json() for id_ in made.ids]
    assert [without_own(one) for one in together] == [without_own(one) for one in singly]
    kept = "SELECT version, email_key, search_key, converted_at FROM leads WHERE id = ?"
    assert [desk.rows(kept, id_) for id_ in made.ids] == [desk.rows(kept, one["id"]) for one in singly]


def test_each_has_the_history_of_a_create(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    singly = [desk.team.post("/api/leads/", body).json()["id"] for body in everything(desk)]
    made = create_many(desk, LEADS, everything(desk))
    for id_, other in zip(made.ids, singly, strict=True):
        [entry], [expected] = history(desk, id_), history(desk, other)
        assert (entry["operationId"], entry["seq"]) == (made.operation.id, made.operation.seq)
        assert (entry["kind"], entry["version"], entry["at"]) == ("lead.created", 1, expected["at"])
        assert without_own(entry["changes"]) == without_own(expected["changes"])
        assert entry["changes"]["id"] == [None, id_]


def test_they_are_one_operation_and_numbered_in_their_order(desk: Desk) -> None:
    first = desk.lead()
    made = create_many(desk, LEADS, [lead(number) for number in range(1_200)])
    last = desk.lead()
    ids = [first["id"], *made.ids, last["id"]]
    rows = desk.rows("SELECT id, no FROM leads WHERE workspace = ? ORDER BY no", desk.acme.workspace.number)
    assert [id_ for id_, _ in rows] == ids == sorted(ids)
    numbers = [int(no or 0) for _, no in rows]
    assert numbers == list(range(numbers[0], numbers[0] + 1_202))
    seqs = [history(desk, id_)[0]["seq"] for id_ in (ids[0], ids[1], ids[-2], ids[-1])]
    assert seqs == [seqs[0], seqs[0] + 1, seqs[0] + 1, seqs[0] + 2]


def test_a_list_a_count_and_a_search_have_them(desk: Desk) -> None:
    assert desk.team.get("/api/leads/?search=startup").json()["count"] == 0
    made = create_many(desk, LEADS, [lead(number, company=f"Startup {number % 2}") for number in range(30)])
    page = desk.team.get("/api/leads/").json()
    assert (page["count"], [one["id"] for one in page["results"]]) == (30, made.ids[:9:-1])
    assert desk.team.get("/api/leads/?search=startup+1").json()["count"] == 15
    assert desk.team.get("/api/leads/?search=lee7@").json()["results"][0]["id"] == made.ids[7]
    assert desk.stranger.get("/api/leads/").json()["count"] == 0


def test_they_can_be_changed_found_again_and_deleted(desk: Desk) -> None:
    made = create_many(desk, LEADS, [lead(number) for number in range(3)])
    path = f"/api/leads/{made.ids[1]}/"
    assert desk.team.patch(path, {"company": "Elsewhere"}).status_code == 200
    assert desk.team.get("/api/leads/?search=elsewhere").json()["count"] == 1
    assert desk.team.delete(path).status_code == 204
    assert desk.team.get("/api/leads/?search=elsewhere").json()["count"] == 0
    assert desk.team.get("/api/leads/").json()["count"] == 2


def test_they_hold_every_invariant(desk: Desk) -> None:
    desk.lead()
    create_many(desk, LEADS, everything(desk))
    account = desk.account()["id"]
    create_many(desk, CONTACTS, [lead(number, accountId=account, tags=["vip"]) for number in range(50)])
    desk.lead()
    report: VerifyReport = desk.run(desk.app.database.read(verify_data))
    assert report.findings == []
    assert (report.counts["leads"], report.counts["contacts"]) == (7, 50)


def test_a_bad_row_refuses_all_and_is_named(desk: Desk) -> None:
    bodies = [lead(0), lead(1, email="no", leadScore=11), lead(2)]
    error = refused(desk, LEADS, bodies)
    assert error.detail.startswith("Nothing was created because of row 2: email must be an e-mail address")
    assert {place: [one.field for one in errors] for place, errors in error.rows.items()} == {
        1: ["email", "leadScore"]
    }


def test_what_is_wrong_with_a_row_is_what_a_single_create_says(desk: Desk) -> None:
    bodies = [
        lead(0, assignedTo=desk.zoes.admin.id, status="converted", nmae="Lee"),
        lead(1),
        lead(2, assignedTo=f"usr_{UNKNOWN}"),
        lead(3, lastName=" "),
        lead(4, assignedTo="Ben"),
        {},
    ]
    error = refused(desk, LEADS, bodies)
    assert error.detail.startswith("Nothing was created because of 5 rows, the first of them row 1: ")
    assert sorted(error.rows) == [0, 2, 3, 4, 5]
    for place, errors in error.rows.items():
        with pytest.raises(InvalidInput) as caught:
            create(desk, LEADS, bodies[place])
        assert tuple(errors) == caught.value.errors


def test_references_are_checked_however_many_they_are(desk: Desk) -> None:
    accounts = [desk.account()["id"]] + [f"acc_{number:026}" for number in range(1_100)]
    bodies = [lead(number, accountId=account) for number, account in enumerate(accounts)]
    error = refused(desk, CONTACTS, bodies)
    assert sorted(error.rows) == list(range(1, 1_101))
    assert {one.code for errors in error.rows.values() for one in errors} == {"unknown_account"}
