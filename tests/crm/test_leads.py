"""Leads over HTTP: create, get, change, delete."""

from typing import Any

import pytest

from leadline.kit.db import Transaction
from tests.answers import faults, refusal
from tests.cast import Desk

FIELDS = [
    "id",
    "firstName",
    "lastName",
    "email",
    "phone",
    "company",
    "status",
    "source",
    "assignedTo",
    "assignedToName",
    "leadScore",
    "emailOptOut",
    "emailBounced",
    "convertedAt",
    "convertedContactId",
    "notes",
    "createdAt",
    "updatedAt",
]
DANA = {"firstName": "Dana", "lastName": "Lee", "email": "dana@startup.example"}
NEW_YEAR = 1_893_456_000_000
UNKNOWN_USER = "usr_01HXAAAAAAAAAAAAAAAAAAAAAA"


def dismiss(desk: Desk, user_id: str) -> None:
    async def work(tx: Transaction) -> None:
        await tx.execute("UPDATE users SET active = 0 WHERE id = ?", (user_id,))

    desk.run(desk.app.database.write(work))


def test_a_lead_that_is_created_can_be_read(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO", leadScore=5)
    answer = desk.team.get(f"/api/leads/{lead['id']}/")
    assert answer.status_code == 200
    assert answer.json() == lead


def test_every_answer_but_a_list_is_the_full_lead(desk: Desk) -> None:
    created = desk.team.post("/api/leads/", DANA)
    path = created.headers["Location"]
    for answer in (created, desk.team.get(path), desk.team.patch(path, {"leadScore": 9})):
        assert list(answer.json()) == FIELDS


def test_a_new_lead_says_where_it_is(desk: Desk) -> None:
    answer = desk.team.post("/api/leads/", DANA)
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://desk.example/api/leads/{answer.json()['id']}/"
    assert desk.team.get(answer.headers["Location"]).json() == answer.json()


def test_a_new_lead_has_the_documented_defaults(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR + 999
    lead = desk.team.post("/api/leads/", {"lastName": "Lee", "email": "dana@startup.example"}).json()
    time = "2030-01-01T00:00:00Z"
    expected = dict.fromkeys(FIELDS) | {
        "id": lead["id"],
        "lastName": "Lee",
        "email": "dana@startup.example",
        "status": "new",
        "emailOptOut": False,
        "emailBounced": False,
        "createdAt": time,
        "updatedAt": time,
    }
    assert lead == expected
    assert lead["id"].startswith("ld_")


def test_everything_a_client_may_set_is_kept(desk: Desk) -> None:
    sent = DANA | {
        "phone": "+15553334444",
        "company": "Startup IO",
        "status": "qualified",
        "source": "referral",
        "assignedTo": desk.ben.id,
        "leadScore": 5,
        "emailOptOut": True,
        "notes": "Referred by Marcus\nat GrowthCo",
    }
    lead = desk.lead(**sent)
    assert {name: lead[name] for name in sent} == sent
    assert lead["assignedToName"] == "Ben Okri"


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("missing", [{"lastName": None}, {"firstName": None}, {"firstName": " ", "company": ""}])
def test_one_name_is_enough(desk: Desk, missing: dict[str, Any]) -> None:
    assert desk.team.post("/api/leads/", DANA | missing).status_code == 201


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("email", [{}, {"email": None}, {"email": ""}, {"email": " \t "}])
def test_an_email_is_required(desk: Desk, email: dict[str, Any]) -> None:
    answer = desk.team.post("/api/leads/", {"firstName": "Dana"} | email)
    assert refusal(answer) == (422, [("email", "required")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("names", [{}, {"firstName": None, "lastName": ""}, {"firstName": "  ", "lastName": "\n"}])
def test_a_name_is_required(desk: Desk, names: dict[str, Any]) -> None:
    answer = desk.team.post("/api/leads/", {"email": "dana@startup.example"} | names)
    assert refusal(answer) == (422, [("firstName", "required"), ("lastName", "required")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("change", [{"email": None}, {"email": " "}])
def test_the_email_stays_required(desk: Desk, change: dict[str, Any]) -> None:
    answer = desk.team.patch(f"/api/leads/{desk.lead()['id']}/", change)
    assert refusal(answer) == (422, [("email", "required")])


def test_a_name_stays_required(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.team.patch(path, {"firstName": None}).status_code == 200
    answer = desk.team.patch(path, {"lastName": " "})
    assert refusal(answer) == (422, [("firstName", "required"), ("lastName", "required")])
    assert desk.team.patch(path, {"firstName": "D.", "lastName": None}).status_code == 200


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "name", ["firstName", "lastName", "email", "phone", "company", "status", "source", "assignedTo", "notes"]
)
def test_texts_are_trimmed(desk: Desk, name: str) -> None:
    ready = {
        "email": "d@x.example",
        "phone": "030 123",
        "status": "lost",
        "source": "event",
        "assignedTo": desk.ben.id,
    }
    text = ready.get(name, "a  b")
    lead = desk.lead(**{name: f"\n  {text} \r\n"})
    assert lead[name] == text


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["firstName", "lastName", "phone", "company", "source", "assignedTo", "notes"])
def test_an_empty_text_is_an_absent_one(desk: Desk, name: str) -> None:
    assert desk.lead(**{name: "  "})[name] is None


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("text", ["\u200b", "\u3164\ufeff", " \u2060\xa0", "\u202a\u202c", "\U000e0041"])
def test_a_text_that_shows_nothing_is_an_absent_one(desk: Desk, text: str) -> None:
    assert desk.lead(company=text)["company"] is None
    answer = desk.team.post("/api/leads/", {"lastName": text, "email": "dana@startup.example"})
    assert refusal(answer) == (422, [("firstName", "required"), ("lastName", "required")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("text", ["می\u200cخواهم", "❤\ufe0f", "👩\u200d🔬", "\u202aDana\u202c", "Dana\u200b"])
def test_what_shows_nothing_is_kept_beside_what_does(desk: Desk, text: str) -> None:
    assert desk.lead(firstName=text)["firstName"] == text


LIMITS = [
    ("firstName", "ü" * 200),
    ("lastName", "😀" * 200),
    ("company", "c" * 200),
    ("phone", "123" + "-" * 47),
    ("source", "s" * 50),
    ("notes", "n" * 20_000),
    ("email", f"{'a' * 64}@{'d' * 60}.{'d' * 60}.{'d' * 59}.example"),
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("name", "text"), LIMITS)
def test_the_longest_text_is_kept(desk: Desk, name: str, text: str) -> None:
    assert desk.lead(**{name: f" {text} "})[name] == text


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("name", "text"), LIMITS)
def test_a_longer_text_is_refused(desk: Desk, name: str, text: str) -> None:
    answer = desk.team.post("/api/leads/", DANA | {name: text[0] + text})
    code = "not_a_slug" if name == "source" else "too_long"
    assert refusal(answer) == (422, [(name, code)])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["firstName", "lastName", "email", "phone", "company", "source", "notes"])
@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\t"])
def test_control_characters_are_refused(desk: Desk, name: str, character: str) -> None:
    answer = desk.team.post("/api/leads/", DANA | {name: f"12{character}34"})
    assert refusal(answer) == (422, [(name, "control_character")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("text", ["Dana\x1f", "\x1cDana", "Dana\x85"])
def test_trimming_takes_no_control_characters_with_it(desk: Desk, text: str) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {"firstName": text})) == (
        422,
        [("firstName", "control_character")],
    )


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_notes_alone_may_have_line_breaks(desk: Desk, line_break: str) -> None:
    text = f"one{line_break}two"
    assert desk.lead(notes=text)["notes"] == text
    assert refusal(desk.team.post("/api/leads/", DANA | {"company": text})) == (
        422,
        [("company", "control_character")],
    )


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Dana.LEE+x@Startup.EXAMPLE ", "Dana.LEE+x@startup.example"),
        ("dana@mail.startup.invalid", "dana@mail.startup.invalid"),
        ("dana@corp.local", "dana@corp.local"),
        ("o'brien@startup.example", "o'brien@startup.example"),
        ("dänä@Bücher.example", "dänä@bücher.example"),
    ],
)
def test_an_email_is_kept_as_typed_but_for_its_domain(desk: Desk, typed: str, kept: str) -> None:
    assert desk.lead(email=typed)["email"] == kept


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "email",
    [
        "dana",
        "dana@",
        "@startup.example",
        "a b@x.example",
        "a@b@x.example",
        f"{'a' * 65}@x.example",
        "a..b@x.example",
        "a@-x.example",
        "a@x..y",
    ],
)
def test_what_has_not_the_form_of_an_email_is_refused(desk: Desk, email: str) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {"email": email})) == (422, [("email", "not_an_email")])


