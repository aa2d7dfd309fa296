"""Merging: duplicates go into one record, their ids lead to it, and an undo brings all of it back.

The number in a test's name is the row of the table in docs/taking-things-back.md.
"""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx2
import pytest

from leadline.crm.kinds import KINDS
from leadline.crm.undo_plan import KINDS_BY_PREFIX
from leadline.index import live_indexes
from leadline.log import aliases
from leadline.maintenance.verify import verify_data
from tests.cast import Caller, Desk
from tests.crm.test_undoing import conflicts, convert, creation, delete, get, patch, path_of, refused, undo, undone
from tests.index.desks import is_told, wait_for_index

Json = dict[str, Any]
MAKERS: dict[str, Callable[..., Json]] = {
    "leads": Desk.lead,
    "contacts": Desk.contact,
    "accounts": Desk.account,
    "opportunities": Desk.opportunity,
}
EMPTY = {"leads": "company", "contacts": "title", "accounts": "website", "opportunities": "description"}
"""A text field of each kind that a new record of the cast leaves empty."""
NEVER = "01HXAAAAAAAAAAAAAAAAAAAAAA"
every_kind = pytest.mark.parametrize("plural", MAKERS)


def ask(desk: Desk, survivor: str, *duplicates: str, caller: Caller | None = None, **fields: Any) -> httpx2.Response:
    body = {"duplicates": duplicates, "fields": fields}
    return (caller or desk.team).post(f"{path_of(survivor)}merge/", body)


def merge(desk: Desk, survivor: str, *duplicates: str, **fields: Any) -> str:
    """Merges records, and returns the operation."""
    answer = ask(desk, survivor, *duplicates, **fields)
    assert answer.status_code == 200, answer.text
    return str(answer.headers["Operation-Id"])


def now(desk: Desk, record_id: str) -> Json:
    record = get(desk, record_id)
    assert record is not None
    return record


def not_done(desk: Desk, send: Callable[[], httpx2.Response], status: int, code: str) -> Json:
    """The refusal of a request, which changes nothing."""
    before = desk.dump()
    refusal = send()
    assert (refusal.status_code, refusal.json()["code"]) == (status, code), refusal.text
    assert desk.dump() == before
    body: Json = refusal.json()
    return body


def not_valid(desk: Desk, survivor: str, body: Json) -> list[tuple[str, str]]:
    """The fields and codes of the errors for which a merge is refused."""
    refusal = not_done(desk, lambda: desk.team.post(f"{path_of(survivor)}merge/", body), 422, "invalid")
    return [(error["field"], error["code"]) for error in refusal["errors"]]


def stored(desk: Desk) -> Json:
    """All records of the desk as the tables have them, but for what every write changes."""
    found: Json = {}
    for kind in KINDS:
        columns = [field.column for field in kind.stored_fields if field.name != "updatedAt"]
        columns += ["no", "search_key", *kind.key_columns.values()]
        for row in desk.rows(f"SELECT {', '.join(columns)} FROM {kind.plural}"):
            found[str(row[0])] = row
    return found


def is_sound(desk: Desk) -> bool:
    report = desk.run(desk.app.database.read(verify_data))
    assert report.findings == []
    return True


# What the survivor is


@every_kind
def test_empty_fields_are_filled_from_the_duplicates_in_their_order(desk: Desk, plural: str) -> None:
    make, name = MAKERS[plural], EMPTY[plural]
    survivor = make(desk)
    others = [make(desk), make(desk, **{name: "second"}), make(desk, **{name: "third"})]
    answer = ask(desk, survivor["id"], *(one["id"] for one in others))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body == survivor | {name: "second", "updatedAt": body["updatedAt"]}
    fresh = desk.team.get(path_of(survivor["id"]))
    assert (fresh.json(), fresh.headers["ETag"]) == (body, answer.headers["ETag"])


