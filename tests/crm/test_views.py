"""Saved views: each person has their own, which nobody else sees or changes."""

import json
from typing import Any

import pytest

from leadline.access import Role
from leadline.crm import views
from leadline.crm.leads import LEADS
from leadline.index import live_indexes
from tests.answers import refusal
from tests.cast import Caller, Desk
from tests.index.desks import wait_for_index

MINE = {"name": "My new leads", "kind": "lead", "query": "status=new&assignedTo=me&sort=-leadScore"}


def save(caller: Caller, **fields: Any) -> dict[str, Any]:
    answer = caller.post("/api/views/", MINE | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def counts(caller: Caller) -> dict[str, int | None]:
    answer = caller.get("/api/views/counts/")
    assert answer.status_code == 200, answer.text
    found: dict[str, int | None] = answer.json()["counts"]
    return found


def test_a_view_is_saved_changed_and_deleted(desk: Desk) -> None:
    answer = desk.ben.post("/api/views/", MINE | {"position": 3})
    view = answer.json()
    path = f"/api/views/{view['id']}/"
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    assert answer.headers["Location"].endswith(path)
    assert list(view) == ["id", "name", "kind", "query", "position", "createdAt", "updatedAt"]
    assert view["id"].startswith("vw_")
    changed = desk.ben.patch(path, {"name": "New", "position": None}, headers={"If-Match": '"1"'})
    assert changed.json() == view | {"name": "New", "position": None, "updatedAt": changed.json()["updatedAt"]}
    assert desk.ben.get(path).json() == changed.json()
    assert desk.ben.delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert desk.ben.delete(path, headers={"If-Match": '"2"'}).status_code == 204
    assert desk.ben.get(path).status_code == 404


def test_views_are_listed_in_their_order(desk: Desk) -> None:
    for name, position in (("third", None), ("second", 7), ("first", 2), ("last", None)):
        save(desk.ben, name=name, position=position)
    page = desk.ben.get("/api/views/?sort=position&include=version").json()
    assert [view["name"] for view in page["results"]] == ["first", "second", "third", "last"]
    assert (page["count"], page["results"][0]["version"]) == (4, 1)
    assert desk.ben.get("/api/views/?kind=account").json()["count"] == 0
    assert desk.ben.get("/api/views/?search=FIR").json()["count"] == 1


def test_a_view_without_a_query_is_the_whole_list(desk: Desk) -> None:
    desk.lead()
    view = save(desk.ben, query="")
    assert view["query"] is None
    assert counts(desk.ben) == {view["id"]: 1}


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("lead", "search=d%C3%BCrer&status=new,lost&leadScore[gte]=3&limit=50&include=version"),
        ("contact", "tags=vip%2Cpress&stage=new"),
        ("account", "industry=software&sort=-openOpportunityCount,name"),
        ("opportunity", "valueMin=3&closeDateBefore=2030-01-01&assignedTo=none"),
    ],
)
def test_the_query_is_one_of_the_list_of_the_kind(desk: Desk, kind: str, query: str) -> None:
    assert save(desk.ben, kind=kind, query=query)["query"] == query
    for other in ("lead", "contact", "account", "opportunity"):
        expected = 201 if other == kind else 422
        assert desk.ben.post("/api/views/", MINE | {"kind": other, "query": query}).status_code == expected


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "query",
    [
        "stauts=new",
        "?status=new",
        "status=nwe",
        "status=new&status=lost",
        "sort=color",
        "page=2",
        "offset=20",
        "limit=101",
        "around=ld_01JZX3Q5E0000000010000000A",
        "asOf=3",
        "own=ignored",
        "search=%",
        "search=%FF",
        "search=dürer",
        "include=notes",
        "&".join(f"a{number}=1" for number in range(200)),
    ],
)
def test_what_is_no_query_is_refused(desk: Desk, query: str) -> None:
    answer = desk.ben.post("/api/views/", MINE | {"query": query})
    assert refusal(answer) == (422, [("query", "not_a_query")])
    assert "leads" in answer.json()["errors"][0]["message"]
    assert desk.ben.get("/api/views/").json()["count"] == 0


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"name": None}, ("name", "required")),
        ({"name": "x" * 101}, ("name", "too_long")),
        ({"kind": None}, ("kind", "required")),
        ({"kind": "leads"}, ("kind", "unknown_value")),
        ({"kind": "user"}, ("kind", "unknown_value")),
        ({"query": "search=" + "x" * 2_000}, ("query", "too_long")),
        ({"query": {"status": "new"}}, ("query", "wrong_type")),
        ({"position": -1}, ("position", "out_of_range")),
        ({"position": "first"}, ("position", "wrong_type")),
        ({"userId": "usr_01JZX3Q5E0000000010000000A"}, ("userId", "unknown_field")),
    ],
)
def test_a_view_that_breaks_a_rule_is_refused(desk: Desk, fields: dict[str, Any], fault: tuple[str, str]) -> None:
    assert refusal(desk.ben.post("/api/views/", MINE | fields)) == (422, [fault])


