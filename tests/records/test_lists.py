"""Lists over HTTP: pages and their links, filters, search, order."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from leadline.crm.leads import LEADS
from leadline.records.query import read_query
from tests.answers import faults, refusal
from tests.cast import Desk, Place, desk_on

ITEM = [
    "id",
    "firstName",
    "lastName",
    "email",
    "phone",
    "company",
    "status",
    "source",
    "assignedTo",
    "leadScore",
    "createdAt",
    "updatedAt",
]
NEW_YEAR = 1_893_456_000_000
"""2030-01-01T00:00:00Z, when the first lead of the office was made; each of the others came ten seconds later."""

PEOPLE: list[dict[str, Any]] = [
    {
        "firstName": "Ann",
        "lastName": "Zorn",
        "email": "ann@north.example",
        "phone": "+1 555 0001",
        "company": "Acme North",
        "source": "referral",
        "leadScore": 3,
        "notes": "Met in Oslo",
        "emailOptOut": True,
    },
    {
        "firstName": "Bob",
        "lastName": None,
        "email": "BOB@south.example",
        "phone": "030 123",
        "company": "acme South_2",
        "status": "contacted",
        "source": "event",
        "leadScore": 7,
    },
    {
        "firstName": "Cyd",
        "lastName": "abel",
        "email": "cyd@west.example",
        "company": "100% Wool",
        "status": "qualified",
        "source": "partner",
        "leadScore": 9,
        "notes": "met at the fair",
    },
    {"firstName": None, "lastName": "Østby", "email": "dag@east.example", "status": "lost"},
    {"firstName": "Eve", "lastName": "Straße", "email": "eve@east.example", "company": 'O"Hara & Sons'},
]


@pytest.fixture(scope="module")
def office(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with five leads, known by the first letters of their e-mails. Nothing is changed there: Ann is Ben's,
    Bob is Cleo's, and Eve has been converted ten seconds after she came."""
    with desk_on(place, tmp_path_factory.mktemp("office")) as desk:
        for number, fields in enumerate(PEOPLE):
            desk.clock.at = NEW_YEAR + 10_000 * number
            assigned = {0: desk.ben.id, 1: desk.cleo.id}.get(number)
            lead = desk.lead(**fields, assignedTo=assigned)
        desk.clock.at = NEW_YEAR + 50_000
        assert desk.team.post(f"/api/leads/{lead['id']}/convert/").status_code == 200
        assert desk.stranger.post("/api/leads/", PEOPLE[0]).status_code == 201
        yield desk


def everyone(desk: Desk) -> dict[str, dict[str, Any]]:
    """All leads in full, by their letters."""
    items = desk.team.get("/api/leads/").json()["results"]
    return {item["email"][0].lower(): desk.team.get(f"/api/leads/{item['id']}/").json() for item in items}


def found(desk: Desk, query: str) -> str:
    """The letters of the leads that a list shows, in its order; `{a[id]}` stands for a field of Ann's."""
    answer = desk.team.get(f"/api/leads/?{query.format(**everyone(desk))}")
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["count"] == len(page["results"])
    return "".join(item["email"][0].lower() for item in page["results"])


def refused(desk: Desk, query: str) -> list[tuple[str, str]]:
    answer = desk.team.get(f"/api/leads/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter"), answer.text
    return faults(answer)


def test_a_list_is_an_envelope_of_items(office: Desk) -> None:
    page = office.team.get("/api/leads/").json()
    assert list(page) == ["count", "next", "previous", "results"]
    assert (page["count"], page["next"], page["previous"]) == (5, None, None)
    assert [list(item) for item in page["results"]] == [ITEM] * 5


def test_an_item_shows_what_the_lead_has(office: Desk) -> None:
    for item in office.team.get("/api/leads/").json()["results"]:
        lead = office.team.get(f"/api/leads/{item['id']}/").json()
        assert item == {name: lead[name] for name in ITEM}


def test_an_empty_list_is_a_list(desk: Desk) -> None:
    assert desk.team.get("/api/leads/").json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_the_newest_come_first(office: Desk) -> None:
    assert found(office, "") == "edcba"


