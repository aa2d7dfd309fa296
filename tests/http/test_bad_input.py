"""Hostile and broken input at every door: it is refused in a sentence, or taken for the plain text that it is.

No case is answered 500, no refusal tells of the inside, and none leaves a trace in the data.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx2
import pytest

from leadline.crm.leads import LEADS
from leadline.http.server.paging import NAMES as PAGING
from leadline.records.query import parameter_names
from tests.answers import faults, refusal
from tests.cast import Desk, Place, desk_on

Json = dict[str, Any]

pytestmark = pytest.mark.parametrize("place", ["sqlite"], indirect=True)
"""What is refused here is refused before any database hears of it."""

DANA = {"lastName": "Lee", "email": "dana@startup.example"}
JSON = {"Content-Type": "application/json"}
INSIDE = re.compile(r"Traceback|sqlite|apsw|SELECT |\.py\b|<class|object at 0x", re.IGNORECASE)
INJECTIONS = [
    "' OR 1=1--",
    '" OR ""="',
    "'; DROP TABLE leads;--",
    "1) UNION SELECT hash, hash FROM api_keys--",
    "%",
    "_",
    "100%_",
    "*",
    "\\",
    '"',
    "]",
    'a" OR "b',
    "search_key : a*",
    "NEAR(dana lee)",
    "dana AND lee",
    "^dana",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "javascript:alert(1)",
    "%00",
    "\u202egnp.exe",
    "ﷺ",
]
TEXTS = ("firstName", "lastName", "phone", "company", "source", "notes", "email", "status", "assignedTo")
DOORS = [("POST", "/api/leads/"), ("PATCH", "/api/leads/{id}/"), ("POST", "/api/leads/{id}/convert/")]
"""Every address that takes a body."""


@pytest.fixture(scope="module")
def desk(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One for all tests here whose input is refused or only asks: they leave no trace in it."""
    with desk_on(place, tmp_path_factory.mktemp("bad_input"), rate_limit="none") as desk:
        yield desk


@pytest.fixture
def own_desk(place: Place, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(place, tmp_path / "data") as desk:
        yield desk


@pytest.fixture(scope="module")
def lead(desk: Desk) -> Json:
    """A lead beside another one of its workspace, and one of a stranger's."""
    desk.stranger.post("/api/leads/", DANA | {"company": "Secret"})
    desk.lead()
    return desk.lead(company="Startup IO", notes="Met at a fair", phone="+1 555 333")


@pytest.fixture(autouse=True)
def untouched(desk: Desk, lead: Json) -> Iterator[None]:
    before = desk.dump()
    yield
    assert desk.dump() == before


def assert_refused(answers: Iterable[httpx2.Response], status: int) -> None:
    for answer in answers:
        assert answer.status_code == status, (answer.request.url, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert not INSIDE.search(answer.text), answer.text


def at_every_door(desk: Desk, lead: Json, **options: Any) -> list[httpx2.Response]:
    return [desk.team.send(method, path.format(id=lead["id"]), **options) for method, path in DOORS]


def query(desk: Desk, name: str, value: object) -> httpx2.Response:
    return desk.team.get(f"/api/leads/?{urlencode({name: value})}")


# Injection


@pytest.mark.parametrize("name", [*parameter_names(LEADS), *PAGING])
def test_an_injection_into_a_parameter_finds_nothing_more(desk: Desk, name: str) -> None:
    for text in INJECTIONS:
        answer = query(desk, name, text)
        if answer.status_code == 400:
            assert_refused([answer], 400)
        else:
            found = [item["company"] for item in answer.json()["results"]]
            assert "Secret" not in found
            assert not found or name.endswith(("[ne]", "[gt]", "[gte]", "[lt]", "[lte]")), (name, text)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/leads/{id}/"),
        ("PATCH", "/api/leads/{id}/"),
        ("DELETE", "/api/leads/{id}/"),
        ("POST", "/api/leads/{id}/convert/"),
        ("GET", "/api/leads/{id}/history/"),
        ("GET", "/api/contacts/{id}/"),
        ("GET", "/api/accounts/{id}/"),
        ("GET", "/api/opportunities/{id}/"),
    ],
)
def test_an_injection_into_an_id_leads_nowhere(desk: Desk, lead: Json, method: str, path: str) -> None:
    body: Json = {} if method in ("GET", "DELETE") else {"json": {}}
    id_ = lead["id"]
    nearly = [f"{id_}'--", f"{id_} ", f"{id_}\n", f"{id_}\0", f"{id_}%", id_[3:], f"cnt_{id_[3:]}", f"ⅼd_{id_[3:]}"]
    for text in [*INJECTIONS, *nearly, "ld_*", "ld_" + "%" * 26, "ld_" + "Z" * 26, "ld_" + "٣" * 26, "\r\nX-Evil: 1"]:
        assert_refused([desk.team.send(method, path.format(id=quote(text, safe="")), **body)], 404)


