"""Undo: an operation is taken back exactly, or others stand in the way and the answer says where.

The number in a test's name is the row of the table in docs/taking-things-back.md.
"""

import asyncio
from typing import Any

import httpx2
import pytest

from tests.cast import Caller, Desk

Json = dict[str, Any]
PATHS = {"ld": "leads", "cnt": "contacts", "acc": "accounts", "opp": "opportunities"}
FORCES = ("", "?force=skip", "?force=overwrite")


def path_of(record_id: str) -> str:
    return f"/api/{PATHS[record_id.partition('_')[0]]}/{record_id}/"


def get(desk: Desk, record_id: str) -> Json | None:
    """A record, without what every write changes; None if it is not there."""
    answer = desk.ada.get(path_of(record_id))
    if answer.status_code == 404:
        return None
    return {name: value for name, value in answer.json().items() if name != "updatedAt"}


def patch(desk: Desk, record_id: str, caller: Caller | None = None, **fields: Any) -> str:
    """Changes a record, and returns the operation."""
    answer = (caller or desk.team).patch(path_of(record_id), fields)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["Operation-Id"])


def delete(desk: Desk, record_id: str) -> str:
    answer = desk.team.delete(path_of(record_id))
    assert answer.status_code == 204, answer.text
    return str(answer.headers["Operation-Id"])


def convert(desk: Desk, lead_id: str, **options: Any) -> tuple[str, Json]:
    answer = desk.team.post(f"{path_of(lead_id)}convert/", options)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["Operation-Id"]), answer.json()


def creation(desk: Desk, record_id: str) -> str:
    return str(desk.ada.get(f"{path_of(record_id)}history/").json()["results"][-1]["operationId"])


def undo(desk: Desk, operation: str, query: str = "", caller: Caller | None = None) -> httpx2.Response:
    return (caller or desk.ada).post(f"/api/operations/{operation}/undo/{query}")


