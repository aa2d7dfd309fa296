"""What holds for every request: addresses, methods, tokens, headers, and the one shape of a refusal."""

from http import HTTPStatus
from typing import Any

import httpx2
import pytest

from leadline.access import Right
from leadline.errors import LeadlineError
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.kit.db import Transaction
from tests.answers import refusal
from tests.cast import BASE_URL, Desk

JSON = {"Content-Type": "application/json"}
DANA = {"lastName": "Lee", "email": "dana@startup.example"}
NOBODYS_LEAD = "ld_01HXAAAAAAAAAAAAAAAAAAAAAA"
MAX_BODY = 256 * 1024


def convert(desk: Desk, lead: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = desk.team.post(f"/api/leads/{lead['id']}/convert/", {"createAccount": True}).json()
    return done


def with_headers(desk: Desk, *headers: tuple[str, str]) -> httpx2.Response:
    """The list, asked for with these headers alone."""
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=desk.app.http_app()), base_url=BASE_URL)
    answer: httpx2.Response = desk.run(client.get("/api/leads/", headers=list(headers)))
    return answer


# Addresses and methods


@pytest.mark.parametrize("tail", ["leads", "leads/{id}", "leads/{id}/history", "contacts/{contact}", "me", "health"])
def test_an_address_has_four_forms(desk: Desk, tail: str) -> None:
    lead = desk.lead(company="Startup IO")
    tail = tail.format(id=lead["id"], contact=convert(desk, lead)["contact"]["id"])
    answers = [desk.team.get(f"/api/{version}{tail}{slash}") for version in ("", "v1/") for slash in ("/", "")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("path", ["/api/leads/", "/api/leads", "/api/v1/leads/", "/api/v1/leads"])
def test_all_forms_of_an_address_take_writes(desk: Desk, path: str) -> None:
    made = desk.team.post(path, DANA)
    slash = "/" if path.endswith("/") else ""
    lead = f"{path.rstrip('/')}/{made.json()['id']}"
    assert (made.status_code, made.headers["Location"]) == (201, f"http://desk.example{lead}/")
    assert desk.team.patch(lead + slash, {"company": "Acme"}).status_code == 200
    assert desk.team.post(f"{lead}/convert{slash}").status_code == 200
    assert desk.team.delete(lead + slash).status_code == 204


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "path",
    [
        *("/api", "/api/", "/leads/", "/api/v1/", "/api/v2/leads/", "/api/lead/", "/api/leads//", "/API/leads/"),
        *(f"/api/leads/{NOBODYS_LEAD}/convert/now/", f"/api/leads/{NOBODYS_LEAD}/histories/", "/api/v1leads/"),
    ],
)
def test_any_other_address_is_404(desk: Desk, path: str) -> None:
    assert desk.team.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api", "/api/", "/docs"])
def test_who_is_lost_is_told_where_the_documentation_is(desk: Desk, path: str) -> None:
    assert "/api/docs/" in desk.nobody.get(path).json()["detail"]


def test_answers_are_bare_json(desk: Desk) -> None:
    lead = desk.lead()
    for path in (f"/api/leads/{lead['id']}/", "/api/leads/", "/api/me/"):
        answer = desk.team.get(path)
        assert answer.headers["Content-Type"] == "application/json"
        assert not {"data", "success", "error"} & set(answer.json())


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("path", ["/api/leads/", "/api/leads/{id}/", "/api/leads/nobody/", "/api/leads/?page=0"])
def test_head_is_a_get_without_its_body(desk: Desk, path: str) -> None:
    path = path.format(id=desk.lead()["id"])
    got, head = desk.team.get(path), desk.team.send("HEAD", path)
    assert head.status_code == got.status_code
    for answer in (got, head):
        del answer.headers["X-Request-Id"], answer.headers["X-RateLimit-Remaining"]
        answer.headers.pop("Server-Timing", None)  # the second is kept
    assert head.headers == got.headers