@every_kind
def test_the_request_says_whose_value_wins(desk: Desk, plural: str) -> None:
    make, name = MAKERS[plural], EMPTY[plural]
    survivor, first, second = (make(desk, **{name: text}) for text in ("own", "first", "second"))
    merge(desk, survivor["id"], first["id"], second["id"], **{name: second["id"]})
    assert now(desk, survivor["id"])[name] == "second"


def test_a_record_may_win_with_nothing_and_the_survivor_with_its_own(desk: Desk) -> None:
    survivor, other = desk.lead(company="Own"), desk.lead(phone="+47 123 45")
    merge(desk, survivor["id"], other["id"], company=other["id"], phone=survivor["id"])
    assert (now(desk, survivor["id"])["company"], now(desk, survivor["id"])["phone"]) == (None, None)


@pytest.mark.parametrize("plural", ["leads", "contacts"])
@pytest.mark.parametrize("flag", ["emailOptOut", "emailBounced"])
def test_the_most_restrictive_flags_win_and_nobody_chooses(desk: Desk, plural: str, flag: str) -> None:
    make = MAKERS[plural]
    survivor, other, strict = make(desk), make(desk), make(desk, **{flag: True})
    chosen = {"duplicates": [strict["id"]], "fields": {flag: survivor["id"]}}
    assert not_valid(desk, survivor["id"], chosen) == [(flag, "read_only")]
    merge(desk, survivor["id"], other["id"], strict["id"])
    assert now(desk, survivor["id"])[flag] is True


