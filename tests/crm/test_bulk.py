"""Bulk writes: one change, or a deletion, of all records that a filter chooses."""

from typing import Any

import httpx2
import pytest

from leadline.crm import bulk
from leadline.crm.leads import LEADS
from leadline.index import live_indexes
from tests.cast import Caller, Desk
from tests.index.desks import wait_for_index

Json = dict[str, Any]


def change(desk: Desk, query: str, caller: Caller | None = None, **fields: Any) -> httpx2.Response:
    return (caller or desk.team).patch(f"/api/leads/{query}", fields)


def delete(desk: Desk, query: str, plural: str = "leads") -> httpx2.Response:
    return desk.team.delete(f"/api/{plural}/{query}")


def refused(desk: Desk, answer: httpx2.Response, status: int, code: str) -> Json:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    body: Json = answer.json()
    return body


def companies(desk: Desk) -> list[str | None]:
    return [one["company"] for one in desk.ada.get("/api/leads/?sort=createdAt&limit=100").json()["results"]]


@pytest.fixture
def three(desk: Desk) -> list[Json]:
    """Two leads of Ben's, and one of nobody's."""
    return [desk.lead(company="A", assignedTo=owner) for owner in (desk.ben.id, desk.ben.id, None)]


def test_all_that_a_filter_chooses_are_changed_by_one_operation(desk: Desk, three: list[Json]) -> None:
    answer = change(desk, f"?assignedTo={desk.ben.id}&expectedCount=2", company="B", assignedTo=desk.cleo.id)
    assert (answer.status_code, answer.json()) == (
        200,
        {"operationId": answer.headers["Operation-Id"], "count": 2},
    )
    assert companies(desk) == ["B", "B", "A"]
    told = desk.ada.get(f"/api/operations/{answer.json()['operationId']}/").json()
    assert (told["kind"], len(told["changes"])) == ("lead.bulk_updated", 2)
    assert desk.ada.post(f"/api/operations/{told['id']}/undo/").json()["changed"] == 2
    assert companies(desk) == ["A", "A", "A"]


def test_all_that_a_filter_chooses_are_deleted_by_one_operation(desk: Desk, three: list[Json]) -> None:
    answer = delete(desk, "?assignedTo=none&expectedCount=1")
    assert (answer.status_code, answer.json()["count"], len(companies(desk))) == (200, 1, 2)
    told = desk.ada.get(f"/api/operations/{answer.json()['operationId']}/").json()
    assert told["kind"] == "lead.bulk_deleted"
    assert desk.ada.post(f"/api/operations/{told['id']}/undo/").json()["restored"] == 1
    assert len(companies(desk)) == 3


def test_references_to_what_is_deleted_are_emptied(desk: Desk) -> None:
    accounts = [desk.account() for _ in range(2)]
    contact = desk.contact(accountId=accounts[0]["id"])
    assert delete(desk, "?all=true&expectedCount=2", "accounts").json()["count"] == 2
    assert desk.ada.get(f"/api/contacts/{contact['id']}/").json()["accountId"] is None


def test_all_records_are_chosen_by_all(desk: Desk, three: list[Json]) -> None:
    assert change(desk, "?all=true&expectedCount=3", company="B").json()["count"] == 3
    assert companies(desk) == ["B", "B", "B"]


