"""Conversion: a lead becomes a contact and, where asked for, an account and an opportunity."""

from typing import Any

import httpx2
import pytest

from leadline.access import Actor
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records.body import read_new
from leadline.records.kind import Kind
from leadline.records.service import RecordService
from leadline.records.store import Record
from tests.answers import refusal
from tests.cast import Desk, Team

NEW_YEAR = 1_893_456_000_000
UNKNOWN = "01HXAAAAAAAAAAAAAAAAAAAAAA"
EVERYTHING = {
    "createAccount": True,
    "accountName": "Startup IO",
    "createOpportunity": True,
    "opportunityName": "Startup IO — Enterprise",
    "opportunityValue": 12000,
    "opportunityStage": "proposal",
}


def convert(desk: Desk, lead: dict[str, Any], body: object = None) -> httpx2.Response:
    return desk.team.post(f"/api/leads/{lead['id']}/convert/", body)


def converted(desk: Desk, lead: dict[str, Any], body: object = None) -> dict[str, Any]:
    answer = convert(desk, lead, body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def stored(desk: Desk, plural: str, part: dict[str, Any]) -> dict[str, Any]:
    """The record that a part of the answer names."""
    record: dict[str, Any] = desk.team.get(f"/api/{plural}/{part['id']}/").json()
    return record


def existing(desk: Desk, team: Team, kind: Kind, **fields: Any) -> dict[str, Any]:
    """A record that is there already."""

    async def work(tx: Transaction) -> dict[str, Any]:
        made = await desk.app.records.create(tx, team.system, kind, read_new(kind, fields))
        return made.record.values

    values: dict[str, Any] = desk.run(desk.app.database.write(work))
    return values


def test_a_converted_lead_becomes_a_contact(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead()
    desk.clock.at += 60_500
    done = converted(desk, lead)
    assert done == {
        "lead": {"id": lead["id"], "status": "converted", "convertedAt": "2030-01-01T00:01:00Z"},
        "contact": {"id": done["contact"]["id"], "firstName": "Dana", "lastName": "Lee"},
        "account": None,
        "opportunity": None,
    }
    assert stored(desk, "leads", lead) == lead | {
        "status": "converted",
        "convertedAt": "2030-01-01T00:01:00Z",
        "convertedContactId": done["contact"]["id"],
        "updatedAt": "2030-01-01T00:01:00Z",
    }


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("body", [None, {}, {"createAccount": False, "opportunityName": None, "accountName": " "}])
def test_the_body_is_optional(desk: Desk, body: object) -> None:
    done = converted(desk, desk.lead(company="Startup IO"), body)
    assert (done["account"], done["opportunity"]) == (None, None)


def test_everything_at_once(desk: Desk) -> None:
    done = converted(desk, desk.lead(), EVERYTHING)
    account, opportunity = done["account"], done["opportunity"]
    assert account == {"id": account["id"], "name": "Startup IO"}
    assert opportunity == {"id": opportunity["id"], "name": "Startup IO — Enterprise", "value": 12000}
    assert [done[part]["id"][:4] for part in ("contact", "account", "opportunity")] == ["cnt_", "acc_", "opp_"]
    assert stored(desk, "contacts", done["contact"])["accountId"] == account["id"]
    deal = stored(desk, "opportunities", opportunity)
    assert (deal["contactId"], deal["accountId"], deal["stage"]) == (done["contact"]["id"], account["id"], "proposal")
    assert deal["accountName"] == "Startup IO"


def test_the_contact_takes_what_is_known_of_the_person(desk: Desk) -> None:
    taken = {
        "firstName": "Dana",
        "lastName": "Lee",
        "email": "dana@startup.example",
        "phone": "+1 555 333",
        "assignedTo": desk.ben.id,
        "source": "referral",
        "notes": "Call\nback",
        "emailOptOut": True,
    }
    lead = desk.lead(**taken, company="Startup IO", leadScore=9)
    contact = stored(desk, "contacts", converted(desk, lead)["contact"])
    assert {name: contact[name] for name in taken} == taken
    assert contact["emailBounced"] is False
    assert contact["assignedToName"] == "Ben Okri"
    assert contact["stage"] == "new"
    assert contact["leadId"] == lead["id"]


def test_the_contact_takes_that_the_mail_bounced(desk: Desk) -> None:
    lead = desk.lead()

    async def bounce(tx: Transaction) -> None:
        await tx.execute("UPDATE leads SET email_bounced = 1 WHERE id = ?", (lead["id"],))

    desk.run(desk.app.database.write(bounce))
    contact = stored(desk, "contacts", converted(desk, lead)["contact"])
    assert (contact["emailBounced"], contact["emailOptOut"]) == (True, False)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("company", "asked", "name"),
    [
        ("Startup IO", {}, "Startup IO"),
        ("Startup IO", {"accountName": "Startup Inc"}, "Startup Inc"),
        ("Startup IO", {"accountName": "  "}, "Startup IO"),
        (None, {"accountName": " Startup Inc "}, "Startup Inc"),
    ],
)
def test_the_account_is_named_by_request_or_by_company(
    desk: Desk, company: str | None, asked: dict[str, Any], name: str
) -> None:
    done = converted(desk, desk.lead(company=company, assignedTo=desk.ben.id), {"createAccount": True} | asked)
    account = stored(desk, "accounts", done["account"])
    assert account["name"] == done["account"]["name"] == name
    assert (account["website"], account["companySize"]) == (None, None)
    assert account["assignedTo"] == desk.ben.id


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", [{}, {"accountName": None}, {"accountName": ""}])
def test_an_account_without_a_name_is_refused(desk: Desk, name: dict[str, Any]) -> None:
    answer = convert(desk, desk.lead(), {"createAccount": True} | name)
    assert refusal(answer) == (422, [("accountName", "required")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("lead", "asked", "name"),
    [
        ({}, {"opportunityName": "Big deal", "createAccount": True, "accountName": "Startup IO"}, "Big deal"),
        ({}, {"createAccount": True, "accountName": "Startup IO"}, "Startup IO"),
        ({"company": "Startup IO"}, {"opportunityName": " "}, "Dana Lee"),
        ({"firstName": None}, {}, "Lee"),
        ({"lastName": None}, {}, "Dana"),
    ],
)
def test_the_opportunity_is_named_by_request_account_or_person(
    desk: Desk, lead: dict[str, Any], asked: dict[str, Any], name: str
) -> None:
    done = converted(desk, desk.lead(**lead), {"createOpportunity": True} | asked)
    assert stored(desk, "opportunities", done["opportunity"])["name"] == done["opportunity"]["name"] == name


def test_a_linked_account_names_the_opportunity(desk: Desk) -> None:
    account = existing(desk, desk.acme, ACCOUNTS, name="Old Friends")
    done = converted(desk, desk.lead(), {"createOpportunity": True, "accountId": account["id"]})
    assert done["opportunity"]["name"] == "Old Friends"


def test_the_name_of_a_person_may_be_longer_than_that_of_an_opportunity(desk: Desk) -> None:
    done = converted(desk, desk.lead(firstName="a" * 150, lastName="b" * 150), {"createOpportunity": True})
    assert done["opportunity"]["name"] == "a" * 150 + " " + "b" * 49


def test_a_name_that_is_cut_between_two_names_ends_without_a_blank(desk: Desk) -> None:
    done = converted(desk, desk.lead(firstName="x" * 199, lastName="Lee"), {"createOpportunity": True})
    assert done["opportunity"]["name"] == "x" * 199


def test_an_opportunity_without_an_account_is_linked_to_the_contact_alone(desk: Desk) -> None:
    done = converted(desk, desk.lead(assignedTo=desk.ben.id), {"createOpportunity": True})
    deal = stored(desk, "opportunities", done["opportunity"])
    assert (deal["contactId"], deal["accountId"]) == (done["contact"]["id"], None)
    assert (deal["stage"], deal["value"], deal["assignedTo"]) == ("qualification", None, desk.ben.id)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("12000", "12000"),
        ("12000.0", "12000"),
        ("1.2e4", "12000"),
        ("12000.5", "12000.5"),
        ("0", "0"),
        ("0.0001", "0.0001"),
        ("0.3", "0.3"),
        ("1234567.8901", "1234567.8901"),
        ("99999999999", "99999999999"),
        ("99999999998.9999", "99999999998.9999"),
        ("null", "null"),
    ],
)
def test_a_value_is_exact_to_the_digit(desk: Desk, sent: str, shown: str) -> None:
    body = f'{{"createOpportunity": true, "opportunityValue": {sent}}}'
    path = f"/api/leads/{desk.lead()['id']}/convert/"
    answer = desk.team.post(path, content=body, headers={"Content-Type": "application/json"})
    assert f'"value":{shown}}}' in answer.text
    kept = desk.team.get(f"/api/opportunities/{answer.json()['opportunity']['id']}/")
    assert f'"value":{shown},' in kept.text


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("opportunityValue", -1, "out_of_range"),
        ("opportunityValue", -0.0001, "out_of_range"),
        ("opportunityValue", 1e11, "out_of_range"),
        ("opportunityValue", 0.00001, "too_precise"),
        ("opportunityValue", 1.23456, "too_precise"),
        ("opportunityValue", "12000", "wrong_type"),
        ("opportunityValue", True, "wrong_type"),
        ("opportunityStage", "won", "unknown_value"),
        ("opportunityName", "n" * 201, "too_long"),
        ("opportunityName", 7, "wrong_type"),
        ("accountName", "n" * 201, "too_long"),
        ("createAccount", "true", "wrong_type"),
        ("createOpportunity", 1, "wrong_type"),
        ("accountId", "acc_x", "unknown_account"),
        ("contactId", "cnt_x", "unknown_contact"),
        ("dealName", "Big deal", "unknown_field"),
    ],
)
def test_a_value_that_cannot_be_is_refused(desk: Desk, name: str, value: object, code: str) -> None:
    switches = {"createAccount": name == "accountName", "createOpportunity": name.startswith("opportunity")}
    answer = convert(desk, desk.lead(), switches | {name: value})
    assert refusal(answer) == (422, [(name, code)])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "stage",
    ["prospecting", "qualification", "needs_analysis", "proposal", "negotiation", "closed_won", "closed_lost"],
)
def test_a_stage_is_one_of_the_seven(desk: Desk, stage: str) -> None:
    done = converted(desk, desk.lead(), {"createOpportunity": True, "opportunityStage": stage})
    assert stored(desk, "opportunities", done["opportunity"])["stage"] == stage


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("stage", [None, "", " "])
def test_without_a_stage_it_is_the_first(desk: Desk, stage: str | None) -> None:
    done = converted(desk, desk.lead(), {"createOpportunity": True, "opportunityStage": stage})
    assert stored(desk, "opportunities", done["opportunity"])["stage"] == "qualification"


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("name", "value", "switch"),
    [
        ("opportunityName", "Big deal", "createOpportunity"),
        ("opportunityValue", 0, "createOpportunity"),
        ("opportunityStage", "qualification", "createOpportunity"),
        ("accountName", "Startup IO", "createAccount"),
    ],
)
@pytest.mark.parametrize("off", [None, False, ...])
def test_nothing_asked_for_is_dropped_in_silence(
    desk: Desk, name: str, value: object, switch: str, off: object
) -> None:
    answer = convert(desk, desk.lead(), {name: value} | ({} if off is ... else {switch: off}))
    assert refusal(answer) == (422, [(name, "needs")])
    assert f"{switch}: true" in answer.json()["errors"][0]["message"]