def test_leads_of_one_second_are_ordered_by_id(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR
    for _ in range(30):
        desk.lead()
        desk.clock.at -= 40
    items = desk.team.get("/api/leads/?limit=100").json()["results"]
    assert {item["createdAt"] for item in items} == {"2030-01-01T00:00:00Z"}
    assert [item["id"] for item in items] == sorted((item["id"] for item in items), reverse=True)


# Pages


def test_a_page_has_20_items_unless_asked_otherwise(desk: Desk) -> None:
    leads = [desk.lead()["id"] for _ in range(21)]
    first = desk.team.get("/api/leads/").json()
    assert [item["id"] for item in first["results"]] == leads[:0:-1]
    assert (first["count"], first["next"]) == (21, "http://desk.example/api/leads/?page=2")
    second = desk.team.get(first["next"]).json()
    assert [item["id"] for item in second["results"]] == leads[:1]
    assert (second["count"], second["next"]) == (21, None)
    assert second["previous"] == "http://desk.example/api/leads/?page=1"


@pytest.mark.parametrize(
    ("query", "letters", "next_", "previous"),
    [
        ("page=1&limit=2", "ed", "limit=2&page=2", None),
        ("page=2&limit=2", "cb", "limit=2&page=3", "limit=2&page=1"),
        ("page=3&limit=2", "a", None, "limit=2&page=2"),
        ("limit=2", "ed", "limit=2&page=2", None),
        ("limit=5", "edcba", None, None),
        ("limit=100", "edcba", None, None),
        ("limit=1&page=5", "a", None, "limit=1&page=4"),
        ("limit=2&offset=0", "ed", "limit=2&offset=2", None),
        ("limit=2&offset=1", "dc", "limit=2&offset=3", "limit=2&offset=0"),
        ("limit=2&offset=3", "ba", None, "limit=2&offset=1"),
        ("offset=4", "a", None, "offset=0"),
        ("page=4&limit=2", "", None, "limit=2&page=3"),
        ("page=999999999", "", None, "page=1"),
        ("limit=2&offset=5", "", None, "limit=2&offset=3"),
        ("limit=2&offset=700", "", None, "limit=2&offset=4"),
        ("limit=2&offset=99999999900", "", None, "limit=2&offset=4"),
        ("limit=1&status=lost&page=9", "", None, "limit=1&status=lost&page=1"),
    ],
)
def test_a_page_and_its_links(
    office: Desk, query: str, letters: str, next_: str | None, previous: str | None
) -> None:
    page = office.team.get(f"/api/leads/?{query}").json()
    assert page["count"] == (1 if "status" in query else 5)
    assert "".join(item["email"][0].lower() for item in page["results"]) == letters
    links = [query and f"http://desk.example/api/leads/?{query}" for query in (next_, previous)]
    assert [page["next"], page["previous"]] == links


@pytest.mark.parametrize(
    "query",
    [
        *("page=0", "page=-1", "page=x", "page=", "page=1.5", "page=1e3", "page=٢", "page=9999999999", "page=%202"),
        *("limit=0", "limit=101", "limit=-5", "limit=all", "limit=", "limit=1e1", "limit=100000000000000000000"),
        *("offset=-1", "offset=x", "offset=", "offset=1.0"),
    ],
)
def test_what_is_no_number_or_out_of_range_is_refused(office: Desk, query: str) -> None:
    assert refused(office, query) == [(query.split("=")[0], "out_of_range")]


def test_page_and_offset_exclude_each_other(office: Desk) -> None:
    assert refused(office, "page=2&offset=2") == [("offset", "excludes")]


KEPT = "leadScore[gte]=1&search=%26+%23%C3%B8&company[contains]=50%25&sort=-leadScore,lastName&status=new,lost"


@pytest.mark.parametrize("paging", ["limit=1&page=2", "limit=1&offset=1"])
def test_links_keep_every_other_parameter(desk: Desk, paging: str) -> None:
    leads = [desk.lead(company=f"{number} & #Ø 50%", leadScore=number)["id"] for number in (1, 2, 3)]
    page = desk.team.get(f"/api/leads/?{KEPT}&{paging}").json()
    assert [item["id"] for item in page["results"]] == [leads[1]]
    for link, lead in ((page["next"], leads[0]), (page["previous"], leads[2])):
        assert [item["id"] for item in desk.team.get(link).json()["results"]] == [lead]
        kept = [pair for pair in parse_qsl(urlsplit(link).query) if pair[0] not in ("page", "offset")]
        assert kept == [*parse_qsl(KEPT), ("limit", "1")]


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/api/leads/", "http://desk.example/api/leads/"),
        ("/api/leads", "http://desk.example/api/leads/"),
        ("/api/v1/leads/", "http://desk.example/api/v1/leads/"),
        ("/api/v1/leads", "http://desk.example/api/v1/leads/"),
    ],
)
def test_links_start_as_the_request_did(office: Desk, path: str, start: str) -> None:
    page = office.team.get(f"{path}?limit=1&page=2").json()
    assert (page["next"], page["previous"]) == (f"{start}?limit=1&page=3", f"{start}?limit=1&page=1")
    assert office.team.get(page["next"]).status_code == 200


