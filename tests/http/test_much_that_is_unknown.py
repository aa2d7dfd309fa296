"""Requests full of what nobody knows: the answer is short, and it costs little to make."""

from collections.abc import Iterable
from itertools import product
from string import ascii_lowercase

import pytest

from leadline.crm.leads import LEADS
from leadline.kit import suggest
from leadline.records import parameter_hints
from leadline.records.query import parameter_names
from tests.cast import Desk

NAMES = [f"lead{a}{b}createdAtXassignedX" for a, b in product(ascii_lowercase[:10], repeat=2)]
"""A hundred, of 23 letters, each like several that are known."""
SMALL = 8_000


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    "path", ["/api/leads/", "/api/leads/facets/", "/api/me/", "/api/health/", "/api/leads/{id}/history/"]
)
def test_a_hundred_unknown_parameters_are_refused_in_short(desk: Desk, path: str) -> None:
    path = path.format(id=desk.lead()["id"])
    answer = desk.team.get(f"{path}?{'&'.join(f'{name}=1' for name in NAMES)}")
    assert answer.status_code == 400
    told = answer.json()["errors"]
    assert [error["field"] for error in told] == NAMES[:21]
    assert (
        told[-1]["message"]
        == f"{NAMES[20]} is not a parameter here; 80 in all are unknown besides those told before."
    )
    assert len(answer.content) < SMALL


def test_few_names_are_compared_for_hints(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    compared: list[str] = []

    def count(name: str, known: Iterable[str], *, likeness: float) -> str | None:
        known = list(known)
        compared.extend(known)
        return suggest.find_nearest(name, known, likeness=likeness)

    monkeypatch.setattr(parameter_hints, "find_nearest", count)
    assert desk.team.get(f"/api/leads/?{'&'.join(f'{name}[gt]=1' for name in NAMES)}").status_code == 400
    assert len(compared) < 2 * len(parameter_names(LEADS))  # not a hundred times as many


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_body_of_unknown_fields_is_refused_in_short(desk: Desk, method: str) -> None:
    fields = {f"{n:05}": 1 for n in range(20_000)}
    path = "/api/leads/" if method == "POST" else f"/api/leads/{desk.lead()['id']}/"
    answer = desk.team.send(method, path, json=fields)
    assert answer.status_code == 422
    problem = answer.json()
    unknown = [error for error in problem["errors"] if error["code"] == "unknown_field"]
    assert [error["field"] for error in unknown] == [f"{n:05}" for n in range(21)]
    assert unknown[-1]["message"] == "There is no field 00020; 19,980 in all are unknown besides those told before."
    assert problem["detail"] == f"{20_000 + len(problem['errors']) - 21:,} fields are not acceptable; see errors."
    assert len(answer.content) < SMALL


@pytest.mark.at_the_shared_desk
def test_fields_that_are_known_are_told_however_many_are_not(desk: Desk) -> None:
    answer = desk.team.post("/api/leads/", {**{f"{n}": 1 for n in range(1_000)}, "leadScore": 11, "phone": "x"})
    fields = {error["field"] for error in answer.json()["errors"]}
    assert {"leadScore", "phone", "email", "firstName", "lastName"} <= fields


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("name", ["billingAddress", "tags"])
def test_a_value_full_of_what_is_unknown_is_refused_in_short(desk: Desk, name: str) -> None:
    value: object = {f"{n:05}": "x" for n in range(20_000)} if name == "billingAddress" else ["\x00"] * 20_000
    answer = desk.team.post("/api/accounts/", {"name": "TechCorp", name: value})
    assert answer.status_code == 422
    assert len(answer.content) < SMALL


@pytest.mark.at_the_shared_desk
def test_parameters_that_come_again_are_told_in_short(desk: Desk) -> None:
    pairs = "&".join(f"{'a' * 150}{n}=1&{'a' * 150}{n}=2" for n in range(25))
    answer = desk.team.get(f"/api/leads/?{pairs}")
    assert answer.status_code == 400
    assert [error["code"] for error in answer.json()["errors"]] == ["repeated"] * 20


@pytest.mark.at_the_shared_desk
def test_the_detail_of_one_error_is_its_message(desk: Desk) -> None:
    answer = desk.team.post("/api/leads/", {"firstName": "Dana", "email": "dana@startup.example", "leadScore": 11})
    assert answer.json()["detail"] == answer.json()["errors"][0]["message"] == "leadScore must be from 1 to 10."
