"""Accounts over HTTP: create, get, change, their lists and counts, their contacts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.answers import refusal
from tests.cast import Desk, Place, desk_on

FIELDS = [
    *("id", "name", "website", "industry", "companySize", "annualRevenue", "stage", "phone", "billingAddress"),
    *("assignedTo", "assignedToName", "contactCount", "openOpportunityCount", "tags", "leadId", "description"),
    *("createdAt", "updatedAt"),
]
ITEM = [
    *("id", "name", "website", "industry", "companySize", "stage", "assignedTo"),
    *("contactCount", "openOpportunityCount", "createdAt", "updatedAt"),
]
STAGES = ["prospect", "active", "customer", "partner", "churned"]
ADDRESS = {
    "street": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "postalCode": "94107",
    "country": "US",
}
UNKNOWN = "acc_01HXAAAAAAAAAAAAAAAAAAAAAA"


def names(desk: Desk, query: str) -> list[Any]:
    answer = desk.team.get(f"/api/accounts/?{query}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["results"])
    return [account["name"] for account in answer.json()["results"]]


def counts(desk: Desk, account: dict[str, Any]) -> tuple[int, int]:
    """Contacts and open opportunities, which a list and a get must agree on."""
    one = desk.team.get(f"/api/accounts/{account['id']}/").json()
    (item,) = desk.team.get(f"/api/accounts/?id[eq]={account['id']}").json()["results"]
    assert item.items() <= one.items()
    return one["contactCount"], one["openOpportunityCount"]


def test_the_documented_account_is_created(desk: Desk) -> None:
    body = {
        "name": "TechCorp Inc",
        "website": "https://techcorp.example",
        "industry": "Software",
        "companySize": "201-500",
        "annualRevenue": 15000000,
        "stage": "prospect",
        "phone": "+15551234567",
        "billingAddress": ADDRESS,
        "assignedTo": desk.ben.id,
        "tags": ["enterprise", "saas"],
        "description": "Two\nlines",
    }
    answer = desk.team.post("/api/accounts/", body)
    account = answer.json()
    assert answer.status_code == 201
    assert list(account) == FIELDS
    assert account.items() >= (body | {"assignedToName": "Ben Okri", "contactCount": 0}).items()
    assert desk.team.get(answer.headers["Location"]).json() == account


def test_a_new_account_has_defaults(desk: Desk) -> None:
    account = desk.account()
    given = {name: account[name] for name in ("id", "name", "createdAt", "updatedAt")}
    defaults = {"stage": "prospect", "tags": [], "contactCount": 0, "openOpportunityCount": 0}
    assert account == dict.fromkeys(FIELDS) | defaults | given


def test_a_list_item_has_the_documented_fields(desk: Desk) -> None:
    account = desk.account()
    (item,) = desk.team.get("/api/accounts/").json()["results"]
    assert list(item) == ITEM
    assert item.items() <= account.items()


def test_a_patch_changes_what_is_sent_and_no_more(desk: Desk) -> None:
    account = desk.account(billingAddress=ADDRESS)
    desk.contact(accountId=account["id"])
    changes = {"stage": "customer", "annualRevenue": 0.1, "billingAddress": {"city": "Oslo"}}
    after = desk.team.patch(f"/api/accounts/{account['id']}/", changes).json()
    expected = changes | {"billingAddress": dict.fromkeys(ADDRESS) | {"city": "Oslo"}, "contactCount": 1}
    assert after == account | expected | {"updatedAt": after["updatedAt"]}
    assert desk.team.patch(f"/api/accounts/{account['id']}/", after).json() == after


def test_revenue_is_exact_to_the_fourth_decimal(desk: Desk) -> None:
    answer = desk.team.get(f"/api/accounts/{desk.account(annualRevenue=99999999999)['id']}/")
    assert '"annualRevenue":99999999999,' in answer.text
    assert desk.account(annualRevenue=0.0001)["annualRevenue"] == 0.0001
    assert names(desk, "annualRevenue[lt]=0.0002") == ["TechCorp"]


def test_counts_follow_what_happens(desk: Desk) -> None:
    account, other = desk.account(), desk.account()
    assert counts(desk, account) == (0, 0)
    contact = desk.contact(accountId=account["id"])
    deal = desk.opportunity(accountId=account["id"])
    desk.opportunity(accountId=account["id"], stage="closed_lost")
    assert counts(desk, account) == (1, 1)
    desk.team.patch(f"/api/opportunities/{deal['id']}/", {"stage": "closed_won"})
    desk.team.patch(f"/api/contacts/{contact['id']}/", {"accountId": other["id"]})
    assert (counts(desk, account), counts(desk, other)) == ((0, 0), (1, 0))
    desk.team.patch(f"/api/opportunities/{deal['id']}/", {"stage": "proposal"})
    desk.team.delete(f"/api/contacts/{contact['id']}/")
    assert (counts(desk, account), counts(desk, other)) == ((0, 1), (0, 0))


def test_a_list_counts_without_a_query_for_each_account(desk: Desk) -> None:
    for number in range(3):
        account = desk.account(name=f"Account {number}")
        for _ in range(number):
            desk.contact(accountId=account["id"])
    items = desk.team.get("/api/accounts/?sort=-contactCount").json()["results"]
    assert [item["contactCount"] for item in items] == [2, 1, 0]
    assert names(desk, "contactCount[gte]=1&sort=name") == ["Account 1", "Account 2"]


def test_the_contacts_of_an_account_are_a_list_like_any(desk: Desk) -> None:
    account = desk.account(name="Acme Corp")
    mine = [desk.contact(accountId=account["id"], title=title)["id"] for title in ("CEO", "VP", "Clerk")]
    desk.contact(accountId=desk.account()["id"])
    path = f"http://desk.example/api/accounts/{account['id']}/contacts/"
    page = desk.team.get(f"{path}?limit=2").json()
    assert [item["id"] for item in page["results"]] == mine[:0:-1]
    assert (page["count"], page["next"]) == (3, f"{path}?limit=2&page=2")
    assert [item["id"] for item in desk.team.get(page["next"]).json()["results"]] == mine[:1]
    assert desk.team.get(f"{path}?search=john&title[eq]=VP").json()["results"][0]["id"] == mine[1]
    assert page["results"][0]["accountName"] == "Acme Corp"


def test_the_contacts_of_an_account_that_is_not_there_are_not_found(desk: Desk) -> None:
    account = desk.account()
    assert desk.team.get(f"/api/accounts/{account['id']}/contacts/").json()["count"] == 0
    assert desk.stranger.get(f"/api/accounts/{account['id']}/contacts/").status_code == 404
    for id_ in (UNKNOWN, "x", desk.contact()["id"]):
        assert desk.team.get(f"/api/accounts/{id_}/contacts/").status_code == 404
    assert refusal(desk.team.get(f"/api/accounts/{account['id']}/contacts/?stage=won"))[0] == 400


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("stage", STAGES)
def test_every_documented_stage_is_taken(desk: Desk, stage: str) -> None:
    assert desk.account(stage=stage)["stage"] == stage


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": " "}, [("name", "required")]),
        ({"stage": "new"}, [("stage", "unknown_value")]),
        ({"annualRevenue": -1}, [("annualRevenue", "out_of_range")]),
        ({"annualRevenue": 0.00001}, [("annualRevenue", "too_precise")]),
        ({"annualRevenue": "15000000"}, [("annualRevenue", "wrong_type")]),
        ({"billingAddress": "123 Main St"}, [("billingAddress", "wrong_type")]),
        ({"billingAddress": {"zip": "94107"}}, [("billingAddress", "unknown_field")]),
        ({"contactCount": 5}, [("contactCount", "read_only")]),
        ({"tags": None}, [("tags", "required")]),
        ({"assignedTo": "usr_01HXAAAAAAAAAAAAAAAAAAAAAA"}, [("assignedTo", "unknown_user")]),
    ],
)
def test_what_is_wrong_is_refused_and_changes_nothing(desk: Desk, fields: Any, errors: Any) -> None:
    account = desk.account()
    before = desk.dump()
    assert refusal(desk.team.post("/api/accounts/", {"name": "TechCorp"} | fields)) == (422, errors)
    assert refusal(desk.team.patch(f"/api/accounts/{account['id']}/", fields)) == (422, errors)
    assert desk.dump() == before


def test_all_that_is_wrong_with_an_address_is_said_at_once(desk: Desk) -> None:
    address = {"street": 5, "city": "Oslo", "country": "x" * 201, "zip": "94107", "z" * 1_000: None}
    answer = desk.team.post("/api/accounts/", {"name": "TechCorp", "billingAddress": address})
    assert refusal(answer) == (422, [("billingAddress", "wrong_type")])
    parts = "it has street, city, state, postalCode, country."
    assert answer.json()["errors"][0]["message"] == (
        "billingAddress has a street that must be a text. "
        "It has a country that must have at most 200 characters; it has 201. "
        f"It has no zip; {parts} It has no {'z' * 60}; {parts}"
    )


@pytest.mark.parametrize(
    ("tag", "sentence"),
    [
        (5, "tags has one that must be a text."),
        ("x" * 51, "tags has one that must have at most 50 characters; it has 51."),
    ],
)
def test_what_is_wrong_with_a_tag_is_not_said_of_all_of_them(desk: Desk, tag: object, sentence: str) -> None:
    answer = desk.team.post("/api/accounts/", {"name": "TechCorp", "tags": ["vip", tag]})
    assert answer.json()["errors"][0]["message"] == sentence


@pytest.fixture(scope="module")
def three(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """With three accounts; nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("three")) as desk:
        desk.account(name="Acme Corp", industry="Manufacturing", stage="customer", website="https://acme.example")
        desk.account(name="TechCorp", industry="Software", tags=["SaaS"])
        desk.account(name="Zeta")
        yield desk


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=customer,partner", ["Acme Corp"]),
        ("industry=SOFTWARE", ["TechCorp"]),
        ("industry=software,manufacturing", ["TechCorp", "Acme Corp"]),
        ("industry[null]=true", ["Zeta"]),
        ("industry[ne]=software", ["Zeta", "Acme Corp"]),
        ("search=corp", ["TechCorp", "Acme Corp"]),
        ("search=acme.example", ["Acme Corp"]),
        ("search=software", []),
        ("tags=saas", ["TechCorp"]),
        ("sort=industry", ["Acme Corp", "TechCorp", "Zeta"]),
    ],
)
def test_a_list_is_filtered(three: Desk, query: str, expected: list[str]) -> None:
    assert names(three, query) == expected
    assert three.stranger.get(f"/api/accounts/?{query}").json()["count"] == 0


def test_an_industry_that_changes_is_found_by_its_new_name(desk: Desk) -> None:
    account = desk.account(industry="Software")
    desk.team.patch(f"/api/accounts/{account['id']}/", {"industry": "Farming", "tags": ["eco"]})
    assert names(desk, "industry=farming&tags=ECO") == ["TechCorp"]
    desk.team.patch(f"/api/accounts/{account['id']}/", {"industry": None, "tags": []})
    assert names(desk, "industry=farming") == names(desk, "tags=eco") == []