def undone(desk: Desk, operation: str, query: str = "") -> str:
    """Takes an operation back, and returns the undo."""
    answer = undo(desk, operation, query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["operation"]["undoes"] == operation
    return str(answer.headers["Operation-Id"])


def conflicts(answer: httpx2.Response) -> list[tuple[str, str | None]]:
    """The codes and fields of the conflicts that an answer tells."""
    body = answer.json()
    found = body["conflicts"] if answer.status_code == 409 else body["skipped"]
    return sorted((one["code"], one["field"]) for one in found)


def refused(desk: Desk, operation: str, query: str = "", code: str = "undo_conflict") -> list[tuple[str, str | None]]:
    """The conflicts for which an undo is refused; it changes nothing."""
    before = desk.dump()
    answer = undo(desk, operation, query)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert desk.dump() == before
    return conflicts(answer) if code == "undo_conflict" else []


def nothing_to_undo(desk: Desk, operation: str) -> str | None:
    """Nothing is left to take back. Returns the undo that did it, if there was one."""
    for query in FORCES:
        refused(desk, operation, query, "nothing_to_undo")
    undone_by: str | None = undo(desk, operation).json()["undoneBy"]
    return undone_by


def a_converted_lead(desk: Desk, **options: Any) -> tuple[Json, str, Json]:
    """A lead, its conversion with account and opportunity, and the ids of what was made."""
    lead = desk.lead(company="Startup IO", status="qualified")
    operation, made = convert(desk, lead["id"], createAccount=True, createOpportunity=True, **options)
    return lead, operation, {name: one["id"] for name, one in made.items()}


# Creating


def test_row_1_a_created_record_is_deleted(desk: Desk) -> None:
    lead = desk.lead()
    undone(desk, creation(desk, lead["id"]))
    assert get(desk, lead["id"]) is None
    assert desk.lead()["id"][-16:-8] > lead["id"][-16:-8]


def test_row_2_a_created_record_that_was_changed_since(desk: Desk) -> None:
    lead = desk.lead()
    made = creation(desk, lead["id"])
    patch(desk, lead["id"], company="Startup IO")
    assert refused(desk, made) == [("changed", "company")]
    assert refused(desk, made, "?force=skip") == [("changed", "company")]
    answer = undo(desk, made, "?force=overwrite")
    assert (answer.status_code, conflicts(answer)) == (200, [("changed", "company")])
    assert get(desk, lead["id"]) is None


def test_row_2_tags_that_were_changed_since(desk: Desk) -> None:
    contact = desk.contact(tags=["a"])
    made = creation(desk, contact["id"])
    patch(desk, contact["id"], tags=["b"])
    assert refused(desk, made) == [("changed", "tags")]


def test_row_3_a_change_that_was_taken_back_is_none(desk: Desk) -> None:
    lead = desk.lead()
    undone(desk, patch(desk, lead["id"], company="Startup IO", leadScore=3))
    undone(desk, creation(desk, lead["id"]))
    assert get(desk, lead["id"]) is None


def test_row_4_a_created_record_to_which_others_refer(desk: Desk) -> None:
    account = desk.account()
    contact = desk.contact(accountId=account["id"])
    made = creation(desk, account["id"])
    assert refused(desk, made) == [("referenced", None)]
    assert refused(desk, made, "?force=skip") == [("referenced", None)]
    undone(desk, made, "?force=overwrite")
    assert get(desk, account["id"]) is None
    assert (get(desk, contact["id"]) or {})["accountId"] is None


def test_row_5_a_created_record_that_was_deleted_is_gone_already(desk: Desk) -> None:
    lead = desk.lead()
    made = creation(desk, lead["id"])
    delete(desk, lead["id"])
    assert nothing_to_undo(desk, made) is None


def test_row_6_a_created_record_that_was_deleted_and_restored(desk: Desk) -> None:
    lead = desk.lead()
    made = creation(desk, lead["id"])
    undone(desk, delete(desk, lead["id"]))
    undone(desk, made)
    assert get(desk, lead["id"]) is None


# Changing


def test_row_7_a_changed_field_is_changed_back(desk: Desk) -> None:
    lead = desk.lead(company="A")
    before = get(desk, lead["id"])
    undone(desk, patch(desk, lead["id"], company="B", leadScore=9, assignedTo=desk.ben.id))
    assert get(desk, lead["id"]) == before


def test_row_8_a_field_that_others_changed_since(desk: Desk) -> None:
    lead = desk.lead(company="A", leadScore=1)
    change = patch(desk, lead["id"], company="B", leadScore=2)
    by = patch(desk, lead["id"], desk.ben, company="C")
    answer = undo(desk, change)
    [conflict] = answer.json()["conflicts"]
    assert (answer.status_code, answer.json()["total"]) == (409, 1)
    assert (conflict["kind"], conflict["id"], conflict["now"], conflict["back"]) == ("lead", lead["id"], "C", "A")
    assert (conflict["by"]["operationId"], conflict["by"]["user"]["id"]) == (by, desk.ben.id)
    skipping = undone(desk, change, "?force=skip")
    assert [(get(desk, lead["id"]) or {})[name] for name in ("company", "leadScore")] == ["C", 1]
    undone(desk, skipping)
    undone(desk, change, "?force=overwrite")
    assert [(get(desk, lead["id"]) or {})[name] for name in ("company", "leadScore")] == ["A", 1]


def test_row_9_a_value_that_another_wrote_again_is_theirs(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], company="B")
    patch(desk, lead["id"], company="C")
    by = patch(desk, lead["id"], company="B")
    [conflict] = undo(desk, change).json()["conflicts"]
    assert (conflict["code"], conflict["by"]["operationId"]) == ("changed", by)
    assert refused(desk, change, "?force=skip") == [("changed", "company")]
    undone(desk, change, "?force=overwrite")
    assert (get(desk, lead["id"]) or {})["company"] == "A"


def test_row_10_a_later_change_that_was_taken_back(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], company="B")
    undone(desk, patch(desk, lead["id"], company="C"))
    undone(desk, change)
    assert (get(desk, lead["id"]) or {})["company"] == "A"


def test_row_11_a_field_that_another_set_back_has_nothing_to_take_back(desk: Desk) -> None:
    lead = desk.lead(company="A", leadScore=1)
    change = patch(desk, lead["id"], company="B")
    both = patch(desk, lead["id"], company="C", leadScore=2)
    patch(desk, lead["id"], company="A")
    assert nothing_to_undo(desk, change) is None
    assert refused(desk, both) == [("changed", "company")]
    undone(desk, both, "?force=skip")
    assert (get(desk, lead["id"]) or {})["leadScore"] == 1