ALLOWED = [
    ("/api/leads/", "DELETE, GET, HEAD, OPTIONS, PATCH, POST"),
    ("/api/leads/{id}/", "DELETE, GET, HEAD, OPTIONS, PATCH"),
    ("/api/leads/{id}/convert", "GET, HEAD, OPTIONS, POST"),
    ("/api/v1/leads/{id}/history/", "GET, HEAD, OPTIONS"),
    ("/api/me/", "GET, HEAD, OPTIONS, PATCH"),
    ("/api/auth/token/refresh/", "OPTIONS, POST"),
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("path", "allowed"), ALLOWED)
def test_options_says_what_an_address_takes(desk: Desk, path: str, allowed: str) -> None:
    answer = desk.team.send("OPTIONS", path.format(id=desk.lead()["id"]))
    assert (answer.status_code, answer.headers["Allow"], answer.content) == (204, allowed, b"")


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("path", "allowed"), ALLOWED)
def test_any_other_method_is_405(desk: Desk, path: str, allowed: str) -> None:
    path = path.format(id=desk.lead()["id"])
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"} - set(allowed.split(", ")):
        answer = desk.team.send(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, allowed), method


# Tokens


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_case_of_the_scheme_does_not_matter(desk: Desk, scheme: str) -> None:
    assert with_headers(desk, ("Authorization", f"{scheme} {desk.acme.key}")).status_code == 200


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "header",
    [
        *("", "Bearer", "Bearer ", "Bearer x", "{key}", "Bearer{key}", "Token {key}", "Basic {key}", "Bearer {key}x"),
        *("Bearer B{key}", "Bearer e{key}", "Bearer a{key}", "Bearer r{key}", "Bearer Bear{key}"),
        *("Bearer Bearer {key}", "Bearer pk_live_", "Bearer pk_test_{bare}", "Bearer {bare}", "Bearer {lower}"),
        "Bearer {key},{key}",
    ],
)
def test_without_a_good_token_it_is_401(desk: Desk, header: str) -> None:
    key = desk.acme.key
    header = header.format(key=key, bare=key.removeprefix("pk_live_"), lower=key.lower())
    answer = with_headers(desk, ("Authorization", header))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/leads/"),
        ("POST", "/api/leads/"),
        ("GET", "/api/leads/{id}/"),
        ("PATCH", "/api/leads/{id}/"),
        ("DELETE", "/api/leads/{id}/"),
        ("POST", "/api/leads/{id}/convert/"),
        ("GET", "/api/leads/{id}/history/"),
        ("GET", "/api/contacts/cnt_x/"),
        ("GET", "/api/accounts/acc_x/"),
        ("GET", "/api/opportunities/opp_x/"),
        ("GET", "/api/me/"),
    ],
)
def test_nobody_gets_in_without_a_token(desk: Desk, method: str, path: str) -> None:
    path = path.format(id=desk.lead()["id"])
    before = desk.dump()
    answer = desk.nobody.send(method, path)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_token")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert desk.dump() == before


def test_a_revoked_key_is_refused_at_once_and_the_others_are_not(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "new"}).json()
    old = desk.team.get("/api/me/").json()["key"]["id"]
    assert desk.ada.delete(f"/api/keys/{old}/").status_code == 204
    answer = desk.team.get("/api/leads/")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert desk.caller(made["secret"]).get("/api/leads/").status_code == 200


def test_two_tokens_are_refused(desk: Desk) -> None:
    token = ("Authorization", f"Bearer {desk.acme.key}")
    answer = with_headers(desk, token, token)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_header")


# What every answer carries


def test_every_request_has_an_id_of_its_own(desk: Desk) -> None:
    lead = desk.lead()
    path = f"/api/leads/{lead['id']}/"
    answers = [
        desk.team.get(path),
        desk.team.get(path),
        desk.team.send("HEAD", path),
        desk.team.send("OPTIONS", path),
        desk.team.get("/nowhere"),
        desk.nobody.get(path),
        desk.team.post("/api/leads/", {}),
        desk.team.post("/api/leads/", DANA),
        desk.team.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 204, 404, 401, 422, 201, 204]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_every_write_names_its_operation(desk: Desk) -> None:
    path = desk.team.post("/api/leads/", DANA).headers["Location"]
    answers = [
        desk.team.post("/api/leads/", DANA),
        desk.team.patch(path, {"company": "Acme"}),
        desk.team.patch(path, {"company": "Acme"}),
        desk.team.post(f"{path}convert/"),
        desk.team.delete(path),
    ]
    for answer in answers:
        [row] = desk.rows("SELECT request_id FROM operations WHERE id = ?", answer.headers["Operation-Id"])
        assert row == (answer.headers["X-Request-Id"],)
    assert len({answer.headers["Operation-Id"] for answer in answers}) == len(answers)