def test_several_leads_may_have_the_same_email(desk: Desk) -> None:
    first, second = desk.lead(email="office@x.example"), desk.lead(email="office@x.example")
    assert first["email"] == second["email"]
    assert first["id"] != second["id"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("phone", ["112", "+1 (555) 333-4444 ext. 9", "call 0 3 0", "1" * 20, "٠٣٠١٢٣"])
def test_a_phone_number_is_kept_as_typed(desk: Desk, phone: str) -> None:
    assert desk.lead(phone=phone)["phone"] == phone


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("phone", ["12", "none", "1" * 21])
def test_a_phone_number_has_3_to_20_digits(desk: Desk, phone: str) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {"phone": phone})) == (422, [("phone", "not_a_phone_number")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "source",
    [
        "website_form",
        "cold_outreach",
        "referral",
        "social_media",
        "event",
        "inbound_call",
        "partner",
        "advertisement",
        "other",
        "trade_fair_2030",
        "7",
        "_",
    ],
)
def test_a_source_is_any_slug(desk: Desk, source: str) -> None:
    assert desk.lead(source=source)["source"] == source


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("source", ["Referral", "trade-fair", "trade fair", "messe_köln", "٣"])
def test_a_source_is_no_other_text(desk: Desk, source: str) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {"source": source})) == (422, [("source", "not_a_slug")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("score", [1, 10, None])
def test_a_score_is_from_1_to_10(desk: Desk, score: int | None) -> None:
    assert desk.lead(leadScore=score)["leadScore"] == score


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("score", "code"),
    [
        (0, "out_of_range"),
        (11, "out_of_range"),
        (-1, "out_of_range"),
        (7.5, "wrong_type"),
        ("7", "wrong_type"),
        (True, "wrong_type"),
        ([7], "wrong_type"),
    ],
)
def test_a_score_is_nothing_else(desk: Desk, score: object, code: str) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {"leadScore": score})) == (422, [("leadScore", code)])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("status", ["new", "contacted", "qualified", "nurturing", "unqualified", "lost"])
def test_a_status_is_one_of_the_documented(desk: Desk, status: str) -> None:
    lead = desk.lead(status=status)
    assert lead["status"] == status
    assert desk.team.patch(f"/api/leads/{desk.lead()['id']}/", {"status": status}).json()["status"] == status


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("status", ["open", "New", "new\x1f", "", " ", 1, None])
def test_a_status_is_no_other(desk: Desk, status: object) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for answer in (
        desk.team.post("/api/leads/", DANA | {"status": status}),
        desk.team.patch(path, {"status": status}),
    ):
        assert answer.status_code == 422
        assert [field for field, _ in faults(answer)] == ["status"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["status", "emailOptOut"])