@pytest.mark.parametrize("host", ["crm.example:8443", "10.0.0.7", "[::1]:8000"])
def test_links_have_the_requests_own_host(office: Desk, host: str) -> None:
    page = office.team.get("/api/leads/?limit=1", headers={"Host": host}).json()
    assert page["next"] == f"http://{host}/api/leads/?limit=1&page=2"


@pytest.mark.parametrize("public_url", ["https://crm.example.com", "https://example.com/desk/"])
def test_links_start_with_the_public_url_if_there_is_one(place: Place, tmp_path: Path, public_url: str) -> None:
    with desk_on(place, tmp_path, public_url=public_url) as desk:
        lead = desk.team.post("/api/leads/", PEOPLE[0], headers={"Host": "inside"})
        desk.lead()
        start = public_url.rstrip("/")
        assert lead.headers["Location"] == f"{start}/api/leads/{lead.json()['id']}/"
        page = desk.team.get("/api/leads?limit=1", headers={"Host": "inside"}).json()
        assert page["next"] == f"{start}/api/leads/?limit=1&page=2"


# Filters


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("status=new", "a"),
        ("status=new,contacted", "ba"),
        ("status=converted", "e"),
        ("status=unqualified", ""),
        ("source=event", "b"),
        ("source=event,referral,other", "ba"),
        ("source=never_used", ""),
        ("assignedTo={a[assignedTo]}", "a"),
        ("assignedTo={a[assignedTo]},{b[assignedTo]}", "ba"),
        ("assignedTo=none", "edc"),
        ("assignedTo=none,{b[assignedTo]}", "edcb"),
        ("assignedTo=usr_01HXAAAAAAAAAAAAAAAAAAAAAA", ""),
        ("email=bob@SOUTH.example", "b"),
        ("email=ann@north.example,cyd@west.example", "ca"),
        ("email=ann@north", ""),
        ("status=new,contacted&source=event", "b"),
        ("status=new&source=event", ""),
        ("createdAfter=2030-01-01T00:00:10Z", "edc"),
        ("createdAfter=2030-01-01T00:00:09Z", "edcb"),
        ("createdBefore=2030-01-01T00:00:10Z", "a"),
        ("createdAfter=2030-01-01T00:00:10Z&createdBefore=2030-01-01T00:00:30Z", "c"),
        ("updatedAfter=2030-01-01T00:00:30Z", "e"),
        ("updatedAfter=2030-01-01T00:00:50Z", ""),
        ("updatedBefore=2030-01-01T00:00:20Z", "ba"),
        ("updatedBefore=2030-01-01T00:00:50Z", "dcba"),
    ],
)
def test_the_documented_filters(office: Desk, query: str, letters: str) -> None:
    assert found(office, query) == letters