def test_what_is_no_write_names_no_operation(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for answer in (desk.team.get(path), desk.team.patch(path, {"leadScore": 0}), desk.team.get("/api/leads/")):
        assert "Operation-Id" not in answer.headers


# Refusals

MEMBERS = ["type", "title", "status", "detail", "code", "requestId"]
REFUSALS: list[tuple[int, str, str, str, dict[str, Any]]] = [
    (400, "not_json", "POST", "/api/leads/", {"content": b"{", "headers": JSON}),
    (400, "not_an_object", "POST", "/api/leads/", {"json": []}),
    (400, "unsafe_json", "PATCH", "/api/leads/{id}/", {"content": b'{"leadScore": NaN}', "headers": JSON}),
    (400, "bad_parameter", "GET", "/api/leads/?page=0", {}),
    (400, "bad_parameter", "GET", "/api/leads/{id}/?fields=id", {}),
    (400, "bad_query", "GET", "/api/leads/?search=%zz", {}),
    (400, "bad_query", "GET", "/api/leads/?search=%ff", {}),
    (400, "bad_header", "PATCH", "/api/leads/{id}/", {"json": {}, "headers": {"If-Match": "1"}}),
    (400, "bad_header", "GET", "/api/leads/", {"headers": {"Host": "a b"}}),
    (401, "no_token", "GET", "/api/leads/", {"headers": {"Authorization": ""}}),
    (401, "bad_token", "GET", "/api/leads/", {"headers": {"Authorization": "Bearer pk_live_x"}}),
    (404, "not_found", "GET", f"/api/leads/{NOBODYS_LEAD}/", {}),
    (404, "not_found", "GET", "/nowhere", {}),
    (405, "method_not_allowed", "PUT", "/api/leads/", {"json": {}}),
    (409, "already_converted", "POST", "/api/leads/{id}/convert/", {}),
    (409, "already_converted", "PATCH", "/api/leads/{id}/", {"json": {"status": "new"}}),
    (412, "stale_version", "PATCH", "/api/leads/{id}/", {"json": {}, "headers": {"If-Match": '"77"'}}),
    (413, "body_too_large", "POST", "/api/leads/", {"content": b" " * (MAX_BODY + 1), "headers": JSON}),
    (415, "unsupported_media_type", "POST", "/api/leads/", {"content": b"{}"}),
    (422, "invalid", "POST", "/api/leads/", {"json": {}}),
    (422, "invalid", "PATCH", "/api/leads/{id}/", {"json": {"leadScore": 0}}),
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("status", "code", "method", "path", "options"), REFUSALS)
def test_every_refusal_is_a_problem_document(
    desk: Desk, status: int, code: str, method: str, path: str, options: dict[str, Any]
) -> None:
    lead = desk.lead(company="Startup IO")
    convert(desk, lead)
    answer = desk.team.send(method, path.format(id=lead["id"]), **options)
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert list(problem)[:6] == MEMBERS
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert (problem["type"], problem["title"]) == ("about:blank", HTTPStatus(status).phrase)
    assert problem["detail"].endswith(".")
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    further = {
        409: ["contactId", "accountId", "opportunityId"],
        412: ["version", "etag", "current"],
        422: ["errors"],
    }.get(status, [])
    assert list(problem)[6:] == (["errors"] if code == "bad_parameter" else further)
    assert all(list(error) == ["field", "code", "message"] for error in problem.get("errors", []))


def test_a_defect_is_a_problem_document_that_says_nothing_of_the_inside(desk: Desk) -> None:
    async def break_(tx: Transaction) -> None:
        await tx.run_script("DROP TABLE changes")

    desk.run(desk.app.database.write(break_))
    answer = desk.team.post("/api/leads/", DANA)
    problem = answer.json()
    assert (answer.status_code, list(problem), problem["code"]) == (500, MEMBERS, "defect")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "changes" not in problem["detail"]


def test_an_answer_that_cannot_be_sent_is_a_defect(desk: Desk) -> None:
    async def answer(tx: Transaction, call: HandlerInput) -> Response:
        return Response({}, headers={"Location": "https://crm.компания.example"})

    endpoint = Endpoint(run=answer, name="odd", summary="Answers what no header can hold.", response_schema={})
    app = desk.app.make_dispatch([Route("GET", "/api/odd/", Right.PUBLIC, endpoint)])
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE_URL)
    refused = desk.run(client.get("/api/odd/"))
    assert (refused.status_code, refused.json()["code"]) == (500, "defect")