@pytest.mark.parametrize("name", ["firstName", "lastName", "company", "notes"])
def test_an_injection_into_a_text_is_kept_as_text(own_desk: Desk, name: str) -> None:
    for text in INJECTIONS:
        answer = own_desk.team.post("/api/leads/", DANA | {name: text})
        assert (answer.status_code, answer.json()[name]) == (201, text)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert own_desk.team.get(f"/api/leads/{answer.json()['id']}/").json()[name] == text
    assert own_desk.team.get("/api/leads/").json()["count"] == len(INJECTIONS)


def test_an_injection_that_is_kept_is_found_to_the_letter(own_desk: Desk) -> None:
    for text in INJECTIONS:
        own_desk.lead(company=text)
    for text in INJECTIONS:
        for name in ("search", "company[contains]"):
            found = [item["company"] for item in query(own_desk, name, text).json()["results"]]
            assert found == [other for other in reversed(INJECTIONS) if text.casefold() in other.casefold()]


# Parameters


@pytest.mark.parametrize(
    "name",
    [
        *("rotten_lead[in]", "leads[0]", "status[]", "status[in][]", "status[$ne]", "status[like]", "search[]"),
        *("search[contains]", "limit[]", "limit[gt]", "fields", "orderBy", "order", "expand", "filter[status]"),
        *("tenantId", "workspace", "workspace[eq]", "version[gt]", "no[gt]", "row", "search_key[contains]"),
        *("email_key", "convertedAccountId[null]", "assigned_to", "lead_score", "__proto__", "__class__"),
        *("status;DROP", "status'--", "Status", "STATUS", "status ", "st\u0430tus", "", "\0", "\r\nX-Evil"),
        *("[eq]", "[]", "status[in", "status]in[", "status[in]x"),
    ],
)
def test_an_unknown_parameter_is_named(desk: Desk, name: str) -> None:
    answer = query(desk, name, "1")
    assert refusal(answer) == (400, [(name, "unknown_parameter")])
    assert "X-Evil" not in answer.headers


def test_no_other_address_takes_an_unknown_parameter(desk: Desk, lead: Json) -> None:
    path = f"/api/leads/{lead['id']}/"
    bare = [("GET", path), ("GET", f"{path}history/"), ("GET", "/api/me/"), ("GET", "/api/health/"), ("DELETE", path)]
    bare += [("GET", "/api/docs/"), ("GET", "/api/openapi.json")]
    assert_refused([desk.team.send(method, f"{address}?force=1") for method, address in bare], 400)
    doors = [(method, f"{door}?force=1".format(id=lead["id"])) for method, door in DOORS]
    assert_refused([desk.team.send(method, address, json={}) for method, address in doors], 400)


@pytest.mark.parametrize(
    "number",
    [
        *("", " ", "-1", "-0", "+1", " 1", "1 ", "1\n", "01x", "1.0", "1,2", "1;2", "1e3", "1E3"),
        *("0x1", "0b1", "1_0", "1 0"),
        *("١", "１", "²", "Ⅳ", "one", "none", "null", "true", "NaN", "Infinity", "\0", "1\0", "9" * 13, "9" * 5_000),
        *("9223372036854775808", "18446744073709551616", "1" + "0" * 18),
    ],
)
def test_what_is_no_number_is_refused(desk: Desk, number: str) -> None:
    assert_refused([query(desk, name, number) for name in PAGING], 400)


@pytest.mark.parametrize("window", ["page=999999999&limit=100", "offset=99999999900", "page=2&limit=100"])
def test_a_window_far_behind_the_end_is_empty_and_counts(desk: Desk, window: str) -> None:
    listing = desk.team.get(f"/api/leads/?{window}").json()
    assert (listing["count"], listing["next"], listing["results"]) == (2, None, [])