@pytest.mark.parametrize(
    ("time", "letters"),
    [
        ("2030-01-01T01:00:10+01:00", "edc"),
        ("2030-01-01T01:00:10%2B01:00", "edc"),
        ("2030-01-01T01:00:10 01:00", "edc"),
        ("2030-01-01T05:45:10%2B05:45", "edc"),
        ("2029-12-31T19:00:10-05:00", "edc"),
        ("2030-01-01T00:00:10", "edc"),
        ("2030-01-01t00:00:10z", "edc"),
        ("2030-01-01T00:00:10.000Z", "edc"),
        ("2030-01-01T00:00:09.5Z", "edcb"),
        ("2030-01-01T00:00", "edcb"),
        ("2030-01-01", "edcb"),
        ("2029-12-31", "edcba"),
        ("2030-01-02", ""),
        ("2029-12-31T23:59:60Z", "edcb"),
        ("2029-12-31T23:59:60.5Z", "edcb"),
        ("2030-01-01T05:29:60%2B05:30", "edcb"),
        ("1969-12-31T23:59:59Z", "edcba"),
        ("0001-01-01T00:00:00Z", "edcba"),
        ("9999-12-31T23:59:59.9999999Z", ""),
    ],
)
def test_a_time_may_have_any_zone_or_none(office: Desk, time: str, letters: str) -> None:
    assert found(office, f"createdAfter={time}") == letters


@pytest.mark.parametrize("time", ["2030-01-01T00:00:10.5Z", "2030-01-01T00:00:10.000001Z"])
def test_a_part_of_a_second_counts(office: Desk, time: str) -> None:
    assert found(office, f"createdAfter={time}") == found(office, f"createdAt[gte]={time}") == "edc"
    assert found(office, f"createdBefore={time}") == found(office, f"createdAt[lte]={time}") == "ba"


@pytest.mark.parametrize(
    "time",
    [
        *("yesterday", "", "2030-13-01", "2030-02-30", "01.02.2030", "2030-01-01T25:00:00Z", "1893456000"),
        *("2030-01-01T12:00:60Z", "2029-12-31T23:59:61Z", "2030-01-01T00:00:60Z", "2030-01-01T00:00:00%2B00:60"),
        "0000-01-01",
    ],
)
def test_what_is_no_time_is_refused(office: Desk, time: str) -> None:
    for name in ("createdAfter", "createdBefore", "updatedAfter", "updatedBefore"):
        assert refused(office, f"{name}={time}") == [(name, "not_a_time")]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_utc_does_not_have_is_refused(office: Desk, time: str) -> None:
    assert refused(office, f"createdAfter={time}") == [("createdAfter", "out_of_range")]


@pytest.mark.parametrize("operator", ["gt", "gte", "lt", "lte"])
def test_a_bound_may_lie_beyond_every_record(office: Desk, operator: str) -> None:
    for field in ("createdAt", "updatedAt", "convertedAt"):
        early, late = (found(office, f"{field}[{operator}]={year}-12-31T23:59:59.9Z") for year in ("0001", "9999"))
        everyone = "e" if field == "convertedAt" else "edcba"
        assert (early, late) == ((everyone, "") if operator[0] == "g" else ("", everyone))


def test_a_filter_may_have_a_thousand_characters_of_any_script(desk: Desk) -> None:
    assert desk.team.get(f"/api/leads/?company[eq]={quote('東' * 1_000)}").json()["count"] == 0


def test_an_unknown_status_is_refused_with_the_known_ones(office: Desk) -> None:
    answer = office.team.get("/api/leads/?status=new,open")
    assert refusal(answer) == (400, [("status", "unknown_value")])
    listed = "new, contacted, qualified, nurturing, unqualified, converted, lost"
    assert listed in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("status=", "unknown_value"),
        ("status=new,", "unknown_value"),
        ("status=New", "unknown_value"),
        ("source=Trade Fair", "not_a_slug"),
        ("assignedTo=ben", "unknown_user"),
        ("assignedTo=", "unknown_user"),
        ("leadScore[gte]=high", "wrong_type"),
        ("leadScore[in]=1,x", "wrong_type"),
        ("emailOptOut[eq]=yes", "wrong_type"),
        ("phone[null]=1", "wrong_type"),
        ("convertedAt[gt]=soon", "not_a_time"),
        ("leadScore[between]=1", "unknown_parameter"),
        ("leadScore[contains]=1", "unknown_parameter"),
        ("emailOptOut[gt]=true", "unknown_parameter"),
        ("assignedTo[in]=none", "unknown_user"),
        ("leadScore=7", "unknown_parameter"),
        ("convertedAccountId[null]=true", "unknown_parameter"),
        ("workspace[eq]=1", "unknown_parameter"),
        ("[eq]=1", "unknown_parameter"),
        ("company[contains]=%07", "control_character"),
    ],
)
def test_a_malformed_filter_is_refused(office: Desk, query: str, code: str) -> None:
    assert refused(office, query) == [(query.split("=")[0], code)]