def test_a_refusal_that_cannot_be_sent_is_a_defect(desk: Desk) -> None:
    async def refuse(tx: Transaction, call: HandlerInput) -> Response:
        raise LeadlineError("No text has this: \ud800")

    endpoint = Endpoint(run=refuse, name="odd", summary="Refuses in no words.", response_schema={})
    app = desk.app.make_dispatch([Route("GET", "/api/odd/", Right.PUBLIC, endpoint)])
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE_URL)
    refused = desk.run(client.get("/api/odd/"))
    assert (refused.status_code, refused.json()["code"]) == (500, "defect")


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_full_store_is_503_and_can_still_be_read(desk: Desk) -> None:
    async def stop_growing(tx: Transaction) -> None:
        await tx.fetch_one("PRAGMA max_page_count = 1")

    desk.run(desk.app.database.write(stop_growing))
    lead = DANA | {"notes": "n" * 20_000}
    answers = [desk.team.post("/api/leads/", lead) for _ in range(10)]
    assert answers[-1].status_code == 503
    assert answers[-1].json()["code"] == "unavailable"
    assert int(answers[-1].headers["Retry-After"]) > 0
    kept = sum(answer.status_code == 201 for answer in answers)
    assert desk.team.get("/api/leads/").json()["count"] == kept


NOT_JSON = [
    b"",
    b"{",
    b"lastName=Lee",
    b"{'lastName': 'Lee'}",
    b'{"lastName": "Lee",}',
    b'{"lastName": "L\xe9"}',
    b'\xef\xbb\xbf{"lastName": "Lee"}',
    b'{"lastName": "Lee"} {}',
    b'{"lastName": "Lee", "lastName": "Lee"}',
    b'{"\\ud800": 1, "\\ud800": 2}',
    b'{"leadScore": Infinity}',
    b'{"leadScore": 9007199254740993}',
    b'{"leadScore": 1e999}',
    b'{"lastName": "\\ud800"}',
    b'{"lastName": ' + b"[" * 40 + b"]" * 40 + b"}",
    b"[" * 100_000,
    b"null",
    b'"Lee"',
    b"7",
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("content", NOT_JSON, ids=lambda content: repr(content[:40]))
def test_what_is_no_json_object_is_400(desk: Desk, content: bytes) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.team.post("/api/leads/", content=content, headers=JSON).status_code == 400
    assert desk.team.patch(path, content=content, headers=JSON).status_code == 400


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "The body is empty; send a JSON object."),
        (b" \r\n", "The body is empty; send a JSON object."),
        (b"\xef\xbb\xbf{}", "The body begins with a byte order mark; leave it out."),
        (b'{"a": 1, "last\\u004eame": 1, "lastName": 2}', 'The body names "lastName" more than once; send it once.'),
        (b"[]", "The body must be a JSON object."),
    ],
)
def test_what_is_wrong_with_the_json_is_said(desk: Desk, content: bytes, detail: str) -> None:
    answer = desk.team.post("/api/leads/", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["detail"]) == (400, detail)


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/api/leads/{id}/history/?limt=5", " Did you mean limit?"),
        ("/api/leads/{id}/history/?status=new", ""),
        ("/api/leads/{id}/?page=1", ""),
        ("/api/me/?page=1", ""),
    ],
)
def test_an_unknown_parameter_is_400(desk: Desk, path: str, near: str) -> None:
    path = path.format(id=desk.lead()["id"])
    name = path.split("?")[1].split("=")[0]
    answer = desk.team.get(path)
    assert refusal(answer) == (400, [(name, "unknown_parameter")])
    assert answer.json()["detail"] == f"{name} is not a parameter here.{near}"


