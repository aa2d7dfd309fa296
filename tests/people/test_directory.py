"""Whom a record can be given to, for everybody who may read records."""

from typing import Any

import httpx2
import pytest

from tests.answers import refusal
from tests.cast import Desk


def names(answer: httpx2.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [person["name"] for person in answer.json()["results"]]


def test_a_seller_and_a_program_see_whom_a_record_can_be_given_to(desk: Desk) -> None:
    for caller in (desk.ben, desk.team, desk.ada):
        answer = caller.get("/api/people/")
        assert names(answer) == ["Ada Byron", "Ben Okri", "Cleo", "Vic Hugo"]
        assert answer.json()["count"] == 4
        assert list(answer.json()["results"][1]) == ["id", "name", "active"]
        assert answer.json()["results"][1] == {"id": desk.ben.id, "name": "Ben Okri", "active": True}


def test_the_disabled_are_asked_for_by_themselves(desk: Desk) -> None:
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"active": False})
    assert names(desk.team.get("/api/people/")) == ["Ada Byron", "Cleo", "Vic Hugo"]
    assert names(desk.team.get("/api/people/?active=false")) == ["Ben Okri"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ben", ["Ben Okri"]),
        ("N O", ["Ben Okri"]),
        ("o", ["Ada Byron", "Ben Okri", "Cleo", "Vic Hugo"]),
        ("acme", []),
    ],
)
def test_a_search_looks_at_names_alone(desk: Desk, search: str, found: list[str]) -> None:
    assert names(desk.team.get("/api/people/", params={"search": search})) == found


def test_people_come_in_pages(desk: Desk) -> None:
    first: dict[str, Any] = desk.team.get("/api/people/?limit=3").json()
    assert (first["count"], len(first["results"]), first["previous"]) == (4, 3, None)
    assert names(desk.team.get(first["next"])) == ["Vic Hugo"]


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("active=maybe", ("active", "wrong_type")),
        ("search=", ("search", "out_of_range")),
        ("role=admin", ("role", "unknown_parameter")),
        ("limit=0", ("limit", "out_of_range")),
    ],
)
def test_what_it_does_not_take_is_refused(desk: Desk, query: str, fault: tuple[str, str]) -> None:
    assert refusal(desk.team.get(f"/api/people/?{query}")) == (400, [fault])


def test_a_viewer_gives_records_to_nobody(desk: Desk) -> None:
    answer = desk.vic.get("/api/people/")
    assert (answer.status_code, answer.json()["code"]) == (403, "nothing_shared")