@pytest.mark.parametrize("plural", ["contacts", "accounts"])
def test_tags_are_united_unless_the_request_says_whose_win(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    first, second, third = (make(desk, tags=tags) for tags in (["a", "b"], ["c", "a"], ["d"]))
    merge(desk, first["id"], second["id"])
    assert now(desk, first["id"])["tags"] == ["a", "b", "c"]
    merge(desk, first["id"], third["id"], tags=third["id"])
    assert now(desk, first["id"])["tags"] == ["d"]


def test_too_many_tags_together_are_refused_and_not_dropped(desk: Desk) -> None:
    first, second = (desk.contact(tags=[f"{word}{n}" for n in range(26)]) for word in "ab")
    assert not_valid(desk, first["id"], {"duplicates": [second["id"]]}) == [("tags", "too_long")]


def test_a_disabled_owner_is_not_taken_over(desk: Desk) -> None:
    survivor, other = desk.lead(), desk.lead(assignedTo=desk.ben.id, company="Startup IO")
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    chosen = {"duplicates": [other["id"]], "fields": {"assignedTo": other["id"]}}
    assert not_valid(desk, survivor["id"], chosen) == [("assignedTo", "unknown_user")]
    merge(desk, survivor["id"], other["id"])
    assert (now(desk, survivor["id"])["assignedTo"], now(desk, survivor["id"])["company"]) == (None, "Startup IO")


def test_no_rule_is_broken(desk: Desk) -> None:
    survivor, first, last = desk.lead(), desk.lead(lastName=None), desk.lead(firstName=None)
    duplicates = {"duplicates": [first["id"], last["id"]]}
    nameless = {"fields": {"firstName": last["id"], "lastName": first["id"]}}
    assert not_valid(desk, survivor["id"], duplicates | nameless) == [
        ("firstName", "required"),
        ("lastName", "required"),
    ]


# What becomes of the duplicates


@every_kind
def test_a_merge_is_one_operation_that_says_where_the_duplicates_went(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    survivor, first, second = make(desk), make(desk, **{EMPTY[plural]: "text"}), make(desk)
    done = desk.ada.get(f"/api/operations/{merge(desk, survivor['id'], first['id'], second['id'])}/").json()
    assert done["kind"] == f"{done['changes'][0]['kind']}.merged"
    assert {change["id"]: change["action"] for change in done["changes"]} == {
        survivor["id"]: "updated",
        first["id"]: "deleted",
        second["id"]: "deleted",
    }
    for change in done["changes"]:
        told = change["fields"].get("mergedInto")
        assert told == (None if change["id"] == survivor["id"] else [None, survivor["id"]])


def test_what_refers_to_a_contact_moves_to_the_survivor(desk: Desk) -> None:
    survivor, lead = desk.contact(), desk.lead()
    _, made = convert(desk, lead["id"])
    other = made["contact"]["id"]
    deal = desk.opportunity(contactId=other)
    operation = merge(desk, survivor["id"], other)
    assert now(desk, deal["id"])["contactId"] == survivor["id"]
    assert now(desk, lead["id"])["convertedContactId"] == survivor["id"]
    assert now(desk, survivor["id"])["leadId"] is None  # no lead was converted into the survivor
    changed = desk.ada.get(f"/api/operations/{operation}/").json()["changes"]
    assert {change["id"] for change in changed} == {other, deal["id"], lead["id"]}
    assert is_sound(desk)


def test_a_contact_that_came_of_a_lead_stays_that_leads(desk: Desk) -> None:
    first, second = desk.lead(), desk.lead()
    survivor, other = (convert(desk, lead["id"])[1]["contact"]["id"] for lead in (first, second))
    merge(desk, survivor, other)
    assert now(desk, survivor)["leadId"] == first["id"]
    assert {now(desk, lead["id"])["convertedContactId"] for lead in (first, second)} == {survivor}
    assert is_sound(desk)


def test_what_refers_to_an_account_moves_to_the_survivor(desk: Desk) -> None:
    survivor, lead = desk.account(), desk.lead(company="Startup IO")
    _, made = convert(desk, lead["id"], createAccount=True, createOpportunity=True)
    deal = made["opportunity"]["id"]
    body = ask(desk, survivor["id"], made["account"]["id"]).json()
    assert (body["contactCount"], body["openOpportunityCount"]) == (1, 1)
    assert now(desk, made["contact"]["id"])["accountId"] == survivor["id"]
    assert (now(desk, deal)["accountId"], now(desk, deal)["accountName"]) == (survivor["id"], "TechCorp")
    again = desk.team.post(f"{path_of(lead['id'])}convert/").json()
    assert again["accountId"] == survivor["id"]
    assert is_sound(desk)


def test_an_opportunity_that_a_lead_became_leads_to_the_survivor(desk: Desk) -> None:
    survivor, lead = desk.opportunity(), desk.lead()
    _, made = convert(desk, lead["id"], createOpportunity=True)
    merge(desk, survivor["id"], made["opportunity"]["id"])
    again = desk.team.post(f"{path_of(lead['id'])}convert/").json()
    assert again["opportunityId"] == survivor["id"]
    assert is_sound(desk)


def test_a_converted_lead_survives(desk: Desk) -> None:
    converted, other, third = desk.lead(), desk.lead(company="Startup IO"), desk.lead()
    _, made = convert(desk, converted["id"])
    refusal = not_done(desk, lambda: ask(desk, other["id"], converted["id"]), 409, "converted_duplicate")
    assert refusal["converted"] == [converted["id"]]
    merge(desk, converted["id"], other["id"])
    assert now(desk, converted["id"])["company"] == "Startup IO"
    assert now(desk, converted["id"])["convertedContactId"] == made["contact"]["id"]
    status = {"status": third["id"]}
    not_done(desk, lambda: ask(desk, converted["id"], third["id"], **status), 409, "already_converted")
    convert(desk, third["id"])
    not_done(desk, lambda: ask(desk, converted["id"], third["id"]), 409, "converted_duplicate")
    assert is_sound(desk)


# What is refused


@every_kind
def test_duplicates_that_are_none_are_refused(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    own, other, gone = (make(desk)["id"] for _ in range(3))
    delete(desk, gone)
    stranger = desk.stranger.post("/api/leads/", {"email": "zoe@zoe.example", "lastName": "Zoe"}).json()["id"]
    prefix = own.partition("_")[0]
    elsewhere = desk.account()["id"] if plural != "accounts" else desk.lead()["id"]
    unknown = [("duplicates", f"unknown_{KINDS_BY_PREFIX[prefix].name}")]
    for id_ in (f"{prefix}_{NEVER}", gone, stranger, elsewhere, desk.ben.id, "garbage", ""):
        assert not_valid(desk, own, {"duplicates": [other, id_]}) == unknown, id_
    assert not_valid(desk, own, {"duplicates": [own]}) == [("duplicates", "repeated")]
    assert not_valid(desk, own, {"duplicates": [other, other]}) == [("duplicates", "repeated")]


@pytest.mark.parametrize("duplicates", [None, [], "ld_x", {}, 7, ["x"] * 11])
def test_a_list_of_duplicates_that_is_none_is_refused(desk: Desk, duplicates: object) -> None:
    own = desk.lead()["id"]
    assert not_valid(desk, own, {"duplicates": duplicates}) == [("duplicates", "wrong_count")]
    assert not_valid(desk, own, {}) == [("duplicates", "wrong_count")]


@pytest.mark.parametrize("one", [7, None, True, {}, []])
def test_a_duplicate_that_is_no_text_is_refused(desk: Desk, one: object) -> None:
    [(field, _)] = not_valid(desk, desk.lead()["id"], {"duplicates": [one]})
    assert field == "duplicates"


def test_ten_are_merged_at_once_and_no_more(desk: Desk) -> None:
    own, *others = (desk.lead()["id"] for _ in range(12))
    assert not_valid(desk, own, {"duplicates": others}) == [("duplicates", "wrong_count")]
    merge(desk, own, *others[:10])
    assert desk.team.get("/api/leads/").json()["count"] == 2


def test_all_errors_are_told_at_once(desk: Desk) -> None:
    own, other, third = (desk.lead()["id"] for _ in range(3))
    fields = {"firstname": own, "company": third, "id": own, "phone": "garbage", "createdAt": own}
    body = {"duplicates": [other, f"ld_{NEVER}"], "fields": fields, "field": {}}
    assert sorted(not_valid(desk, own, body)) == [
        ("company", "not_merged"),
        ("createdAt", "unknown_field"),
        ("duplicates", "unknown_lead"),
        ("field", "unknown_field"),
        ("firstname", "unknown_field"),
        ("id", "unknown_field"),
        ("phone", "unknown_lead"),
    ]
    assert not_valid(desk, own, {"duplicates": [other], "fields": [own]}) == [("fields", "wrong_type")]
    assert desk.team.post(f"{path_of(own)}merge/", {"duplicates": [other], "fields": None}).status_code == 200


@every_kind
def test_the_survivor_must_be_there_and_as_it_was_seen(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    own, other = make(desk)["id"], make(desk)["id"]
    tag = desk.team.get(path_of(own)).headers["ETag"]
    patch(desk, own, None, **{EMPTY[plural]: "text"})
    body, path = {"duplicates": [other]}, f"{path_of(own)}merge/"
    not_done(desk, lambda: desk.team.post(path, body, headers={"If-Match": tag}), 412, "stale_version")
    prefix = own.partition("_")[0]
    not_done(desk, lambda: ask(desk, f"{prefix}_{NEVER}", other), 404, "not_found")
    not_done(desk, lambda: ask(desk, own, other, caller=desk.stranger), 404, "not_found")
    fresh = {"If-Match": desk.team.get(path_of(own)).headers["ETag"]}
    assert desk.team.post(path, body, headers=fresh).status_code == 200


def test_a_preview_of_a_merge_shows_it_and_does_nothing(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead(company="Startup IO")["id"]
    before = desk.dump()
    shown = desk.team.post(f"{path_of(own)}merge/?dryRun=true", {"duplicates": [other]}).json()
    assert (shown["status"], shown["answer"]["company"], shown["operation"]["kind"]) == (
        200,
        "Startup IO",
        "lead.merged",
    )
    assert desk.dump() == before


# Aliases


@every_kind
def test_the_id_of_a_duplicate_leads_to_the_survivor(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    own, other = make(desk)["id"], make(desk)["id"]
    merge(desk, own, other)
    for tail in ("", "explain/", *(["contacts/?limit=5"] if plural == "accounts" else [])):
        answer = desk.team.get(f"{path_of(other)}{tail}")
        assert (answer.status_code, answer.json()) == (308, {"mergedInto": own})
        assert answer.headers["Location"] == f"http://desk.example{path_of(own)}{tail}"
        assert desk.team.get(answer.headers["Location"]).status_code == 200
    assert desk.team.get(path_of(other)[:-1]).headers["Location"] == f"http://desk.example{path_of(own)}"
    assert desk.stranger.get(path_of(other)).status_code == 404
    history = desk.team.get(f"{path_of(other)}history/").json()
    assert history["gone"]
    assert history["results"][0]["changes"]["mergedInto"] == [None, own]


@every_kind
def test_a_duplicate_is_not_written_any_more(desk: Desk, plural: str) -> None:
    make, name = MAKERS[plural], EMPTY[plural]
    own, other, third = (make(desk)["id"] for _ in range(3))
    merge(desk, own, other)
    path = path_of(other)
    writes: list[Callable[[Caller], httpx2.Response]] = [
        lambda caller: caller.patch(path, {name: "text"}),
        lambda caller: caller.delete(path),
        lambda caller: caller.post(f"{path}merge/", {"duplicates": [third]}),
    ]
    if plural == "leads":
        writes.append(lambda caller: caller.post(f"{path}convert/"))
    for write in writes:
        refusal = not_done(desk, partial(write, desk.team), 409, "merged")
        assert refusal["mergedInto"] == own
        not_done(desk, partial(write, desk.stranger), 404, "not_found")


def test_a_reference_to_a_duplicate_is_one_to_the_survivor(desk: Desk) -> None:
    account, old_account = desk.account(), desk.account()
    contact, old_contact = desk.contact(), desk.contact()
    merge(desk, account["id"], old_account["id"])
    merge(desk, contact["id"], old_contact["id"])
    made = desk.opportunity(accountId=old_account["id"], contactId=old_contact["id"])
    assert (made["accountId"], made["contactId"]) == (account["id"], contact["id"])
    patch(desk, contact["id"], accountId=old_account["id"])
    assert now(desk, contact["id"])["accountId"] == account["id"]
    unchanged = desk.ada.get(f"/api/operations/{patch(desk, contact['id'], accountId=old_account['id'])}/").json()
    assert unchanged["changes"] == []
    lead = desk.lead()
    _, converted = convert(desk, lead["id"], accountId=old_account["id"], contactId=old_contact["id"])
    assert (converted["account"]["id"], converted["contact"]["id"]) == (account["id"], contact["id"])


def test_a_duplicate_may_be_named_by_an_alias(desk: Desk) -> None:
    last, middle, first = (desk.lead(company=text)["id"] for text in ("last", "middle", "first"))
    merge(desk, middle, first)
    merge(desk, last, first, company=first)
    assert now(desk, last)["company"] == "middle"
    assert desk.team.get(path_of(middle)).headers["Location"].endswith(path_of(last))
    assert not_valid(desk, last, {"duplicates": [first]}) == [("duplicates", "repeated")]


def test_an_alias_leads_through_several_merges_and_not_to_what_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (desk.account()["id"] for _ in range(3))
    merge(desk, second, first)
    merge(desk, third, second)
    for id_ in (first, second):
        assert desk.team.get(path_of(id_)).json() == {"mergedInto": third}
    with monkeypatch.context() as limits:
        limits.setattr(aliases, "MAX_MERGES", 2)
        assert desk.team.get(path_of(first)).status_code == 404
    deletion = delete(desk, third)
    assert [desk.team.get(path_of(id_)).status_code for id_ in (first, second, third)] == [404] * 3
    undone(desk, deletion)
    assert desk.team.get(path_of(first)).json() == {"mergedInto": third}


# Taking it back


@every_kind
def test_row_34_a_merge_is_taken_back(desk: Desk, plural: str) -> None:
    make = MAKERS[plural]
    own, first, second = make(desk), make(desk, **{EMPTY[plural]: "text"}), make(desk, assignedTo=desk.ben.id)
    before = stored(desk)
    operation = merge(desk, own["id"], first["id"], second["id"])
    merged = stored(desk)
    for _ in range(2):
        taking_back = undone(desk, operation)
        assert stored(desk) == before
        assert desk.team.get(path_of(first["id"])).status_code == 200
        operation = undone(desk, taking_back)
        assert stored(desk) == merged
        assert desk.team.get(path_of(first["id"])).json() == {"mergedInto": own["id"]}
    assert is_sound(desk)


def test_row_34_references_and_conversions_come_back(desk: Desk) -> None:
    leads = [desk.lead(company=name) for name in ("Startup IO", "Startup")]
    ours, theirs = (convert(desk, lead["id"], createAccount=True, createOpportunity=True)[1] for lead in leads)
    before = stored(desk)
    operations = [merge(desk, ours[name]["id"], theirs[name]["id"]) for name in ("contact", "account", "opportunity")]
    assert is_sound(desk)
    for operation in reversed(operations):
        undone(desk, operation)
    assert stored(desk) == before
    assert is_sound(desk)


def test_a_record_whose_merge_was_taken_back_is_as_if_untouched(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead()["id"]
    made = creation(desk, other)
    undone(desk, merge(desk, own, other))
    assert desk.team.patch(path_of(other), {"company": "Startup IO"}).status_code == 200
    assert refused(desk, made) == [("changed", "company")]
    patch(desk, other, company=None)
    undone(desk, made, "?force=overwrite")
    assert desk.team.get(path_of(other)).status_code == 404


def test_row_35_a_moved_reference_or_a_field_that_changed_since(desk: Desk) -> None:
    for query, kept in (("?force=skip", True), ("?force=overwrite", False)):
        own, other, third = desk.account(), desk.account(website="techcorp.example"), desk.account()
        contact = desk.contact(accountId=other["id"])
        operation = merge(desk, own["id"], other["id"])
        patch(desk, own["id"], website="https://techcorp.example")
        patch(desk, contact["id"], accountId=third["id"])
        assert refused(desk, operation) == [("changed", "accountId"), ("changed", "website")]
        undone(desk, operation, query)
        assert now(desk, other["id"])["website"] == "techcorp.example"
        assert now(desk, own["id"])["website"] == ("https://techcorp.example" if kept else None)
        assert now(desk, contact["id"])["accountId"] == (third["id"] if kept else other["id"])


def test_row_36_a_new_reference_stays_at_the_survivor(desk: Desk) -> None:
    own, other = desk.account(), desk.account()
    operation = merge(desk, own["id"], other["id"])
    contact = desk.contact(accountId=other["id"])
    answer = undo(desk, operation)
    assert (answer.status_code, conflicts(answer)) == (200, [])
    assert now(desk, contact["id"])["accountId"] == own["id"]


def test_row_37_a_survivor_that_was_deleted(desk: Desk) -> None:
    for query in ("?force=skip", "?force=overwrite"):
        own, other = desk.contact(), desk.contact(title="CTO")
        operation = merge(desk, own["id"], other["id"])
        delete(desk, own["id"])
        assert refused(desk, operation) == [("gone", None)]
        undone(desk, operation, query)
        assert now(desk, other["id"])["title"] == "CTO"
        assert get(desk, own["id"]) is None


def test_a_merge_is_not_done_again_into_what_is_gone(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead()["id"]
    taking_back = undone(desk, merge(desk, own, other))
    delete(desk, own)
    for query in ("", "?force=skip", "?force=overwrite"):
        assert refused(desk, taking_back, query) == [("target_gone", None)]


def test_a_merge_is_done_again_into_what_was_gone_when_it_was_taken_back(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead()["id"]
    merged = merge(desk, own, other)
    delete(desk, own)
    taking_back = undone(desk, merged, "?force=skip")
    undone(desk, taking_back)
    assert desk.team.get(path_of(other)).status_code == 404


def test_a_merge_the_other_way_round_after_an_undo(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead()["id"]
    taking_back = undone(desk, merge(desk, own, other))
    merge(desk, other, own)
    assert refused(desk, taking_back, "?force=overwrite") == [("target_gone", None)]
    assert desk.team.get(path_of(own)).json() == {"mergedInto": other}
    assert desk.team.get(path_of(other)).status_code == 200


# All together


def some_records(desk: Desk, dice: random.Random) -> None:
    account = desk.account(tags=dice.sample("abc", 2), website=dice.choice([None, "techcorp.example"]))["id"]
    contact = desk.contact(accountId=dice.choice([None, account]), emailOptOut=dice.random() < 0.3)["id"]
    desk.opportunity(accountId=account, contactId=contact, value=dice.choice([None, 7]))
    lead = desk.lead(company=dice.choice([None, "Startup IO"]), notes=dice.choice([None, "notes"]))["id"]
    if dice.random() < 0.4:
        convert(desk, lead, createAccount=True, accountName="New", createOpportunity=dice.random() < 0.5)


def merge_some(desk: Desk, dice: random.Random) -> str | None:
    """Merges two or three records of one kind, and returns the operation, None if they cannot be merged."""
    plural = dice.choice(tuple(MAKERS))
    ids = [one["id"] for one in desk.team.get(f"/api/{plural}/?limit=100").json()["results"]]
    own, *others = dice.sample(ids, min(len(ids), dice.randrange(2, 4)))
    fields = {EMPTY[plural]: dice.choice([own, *others])} if dice.random() < 0.5 else {}
    answer = ask(desk, own, *others, **fields) if others else None
    if answer is None or (plural == "leads" and answer.status_code == 409):
        return None
    assert answer.status_code == 200, answer.text
    return str(answer.headers["Operation-Id"])


def index_is_sql(desk: Desk) -> bool:
    """Lists from the index have the records that the tables have."""
    for kind in KINDS:
        name = EMPTY[kind.plural]
        for query, where in (("", ""), (f"&{name}[null]=true", f" WHERE {name} IS NULL")):
            listed = desk.team.get(f"/api/{kind.plural}/?limit=100{query}").json()
            assert is_told(desk, desk.app, kind)
            rows = desk.rows(f"SELECT id FROM {kind.plural}{where} ORDER BY no DESC")
            assert (listed["count"], [(one["id"],) for one in listed["results"]]) == (len(rows), rows)
    return True


@pytest.mark.parametrize("seed", range(3))
def test_any_merges_taken_back_leave_the_first_state(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    dice = random.Random(seed)
    for _ in range(8):
        some_records(desk, dice)
    for kind in KINDS:
        wait_for_index(desk, kind)
    before, operations = stored(desk), []
    for _ in range(14):
        operations.append(merge_some(desk, dice))
        assert index_is_sql(desk)
    done = [operation for operation in operations if operation is not None]
    assert len(done) > 5
    assert is_sound(desk)
    for operation in reversed(done):
        undone(desk, operation)
        assert index_is_sql(desk)
    assert stored(desk) == before
    assert is_sound(desk)


@every_kind
def test_a_key_needs_the_scope_of_each_kind_that_may_change(desk: Desk, plural: str) -> None:
    areas = {
        "leads": {"leads"},
        "contacts": {"contacts", "leads", "opportunities"},
        "accounts": set(MAKERS),
        "opportunities": {"opportunities", "leads"},
    }[plural]
    own, other = MAKERS[plural](desk)["id"], MAKERS[plural](desk)["id"]
    scopes = {f"{area}:write" for area in areas}
    for missing in scopes:
        key = desk.ada.post("/api/keys/", {"name": "Form", "scopes": sorted({*scopes, "leads:read"} - {missing})})
        caller = desk.caller(key.json()["secret"])
        not_done(desk, partial(ask, desk, own, other, caller=caller), 403, "missing_scope")
    key = desk.ada.post("/api/keys/", {"name": "Form", "scopes": sorted(scopes)})
    assert ask(desk, own, other, caller=desk.caller(key.json()["secret"])).status_code == 200