@pytest.mark.parametrize(
    "text",
    [
        *("search=%FF", "search=%", "search=%zz", "search=%4", "search=%C3", "search=%C0%80", "search=%ED%A0%80"),
        *("search=%F4%90%80%80", "%FF=1", "search=%u0041", "search=%00", "search=a%0D%0AX-Evil:%201", "search=%7F"),
        *("status=new&status=new", "status=new&%73tatus=lost", "page=1&page=1", "search=a&search=b", "=&="),
        "&".join(f"p{number}=1" for number in range(101)),
        "status=" + ",".join(["new"] * 101),
        "search=" + "a" * 201,
        "company[contains]=" + "a" * 1_001,
        "createdAfter=9999-12-31T23:59:59-14:00",
        "createdAfter=20000-01-01",
        "createdAfter=2025-01-01T24:00:01Z",
        "createdAfter=2025-01-01T00:00:60Z",
        "createdAfter=2025-W01-1",
        "createdAfter=٢٠٢٥-٠١-٠١",
        "sort=id;DROP",
        "sort=(SELECT+1)",
        "sort=notes",
        "sort=-",
        "sort=lastName+DESC",
    ],
)
def test_a_broken_query_string_is_refused(desk: Desk, text: str) -> None:
    assert_refused([desk.team.get(f"/api/leads/?{text}")], 400)


def test_a_semicolon_does_not_split_a_query_string(desk: Desk) -> None:
    assert desk.team.get("/api/leads/?search=startup;status=lost").json()["count"] == 0
    assert desk.team.get("/api/leads/?search=startup").json()["count"] == 2


# Bodies


UNREADABLE: dict[str, bytes] = {
    "NaN": b'{"leadScore": NaN}',
    "Infinity": b'{"leadScore": Infinity}',
    "-Infinity": b'{"leadScore": -Infinity}',
    "1e400": b'{"leadScore": 1e400}',
    "1e-400": b'{"leadScore": 1e-400}',
    "-1e400": b'{"leadScore": -1e400}',
    "an exponent of 5,000 digits": b'{"leadScore": 1e%s}' % (b"9" * 5_000),
    "2^53": b'{"leadScore": 9007199254740992}',
    "-2^53": b'{"leadScore": -9007199254740992}',
    "2^63": b'{"leadScore": 9223372036854775808}',
    "2^64": b'{"leadScore": 18446744073709551616}',
    "5,000 digits": b'{"leadScore": %s}' % (b"9" * 5_000),
    "a name twice": b'{"company": "A", "company": "B"}',
    "a name twice, once escaped": b'{"company": "A", "\\u0063ompany": "B"}',
    "a name twice, further in": b'{"company": {"a": 1, "a": 2}}',
    "the first half of a surrogate pair": b'{"company": "\\ud800"}',
    "the second half": b'{"company": "\\udc00"}',
    "the halves in the wrong order": b'{"company": "\\udc00\\ud800"}',
    "half a pair in a name": b'{"\\ud800": 1}',
    "half a pair further in": b'{"company": [{"a": "\\ud800"}]}',
    "33 levels": b'{"company": %s}' % (b"[" * 32 + b"]" * 32),
    "2,000 levels": b'{"company": %s}' % (b"[" * 2_000 + b"]" * 2_000),
    "2,000 levels of objects": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "100,000 levels": b"[" * 100_000,
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"company": "A"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"company": "A"}'.encode("utf-16-le"),
    "UTF-32": '{"company": "A"}'.encode("utf-32"),
    "Latin-1": '{"company": "Café"}'.encode("latin-1"),
    "an overlong NUL": b'{"company": "\xc0\x80"}',
    "surrogates in UTF-8": b'{"company": "\xed\xa0\x80\xed\xb0\x80"}',
    "beyond Unicode": b'{"company": "\xf4\x90\x80\x80"}',
    "half a character": b'{"company": "\xe2\x82"}',
    "a raw line break": b'{"company": "A\nB"}',
    "a raw NUL": b'{"company": "A\0B"}',
    "an unknown escape": b'{"company": "\\x41"}',
    "a short escape": b'{"company": "\\u41"}',
    "an open text": b'{"company": "A',
    "single quotes": b"{'company': 'A'}",
    "a trailing comma": b'{"company": "A",}',
    "a comment": b'{"company": "A" /* B */}',
    "a bare name": b'{company: "A"}',
    "a leading zero": b'{"leadScore": 07}',
    "a plus sign": b'{"leadScore": +7}',
    "a bare point": b'{"leadScore": .7}',
    "an open point": b'{"leadScore": 7.}',
    "hexadecimal": b'{"leadScore": 0x7}',
    "undefined": b'{"leadScore": undefined}',
    "two objects": b"{}{}",
    "an object and a NUL": b"{}\0",
    "a form": b"company=A",
    "a list": b"[{}]",
    "a text": b'"{}"',
    "a number": b"7",
    "null": b"null",
    "nothing but blanks": b" \n ",
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_read_is_refused_at_every_door(desk: Desk, lead: Json, content: bytes) -> None:
    assert_refused(at_every_door(desk, lead, content=content, headers=JSON), 400)