def test_all_that_lacks_its_switch_is_said_at_once(desk: Desk) -> None:
    asked = {name: value for name, value in EVERYTHING.items() if value is not True}
    assert refusal(convert(desk, desk.lead(), asked)) == (422, [(name, "needs") for name in asked])


def test_all_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    switches = {"createAccount": True, "createOpportunity": True}
    answer = convert(desk, desk.lead(), switches | {"contactId": f"cnt_{UNKNOWN}", "opportunityValue": -1})
    expected = [("accountName", "required"), ("contactId", "unknown_contact"), ("opportunityValue", "out_of_range")]
    assert (answer.status_code, sorted(refusal(answer)[1])) == (422, expected)


def test_an_existing_account_is_linked_and_left_as_it_is(desk: Desk) -> None:
    account = existing(desk, desk.acme, ACCOUNTS, name="Old Friends", website="old.example", phone="112")
    before = stored(desk, "accounts", account)
    done = converted(desk, desk.lead(company="Other"), {"accountId": account["id"], "createOpportunity": True})
    assert done["account"] == {"id": account["id"], "name": "Old Friends"}
    assert stored(desk, "contacts", done["contact"])["accountName"] == "Old Friends"
    assert stored(desk, "opportunities", done["opportunity"])["accountId"] == account["id"]
    counts = {"contactCount": 1, "openOpportunityCount": 1}
    assert stored(desk, "accounts", account) == before | counts
    assert len(desk.rows("SELECT id FROM accounts")) == 1