def test_a_change_is_checked_with_what_stays(desk: Desk) -> None:
    path = f"/api/views/{save(desk.ben)['id']}/"
    assert refusal(desk.ben.patch(path, {"kind": "contact"})) == (422, [("query", "not_a_query")])
    assert refusal(desk.ben.patch(path, {"query": "stage=new"})) == (422, [("query", "not_a_query")])
    assert refusal(desk.ben.patch(path, {"name": ""})) == (422, [("name", "required")])
    assert desk.ben.patch(path, {"kind": "contact", "query": "stage=new"}).status_code == 200
    assert desk.ben.patch(path, {"query": None, "kind": "lead"}).json()["query"] is None


def test_nobody_else_sees_or_changes_a_view(desk: Desk) -> None:
    view = save(desk.ben)
    path = f"/api/views/{view['id']}/"
    for other in (desk.ada, desk.cleo, desk.vic, desk.zoe):
        assert other.get(path).status_code == 404
        assert other.patch(path, {"name": "Mine now"}).status_code == 404
        assert other.delete(path).status_code == 404
        assert other.get("/api/views/").json()["count"] == 0
        assert other.get(f"/api/views/?around={view['id']}").json()["code"] == "not_in_list"
        assert counts(other) == {}
    assert desk.ben.get(path).json() == view


def test_a_list_of_views_is_never_another_persons_from_the_cache(desk: Desk) -> None:
    save(desk.ben)
    tag = desk.ben.get("/api/views/").headers["ETag"]
    answer = desk.cleo.get("/api/views/", headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["count"]) == (200, 0)
    assert desk.ben.get("/api/views/", headers={"If-None-Match": tag}).status_code == 304


def test_no_operation_tells_of_a_view(desk: Desk) -> None:
    made = desk.ben.post("/api/views/", MINE | {"name": "Secret plan"})
    operation, view = made.headers["Operation-Id"], made.json()["id"]
    desk.ben.patch(f"/api/views/{view}/", {"name": "Secret plan B"})
    desk.ben.delete(f"/api/views/{view}/")
    desk.ben.send("PUT", "/api/me/preferences/", json={"plan": "Secret plan"})
    for caller in (desk.ada, desk.ben, desk.team, desk.cleo):
        told = [
            caller.get("/api/operations/"),
            caller.get("/api/operations/?kind=view.created,view.updated,preferences.saved"),
            caller.get(f"/api/operations/?record={view}"),
            caller.get(f"/api/operations/{operation}/"),
            caller.get("/api/changes/?limit=1000"),
        ]
        said = " ".join(answer.text for answer in told)
        assert "Secret plan" not in said
        assert view not in said
        assert "view." not in said
        assert told[3].status_code == 404


def test_a_change_of_a_view_is_not_taken_back(desk: Desk) -> None:
    operation = desk.ben.post("/api/views/", MINE).headers["Operation-Id"]
    answer = desk.ben.post(f"/api/operations/{operation}/undo/")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_undoable")
    for other in (desk.ada, desk.cleo, desk.team):
        assert other.post(f"/api/operations/{operation}/undo/").status_code == 404