def test_row_12_two_fields_of_which_one_was_changed(desk: Desk) -> None:
    for query, expected in (("?force=skip", ("C", 1)), ("?force=overwrite", ("A", 1))):
        lead = desk.lead(company="A", leadScore=1)
        change = patch(desk, lead["id"], company="B", leadScore=2)
        patch(desk, lead["id"], company="C")
        assert refused(desk, change) == [("changed", "company")]
        undone(desk, change, query)
        now = get(desk, lead["id"]) or {}
        assert (now["company"], now["leadScore"]) == expected


def test_row_13_a_changed_record_that_was_deleted(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], company="B")
    deletion = delete(desk, lead["id"])
    for query in FORCES:
        assert refused(desk, change, query) == [("gone", None)]
    undone(desk, deletion)
    undone(desk, change)
    assert (get(desk, lead["id"]) or {})["company"] == "A"


def test_row_14_an_operation_that_changed_nothing(desk: Desk) -> None:
    lead = desk.lead(company="A")
    assert nothing_to_undo(desk, patch(desk, lead["id"], company="A")) is None


def test_row_15_an_undo_breaks_no_rule(desk: Desk) -> None:
    lead = desk.lead(firstName=None, lastName="Lee", company="X")
    change = patch(desk, lead["id"], firstName="Ada", company="Y")
    patch(desk, lead["id"], lastName=None)
    for query in ("?force=skip", "?force=overwrite"):
        assert ("rule", "firstName") in refused(desk, change)
        taking_back = undone(desk, change, query)
        now = get(desk, lead["id"]) or {}
        assert (now["firstName"], now["lastName"], now["company"]) == ("Ada", None, "X")
        undone(desk, taking_back)


def test_row_16_a_disabled_user_is_the_owner_again(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    change = patch(desk, lead["id"], assignedTo=desk.cleo.id)
    assert desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False}).status_code == 200
    undone(desk, change)
    assert (get(desk, lead["id"]) or {})["assignedTo"] == desk.ben.id


def test_row_17_a_reference_to_a_record_that_is_gone(desk: Desk) -> None:
    first, second = desk.account(), desk.account()
    contact = desk.contact(accountId=first["id"])
    change = patch(desk, contact["id"], accountId=second["id"])
    delete(desk, first["id"])
    for query in FORCES:
        assert refused(desk, change, query) == [("target_gone", "accountId")]
    assert (get(desk, contact["id"]) or {})["accountId"] == second["id"]


# Deleting


def test_row_18_a_deleted_record_is_back_with_all_that_it_was(desk: Desk) -> None:
    account = desk.account(tags=["big"], billingAddress={"city": "Oslo"}, annualRevenue=12.5, assignedTo=desk.ben.id)
    contact = desk.contact(accountId=account["id"])
    before = [get(desk, one["id"]) for one in (account, contact)]
    [place] = desk.rows("SELECT no, created_at FROM accounts WHERE id = ?", account["id"])
    undone(desk, delete(desk, account["id"]))
    assert [get(desk, one["id"]) for one in (account, contact)] == before
    assert desk.rows("SELECT no, created_at FROM accounts WHERE id = ?", account["id"]) == [place]
    assert desk.ada.get(path_of(account["id"])).headers["ETag"].startswith('"3')
    assert desk.ada.get(f"{path_of(account['id'])}history/").json()["gone"] is False


def test_row_18_a_converted_lead_is_back_with_its_hidden_fields(desk: Desk) -> None:
    lead, _, made = a_converted_lead(desk)
    before = desk.rows("SELECT * FROM leads")
    undone(desk, delete(desk, lead["id"]))
    after = desk.rows("SELECT * FROM leads")
    assert len(before) == len(after) == 1
    assert desk.team.post(f"{path_of(lead['id'])}convert/").json()["opportunityId"] == made["opportunity"]


def test_row_19_a_reference_that_points_elsewhere_now(desk: Desk) -> None:
    for query, expected in (("?force=skip", 1), ("?force=overwrite", 0)):
        accounts = [desk.account(), desk.account()]
        contact = desk.contact(accountId=accounts[0]["id"])
        deletion = delete(desk, accounts[0]["id"])
        patch(desk, contact["id"], accountId=accounts[1]["id"])
        assert refused(desk, deletion) == [("changed", "accountId")]
        undone(desk, deletion, query)
        assert get(desk, accounts[0]["id"]) is not None
        assert (get(desk, contact["id"]) or {})["accountId"] == accounts[expected]["id"]