def test_an_existing_contact_is_linked_and_only_its_gaps_are_filled(desk: Desk) -> None:
    contact = existing(desk, desk.acme, CONTACTS, firstName="Dee", email="dee@old.example", notes="Likes tea")
    lead = desk.lead(phone="112", source="event", notes="Met in Oslo", assignedTo=desk.ben.id, emailOptOut=True)
    asked = {"contactId": contact["id"], "createAccount": True, "accountName": "Acme", "createOpportunity": True}
    done = converted(desk, lead, asked)
    assert done["contact"] == {"id": contact["id"], "firstName": "Dee", "lastName": "Lee"}
    kept = {
        "firstName": "Dee",
        "email": "dee@old.example",
        "notes": "Likes tea",
        "emailOptOut": False,
        "stage": "new",
    }
    filled = {"lastName": "Lee", "phone": "112", "source": "event", "assignedTo": desk.ben.id}
    linked = {"accountId": done["account"]["id"], "accountName": "Acme", "assignedToName": "Ben Okri"}
    after = stored(desk, "contacts", contact)
    assert {name: after[name] for name in kept | filled | linked} == kept | filled | linked
    assert stored(desk, "opportunities", done["opportunity"])["contactId"] == contact["id"]
    assert stored(desk, "leads", lead)["convertedContactId"] == contact["id"]
    assert len(desk.rows("SELECT id FROM contacts")) == 1