def test_what_has_a_default_is_not_called_required(desk: Desk, name: str) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for answer in (desk.team.post("/api/leads/", DANA | {name: None}), desk.team.patch(path, {name: None})):
        assert refusal(answer) == (422, [(name, "required")])
        sentence = f"{name} cannot be null or empty; leave it out, or give a value."
        assert answer.json()["errors"][0]["message"] == sentence


def test_the_status_converted_is_set_by_convert_alone(desk: Desk) -> None:
    path, body = f"/api/leads/{desk.lead()['id']}/", {"status": "converted"}
    for answer in (desk.team.post("/api/leads/", DANA | body), desk.team.patch(path, body)):
        assert refusal(answer) == (422, [("status", "reserved")])
        assert "/convert/" in answer.json()["errors"][0]["message"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["firstName", "email", "phone", "company", "source", "assignedTo", "notes"])
@pytest.mark.parametrize("value", [7, True, ["x"], {"x": "y"}])
def test_a_text_is_nothing_else(desk: Desk, name: str, value: object) -> None:
    assert refusal(desk.team.post("/api/leads/", DANA | {name: value})) == (422, [(name, "wrong_type")])


def test_a_lead_is_assigned_and_let_go(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead(assignedTo=desk.ben.id)['id']}/"
    lead = desk.team.patch(path, {"assignedTo": desk.cleo.id}).json()
    assert (lead["assignedTo"], lead["assignedToName"]) == (desk.cleo.id, "Cleo")
    lead = desk.team.patch(path, {"assignedTo": None}).json()
    assert (lead["assignedTo"], lead["assignedToName"]) == (None, None)


