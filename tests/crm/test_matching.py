"""Matches: what a lead may be already, so that a conversion links it."""

from typing import Any

import pytest

from leadline.crm import matching
from leadline.crm.company_names import business_domain, name_variants, website_domain, without_legal_form
from leadline.crm.kinds import KINDS
from leadline.index import live_indexes
from tests.cast import Desk
from tests.crm.test_merging import merge
from tests.index.desks import is_told, wait_for_index

Json = dict[str, Any]


def preview(desk: Desk, lead: Json) -> Json:
    answer = desk.team.get(f"/api/leads/{lead['id']}/convert/")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def matches(desk: Desk, lead: Json, plural: str = "contacts") -> list[tuple[str, list[str]]]:
    return [(match["id"], match["reasons"]) for match in preview(desk, lead)[plural]]


def test_a_lead_that_nobody_knows_matches_nothing(desk: Desk) -> None:
    desk.contact()
    desk.account()
    found = preview(desk, desk.lead())
    assert (found["contacts"], found["accounts"]) == ([], [])


def test_a_contact_with_the_same_email_matches(desk: Desk) -> None:
    contact = desk.contact(email="Dana@startup.example")
    assert preview(desk, desk.lead(email="dana@startup.example"))["contacts"] == [
        {"id": contact["id"], "name": "John Smith", "email": "Dana@startup.example", "reasons": ["same_email"]}
    ]


def test_a_contact_with_the_same_digits_and_last_name_matches(desk: Desk) -> None:
    contact = desk.contact(lastName="LEE", phone="+47 (22) 33-44-55")
    desk.contact(lastName="Lee", phone="+47 22 33 44 56")
    desk.contact(lastName="Lee", phone=None)
    desk.contact(lastName="Smith", phone="+47 22 33 44 55")
    assert matches(desk, desk.lead(phone="+4722334455")) == [(contact["id"], ["same_phone_and_last_name"])]
    assert matches(desk, desk.lead(phone="+4722334455", lastName=None)) == []
    assert matches(desk, desk.lead(phone=None)) == []


def test_a_contact_with_the_same_name_at_the_same_company_matches(desk: Desk) -> None:
    account = desk.account(name="Startup IO, Inc.")["id"]
    contact = desk.contact(firstName="dana", lastName="lee", accountId=account)
    desk.contact(firstName="Dana", lastName="Lee")
    desk.contact(firstName="Dana", lastName="Lee", accountId=desk.account(name="Other")["id"])
    desk.contact(firstName=None, lastName="Lee", accountId=account)
    lead = desk.lead(company="STARTUP IO GmbH")
    assert matches(desk, lead) == [(contact["id"], ["same_name_and_company"])]
    assert matches(desk, desk.lead(company=None)) == []
    nameless = desk.contact(firstName=None, lastName="Ali", accountId=account)["id"]
    desk.contact(firstName="Bo", lastName="Ali", accountId=account)
    alone = desk.lead(firstName=None, lastName="Ali", company="Startup IO")
    assert matches(desk, alone) == [(nameless, ["same_name_and_company"])]


def test_a_contact_with_the_same_name_and_domain_matches(desk: Desk) -> None:
    contact = desk.contact(firstName="Dana", lastName="Lee", email="d.lee@startup.example")
    desk.contact(firstName="Dana", lastName="Lee", email="dana.lee@gmail.com")
    assert matches(desk, desk.lead(email="dana@startup.example")) == [(contact["id"], ["same_name_and_domain"])]
    assert matches(desk, desk.lead(email="dana@gmail.com")) == []


def test_an_account_with_the_same_name_but_for_case_and_legal_form_matches(desk: Desk) -> None:
    accounts = [desk.account(name=name)["id"] for name in ("Startup IO", "startup io Ltd.", "STARTUP IO, Inc")]
    desk.account(name="Startup IO Norway")
    desk.account(name="Startup")
    lead = desk.lead(company="Startup IO GmbH & Co. KG")
    assert matches(desk, lead, "accounts") == [(id_, ["same_name"]) for id_ in reversed(accounts)]


def test_an_account_with_the_domain_of_the_email_matches(desk: Desk) -> None:
    websites = ("startup.example", "https://www.Startup.example/en?x=1", "http://startup.example:8080/")
    accounts = [desk.account(website=website)["id"] for website in websites]
    for other in ("notstartup.example", "startup.example.org", "https://other.example/startup.example", "http://["):
        desk.account(website=other)
    desk.account(name="startup.example")
    lead = desk.lead(email="dana@STARTUP.example")
    assert matches(desk, lead, "accounts") == [(id_, ["same_domain"]) for id_ in reversed(accounts)]


def test_a_domain_where_anybody_has_an_address_matches_nothing(desk: Desk) -> None:
    desk.account(website="https://gmail.com")
    assert matches(desk, desk.lead(email="dana@gmail.com"), "accounts") == []