def test_a_contact_without_gaps_is_left_as_it_is(desk: Desk) -> None:
    old, new = (existing(desk, desk.acme, ACCOUNTS, name=name) for name in ("Old", "New"))
    everything = {"firstName": "Dee", "lastName": "Old", "email": "dee@old.example", "phone": "110", "notes": "Tea"}
    rest = {"source": "other", "assignedTo": desk.cleo.id, "accountId": old["id"], "stage": "customer"}
    contact = existing(desk, desk.acme, CONTACTS, **everything, **rest)
    before = stored(desk, "contacts", contact)
    lead = desk.lead(phone="112", source="event", notes="Oslo", assignedTo=desk.ben.id)
    assert converted(desk, lead, {"contactId": contact["id"], "accountId": new["id"]})["account"]["name"] == "New"
    assert stored(desk, "contacts", contact) == before


def test_one_contact_may_come_of_two_leads(desk: Desk) -> None:
    contact = converted(desk, desk.lead())["contact"]
    assert converted(desk, desk.lead(), {"contactId": contact["id"]})["contact"] == contact


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("name", "kind"), [("accountId", ACCOUNTS), ("contactId", CONTACTS)])
def test_what_is_linked_must_be_of_the_workspace(desk: Desk, name: str, kind: Kind) -> None:
    fields = {"name": "Zoe's"} if kind is ACCOUNTS else {"firstName": "Zoe", "email": "zoe@x.example"}
    lead, others = desk.lead(), existing(desk, desk.zoes, kind, **fields)["id"]
    answers = [convert(desk, lead, {name: id_}) for id_ in (others, f"{kind.prefix}_{UNKNOWN}", lead["id"])]
    assert [refusal(answer) for answer in answers] == [(422, [(name, f"unknown_{kind.name}")])] * 3
    assert answers[0].json()["errors"] == answers[1].json()["errors"] == answers[2].json()["errors"]