@pytest.mark.parametrize(
    "media_type",
    [
        *("text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/xml", ""),
        *("multipart/form-data; boundary=x", "application/json-patch+json", "application/json; charset=utf-16"),
        *("json", "*/*", "application/json, text/plain"),
    ],
)
def test_what_does_not_say_that_it_is_json_is_refused_at_every_door(desk: Desk, lead: Json, media_type: str) -> None:
    content = json.dumps(DANA).encode()
    assert_refused(at_every_door(desk, lead, content=content, headers={"Content-Type": media_type}), 415)


@pytest.mark.parametrize(
    "text", [b'"\\ud83d\\ude00"', '"😀"'.encode(), b'"\\u00e9"', b'"e\\u0301"', b'"\\u002f\\/"', b'"\\\\ud800"']
)
def test_what_is_only_unusual_is_taken(own_desk: Desk, text: bytes) -> None:
    content = b'{"lastName": %s, "email": "dana@startup.example"}' % text
    answer = own_desk.team.post("/api/leads/", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["lastName"]) == (201, json.loads(text))


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_made_of_nothing_else(desk: Desk, lead: Json, name: str) -> None:
    values: list[object] = [7, 7.5, 0, True, False, [], ["a"], {}, {"$ne": "a"}, {"eq": "a"}, [["a"]]]
    for value in values:
        answers = [desk.team.post("/api/leads/", DANA | {name: value})]
        answers.append(desk.team.patch(f"/api/leads/{lead['id']}/", {name: value}))
        assert_refused(answers, 422)
        assert all(name in dict(faults(answer)) for answer in answers)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("leadScore", ["5", 5.5, True, [], [5], {}, 0, 11, -1, 2**53 - 1, 1e308]),
        ("emailOptOut", ["true", "false", "", 0, 1, 1.0, [], [True], {}, None]),
    ],
)
def test_numbers_and_flags_are_made_of_nothing_else(desk: Desk, lead: Json, name: str, values: list[object]) -> None:
    for value in values:
        answers = [desk.team.post("/api/leads/", DANA | {name: value})]
        answers.append(desk.team.patch(f"/api/leads/{lead['id']}/", {name: value}))
        assert_refused(answers, 422)


WRONG: dict[str, list[object]] = {
    "flag": ["true", "yes", 1, 0, 1.0, [], [True], {}],
    "name": [7, True, [], {"a": 1}, "a\0b", "a\r\nb", "a" * 201],
    "value": ["12", -1, True, [], {}, 1e300, 1e-5],
    "stage": ["won", "Qualification", 1, [], "' OR 1=1--"],
    "id": [7, True, [], {}, "' OR 1=1--", "acc_1", "é", "%"],
}


@pytest.mark.parametrize(
    "field",
    [
        *({"createAccount": value} for value in WRONG["flag"]),
        *({"createOpportunity": value} for value in WRONG["flag"]),
        *({"createAccount": True, "accountName": value} for value in WRONG["name"]),
        *({"createOpportunity": True, "opportunityName": value} for value in WRONG["name"]),
        *({"createOpportunity": True, "opportunityValue": value} for value in WRONG["value"]),
        *({"createOpportunity": True, "opportunityStage": value} for value in WRONG["stage"]),
        *({name: value} for name in ("accountId", "contactId") for value in WRONG["id"]),
        *({name: "x"} for name in ("leadId", "lead", "contact", "status", "stage", "assignedTo", "workspace")),
    ],
    ids=repr,
)
def test_a_convert_takes_what_is_documented_and_nothing_else(desk: Desk, lead: Json, field: Json) -> None:
    assert_refused([desk.team.post(f"/api/leads/{lead['id']}/convert/", field)], 422)