def test_all_malformed_parameters_are_named_at_once(office: Desk) -> None:
    expected = [("status", "unknown_value"), ("search", "out_of_range"), ("limt", "unknown_parameter")]
    assert refused(office, "status=open&limt=5&search=") == expected
    assert refused(office, "page=0&limit=0") == [("page", "out_of_range"), ("limit", "out_of_range")]


def test_malformed_filters_and_pages_are_named_at_once(office: Desk) -> None:
    assert sorted(refused(office, "status=open&page=0")) == [("page", "out_of_range"), ("status", "unknown_value")]


@pytest.mark.parametrize(
    ("query", "near"),
    [
        ("stauts=new", "status"),
        ("assigned_to=none", "assignedTo"),
        ("created_after=2030-01-01", "createdAfter"),
        ("serach=x", "search"),
        ("leadScore[get]=7", "[gte]"),
        ("leedScore[gte]=7", "leadScore[gte]"),
        ("leadScore=7", "leadScore[eq]"),
        ("emailOptOut=true", "emailOptOut[eq]"),
        ("status[]=new", "status[eq]"),
        ("pages=2", "page"),
        ("LIMIT=2", "limit"),
        ("CREATEDAFTER=2030-01-01", "createdAfter"),
        ("page_size=50", "limit"),
        ("per_page=50", "limit"),
        ("perPage=50", "limit"),
        ("page[size]=50", "limit"),
        ("%24top=50", "limit"),
        ("max_results=50", "limit"),
        ("page[number]=2", "page"),
        ("skip=20", "offset"),
        ("order_by=email", "sort"),
        ("ordering=email", "sort"),
        ("%24orderby=email", "sort"),
        ("sortBy=email", "sort"),
        ("q=lee", "search"),
        ("query=lee", "search"),
        ("keyword=lee", "search"),
        ("owner_id=none", "assignedTo"),
        ("since=2030-01-01", "createdAfter"),
        ("modified_since=2030-01-01", "updatedAfter"),
        ("count=5", "limit"),
        ("email_eq=a", "email"),
    ],
)
def test_an_unknown_parameter_is_refused_with_the_nearest_known_one(office: Desk, query: str, near: str) -> None:
    answer = office.team.get(f"/api/leads/?{query}")
    assert answer.status_code == 400
    hint = answer.json()["errors"][0]["message"].split("not a parameter here")[1]
    assert hint == f". Did you mean {near}?" if near[0] != "[" else near in hint


def test_a_list_can_be_of_as_many_ids_as_a_page_has(office: Desk) -> None:
    ann = everyone(office)["a"]["id"]
    others = [f"{ann[:-3]}{number:03}" for number in range(99)]
    assert found(office, f"id[in]={','.join([*others, ann])}") == "a"
    assert refused(office, f"id[in]={','.join([*others, ann, ann])}") == [("id[in]", "too_long")]
    assert refused(office, f"email={'a' * 4_001}") == [("email", "too_long")]


def test_a_parameter_may_come_once(office: Desk) -> None:
    assert refused(office, "status=new&status=lost") == [("status", "repeated")]
    answer = office.team.get("/api/leads/?leadScore[gte]=3&leadScore[gte]=5")
    sentence = "give it once, with commas between its values if it takes several."
    assert answer.json()["detail"] == f"leadScore[gte] is given more than once; {sentence}"