def test_an_account_is_either_linked_or_created(desk: Desk) -> None:
    account = existing(desk, desk.acme, ACCOUNTS, name="Old Friends")
    answer = convert(desk, desk.lead(company="New"), {"accountId": account["id"], "createAccount": True})
    assert refusal(answer) == (422, [("accountId", "excludes")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "body",
    [
        EVERYTHING | {"contactId": f"cnt_{UNKNOWN}"},
        EVERYTHING | {"opportunityStage": "won"},
        {"createAccount": True, "createOpportunity": True},
        {"accountId": f"acc_{UNKNOWN}", "createOpportunity": True},
    ],
)
def test_a_refused_convert_leaves_everything_as_it_was(desk: Desk, body: dict[str, Any]) -> None:
    lead = desk.lead()
    before = desk.dump()
    assert convert(desk, lead, body).status_code == 422
    assert desk.dump() == before


def test_a_convert_that_breaks_in_the_middle_leaves_everything_as_it_was(desk: Desk) -> None:
    lead = desk.lead()

    async def take_its_place(tx: Transaction) -> None:
        await tx.execute(
            "INSERT INTO opportunities"
            " (workspace, no, id, version, name, stage, lead_id, search_key, created_at, updated_at)"
            " VALUES (?, 99, 'opp_99', 1, 'First', 'proposal', ?, 'first', 0, 0)",
            (desk.acme.workspace.number, lead["id"]),
        )

    desk.run(desk.app.database.write(take_its_place))
    before = desk.dump()
    answer = convert(desk, lead, EVERYTHING)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert desk.dump() == before


@pytest.mark.parametrize("body", [EVERYTHING, "links"])
def test_past_the_lock_a_second_convert_is_refused_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, body: dict[str, Any] | str
) -> None:
    """What is made of a lead carries its id, and a converted lead is not closed again."""
    lead = desk.lead()
    request = {"contactId": desk.contact()["id"]} if isinstance(body, str) else body
    stale = desk.run(desk.app.database.read(lambda tx: desk.app.records.get(tx, desk.acme.system, LEADS, lead["id"])))
    converted(desk, lead, EVERYTHING)
    before, get = desk.dump(), RecordService.get
    seen: list[str] = []

    async def get_late(
        self: RecordService, tx: Transaction, actor: Actor, kind: Kind, id_: str, **options: Any
    ) -> Record:
        if kind is LEADS and not seen:
            seen.append(id_)
            found: Record = stale
            return found
        return await get(self, tx, actor, kind, id_, **options)

    monkeypatch.setattr(RecordService, "get", get_late)
    answer = convert(desk, lead, request)
    assert answer.status_code == 409
    assert desk.dump() == before


def test_a_second_convert_is_refused_with_the_ids(desk: Desk) -> None:
    lead = desk.lead()
    done = converted(desk, lead, EVERYTHING)
    before = desk.dump()
    for body in (None, EVERYTHING):
        answer = convert(desk, lead, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "already_converted")
        ids = {f"{part}Id": done[part]["id"] for part in ("contact", "account", "opportunity")}
        assert {name: answer.json()[name] for name in ids} == ids
    assert desk.dump() == before


def test_a_second_convert_says_what_there_is_not(desk: Desk) -> None:
    lead = desk.lead()
    contact = converted(desk, lead)["contact"]
    conflict = convert(desk, lead).json()
    found = [conflict["contactId"], conflict["accountId"], conflict["opportunityId"]]
    assert found == [contact["id"], None, None]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("status", ["new", "contacted", "qualified", "nurturing", "unqualified", "lost"])
def test_a_lead_of_any_status_can_be_converted(desk: Desk, status: str) -> None:
    assert converted(desk, desk.lead(status=status))["lead"]["status"] == "converted"


def test_a_converted_lead_keeps_its_status(desk: Desk) -> None:
    lead = desk.lead()
    contact = converted(desk, lead)["contact"]
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", {"status": "new", "company": "Acme"})
    assert (answer.status_code, answer.json()["contactId"]) == (409, contact["id"])
    assert stored(desk, "leads", lead)["status"] == "converted"


def test_the_rest_of_a_converted_lead_can_be_edited(desk: Desk) -> None:
    lead = desk.lead()
    converted(desk, lead)
    now = stored(desk, "leads", lead)
    sent = {name: value for name, value in now.items() if name != "status"} | {"company": "Acme", "leadScore": 3}
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", sent)
    assert answer.status_code == 200
    assert answer.json() == now | {"company": "Acme", "leadScore": 3, "updatedAt": answer.json()["updatedAt"]}