@pytest.mark.parametrize("character", ["\0", "\r\n", "\n", "\x1b", "\x7f", "\x85"], ids=repr)
@pytest.mark.parametrize("name", [name for name in TEXTS if name != "notes"])
def test_control_characters_are_refused(desk: Desk, lead: Json, name: str, character: str) -> None:
    value = {"email": "dana{}@startup.example", "phone": "+1 555{}333"}.get(name, "a{}b").format(character)
    path = f"/api/leads/{lead['id']}/"
    assert_refused([desk.team.post("/api/leads/", DANA | {name: value}), desk.team.patch(path, {name: value})], 422)


@pytest.mark.parametrize(
    "email",
    [
        *("dana@startup.example\r\nBcc: all@startup.example", "dana@startup.example>\r\nRCPT TO:<x@y.example"),
        *("dana@startup.example,eve@evil.example", "dana@startup.example;eve@evil.example", "<dana@startup.example>"),
        *("Dana <dana@startup.example>", "dana@@startup.example", "dana@startup..example", "dana@-startup.example"),
        *("dana\u202e@startup.example", "dana@startup\u200b.example", "dana@startup.example\u2066", "@", "a@b"),
        *("a" * 245 + "@x.example", "a@" + "b" * 64 + ".example", "a" * 100_000 + "!", "a." * 126 + "@x"),
    ],
)
def test_an_email_that_would_be_read_as_more_is_refused(desk: Desk, lead: Json, email: str) -> None:
    path = f"/api/leads/{lead['id']}/"
    answers = [desk.team.post("/api/leads/", DANA | {"email": email}), desk.team.patch(path, {"email": email})]
    assert_refused(answers, 422)
    assert [faults(answer)[0][0] for answer in answers] == ["email", "email"]


@pytest.mark.parametrize(
    "name",
    [
        *("id", "createdAt", "updatedAt", "assignedToName", "convertedAt", "convertedContactId"),
        *("convertedAccountId", "convertedOpportunityId", "role", "isAdmin", "password", "tokens", "tenantId"),
        *("workspace", "workspaceId", "version", "no", "row", "search_key", "email_key", "lead_score", "key_id"),
        *("__proto__", "constructor", "__class__", "$where", "assignedTo.name", "leads[0]", "", "\0", "a" * 1_000),
    ],
)
def test_what_is_not_the_clients_cannot_be_set(desk: Desk, lead: Json, name: str) -> None:
    for value in ("ld_01HXAAAAAAAAAAAAAAAAAAAAAA", True, {"a": 1}):
        answers = [desk.team.post("/api/leads/", DANA | {name: value})]
        answers.append(desk.team.patch(f"/api/leads/{lead['id']}/", {name: value}))
        assert_refused(answers, 422)


def test_a_thousand_unknown_fields_are_refused_at_every_door(desk: Desk, lead: Json) -> None:
    assert_refused(at_every_door(desk, lead, json={f"field{number}": number for number in range(1_000)}), 422)


# Headers


@pytest.mark.parametrize(
    "host",
    ["", " ", "a@b", "a/b", "a b", "a\\b", "a,b", "a?b", "a#b", "desk:port", "desk:123456", "[::1", "a" * 300],
)
def test_what_is_no_host_is_no_part_of_a_link(desk: Desk, host: str) -> None:
    headers = {"Host": host}
    assert_refused([desk.team.get("/api/leads/?limit=1", headers=headers)], 400)
    assert_refused([desk.team.post("/api/leads/", DANA, headers=headers)], 400)


@pytest.mark.parametrize("tag", ["1", "'1'", '"1', '"1" "2"', "*, *", "W/1", '"1";"2"', "", "' OR 1=1--"])
def test_an_etag_that_is_none_is_refused(desk: Desk, lead: Json, tag: str) -> None:
    path = f"/api/leads/{lead['id']}/"
    headers = {"If-Match": tag}
    answers = [desk.team.patch(path, {"company": "Acme"}, headers=headers), desk.team.delete(path, headers=headers)]
    assert_refused([*answers, desk.team.post(f"{path}convert/", {}, headers=headers)], 400)