def test_row_20_a_referring_record_that_was_deleted(desk: Desk) -> None:
    for query in ("?force=skip", "?force=overwrite"):
        account = desk.account()
        contact = desk.contact(accountId=account["id"])
        deletion = delete(desk, account["id"])
        delete(desk, contact["id"])
        assert refused(desk, deletion) == [("gone", None)]
        undone(desk, deletion, query)
        assert get(desk, account["id"]) is not None
        assert get(desk, contact["id"]) is None


def test_row_21_a_deleted_contact_whose_account_was_deleted(desk: Desk) -> None:
    for query in ("?force=skip", "?force=overwrite"):
        account = desk.account()
        contact = desk.contact(accountId=account["id"])
        deletion = delete(desk, contact["id"])
        delete(desk, account["id"])
        assert refused(desk, deletion) == [("target_gone", "accountId")]
        undone(desk, deletion, query)
        assert (get(desk, contact["id"]) or {"accountId": 1})["accountId"] is None


def test_row_22_a_deleted_record_that_was_restored_already(desk: Desk) -> None:
    lead = desk.lead()
    deletion = delete(desk, lead["id"])
    restoring = undone(desk, deletion)
    assert nothing_to_undo(desk, deletion) == restoring


def test_what_came_of_a_lead_stays_so_when_the_account_beside_it_comes_back(desk: Desk) -> None:
    _, _, made = a_converted_lead(desk)
    before = {name: get(desk, id_) for name, id_ in made.items()}
    undone(desk, delete(desk, made["account"]))
    assert {name: get(desk, id_) for name, id_ in made.items()} == before


def test_a_record_that_was_deleted_again_by_another(desk: Desk) -> None:
    lead = desk.lead()
    deletion = delete(desk, lead["id"])
    undone(desk, deletion)
    again = delete(desk, lead["id"])
    [conflict] = undo(desk, deletion).json()["conflicts"]
    assert (conflict["code"], conflict["field"], conflict["by"]["operationId"]) == ("changed", "id", again)
    assert refused(desk, deletion, "?force=skip") == [("changed", "id")]
    undone(desk, deletion, "?force=overwrite")
    assert get(desk, lead["id"]) is not None


# Converting


def test_row_23_a_conversion_is_taken_back(desk: Desk) -> None:
    linked = desk.contact(phone=None)
    lead = desk.lead(company="Startup IO", status="qualified", phone="+47 22 33 44 55")
    before = [get(desk, lead["id"]), get(desk, linked["id"])]
    operation, made = convert(desk, lead["id"], createAccount=True, createOpportunity=True, contactId=linked["id"])
    assert (get(desk, linked["id"]) or {})["phone"] == "+47 22 33 44 55"
    answer = undo(desk, operation)
    assert [answer.json()[name] for name in ("restored", "changed", "deleted")] == [0, 2, 2]
    assert [get(desk, lead["id"]), get(desk, linked["id"])] == before
    assert get(desk, made["account"]["id"]) is None
    assert get(desk, made["opportunity"]["id"]) is None
    assert convert(desk, lead["id"])


def test_row_24_a_record_made_by_a_conversion_that_was_edited(desk: Desk) -> None:
    lead, operation, made = a_converted_lead(desk)
    patch(desk, made["contact"], title="CTO")
    assert ("changed", "title") in refused(desk, operation)
    undone(desk, operation, "?force=skip")
    assert (get(desk, lead["id"]) or {})["status"] == "qualified"
    kept = get(desk, made["contact"]) or {}
    assert (kept["title"], kept["leadId"]) == ("CTO", None)
    assert (get(desk, made["account"]) or {})["leadId"] is None  # it stays, since the contact refers to it
    assert get(desk, made["opportunity"]) is None
    assert convert(desk, lead["id"], createAccount=True)


def test_row_24_overwritten(desk: Desk) -> None:
    lead, operation, made = a_converted_lead(desk)
    patch(desk, made["contact"], title="CTO")
    other = desk.opportunity(contactId=made["contact"])
    assert ("referenced", None) in refused(desk, operation)
    undone(desk, operation, "?force=overwrite")
    assert get(desk, made["contact"]) is None
    assert (get(desk, other["id"]) or {"contactId": 1})["contactId"] is None
    assert (get(desk, lead["id"]) or {})["convertedAt"] is None