BRACKETS = [
    # a whole number
    ("leadScore[eq]=7", "b"),
    ("leadScore[ne]=7", "edca"),
    ("leadScore[in]=3,9", "ca"),
    ("leadScore[gt]=7", "c"),
    ("leadScore[gte]=7", "cb"),
    ("leadScore[lt]=7", "a"),
    ("leadScore[lte]=7", "ba"),
    ("leadScore[null]=true", "ed"),
    ("leadScore[null]=false", "cba"),
    ("leadScore[gte]=-99", "cba"),
    ("leadScore%5Bgte%5D=9", "c"),
    # a text
    ("company[eq]=ACME north", "a"),
    ("company[ne]=acme north", "edcb"),
    ("company[in]=acme north,100%25 wool", "ca"),
    ("company[gt]=acme north", "eb"),
    ("company[gte]=Acme North", "eba"),
    ("company[lt]=ACME NORTH", "c"),
    ("company[lte]=acme north", "ca"),
    ("company[contains]=acme", "ba"),
    ("company[contains]=%25", "c"),
    ("company[contains]=_", "b"),
    ("company[contains]=H_2", "b"),
    ('company[contains]="hara %26', "e"),
    ("company[startswith]=ACME", "ba"),
    ("company[startswith]=north", ""),
    ("company[startswith]=1__", ""),
    ("company[null]=true", "d"),
    ("lastName[eq]=østby", "d"),
    ("lastName[contains]=ØST", "d"),
    ("lastName[contains]=strasse", "e"),
    ("lastName[startswith]=STRAS", "e"),
    ("lastName[null]=true", "b"),
    ("firstName[startswith]=c", "c"),
    ("notes[contains]=MET", "ca"),
    ("notes[null]=false", "ca"),
    ("assignedToName[eq]=ben okri", "a"),
    ("assignedToName[contains]=cl", "b"),
    ("assignedToName[ne]=cleo", "edca"),
    ("assignedToName[null]=true", "edc"),
    # an e-mail
    ("email[eq]=bob@south.EXAMPLE", "b"),
    ("email[ne]=bob@south.example", "edca"),
    ("email[in]=bob@south.example,eve@east.example", "eb"),
    ("email[gt]=cyd@west.example", "ed"),
    ("email[gte]=cyd@west.example", "edc"),
    ("email[lt]=cyd@west.example", "ba"),
    ("email[lte]=bob@south.example", "ba"),
    ("email[contains]=@EAST.", "ed"),
    ("email[startswith]=bob@", "b"),
    ("email[null]=true", ""),
    # a phone number
    ("phone[eq]=030 123", "b"),
    ("phone[ne]=030 123", "edca"),
    ("phone[in]=030 123,%2B1 555 0001", "ba"),
    ("phone[gt]=%2B1 555 0001", "b"),
    ("phone[gte]=%2B1 555 0001", "ba"),
    ("phone[lt]=030 123", "a"),
    ("phone[lte]=030 123", "ba"),
    ("phone[contains]=555", "a"),
    ("phone[startswith]=%2B1", "a"),
    ("phone[null]=true", "edc"),
    # one of a list
    ("status[eq]=new", "a"),
    ("status[ne]=new", "edcb"),
    ("status[in]=lost,converted", "ed"),
    ("status[null]=true", ""),
    # a slug
    ("source[eq]=event", "b"),
    ("source[ne]=event", "edca"),
    ("source[in]=event,partner", "cb"),
    ("source[gt]=event", "ca"),
    ("source[gte]=partner", "ca"),
    ("source[lt]=partner", "b"),
    ("source[lte]=partner", "cb"),
    ("source[contains]=art", "c"),
    ("source[startswith]=ref", "a"),
    ("source[null]=true", "ed"),
    # a reference
    ("assignedTo[eq]={a[assignedTo]}", "a"),
    ("assignedTo[ne]={a[assignedTo]}", "edcb"),
    ("assignedTo[in]={a[assignedTo]},{b[assignedTo]}", "ba"),
    ("assignedTo[null]=true", "edc"),
    ("id[eq]={c[id]}", "c"),
    ("id[ne]={c[id]}", "edba"),
    ("id[in]={c[id]},{e[id]}", "ec"),
    ("id[null]=true", ""),
    ("convertedContactId[eq]={e[convertedContactId]}", "e"),
    ("convertedContactId[null]=true", "dcba"),
    # a flag
    ("emailOptOut[eq]=true", "a"),
    ("emailOptOut[eq]=false", "edcb"),
    ("emailOptOut[ne]=true", "edcb"),
    ("emailOptOut[in]=true,false", "edcba"),
    ("emailOptOut[null]=true", ""),
    ("emailBounced[eq]=false", "edcba"),
    # a time
    ("createdAt[eq]=2030-01-01T00:00:10Z", "b"),
    ("createdAt[ne]=2030-01-01T00:00:10Z", "edca"),
    ("createdAt[in]=2030-01-01,2030-01-01T00:00:20", "ca"),
    ("createdAt[gt]=2030-01-01T00:00:10Z", "edc"),
    ("createdAt[gte]=2030-01-01T00:00:10Z", "edcb"),
    ("createdAt[lt]=2030-01-01T00:00:10Z", "a"),
    ("createdAt[lte]=2030-01-01T00:00:10Z", "ba"),
    ("createdAt[null]=false", "edcba"),
    ("convertedAt[null]=false", "e"),
    ("convertedAt[gte]=2030-01-01T01:00:50+01:00", "e"),
    ("updatedAt[gt]=2030-01-01T00:00:30Z", "e"),
    # several
    ("leadScore[gte]=3&leadScore[lt]=9", "ba"),
    ("leadScore[gte]=3&company[contains]=acme&status=new,lost", "a"),
    ("createdAt[gt]=2030-01-01&phone[null]=false", "b"),
]