def test_a_write_takes_no_parameters(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    for method, url in (("POST", "/api/leads/"), ("PATCH", path), ("POST", f"{path}convert/"), ("DELETE", path)):
        body: dict[str, Any] = {} if method == "DELETE" else {"json": {}}
        assert desk.team.send(method, f"{url}?force=true", **body).status_code == 400, method
    assert desk.team.get(path).json()["convertedAt"] is None


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("GET", "history/"), ("DELETE", ""), ("POST", "convert/")])
def test_what_is_not_yours_looks_like_what_never_was(desk: Desk, method: str, tail: str) -> None:
    gone = desk.lead()["id"]
    desk.team.delete(f"/api/leads/{gone}/")
    contact = convert(desk, desk.lead(company="Startup IO"))["contact"]["id"]
    someone_elses = desk.stranger.post("/api/leads/", DANA).json()["id"]
    seen = set()
    own_and_gone = [] if tail == "history/" else [gone]  # which goes on
    for id_ in (someone_elses, *own_and_gone, contact, NOBODYS_LEAD, "ld_", "x", "%00", "%F0%9F%98%80", "a" * 300):
        answer = desk.team.send(method, f"/api/leads/{id_}/{tail}")
        text = answer.text.replace(answer.headers.pop("X-Request-Id"), "")
        del answer.headers["X-RateLimit-Remaining"]
        seen.add((answer.status_code, text, tuple(answer.headers.items())))
    assert [status for status, _, _ in seen] == [404]
    assert desk.stranger.get(f"/api/leads/{someone_elses}/").status_code == 200


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("plural", ["contacts", "accounts"])
def test_what_a_lead_became_is_not_a_strangers_either(desk: Desk, plural: str) -> None:
    id_ = convert(desk, desk.lead(company="Startup IO"))[plural.removesuffix("s")]["id"]
    assert desk.team.get(f"/api/{plural}/{id_}/").status_code == 200
    assert desk.stranger.get(f"/api/{plural}/{id_}/").status_code == 404


def test_another_workspaces_lead_cannot_be_changed(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    before = desk.dump()
    hidden = desk.stranger.patch(path, {"company": "Zoe's"})
    never = desk.stranger.patch(f"/api/leads/{NOBODYS_LEAD}/", {"company": "Zoe's"})
    assert hidden.json() | {"requestId": ""} == never.json() | {"requestId": ""}
    assert (hidden.status_code, desk.dump()) == (404, before)


# If-Match, size, media type


def test_if_match_lets_only_the_version_through_that_was_seen(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead(company='Startup IO')['id']}/"
    seen = desk.team.get(path).headers["ETag"]
    changed = desk.team.patch(path, {"leadScore": 7}, headers={"If-Match": seen})
    assert changed.status_code == 200
    assert changed.headers["ETag"] == desk.team.get(path).headers["ETag"] != seen
    before = desk.dump()
    for method, tail, body in (("PATCH", "", {"leadScore": 8}), ("POST", "convert/", {}), ("DELETE", "", None)):
        options = {} if body is None else {"json": body}
        answer = desk.team.send(method, path + tail, headers={"If-Match": seen}, **options)
        assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert desk.dump() == before
    fresh = {"If-Match": changed.headers["ETag"]}
    assert desk.team.post(f"{path}convert/", headers=fresh).status_code == 200
    assert desk.team.delete(path, headers=fresh).status_code == 412


@pytest.mark.parametrize("plural", ["leads", "contacts", "accounts", "opportunities", "users"])
def test_a_stale_write_is_answered_with_the_current_record(desk: Desk, plural: str) -> None:
    made = {"leads": desk.lead, "contacts": desk.contact, "accounts": desk.account, "opportunities": desk.opportunity}
    path = f"/api/{plural}/{made[plural]()['id'] if plural in made else desk.cleo.id}/"
    field = {"users": "lastName", "accounts": "description", "opportunities": "description"}.get(plural, "notes")
    assert desk.ada.patch(path, {field: "hers"}).status_code == 200
    stale = desk.ada.patch(path, {field: "mine"}, headers={"If-Match": '"77"'})
    now = desk.ada.get(path)
    assert stale.status_code == 412
    assert stale.json()["current"] == now.json()
    assert stale.json()["etag"] == stale.headers["ETag"] == now.headers["ETag"]
    again = desk.ada.patch(path, {field: "mine"}, headers={"If-Match": stale.json()["etag"]})
    assert (again.status_code, again.json()[field]) == (200, "mine")


def test_a_key_that_may_not_read_is_not_shown_the_current_record(desk: Desk) -> None:
    secret = desk.ada.post("/api/keys/", {"name": "Form", "scopes": ["leads:write"]}).json()["secret"]
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.caller(secret).get(path).status_code == 403
    stale = desk.caller(secret).delete(path, headers={"If-Match": '"77"'})
    assert (stale.status_code, stale.json()["version"], stale.json()["etag"]) == (412, 1, stale.headers["ETag"])
    assert "current" not in stale.json()


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("header", "status"),
    [
        *(('"1"', 200), ("*", 200), ('"7", "1"', 200)),
        *(('"7","8"', 412), ('W/"1"', 412), ('"x"', 412), ('"01"', 412)),
        *(('"1",', 200), (',, "7" ,, "1" ,', 200), ('"7",', 412)),
        *(("1", 400), ("", 400), ('"1', 400), ('"1";', 400), (",", 400), ('"7" "1"', 400)),
    ],
)
def test_if_match_is_a_list_of_tags(desk: Desk, header: str, status: int) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.team.patch(path, {"leadScore": 7}, headers={"If-Match": header}).status_code == status