def test_the_surest_comes_first_with_all_its_reasons(desk: Desk) -> None:
    account = desk.account(name="Startup IO", website="startup.example")["id"]
    person = {"firstName": "Dana", "lastName": "Lee"}
    by_name = desk.contact(**person, email="d.lee@startup.example", accountId=account)["id"]
    by_phone = desk.contact(lastName="Lee", phone="12345")["id"]
    by_all = desk.contact(**person, email="dana@startup.example", phone="123 45", accountId=account)["id"]
    by_email = desk.contact(email="dana@startup.example")["id"]
    lead = desk.lead(**person, email="dana@startup.example", phone="12-345", company="startup io")
    reasons = list(matching.CONTACT_REASONS)
    assert matches(desk, lead) == [
        (by_all, reasons),
        (by_email, reasons[:1]),
        (by_phone, reasons[1:2]),
        (by_name, reasons[2:]),
    ]
    assert matches(desk, lead, "accounts") == [(account, ["same_name", "same_domain"])]


def test_ten_of_each_are_shown_at_most(desk: Desk) -> None:
    contacts = [desk.contact(email="dana@startup.example")["id"] for _ in range(12)]
    accounts = [desk.account(name="Startup IO")["id"] for _ in range(12)]
    lead = desk.lead(email="dana@startup.example", company="Startup IO")
    assert [id_ for id_, _ in matches(desk, lead)] == contacts[:1:-1]
    assert [id_ for id_, _ in matches(desk, lead, "accounts")] == accounts[:1:-1]


def test_the_index_finds_the_same_as_the_tables(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    account = desk.account(name="Startup IO Inc", website="https://startup.example")["id"]
    desk.contact(email="DANA@startup.example", phone="12345", lastName="Lee")
    desk.contact(firstName="Dana", lastName="Lee", email="d@startup.example", accountId=account)
    lead = desk.lead(email="dana@startup.example", phone="1-2345", company="Startup IO")
    from_tables = preview(desk, lead)
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    for kind in KINDS:
        wait_for_index(desk, kind)
    assert preview(desk, lead) == from_tables
    assert all(is_told(desk, desk.app, kind) for kind in KINDS)
    assert (len(from_tables["contacts"]), len(from_tables["accounts"])) == (2, 1)


# What a conversion would make


def test_the_defaults_are_what_a_conversion_makes(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO", assignedTo=desk.ben.id)
    defaults = preview(desk, lead)["defaults"]
    made = desk.team.post(f"/api/leads/{lead['id']}/convert/", {"createAccount": True, "createOpportunity": True})
    contact, account, deal = (made.json()[name] for name in ("contact", "account", "opportunity"))
    assert defaults == {
        "contactName": f"{contact['firstName']} {contact['lastName']}",
        "accountName": account["name"],
        "opportunityName": deal["name"],
        "assignedTo": desk.team.get(f"/api/contacts/{contact['id']}/").json()["assignedTo"],
        "assignedToName": "Ben Okri",
    }


def test_the_defaults_of_a_lead_without_company_whose_owner_was_disabled(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    assert preview(desk, lead)["defaults"] == {
        "contactName": "Dana Lee",
        "accountName": None,
        "opportunityName": "Dana Lee",
        "assignedTo": None,
        "assignedToName": None,
    }


# Who asks for what


def test_a_converted_lead_says_what_it_became(desk: Desk) -> None:
    lead = desk.lead()
    made = desk.team.post(f"/api/leads/{lead['id']}/convert/").json()
    answer = desk.team.get(f"/api/leads/{lead['id']}/convert/")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_converted")
    assert answer.json()["contactId"] == made["contact"]["id"]


def test_a_lead_that_is_not_there_or_was_merged(desk: Desk) -> None:
    own, other = desk.lead()["id"], desk.lead()["id"]
    assert desk.stranger.get(f"/api/leads/{own}/convert/").status_code == 404
    assert desk.team.get("/api/leads/ld_01HXAAAAAAAAAAAAAAAAAAAAAA/convert/").status_code == 404
    assert desk.team.get(f"/api/leads/{own}/convert/?limit=1").status_code == 400
    merge(desk, own, other)
    answer = desk.team.get(f"/api/leads/{other}/convert/")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"http://desk.example/api/leads/{own}/convert/")


def test_nothing_of_another_workspace_matches(desk: Desk) -> None:
    lead = {"lastName": "Lee", "email": "dana@startup.example", "company": "Startup IO"}
    made = desk.stranger.post("/api/leads/", lead).json()
    desk.contact(email="dana@startup.example")
    desk.account(name="Startup IO")
    found = desk.stranger.get(f"/api/leads/{made['id']}/convert/").json()
    assert (found["contacts"], found["accounts"]) == ([], [])


# Names of companies


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("TechCorp", "techcorp"),
        ("TechCorp, Inc.", "techcorp"),
        ("Müller GmbH & Co. KG", "müller"),
        ("Co", "co"),
        ("Cisco", "cisco"),
        ("Nordic AS", "nordic"),
        ("Limited Run", "limited run"),
    ],
)
def test_the_legal_form_is_taken_off_a_name(name: str, plain: str) -> None:
    assert without_legal_form(name) == plain
    assert name.casefold() in name_variants(name)


def test_domains_of_addresses_and_websites() -> None:
    assert business_domain("dana@Startup.example") == "startup.example"
    assert [business_domain(email) for email in ("dana@gmail.com", None, "")] == [None] * 3
    for website in ("startup.example", "HTTP://www.startup.example:80/a?b", "//startup.example"):
        assert website_domain(website) == "startup.example"
    assert [website_domain(text) for text in ("", "http://[", "a b")] == ["", "", "a b"]