def test_only_an_active_user_of_the_workspace_can_be_assigned(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    dismiss(desk, desk.ben.id)
    strangers = [desk.ben.id, desk.zoes.admin.id, desk.acme.system.user_id, UNKNOWN_USER, "usr_x", "ben", path]
    for user in strangers:
        body = {"assignedTo": user}
        for answer in (desk.team.post("/api/leads/", DANA | body), desk.team.patch(path, body)):
            assert refusal(answer) == (422, [("assignedTo", "unknown_user")])
            assert "unknown user" in answer.json()["errors"][0]["message"]


def test_a_lead_of_one_who_left_can_still_be_changed(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    dismiss(desk, desk.ben.id)
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", lead | {"company": "Acme"})
    assert answer.status_code == 200
    assert answer.json()["assignedTo"] == desk.ben.id


def test_a_patch_changes_what_was_sent_and_nothing_else(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    lead = desk.lead(company="Startup IO", leadScore=5, notes="Call back")
    desk.clock.at += 90_000
    changes = {"status": "qualified", "leadScore": 9, "notes": None, "emailOptOut": True}
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", changes)
    assert answer.status_code == 200
    assert answer.json() == lead | changes | {"updatedAt": "2030-01-01T00:01:30Z"}
    assert desk.team.get(f"/api/leads/{lead['id']}/").json() == answer.json()


def test_the_opt_out_can_be_taken_back(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead(emailOptOut=True)['id']}/"
    assert desk.team.patch(path, {"emailOptOut": False}).json()["emailOptOut"] is False


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("value", ["true", 1, 0])
def test_the_opt_out_is_true_or_false(desk: Desk, value: object) -> None:
    answer = desk.team.post("/api/leads/", DANA | {"emailOptOut": value})
    assert refusal(answer) == (422, [("emailOptOut", "wrong_type")])


SERVERS = {
    "id": "ld_01HXAAAAAAAAAAAAAAAAAAAAAA",
    "createdAt": "2020-01-01T00:00:00Z",
    "updatedAt": "2020-01-01T00:00:00Z",
    "assignedToName": "Somebody Else",
    "emailBounced": True,
    "convertedAt": "2020-01-01T00:00:00Z",
    "convertedContactId": "cnt_01HXAAAAAAAAAAAAAAAAAAAAAA",
}


def test_the_servers_fields_may_be_sent_back_unchanged(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", lead | {"company": "Acme", "assignedTo": desk.cleo.id})
    assert answer.status_code == 200
    assert answer.json()["company"] == "Acme"
    assert answer.json()["assignedToName"] == "Cleo"


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", SERVERS)
def test_the_servers_fields_may_not_be_changed(desk: Desk, name: str) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    path = f"/api/leads/{lead['id']}/"
    assert refusal(desk.ben.patch(path, {name: SERVERS[name]})) == (422, [(name, "read_only")])
    assert refusal(desk.ben.post("/api/leads/", DANA | {name: SERVERS[name]})) == (422, [(name, "read_only")])
    assert desk.team.get(path).json() == lead


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["id", "createdAt", "updatedAt", "assignedToName"])
def test_the_servers_fields_may_not_be_cleared(desk: Desk, name: str) -> None:
    path = f"/api/leads/{desk.lead(assignedTo=desk.ben.id)['id']}/"
    assert refusal(desk.team.patch(path, {name: None})) == (422, [(name, "read_only")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", [name for name in SERVERS if name != "emailBounced"])
def test_whatever_else_is_sent_for_a_field_of_the_servers_it_is_to_be_left_out(desk: Desk, name: str) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    values: tuple[object, ...] = ("nonsense", 5, [])
    for value in values:
        assert refusal(desk.team.patch(path, {name: value})) == (422, [(name, "read_only")])
        assert refusal(desk.team.post("/api/leads/", DANA | {name: value})) == (422, [(name, "read_only")])


@pytest.mark.parametrize(
    "same", ["2030-01-01T01:00:00+01:00", "2030-01-01t00:00:00z", "2029-12-31T19:00:00.000-05:00", "2030-01-01"]
)
def test_a_time_is_the_same_in_every_zone(desk: Desk, same: str) -> None:
    desk.clock.at = NEW_YEAR
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.team.patch(path, {"createdAt": same}).status_code == 200


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["convertedAccountId", "convertedOpportunityId", "version", "workspace", "ID"])
def test_a_field_that_is_not_documented_is_unknown(desk: Desk, name: str) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for answer in (desk.team.post("/api/leads/", DANA | {name: None}), desk.team.patch(path, {name: None})):
        assert refusal(answer) == (422, [(name, "unknown_field")])


@pytest.mark.parametrize("name", ["compnay", "COMPANY"])
def test_an_unknown_field_is_refused_with_the_nearest_known_one(desk: Desk, name: str) -> None:
    answer = desk.team.post("/api/leads/", DANA | {name: "Acme"})
    assert refusal(answer) == (422, [(name, "unknown_field")])
    assert "Did you mean company?" in answer.json()["errors"][0]["message"]


@pytest.mark.at_the_shared_desk
def test_the_nearest_known_ones_are_not_looked_for_without_end(desk: Desk) -> None:
    answer = desk.team.post("/api/leads/", DANA | {f"compnay{n}": "Acme" for n in range(30)})
    hints = ["Did you mean company?" in error["message"] for error in answer.json()["errors"]]
    assert hints == [True] * 5 + [False] * 16


@pytest.mark.parametrize("kind", ["lead", "contact"])
def test_a_program_or_an_admin_tells_that_an_email_bounced(desk: Desk, kind: str) -> None:
    path = f"/api/{kind}s/{getattr(desk, kind)()['id']}/"
    assert desk.team.patch(path, {"emailBounced": True}).json()["emailBounced"] is True
    assert desk.ben.patch(path, {"emailBounced": True, "notes": "unchanged"}).status_code == 200
    assert refusal(desk.ben.patch(path, {"emailBounced": False})) == (422, [("emailBounced", "read_only")])
    assert desk.ada.patch(path, {"emailBounced": False}).json()["emailBounced"] is False
    bounced = DANA | {"email": "bounced@startup.example", "emailBounced": True}
    assert desk.team.post(f"/api/{kind}s/", bounced).json()["emailBounced"] is True
    assert refusal(desk.ben.post(f"/api/{kind}s/", bounced)) == (422, [("emailBounced", "read_only")])


@pytest.mark.parametrize("empty", ["", " ", "\u2003"])
def test_an_empty_text_is_an_absent_value_of_any_type(desk: Desk, empty: str) -> None:
    lead = desk.lead(leadScore=9)
    assert desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": empty}).json()["leadScore"] is None
    opportunity = desk.opportunity(value=12)
    assert desk.team.patch(f"/api/opportunities/{opportunity['id']}/", {"value": empty}).json()["value"] is None
    answer = desk.team.patch(f"/api/leads/{lead['id']}/", {"emailOptOut": empty})
    assert refusal(answer) == (422, [("emailOptOut", "required")])
    answer = desk.team.patch(f"/api/contacts/{desk.contact()['id']}/", {"tags": empty})
    assert refusal(answer) == (422, [("tags", "required")])
    assert "may be empty" in answer.json()["detail"]


def test_a_patch_that_sends_nothing_is_refused(desk: Desk) -> None:
    lead, before = desk.lead(), desk.dump()
    detail = "There is nothing to change; send at least one field."
    for path in (f"/api/leads/{lead['id']}/", f"/api/users/{desk.ben.id}/", "/api/me/"):
        caller = desk.ada if "users" in path or "me" in path else desk.team
        answer = caller.patch(path, {})
        assert (answer.status_code, answer.json()["detail"]) == (422, detail)
        assert "Operation-Id" not in answer.headers
    assert desk.dump() == before


ALL_WRONG = {
    "mood": "good",
    "notes": "\x07",
    "leadScore": 11,
    "assignedTo": "ben",
    "status": "open",
    "phone": "1",
    "email": "dana",
    "firstName": 1,
}
ALL_FAULTS = [
    ("firstName", "wrong_type"),
    ("email", "not_an_email"),
    ("phone", "not_a_phone_number"),
    ("status", "unknown_value"),
    ("assignedTo", "unknown_user"),
    ("leadScore", "out_of_range"),
    ("notes", "control_character"),
    ("mood", "unknown_field"),
]


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_the_fields(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for answer in (desk.team.post("/api/leads/", {"lastName": "Lee"} | ALL_WRONG), desk.team.patch(path, ALL_WRONG)):
        assert refusal(answer) == (422, ALL_FAULTS)
        assert all(error["message"].startswith(error["field"]) for error in answer.json()["errors"][:-1])


NEEDS_THE_DATA = [
    ({"assignedTo": UNKNOWN_USER}, "unknown_user"),
    ({"emailBounced": True}, "read_only"),
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("wrong", "code"), NEEDS_THE_DATA)
def test_what_only_the_data_can_tell_is_said_with_the_rest_of_a_new_lead(
    desk: Desk, wrong: dict[str, Any], code: str
) -> None:
    answer = desk.ben.post("/api/leads/", DANA | {"phone": "1"} | wrong)
    assert refusal(answer) == (422, [("phone", "not_a_phone_number"), (next(iter(wrong)), code)])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("wrong", "code"), NEEDS_THE_DATA)
def test_what_only_the_data_can_tell_is_said_with_the_rest_of_a_change(
    desk: Desk, wrong: dict[str, Any], code: str
) -> None:
    answer = desk.ben.patch(f"/api/leads/{desk.lead()['id']}/", {"phone": "1"} | wrong)
    assert refusal(answer) == (422, [("phone", "not_a_phone_number"), (next(iter(wrong)), code)])


def test_missing_names_are_said_with_the_rest_of_a_change(desk: Desk) -> None:
    answer = desk.team.patch(f"/api/leads/{desk.lead()['id']}/", {"firstName": None, "lastName": None, "phone": "1"})
    expected = [("firstName", "required"), ("lastName", "required"), ("phone", "not_a_phone_number")]
    assert refusal(answer) == (422, expected)


def test_an_unreadable_value_does_not_hide_what_is_missing(desk: Desk) -> None:
    answer = desk.team.post("/api/leads/", {"leadScore": 0})
    expected = [("firstName", "required"), ("lastName", "required"), ("email", "required")]
    assert refusal(answer) == (422, [*expected, ("leadScore", "out_of_range")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["firstName", "lastName"])
@pytest.mark.parametrize(
    ("value", "code"), [(5, "wrong_type"), ("x" * 201, "too_long"), ("\x07", "control_character")]
)
def test_a_name_that_is_wrong_does_not_make_the_other_one_missing(
    desk: Desk, name: str, value: object, code: str
) -> None:
    answer = desk.team.post("/api/leads/", {"email": "dana@startup.example", name: value})
    assert refusal(answer) == (422, [(name, code)])


def test_a_lead_that_is_deleted_is_gone(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    answer = desk.team.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    for method, tail in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "convert/")):
        body = {"json": {"company": "Acme"}} if method == "PATCH" else {}
        assert desk.team.send(method, path + tail, **body).status_code == 404, (method, tail)
    assert desk.team.get("/api/leads/").json()["count"] == 0