@pytest.mark.parametrize(("method", "tail"), [("PATCH", ""), ("DELETE", ""), ("POST", "convert/")])
@pytest.mark.parametrize("header", ["*", '"1"', 'W/"1"', '"7", "1",'])
def test_a_write_with_if_none_match_is_not_done_to_what_matches(
    desk: Desk, method: str, tail: str, header: str
) -> None:
    path = f"/api/leads/{desk.lead()['id']}/{tail}"
    body = {"json": {"leadScore": 7} if method == "PATCH" else {}} if method != "DELETE" else {}
    before = desk.dump()
    answer = desk.team.send(method, path, headers={"If-None-Match": header}, **body)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    assert "If-None-Match" in answer.json()["detail"]
    assert desk.dump() == before


def test_a_write_with_if_none_match_is_done_to_what_does_not_match(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    assert desk.team.patch(path, {"leadScore": 7}, headers={"If-None-Match": '"2"'}).status_code == 200
    assert desk.team.patch(path, {"leadScore": 8}, headers={"If-None-Match": "2"}).status_code == 400
    nobodys = f"/api/leads/{NOBODYS_LEAD}/"
    assert desk.team.patch(nobodys, {"leadScore": 7}, headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.at_the_shared_desk
def test_a_viewer_is_told_that_nothing_is_shared(desk: Desk) -> None:
    paths = ("", "facets/", f"{desk.lead()['id']}/", f"{desk.lead()['id']}/history/", f"{NOBODYS_LEAD}/", "?page=0")
    for path in paths:
        answer = desk.vic.get(f"/api/leads/{path}")
        assert (answer.status_code, answer.json()["code"]) == (403, "nothing_shared")
        assert "nothing can be shared yet" in answer.json()["detail"]
    assert desk.vic.get("/api/me/").status_code == 200


def test_a_body_may_have_256_kib_and_no_more(desk: Desk) -> None:
    content = b'{"lastName": "Lee", "email": "dana@startup.example"}'.ljust(MAX_BODY)
    assert desk.team.post("/api/leads/", content=content, headers=JSON).status_code == 201
    assert desk.team.post("/api/leads/", content=content + b" ", headers=JSON).status_code == 413


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 201),
        ("Application/JSON; charset=UTF-8", 201),
        ('application/json;charset="utf-8"', 201),
        ("application/json;", 201),
        ("application/json ; charset=utf8", 201),
        ("application/json; charset=US-ASCII", 201),
        ("application/json; odata=verbose; charset=utf-8", 201),
        ('application/json; profile="a;b"', 201),
        ("application/json; charset=latin-1", 415),
        ("application/json; odata=verbose; charset=latin-1", 415),
        ("application/json, text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("text/plain", 415),
        ("text/json", 415),
        ("application/jsonp", 415),
        ("", 415),
    ],
)
def test_a_body_says_that_it_is_json(desk: Desk, media_type: str, status: int) -> None:
    content = b'{"lastName": "Lee", "email": "dana@startup.example"}'
    answer = desk.team.post("/api/leads/", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == status


@pytest.mark.parametrize("coding", ["identity", "Identity", " IDENTITY "])
def test_a_body_may_say_that_it_is_not_packed(desk: Desk, coding: str) -> None:
    headers = JSON | {"Content-Encoding": coding}
    lead = b'{"lastName": "Lee", "email": "dana@startup.example"}'
    assert desk.team.post("/api/leads/", content=lead, headers=headers).status_code == 201


def test_a_packed_body_is_refused(desk: Desk) -> None:
    headers = JSON | {"Content-Encoding": "gzip"}
    assert desk.team.post("/api/leads/", content=b"{}", headers=headers).status_code == 415