@pytest.mark.at_the_shared_desk
def test_views_are_for_people(desk: Desk) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("GET", "counts/")):
        answer = desk.team.send(method, f"/api/views/{path}", **({"json": MINE} if method == "POST" else {}))
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_person")


def test_a_person_has_so_many_views_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MAX_VIEWS", 3)
    made = [save(desk.ben) for _ in range(3)]
    answer = desk.ben.post("/api/views/", MINE)
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")
    save(desk.cleo)
    desk.ben.delete(f"/api/views/{made[0]['id']}/")
    save(desk.ben)


def test_all_views_are_counted_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.lead(assignedTo=desk.ben.id)
    desk.lead(assignedTo=desk.cleo.id)
    desk.lead(assignedTo=desk.ben.id, status="lost", company="Startup IO")
    desk.contact(tags=["vip"])
    mine, lost = save(desk.ben), save(desk.ben, query="status=lost&search=startup&limit=1")
    vips = save(desk.ben, kind="contact", query="tags=vip")
    none = save(desk.ben, kind="opportunity", query=None)
    expected = {mine["id"]: 1, lost["id"]: 1, vips["id"]: 1, none["id"]: 0}
    assert counts(desk.ben) == expected
    theirs = save(desk.cleo)
    assert counts(desk.cleo) == {theirs["id"]: 1}
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    wait_for_index(desk, LEADS)
    desk.lead(assignedTo=desk.ben.id)
    assert counts(desk.ben) == expected | {mine["id"]: 2}
    tag = desk.ben.get("/api/views/counts/").headers["ETag"]
    assert desk.ben.get("/api/views/counts/", headers={"If-None-Match": tag}).status_code == 304


def test_a_query_that_is_none_any_more_has_no_count(desk: Desk) -> None:
    view = save(desk.ben)
    desk.execute("UPDATE views SET query = 'colour=red'")
    desk.lead()
    assert counts(desk.ben) == {view["id"]: None}


def test_a_viewer_counts_what_they_see_which_is_nothing(desk: Desk) -> None:
    desk.lead()
    assert counts(desk.vic) == {}
    view = save(desk.vic, query=None)
    assert counts(desk.vic) == {view["id"]: 0}


def test_views_of_a_disabled_user_wait_for_them(desk: Desk) -> None:
    view = save(desk.cleo)
    desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"active": False})
    assert desk.cleo.get("/api/views/").status_code == 401
    desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"active": True, "role": Role.USER.value})
    body = {"email": desk.cleo.email, "password": "a password of the cast", "workspaceId": desk.acme.workspace.id}
    access = desk.nobody.post("/api/auth/login/", body).json()["access"]
    assert [found["id"] for found in desk.caller(access).get("/api/views/").json()["results"]] == [view["id"]]


def test_a_view_is_saved_once_with_a_key_and_can_be_previewed(desk: Desk) -> None:
    preview = desk.ben.post("/api/views/?dryRun=true", MINE).json()
    assert (preview["status"], preview["answer"]["name"]) == (201, MINE["name"])
    assert preview["operation"]["changes"][0]["kind"] == "view"
    first, again = (desk.ben.post("/api/views/", MINE, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert first.json() == again.json()
    assert desk.ben.get("/api/views/").json()["count"] == 1


def test_the_log_has_all_of_a_view(desk: Desk) -> None:
    view = save(desk.ben)
    desk.ben.patch(f"/api/views/{view['id']}/", {"name": "Other"})
    rows = desk.rows("SELECT version, fields FROM changes WHERE record_id = ? ORDER BY version", view["id"])
    assert [version for version, _ in rows] == [1, 2]
    assert json.loads(str(rows[0][1]))["userId"] == [None, desk.ben.id]
    assert json.loads(str(rows[1][1]))["name"] == [MINE["name"], "Other"]