def test_row_25_a_filled_field_of_a_linked_contact_that_was_changed(desk: Desk) -> None:
    for query, phone in (("?force=skip", "555 99 99"), ("?force=overwrite", None)):
        linked = desk.contact(phone=None)
        lead = desk.lead(phone="555 01 02")
        operation, _ = convert(desk, lead["id"], contactId=linked["id"])
        patch(desk, linked["id"], phone="555 99 99")
        assert refused(desk, operation) == [("changed", "phone")]
        undone(desk, operation, query)
        assert (get(desk, linked["id"]) or {})["phone"] == phone
        assert (get(desk, lead["id"]) or {})["status"] == "new"


def test_row_26_other_fields_of_the_lead_stay_as_they_were_edited(desk: Desk) -> None:
    lead, operation, _ = a_converted_lead(desk)
    patch(desk, lead["id"], notes="Edited")
    undone(desk, operation)
    now = get(desk, lead["id"]) or {}
    assert (now["status"], now["notes"], now["convertedContactId"]) == ("qualified", "Edited", None)


def test_row_27_a_converted_lead_that_was_deleted(desk: Desk) -> None:
    for query in ("?force=skip", "?force=overwrite"):
        lead, operation, made = a_converted_lead(desk)
        delete(desk, lead["id"])
        assert ("gone", None) in refused(desk, operation)
        undone(desk, operation, query)
        assert [get(desk, id_) for name, id_ in made.items() if name != "lead"] == [None] * 3


def test_row_28_a_lead_that_was_converted_again_in_between(desk: Desk) -> None:
    for query in ("?force=skip", "?force=overwrite"):
        lead, operation, first = a_converted_lead(desk)
        taking_back = undone(desk, operation)
        desk.clock.at = desk.clock() + 2_000  # or the second conversion may have the time of the first
        _, again = convert(desk, lead["id"])
        found = refused(desk, taking_back)
        assert ("changed", "convertedContactId") in found
        undone(desk, taking_back, query)
        winner, loser = (
            (again["contact"]["id"], first["contact"])
            if query == "?force=skip"
            else (first["contact"], again["contact"]["id"])
        )
        assert (get(desk, lead["id"]) or {})["convertedContactId"] == winner
        assert (get(desk, winner) or {})["leadId"] == lead["id"]
        assert (get(desk, loser) or {"leadId": 1})["leadId"] is None


def test_all_that_a_lead_became_is_deleted_and_comes_back(desk: Desk) -> None:
    lead, _, made = a_converted_lead(desk)
    before = {id_: get(desk, id_) for id_ in (lead["id"], *made.values())}
    deletions = [delete(desk, made[name]) for name in ("account", "opportunity", "contact")]
    for deletion in reversed(deletions):
        undone(desk, deletion)
    assert {id_: get(desk, id_) for id_ in (lead["id"], *made.values())} == before


def test_the_status_of_a_lead_that_was_converted_since_stays(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], status="lost", company="B")
    convert(desk, lead["id"])
    assert refused(desk, change) == [("changed", "status")]
    answer = undo(desk, change, "?force=overwrite")
    assert (answer.status_code, conflicts(answer)) == (200, [("changed", "status"), ("rule", "status")])
    now = get(desk, lead["id"]) or {}
    assert (now["status"], now["company"]) == ("converted", "A")


# Undoing


def test_row_29_an_undo_is_taken_back_like_anything(desk: Desk) -> None:
    lead, operation, made = a_converted_lead(desk)
    converted = {id_: get(desk, id_) for id_ in made.values()}
    for _ in range(3):
        taking_back = undone(desk, operation)
        assert get(desk, made["contact"]) is None
        operation = undone(desk, taking_back)
        assert {id_: get(desk, id_) for id_ in made.values()} == converted
    assert convert_again_is_refused(desk, lead["id"])


def convert_again_is_refused(desk: Desk, lead_id: str) -> bool:
    return desk.team.post(f"{path_of(lead_id)}convert/").status_code == 409


def test_row_30_an_operation_that_was_taken_back_already(desk: Desk) -> None:
    change = patch(desk, desk.lead(company="A")["id"], company="B")
    taking_back = undone(desk, change)
    assert nothing_to_undo(desk, change) == taking_back


