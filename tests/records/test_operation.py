"""One operation touches a record several times: it has one change and one version step all the same."""

from collections.abc import Awaitable, Callable
from typing import Any

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.ids import number_of
from leadline.kit.db import Transaction
from leadline.records.operation import RecordOperation
from leadline.records.store import Record
from tests.cast import Desk

Story = Callable[[RecordOperation], Awaitable[Any]]


def play(desk: Desk, story: Story, *, records: int = 0) -> Any:
    """Plays the story in an operation of its own."""

    async def work(tx: Transaction) -> Any:
        async with desk.app.records.begin(tx, desk.acme.system, "lead.updated", records=records) as op:
            return await story(op)

    return desk.run(desk.app.database.write(work, desk.acme.workspace.number))


def newest(desk: Desk, path: str) -> tuple[int, dict[str, Any], int]:
    """The version and changes of a record's newest entry, and how many entries there are."""
    page = desk.ada.get(f"{path}history/").json()
    return page["results"][0]["version"], page["results"][0]["changes"], page["count"]


async def read(op: RecordOperation, desk: Desk, kind: Any, id_: str) -> Record:
    return await desk.app.records.get(op.tx, desk.acme.system, kind, id_)


def test_two_updates_are_one_change(desk: Desk) -> None:
    lead = desk.lead()

    async def story(op: RecordOperation) -> None:
        once = await op.update(LEADS, await read(op, desk, LEADS, lead["id"]), {"company": "One", "leadScore": 5})
        await op.update(LEADS, once, {"company": "Two"})

    play(desk, story)
    version, changes, count = newest(desk, f"/api/leads/{lead['id']}/")
    assert (version, count) == (2, 2)
    assert changes["company"] == [None, "Two"]
    assert changes["leadScore"] == [lead["leadScore"], 5]
    assert desk.ada.get(f"/api/leads/{lead['id']}/").headers["ETag"].startswith('"2')


def test_a_change_that_is_taken_back_is_none(desk: Desk) -> None:
    lead = desk.lead()

    async def story(op: RecordOperation) -> None:
        once = await op.update(LEADS, await read(op, desk, LEADS, lead["id"]), {"company": "One"})
        await op.update(LEADS, once, {"company": None})

    play(desk, story)
    version, changes, _ = newest(desk, f"/api/leads/{lead['id']}/")
    assert version == 2
    assert "company" not in changes


def test_a_new_record_that_is_updated_is_created_with_what_it_holds_then(desk: Desk) -> None:
    async def story(op: RecordOperation) -> Record:
        made = await op.insert(ACCOUNTS, {"name": "First"})
        return await op.update(ACCOUNTS, made, {"name": "Second"})

    made = play(desk, story, records=1)
    version, changes, count = newest(desk, f"/api/accounts/{made['id']}/")
    assert (version, count) == (1, 1)
    assert changes["name"] == [None, "Second"]


def test_a_record_that_is_updated_and_deleted_is_deleted(desk: Desk) -> None:
    lead = desk.lead(company="Startup Inc")

    async def story(op: RecordOperation) -> None:
        await op.delete(LEADS, await op.update(LEADS, await read(op, desk, LEADS, lead["id"]), {"company": "Gone"}))

    play(desk, story)
    version, changes, count = newest(desk, f"/api/leads/{lead['id']}/")
    assert (version, count) == (2, 2)
    assert changes["company"] == ["Startup Inc", None]


def test_a_reference_that_is_emptied_beside_another_change_is_one_step(desk: Desk) -> None:
    account = desk.ada.post("/api/accounts/", {"name": "Startup Inc"}).json()
    contact = desk.ada.post(
        "/api/contacts/", {"lastName": "Lee", "email": "lee@startup.example", "accountId": account["id"]}
    ).json()

    async def story(op: RecordOperation) -> None:
        await op.update(CONTACTS, await read(op, desk, CONTACTS, contact["id"]), {"phone": "555 01 02"})
        await op.move_reference(CONTACTS, "accountId", account["id"], None)

    play(desk, story)
    version, changes, count = newest(desk, f"/api/contacts/{contact['id']}/")
    assert (version, count) == (2, 2)
    assert changes["phone"] == [None, "555 01 02"]
    assert changes["accountId"] == [account["id"], None]
    assert desk.ada.get(f"/api/contacts/{contact['id']}/").headers["ETag"].startswith('"2')


def test_more_records_than_were_expected_get_the_next_numbers(desk: Desk) -> None:
    async def story(op: RecordOperation) -> list[Record]:
        return [await op.insert(ACCOUNTS, {"name": f"No. {n}"}) for n in range(3)]

    first, second, third = play(desk, story, records=1)
    assert (second.no, third.no) == (first.no + 1, first.no + 2)
    assert number_of(desk.account()["id"]) == third.no + 1


def test_an_operation_counts_its_changes(desk: Desk) -> None:
    async def story(op: RecordOperation) -> None:
        made = await op.insert(ACCOUNTS, {"name": "Startup IO"})
        await op.update(ACCOUNTS, made, {"name": "Startup Inc"})
        await op.insert(ACCOUNTS, {"name": "TechCorp"})

    play(desk, story)
    assert desk.rows("SELECT size FROM operations ORDER BY workspace, seq DESC LIMIT 1") == [(2,)]