@pytest.mark.parametrize(("query", "letters"), BRACKETS)
def test_every_field_can_be_asked_for_in_brackets(office: Desk, query: str, letters: str) -> None:
    assert found(office, query) == letters


def test_the_table_of_brackets_is_complete() -> None:
    asked = [re.split(r"\[|\]|%5B|%5D", query)[:2] for query, _ in BRACKETS]
    operators = {(type(LEADS.fields[name].type), operator) for name, operator in asked}
    assert operators == {
        (type(field.type), operator) for field in LEADS.shown_fields for operator in field.type.operators
    }
    assert {name for name, _ in asked} == {field.name for field in LEADS.shown_fields}


# Search


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("ann", "a"),
        ("ANN", "a"),
        ("zor", "a"),
        ("nn Zo", "a"),
        ("ann zorn", "a"),
        ("cyd abel", "c"),
        ("zorn ann", ""),
        ("bob", "b"),
        ("bob@SOUTH", "b"),
        ("east.example", "ed"),
        ("acme", "ba"),
        ("me n", "a"),
        ("  acme  ", "ba"),
        ("ACME\u00a0", "ba"),
        ("100%", "c"),
        ("0% w", "c"),
        ("%", "c"),
        ("%%%", ""),
        ("_", "b"),
        ("south_2", "b"),
        ("sout__2", ""),
        ('o"hara & sons', "e"),
        ('"', "e"),
        ('"""', ""),
        ("o'hara", ""),
        ("acme OR wool", ""),
        ("acm*", ""),
        ("cy", "c"),
        ("z", "a"),
        ("Z", "a"),
        ("ø", "d"),
        ("Ø", "d"),
        ("øst", "d"),
        ("ØSTBY", "d"),
        ("O\u0308stby", ""),
        ("straße", "e"),
        ("STRASSE", "e"),
        ("STRASSE eve@", ""),
        ("zornann", ""),
        ("oslo", ""),
        ("030", ""),
        ("referral", ""),
        ("nothing like it", ""),
    ],
)
def test_a_search_finds_the_text_within_name_email_or_company(office: Desk, text: str, letters: str) -> None:
    assert found(office, f"search={quote(text)}") == letters


@pytest.mark.parametrize(
    ("first", "second"), [("Zoë", "ZOE\u0308"), ("\u212bsa", "\u00e5SA"), ("ΣΊΣΥΦΟΣ", "σίσυφος")]
)
def test_a_search_disregards_how_accents_are_composed(desk: Desk, first: str, second: str) -> None:
    desk.lead(firstName=first, email="x@y.example")
    desk.lead(firstName=second, email="x@y.example")
    for text in (first, second):
        assert desk.team.get(f"/api/leads/?search={quote(text)}").json()["count"] == 2


def test_a_search_finds_the_text_in_one_piece(desk: Desk) -> None:
    desk.lead(company="abc bcd")
    lead = desk.lead(company="xabcdx")
    items = desk.team.get("/api/leads/?search=abcd").json()["results"]
    assert [item["id"] for item in items] == [lead["id"]]


def test_a_search_sees_what_has_changed(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO")
    desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "Grown Up"})
    assert desk.team.get("/api/leads/?search=startup%20io").json()["count"] == 0
    assert desk.team.get("/api/leads/?search=grown").json()["count"] == 1
    desk.team.delete(f"/api/leads/{lead['id']}/")
    assert desk.team.get("/api/leads/?search=grown").json()["count"] == 0