def test_row_31_an_operation_that_was_taken_back_and_redone(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], company="B")
    undone(desk, undone(desk, change))
    assert (get(desk, lead["id"]) or {})["company"] == "B"
    assert desk.ada.get(f"/api/operations/{change}/").json()["undoneBy"] is None
    undone(desk, change)
    assert (get(desk, lead["id"]) or {})["company"] == "A"


# What is never taken back


def test_row_38_an_operation_with_an_erased_person(desk: Desk) -> None:
    change = patch(desk, desk.lead()["id"], company="B")
    desk.execute("UPDATE changes SET erased = seq")
    for query in FORCES:
        refused(desk, change, query, "erased")


def test_row_39_users_keys_sessions_and_workspaces(desk: Desk) -> None:
    key = desk.ada.post("/api/keys/", {"name": "Form"})
    user = desk.ada.patch(f"/api/users/{desk.ben.id}/", {"firstName": "Benedict"})
    for answer in (key, user):
        refused(desk, answer.headers["Operation-Id"], "", "not_undoable")
    kinds = ("workspace.created", "session.opened")
    for kind in kinds:
        sql = "SELECT id FROM operations WHERE kind = ? AND workspace = ?"
        refused(desk, str(desk.rows(sql, kind, desk.acme.workspace.number)[0][0]), "", "not_undoable")


def test_row_40_an_operation_that_the_log_has_lost(desk: Desk) -> None:
    change = patch(desk, desk.lead()["id"], company="B")
    desk.execute("UPDATE workspaces SET log_from = seq + 1")
    answer = undo(desk, change)
    assert (answer.status_code, answer.json()["code"]) == (410, "log_trimmed")


# Who may


def test_a_person_takes_back_their_own_and_an_admin_anybodys(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], desk.ben, company="B")
    for other in (desk.cleo, desk.team):
        assert undo(desk, change, caller=other).status_code == 403
    assert undo(desk, change, caller=desk.vic).status_code == 403
    assert undo(desk, change, caller=desk.stranger).status_code == 404
    assert undo(desk, change, caller=desk.zoe).status_code == 404
    taking_back = undo(desk, change, caller=desk.ben)
    assert taking_back.status_code == 200
    assert undo(desk, taking_back.headers["Operation-Id"], caller=desk.ada).status_code == 200


def test_a_key_needs_the_scope_of_each_kind_that_changes(desk: Desk) -> None:
    secret = desk.ada.post("/api/keys/", {"name": "Form", "scopes": ["accounts:write"]}).json()["secret"]
    caller = desk.caller(secret)
    account = desk.account()
    change = patch(desk, account["id"], caller, name="TechCorp Inc")
    assert undo(desk, change, caller=caller).status_code == 200
    desk.contact(accountId=account["id"])
    deletion = caller.delete(path_of(account["id"])).headers["Operation-Id"]
    answer = undo(desk, deletion, caller=caller)
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
    assert undo(desk, creation(desk, desk.lead()["id"]), caller=caller).status_code == 404


@pytest.mark.parametrize("query", ["?force=maybe", "?force=", "?fource=skip", "?force=skip&force=skip"])
def test_a_parameter_that_is_none_is_refused(desk: Desk, query: str) -> None:
    change = patch(desk, desk.lead()["id"], company="B")
    before = desk.dump()
    assert undo(desk, change, query).status_code == 400
    assert desk.dump() == before


@pytest.mark.makes_up_its_steps
def test_of_two_undos_at_once_one_is_done(desk: Desk) -> None:
    lead = desk.lead(company="A")
    change = patch(desk, lead["id"], company="B")

    async def both() -> list[httpx2.Response]:
        headers = {"Authorization": f"Bearer {desk.ada.access}"}
        calls = (desk._client.post(f"/api/operations/{change}/undo/", headers=headers) for _ in range(2))
        return list(await asyncio.gather(*calls))

    answers = sorted(desk.run(both()), key=lambda answer: int(answer.status_code))
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["undoneBy"] == answers[0].headers["Operation-Id"]
    assert (get(desk, lead["id"]) or {})["company"] == "A"


def test_an_unknown_operation_is_not_found(desk: Desk) -> None:
    for id_ in ("op_01HXAAAAAAAAAAAAAAAAAAAAAA", "nothing", desk.lead()["id"]):
        assert undo(desk, id_).status_code == 404
