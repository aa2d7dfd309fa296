"""Facets: how the records of a list spread over the values of their fields, by the tables and by the live index."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline.crm.kinds import KINDS
from leadline.index import live_indexes
from tests.answers import refusal
from tests.cast import Desk, Place, desk_on
from tests.index.desks import wait_for_index

MARCH = int(datetime(2090, 3, 1, 8, tzinfo=UTC).timestamp() * 1000)
Counts = list[tuple[Any, int]]


@pytest.fixture(scope="module", params=["by the tables", "by the index"])
def counting(
    request: pytest.FixtureRequest, place: Place, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk with some records of all kinds; nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("counting")) as desk, pytest.MonkeyPatch.context() as monkeypatch:
        fill(desk)
        if request.param == "by the index":
            monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
            for kind in KINDS:
                wait_for_index(desk, kind)
        yield desk


def fill(desk: Desk) -> None:
    desk.clock.at = MARCH
    desk.lead(status="new", source="referral", leadScore=9, assignedTo=desk.ben.id)
    desk.lead(status="new", emailOptOut=True, company="Startup IO", assignedTo=desk.cleo.id)
    desk.clock.at += 40 * 86_400_000
    desk.lead(status="lost", source="referral", leadScore=9)
    desk.contact(tags=["VIP", "press"])
    desk.contact(tags=["vip"], stage="engaged")
    desk.account(industry="Software", companySize="11-50")
    desk.account(industry="software", stage="customer")
    desk.opportunity(stage="proposal")


def facets(desk: Desk, plural: str, query: str = "") -> tuple[int, dict[str, Counts]]:
    answer = desk.team.get(f"/api/{plural}/facets/?{query}")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    told = {name: [(one["value"], one["count"]) for one in buckets] for name, buckets in body["facets"].items()}
    return body["count"], told


def test_each_field_of_few_values_is_counted(counting: Desk) -> None:
    assert facets(counting, "leads") == (
        3,
        {
            "status": [("new", 2), ("lost", 1)],
            "source": [("referral", 2), (None, 1)],
            "assignedTo": [*sorted([(counting.ben.id, 1), (counting.cleo.id, 1)]), (None, 1)],
            "leadScore": [(9, 2), (None, 1)],
            "emailOptOut": [(False, 2), (True, 1)],
            "emailBounced": [(False, 3)],
            "createdMonth": [("2090-03", 2), ("2090-04", 1)],
        },
    )


def test_the_filters_and_the_search_of_the_list_hold(counting: Desk) -> None:
    count, told = facets(counting, "leads", "status=new")
    assert (count, told["createdMonth"], told["source"]) == (2, [("2090-03", 2)], [("referral", 1), (None, 1)])
    count, told = facets(counting, "leads", "search=startup io")
    assert (count, told["emailOptOut"]) == (1, [(True, 1)])
    count, told = facets(counting, "leads", "search=nobody")
    assert (count, [buckets for buckets in told.values() if buckets]) == (0, [])


def test_a_record_counts_under_each_of_its_tags(counting: Desk) -> None:
    _, told = facets(counting, "contacts")
    assert told["tags"] == [("vip", 2), ("press", 1)]
    assert told["stage"] == [("engaged", 1), ("new", 1)]


def test_texts_are_told_without_regard_to_case(counting: Desk) -> None:
    _, told = facets(counting, "accounts")
    assert told["industry"] == [("software", 2), (None, 1)]
    assert told["companySize"] == [(None, 2), ("11-50", 1)]


def test_opportunities_are_counted_by_stage(counting: Desk) -> None:
    assert facets(counting, "opportunities", "stage=proposal")[1]["stage"] == [("proposal", 1)]


def test_owners_come_with_their_names(counting: Desk) -> None:
    owners = counting.team.get("/api/leads/facets/").json()["facets"]["assignedTo"]
    assert {owner["name"] for owner in owners} == {"Ben Okri", "Cleo", None}


def test_what_pages_or_sorts_a_list_is_unknown_here(counting: Desk) -> None:
    answer = counting.team.get("/api/leads/facets/?sort=id&limit=3&stauts=new")
    expected = [(name, "unknown_parameter") for name in ("limit", "stauts", "sort")]
    assert refusal(answer) == (400, expected)


def test_the_records_of_other_workspaces_do_not_count(counting: Desk) -> None:
    assert counting.stranger.get("/api/leads/facets/").json()["count"] == 0


def test_each_field_can_be_counted_without_its_own_filters(counting: Desk) -> None:
    count, told = facets(counting, "leads", "status=new&source=referral&own=ignored")
    assert count == 1
    assert told["status"] == [("lost", 1), ("new", 1)]
    assert told["source"] == [("referral", 1), (None, 1)]
    assert told["leadScore"] == [(9, 1)]
    assert facets(counting, "leads", "own=ignored") == facets(counting, "leads")


QUERIES = {
    "leads": [
        "status=new",
        "assignedTo=none&leadScore[gte]=3&createdBefore=2090-06-01",
        "search=dana&createdAfter=2090-04-01",
    ],
    "contacts": ["tags=vip&stage=engaged", "tags=press"],
    "accounts": ["industry=software&companySize[null]=true"],
    "opportunities": ["stage=proposal&createdAfter=2091-01-01"],
}


@pytest.mark.parametrize("plural", QUERIES)
def test_a_field_without_its_own_filters_is_counted_as_by_a_request_without_them(counting: Desk, plural: str) -> None:
    for query in QUERIES[plural]:
        count, told = facets(counting, plural, f"{query}&own=ignored")
        assert count == facets(counting, plural, query)[0]
        for name, buckets in told.items():
            start = "created" if name == "createdMonth" else name
            others = "&".join(pair for pair in query.split("&") if not pair.startswith(start))
            assert buckets == facets(counting, plural, others)[1][name], (query, name)


def test_months_are_counted_without_the_filters_by_creation(counting: Desk) -> None:
    count, told = facets(counting, "leads", "createdBefore=2090-04-01&own=ignored")
    assert (count, told["createdMonth"]) == (2, [("2090-03", 2), ("2090-04", 1)])
    assert told["status"] == [("new", 2)]


def test_fields_of_the_past_are_counted_without_their_own_filters_too(desk: Desk) -> None:
    lead = desk.lead(status="new")["id"]
    desk.lead(status="lost")
    then = desk.lead(status="lost")
    seq = desk.team.patch(f"/api/leads/{lead}/", {"status": "contacted"}).headers["Log-Seq"]
    desk.team.delete(f"/api/leads/{then['id']}/")
    count, told = facets(desk, "leads", f"status=lost&own=ignored&asOf={int(seq) - 1}")
    assert (count, told["status"], told["emailOptOut"]) == (2, [("lost", 2), ("new", 1)], [(False, 2)])


def test_own_can_be_ignored_alone(counting: Desk) -> None:
    for text in ("", "counted", "true"):
        answer = counting.team.get(f"/api/leads/facets/?own={text}")
        assert refusal(answer) == (400, [("own", "unknown_value")])
    assert refusal(counting.team.get("/api/leads/?own=ignored")) == (400, [("own", "unknown_parameter")])