def test_a_search_is_paged_and_filtered_like_any_list(office: Desk) -> None:
    assert found(office, "search=example&status=new,lost&sort=lastName") == "ad"
    page = office.team.get("/api/leads/?search=acme&limit=1").json()
    assert (page["count"], len(page["results"])) == (2, 1)


def test_a_search_has_up_to_200_characters(desk: Desk) -> None:
    lead = desk.lead(company="ü" * 200)
    answer = desk.team.get(f"/api/leads/?search={quote(' ' + 'Ü' * 200 + ' ')}").json()
    assert [item["id"] for item in answer["results"]] == [lead["id"]]


@pytest.mark.parametrize("text", ["", "   ", "%09", "x" * 201])
def test_a_search_has_1_to_200_characters(office: Desk, text: str) -> None:
    assert refused(office, f"search={text}") == [("search", "out_of_range")]


# Order


@pytest.mark.parametrize(
    ("sort", "letters"),
    [
        ("leadScore", "abcde"),
        ("-leadScore", "cbaed"),
        ("lastName", "ceadb"),
        ("-lastName", "daecb"),
        ("firstName", "abced"),
        ("company", "cabed"),
        ("-company", "ebacd"),
        ("email", "abcde"),
        ("-email", "edcba"),
        ("phone", "abcde"),
        ("status", "bedac"),
        ("source", "bcade"),
        ("-source", "acbed"),
        ("assignedTo", "abcde"),
        ("-assignedTo", "baedc"),
        ("createdAt", "abcde"),
        ("-createdAt", "edcba"),
        ("-updatedAt", "edcba"),
        ("id", "abcde"),
        ("-id", "edcba"),
        ("-leadScore,lastName", "cbaed"),
        ("id,leadScore", "abcde"),
    ],
)
def test_a_list_can_be_sorted_by_what_it_shows(office: Desk, sort: str, letters: str) -> None:
    assert found(office, f"sort={sort}") == letters


def test_several_fields_sort_one_after_the_other(desk: Desk) -> None:
    for score, name in ((1, "B"), (2, "C"), (None, "A"), (2, "A"), (1, "A")):
        desk.lead(leadScore=score, lastName=name)
    items = desk.team.get("/api/leads/?sort=-leadScore,lastName").json()["results"]
    assert [(item["leadScore"], item["lastName"]) for item in items] == [
        (2, "A"),
        (2, "C"),
        (1, "A"),
        (1, "B"),
        (None, "A"),
    ]


@pytest.mark.parametrize(
    ("sort", "down"),
    [("leadScore", False), ("-leadScore", True), ("status,-phone", True), ("leadScore,-leadScore", False)],
)
def test_equal_leads_are_ordered_by_id(desk: Desk, sort: str, down: bool) -> None:
    leads = [desk.lead(leadScore=5)["id"] for _ in range(7)]
    pages = [desk.team.get(f"/api/leads/?sort={sort}&limit=3&page={page}").json()["results"] for page in (1, 2, 3)]
    assert [item["id"] for page in pages for item in page] == sorted(leads, reverse=down)


def test_a_field_to_sort_by_counts_the_first_time_alone() -> None:
    pairs = [("sort", "leadScore,-lastName,leadScore,-leadScore,lastName")]
    query, errors = read_query(LEADS, pairs)
    assert (query.sorting.terms, errors) == ((("leadScore", False), ("lastName", True)), [])


@pytest.mark.parametrize(
    "sort", ["notes", "mood", "", "-", "leadScore,", "leadScore, lastName", "--leadScore", "asc"]
)
def test_a_list_is_sorted_by_nothing_else(office: Desk, sort: str) -> None:
    answer = office.team.get(f"/api/leads/?sort={sort}")
    assert refusal(answer) == (400, [("sort", "unknown_value")])
    assert ", ".join(ITEM) in answer.json()["detail"]


def test_a_list_shows_one_workspace(office: Desk) -> None:
    page = office.stranger.get("/api/leads/").json()
    assert (page["count"], [item["email"] for item in page["results"]]) == (1, ["ann@north.example"])
    assert page["results"][0]["id"] != everyone(office)["a"]["id"]
