"""`around` answers the page of a list that has a record, by the tables and by the live index."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from leadline.crm.leads import LEADS
from leadline.index import live_indexes
from leadline.records import item_store
from tests.answers import refusal
from tests.cast import Desk, Place, desk_on
from tests.index.desks import wait_for_index

NEW_YEAR = 1_893_456_000_000
LEADS_MADE = 60


@pytest.fixture(scope="module", params=["by the tables", "by the index"])
def listing(request: pytest.FixtureRequest, place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with some leads, many of whose values are alike or absent. Nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("listing")) as desk, pytest.MonkeyPatch.context() as monkeypatch:
        fill(desk)
        if request.param == "by the index":
            monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
            wait_for_index(desk, LEADS)
        yield desk


def fill(desk: Desk) -> None:
    chance = random.Random(4)
    for number in range(LEADS_MADE):
        desk.clock.at = NEW_YEAR + number // 3 * 1_000
        desk.lead(
            lastName=chance.choice(["Adams", "adams", "Baker", "Clark", f"Lee {number}"]),
            company=chance.choice([None, "Acme", "Startup"]),
            leadScore=chance.choice([None, 1, 5, 9]),
            status=chance.choice(["new", "contacted", "lost"]),
            assignedTo=chance.choice([None, desk.ben.id]),
        )


def read(desk: Desk, query: str) -> dict[str, Any]:
    answer = desk.team.get(f"/api/leads/?{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


QUERIES = [
    "",
    "sort=createdAt",
    "sort=id",
    "sort=lastName",
    "sort=-lastName",
    "sort=leadScore,-lastName",
    "sort=-company,createdAt",
    "sort=createdAt,lastName",
    "sort=status,-id",
    "status=new,lost&sort=company",
    "search=adams&sort=-leadScore",
    "leadScore[null]=true&sort=assignedTo",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_each_record_is_on_the_page_around_it(listing: Desk, query: str, limit: int) -> None:
    every = read(listing, f"{query}&limit=100")
    for position, item in list(enumerate(every["results"]))[:: 1 if limit == 7 else 9]:
        page = read(listing, f"{query}&limit={limit}&around={item['id']}")
        assert page["offset"] == position // limit * limit
        assert page["count"] == every["count"]
        assert page["results"] == every["results"][page["offset"] : page["offset"] + limit]


def test_the_links_lead_to_the_pages_beside_it(listing: Desk) -> None:
    every = read(listing, "sort=lastName&limit=100")["results"]
    page = read(listing, f"limit=10&around={every[25]['id']}&sort=lastName")
    assert page["offset"] == 20
    assert page["next"].endswith("/api/leads/?limit=10&sort=lastName&offset=30")
    assert page["previous"].endswith("/api/leads/?limit=10&sort=lastName&offset=10")


def test_without_it_a_list_has_no_offset(listing: Desk) -> None:
    assert list(read(listing, "limit=10")) == ["count", "next", "previous", "results"]


def test_versions_can_be_included(listing: Desk) -> None:
    [lead] = read(listing, "limit=1&offset=5")["results"]
    [item] = read(listing, f"limit=1&around={lead['id']}&include=version")["results"]
    assert item == lead | {"version": 1}


@pytest.mark.parametrize("query", ["status=new", "search=nobody", "sort=lastName&leadScore[gte]=5"])
def test_a_record_that_the_filters_leave_out_is_not_in_the_list(listing: Desk, query: str) -> None:
    within = {item["id"] for item in read(listing, f"{query}&limit=100")["results"]}
    left_out = next(item["id"] for item in read(listing, "limit=100")["results"] if item["id"] not in within)
    answer = listing.team.get(f"/api/leads/?{query}&around={left_out}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_in_list")
    assert left_out in answer.json()["detail"]


def test_a_record_that_is_not_there_is_in_no_list(desk: Desk) -> None:
    lead = desk.lead()["id"]
    desk.team.delete(f"/api/leads/{lead}/")
    theirs = desk.stranger.post("/api/leads/", {"lastName": "Lee", "email": "a@b.example"}).json()["id"]
    for id_ in (lead, theirs, lead[:-1] + ("0" if lead[-1] != "0" else "1")):
        answer = desk.team.get(f"/api/leads/?around={id_}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_in_list")


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("text", ["", "5", "acc_01JZX3Q5E0000000010000000A", "ld_x"])
def test_it_takes_an_id_of_the_kind(desk: Desk, text: str) -> None:
    assert refusal(desk.team.get(f"/api/leads/?around={text}")) == (400, [("around", "unknown_lead")])


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("other", ["page=1", "offset=0", "asOf=1"])
def test_it_excludes_what_names_another_page_or_time(desk: Desk, other: str) -> None:
    lead = desk.lead()["id"]
    assert refusal(desk.team.get(f"/api/leads/?around={lead}&{other}")) == (400, [("around", "excludes")])


@pytest.mark.at_the_shared_desk
def test_facets_do_not_take_it(desk: Desk) -> None:
    answer = desk.team.get(f"/api/leads/facets/?around={desk.lead()['id']}")
    assert refusal(answer) == (400, [("around", "unknown_parameter")])


def test_all_lists_take_it(desk: Desk) -> None:
    account = desk.account()["id"]
    contacts = [desk.contact(accountId=account)["id"] for _ in range(3)]
    others = {"contacts": contacts[0], "accounts": account, "opportunities": desk.opportunity()["id"]}
    for plural, id_ in others.items():
        assert id_ in [item["id"] for item in desk.team.get(f"/api/{plural}/?around={id_}").json()["results"]]
    path = f"/api/accounts/{account}/contacts/?limit=1&around="
    assert [desk.team.get(path + contact).json()["offset"] for contact in contacts] == [2, 1, 0]
    other = desk.contact()["id"]
    assert desk.team.get(path + other).json()["code"] == "not_in_list"
    assert desk.ada.get(f"/api/users/?around={desk.ben.id}&limit=1").json()["results"][0]["id"] == desk.ben.id


def test_a_viewer_has_no_list(desk: Desk) -> None:
    assert desk.vic.get(f"/api/leads/?around={desk.lead()['id']}").status_code == 403


def test_an_index_that_knows_the_order_spares_the_tables(listing: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    if not listing.app.live.is_ready(listing.acme.workspace.number, LEADS):
        pytest.skip("the tables answer here")
    lead = read(listing, "limit=1&offset=30&sort=leadScore")["results"][0]["id"]
    monkeypatch.setattr(item_store, "find_position", None)
    assert read(listing, f"limit=10&sort=leadScore&around={lead}")["offset"] == 30