def test_what_a_lead_became_outlives_it(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead()
    done = converted(desk, lead, EVERYTHING)
    parts = [("contacts", done["contact"]), ("accounts", done["account"]), ("opportunities", done["opportunity"])]
    before = [stored(desk, plural, part) for plural, part in parts]
    assert desk.team.delete(f"/api/leads/{lead['id']}/").status_code == 204
    assert [stored(desk, plural, part) for plural, part in parts] == [part | {"leadId": None} for part in before]


def test_another_workspaces_lead_cannot_be_converted(desk: Desk) -> None:
    lead = desk.lead()
    assert desk.stranger.post(f"/api/leads/{lead['id']}/convert/").status_code == 404
    assert stored(desk, "leads", lead)["convertedAt"] is None


def test_no_decimal_is_too_small_to_be_seen(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/convert/"
    body = '{"createOpportunity": true, "opportunityValue": 1.' + "0" * 40 + "1}"
    answer = desk.team.post(path, content=body, headers={"Content-Type": "application/json"})
    assert refusal(answer) == (422, [("opportunityValue", "too_precise")])


def test_what_is_made_belongs_to_no_disabled_user(desk: Desk) -> None:
    lead, contact = desk.lead(assignedTo=desk.ben.id), desk.contact()
    assert desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False}).status_code == 200
    done = converted(desk, lead, EVERYTHING)
    for part, plural in (("contact", "contacts"), ("account", "accounts"), ("opportunity", "opportunities")):
        path = f"/api/{plural}/{done[part]['id']}/"
        assert desk.team.get(path).json()["assignedTo"] is None
        assert "assignedTo" not in desk.team.get(f"{path}history/").json()["results"][0]["changes"]
    assert desk.team.get(f"/api/leads/{lead['id']}/").json()["assignedTo"] == desk.ben.id
    other = desk.lead()
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": True})
    desk.team.patch(f"/api/leads/{other['id']}/", {"assignedTo": desk.ben.id})
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    converted(desk, other, {"contactId": contact["id"]})
    assert desk.team.get(f"/api/contacts/{contact['id']}/").json()["assignedTo"] is None


def test_the_opportunity_has_the_close_date_and_the_owner_of_the_request(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.cleo.id)
    asked = {"createOpportunity": True, "opportunityCloseDate": "2030-06-30", "opportunityAssignedTo": desk.ben.id}
    made = converted(desk, lead, asked)
    deal = stored(desk, "opportunities", made["opportunity"])
    assert (deal["closeDate"], deal["assignedTo"]) == ("2030-06-30", desk.ben.id)
    assert stored(desk, "contacts", made["contact"])["assignedTo"] == desk.cleo.id


def test_the_opportunity_goes_to_nobody_who_is_unknown_or_disabled(desk: Desk) -> None:
    lead = desk.lead()
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    for owner in (desk.ben.id, desk.zoe.id, f"usr_{UNKNOWN}", desk.acme.system.user_id, lead["id"], "Ben"):
        answer = convert(desk, lead, {"createOpportunity": True, "opportunityAssignedTo": owner})
        assert refusal(answer) == (422, [("opportunityAssignedTo", "unknown_user")])
    assert stored(desk, "leads", lead)["convertedAt"] is None


@pytest.mark.parametrize("name", ["opportunityCloseDate", "opportunityAssignedTo"])
def test_what_an_opportunity_has_needs_an_opportunity(desk: Desk, name: str) -> None:
    value = {"opportunityCloseDate": "2030-06-30", "opportunityAssignedTo": desk.ben.id}[name]
    assert refusal(convert(desk, desk.lead(), {name: value})) == (422, [(name, "needs")])


def test_the_close_date_is_a_day(desk: Desk) -> None:
    answer = convert(desk, desk.lead(), {"createOpportunity": True, "opportunityCloseDate": "2030-02-30"})
    assert refusal(answer) == (422, [("opportunityCloseDate", "not_a_date")])
