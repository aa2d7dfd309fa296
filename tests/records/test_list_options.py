"""Lists with versions, and facets that count what another choice would find."""

from typing import Any

import pytest

from tests.answers import refusal
from tests.cast import Desk


def counts(desk: Desk, query: str) -> dict[str, dict[Any, int]]:
    facets = desk.team.get(f"/api/leads/facets/?{query}").json()["facets"]
    return {name: {bucket["value"]: bucket["count"] for bucket in buckets} for name, buckets in facets.items()}


def find_item(desk: Desk, path: str, id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in desk.team.get(path).json()["results"] if item["id"] == id_)
    return found


@pytest.mark.parametrize("plural", ["leads", "contacts", "accounts", "opportunities"])
def test_items_have_their_version_if_asked(desk: Desk, plural: str) -> None:
    make = {"leads": desk.lead, "contacts": desk.contact, "accounts": desk.account, "opportunities": desk.opportunity}
    record = make[plural]()
    field = "notes" if plural in ("leads", "contacts") else "description"
    desk.team.patch(f"/api/{plural}/{record['id']}/", {field: "twice"})
    item = find_item(desk, f"/api/{plural}/?include=version", record["id"])
    assert item == find_item(desk, f"/api/{plural}/", record["id"]) | {"version": 2}


def test_the_version_of_an_item_is_good_for_a_write(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)  # its ETag also covers the owner's name
    item = find_item(desk, "/api/leads/?include=version", lead["id"])
    version = {"If-Match": f'"{item["version"]}"'}
    path = f"/api/leads/{lead['id']}/"
    assert desk.team.patch(path, {"leadScore": 7}, headers=version).status_code == 200
    assert desk.team.patch(path, {"leadScore": 8}, headers=version).status_code == 412


def test_a_field_is_counted_without_its_own_filter(desk: Desk) -> None:
    for status, source in (("new", "event"), ("new", "referral"), ("lost", "event"), ("contacted", "event")):
        desk.lead(status=status, source=source)
    found = counts(desk, "status=new&source=event&own=ignored")
    assert found["status"] == {"new": 1, "lost": 1, "contacted": 1}
    assert found["source"] == {"event": 1, "referral": 1}
    assert found["leadScore"] == {None: 1}
    assert counts(desk, "status=new&source=event")["status"] == {"new": 1}
    assert desk.team.get("/api/leads/facets/?status=new&own=ignored").json()["count"] == 2


def test_months_are_counted_without_the_filter_of_the_creation_time(desk: Desk) -> None:
    desk.lead()
    found = counts(desk, "createdBefore=2020-01-01&own=ignored")
    assert sum(found["createdMonth"].values()) == 1
    assert found["status"] == {}


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("/api/leads/?include=everything", "include", "unknown_value"),
        ("/api/leads/?include=version&asOf=1", "include", "not_together"),
        ("/api/leads/facets/?own=kept", "own", "unknown_value"),
        ("/api/leads/facets/?own=ignored&asOf=1", "own", "not_together"),
        ("/api/leads/?own=ignored", "own", "unknown_parameter"),
        ("/api/leads/facets/?include=version", "include", "unknown_parameter"),
        ("/api/users/?include=version", "include", "unknown_parameter"),
    ],
)
def test_other_values_and_places_are_refused(desk: Desk, path: str, field: str, code: str) -> None:
    assert refusal(desk.ada.get(path)) == (400, [(field, code)])