def test_another_count_than_expected_changes_nothing(desk: Desk, three: list[Json]) -> None:
    before = desk.dump()
    for query in ("?all=true&expectedCount=2", "?all=true&expectedCount=4", "?company[eq]=Z&expectedCount=1"):
        for answer in (change(desk, query, company="B"), delete(desk, query)):
            body = refused(desk, answer, 412, "count_moved")
            assert body["count"] == (0 if "Z" in query else 3)
    assert desk.dump() == before


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_set_that_moves_before_the_write_changes_nothing(
    desk: Desk, three: list[Json], monkeypatch: pytest.MonkeyPatch, is_indexed: bool
) -> None:
    """Another request writes between the choice and the write: a lead joins the set, leaves it, or is deleted."""
    if is_indexed:
        monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
        wait_for_index(desk, LEADS)
    write = desk.app.database.write
    others: list[tuple[str, str, Json | None]] = []

    async def after_another(work: Any, partition: int = 0, **options: Any) -> Any:
        while others:
            method, path, body = others.pop()
            headers = {"Authorization": f"Bearer {desk.acme.key}"}
            request = desk._client.request(method, path, headers=headers, json=body)
            assert (await request).status_code < 300
        return await write(work, partition, **options)

    monkeypatch.setattr(desk.app.database, "write", after_another)
    bens = f"?assignedTo={desk.ben.id}&expectedCount=2"
    paths = [f"/api/leads/{lead['id']}/" for lead in three]
    others.append(("PATCH", paths[2], {"assignedTo": desk.ben.id}))
    assert refused(desk, change(desk, bens, company="B"), 412, "count_moved")["count"] == 3
    others.append(("PATCH", paths[2], {"assignedTo": None}))
    answer = delete(desk, f"?assignedTo={desk.ben.id}&expectedCount=3")
    assert refused(desk, answer, 412, "count_moved")["count"] == 2
    others.append(("DELETE", paths[0], None))
    assert refused(desk, change(desk, bens, company="B"), 412, "count_moved")["count"] == 1
    others.append(("PATCH", paths[2], {"company": "C"}))
    assert change(desk, f"?assignedTo={desk.ben.id}&expectedCount=1", company="B").json()["count"] == 1
    assert companies(desk) == ["B", "C"]


def test_records_that_refuse_are_named_and_nothing_is_done(desk: Desk, three: list[Json]) -> None:
    desk.team.post(f"/api/leads/{three[0]['id']}/convert/")
    before = desk.dump()
    body = refused(desk, change(desk, "?all=true&expectedCount=3", status="lost"), 422, "bulk_refused")
    assert [(one["id"], one["error"]["code"]) for one in body["results"]] == [(three[0]["id"], "already_converted")]
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "nothing_to_change"),
        ({"email": "no"}, "invalid"),
        ({"colour": 1}, "invalid"),
        ({"id": "ld_1"}, "invalid"),
    ],
)
def test_a_change_that_no_record_could_have_is_refused(
    desk: Desk, three: list[Json], fields: Json, code: str
) -> None:
    before = desk.dump()
    refused(desk, change(desk, "?all=true&expectedCount=3", **fields), 422, code)
    assert desk.dump() == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "expectedCount"),
        ("?all=true", "expectedCount"),
        ("?all=true&expectedCount=-1", "expectedCount"),
        ("?expectedCount=3", "all"),
        ("?all=false&expectedCount=3", "all"),
        ("?all=true&status=new&expectedCount=3", "all"),
        ("?status=new&expectedCount=3&sort=company", "sort"),
        ("?status=new&expectedCount=3&limit=1", "limit"),
        ("?status=new&expectedCount=3&page=2", "page"),
        ("?statuss=new&expectedCount=3", "statuss"),
        ("?status=open&expectedCount=3", "status"),
    ],
)
def test_a_bulk_write_says_what_it_is_about(desk: Desk, three: list[Json], query: str, field: str) -> None:
    before = desk.dump()
    for answer in (change(desk, query, company="B"), delete(desk, query)):
        body = refused(desk, answer, 400, "bad_parameter")
        assert field in [error["field"] for error in body["errors"]]
    assert desk.dump() == before


def test_more_than_a_thousand_records_are_refused(
    desk: Desk, three: list[Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "MAX_BULK_RECORDS", 2)
    body = refused(desk, delete(desk, "?all=true&expectedCount=3"), 422, "too_many_at_once")
    assert "narrow the filter" in body["detail"]
    assert delete(desk, f"?assignedTo={desk.ben.id}&expectedCount=2").status_code == 200


def test_nothing_to_do_is_no_operation(desk: Desk, three: list[Json]) -> None:
    before = desk.dump()
    for answer in (
        change(desk, "?all=true&expectedCount=3", company="A"),
        delete(desk, "?status=lost&expectedCount=0"),
    ):
        assert (answer.status_code, answer.json()["operationId"]) == (200, None)
    assert desk.dump() == before


def test_mine_are_those_of_the_caller(desk: Desk, three: list[Json]) -> None:
    assert change(desk, "?assignedTo=me&expectedCount=2", desk.ben, company="B").json()["count"] == 2
    assert companies(desk) == ["B", "B", "A"]


def test_a_bulk_write_needs_the_right_to_write(desk: Desk, three: list[Json]) -> None:
    assert change(desk, "?all=true&expectedCount=3", desk.vic, company="B").status_code == 403
    assert change(desk, "?all=true&expectedCount=3", desk.stranger, company="B").status_code == 412
