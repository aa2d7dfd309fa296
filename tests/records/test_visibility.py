"""A rule that lets people see only some records narrows every read, and so every write."""

from typing import Any

import pytest

from leadline.access import Actor
from leadline.http.endpoints import bulk as bulk_endpoints
from leadline.http.endpoints import records as record_endpoints
from leadline.records import past, service
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Kind
from tests.cast import Desk
from tests.records.random_life import newest_seq

Json = dict[str, Any]


@pytest.fixture
def owned(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, Json]:
    """A lead of Ben's and one of Cleo's; each sees their own alone, and Ada sees both."""
    leads = {"ben": desk.lead(assignedTo=desk.ben.id), "cleo": desk.lead(assignedTo=desk.cleo.id)}

    def own_records(actor: Actor, kind: Kind) -> Predicate | None:
        if actor.user_id not in (desk.ben.id, desk.cleo.id):
            return Predicate()
        return Predicate((Condition("assignedTo", "eq", (actor.user_id,)),))

    for module in (service, past, record_endpoints, bulk_endpoints):
        monkeypatch.setattr(module, "visible_records", own_records)
    return leads


def test_lists_and_counts_are_of_what_is_seen(desk: Desk, owned: dict[str, Json]) -> None:
    for path in ("/api/leads/", "/api/leads/?status=new", f"/api/leads/?asOf={newest_seq(desk)}"):
        for caller, count in ((desk.ben, 1), (desk.cleo, 1), (desk.ada, 2), (desk.ben, 1)):
            assert caller.get(path).json()["count"] == count
        assert [one["id"] for one in desk.ben.get(path).json()["results"]] == [owned["ben"]["id"]]
    for path in ("/api/leads/facets/", f"/api/leads/facets/?asOf={newest_seq(desk)}"):
        assert [caller.get(path).json()["count"] for caller in (desk.ben, desk.ada, desk.cleo)] == [1, 2, 1]


def test_a_record_that_is_not_seen_is_as_one_that_is_not_there(desk: Desk, owned: dict[str, Json]) -> None:
    path = f"/api/leads/{owned['cleo']['id']}/"
    paths = (path, f"{path}history/", f"{path}explain/", f"{path}?asOf={newest_seq(desk)}")
    for one in paths:
        assert [caller.get(one).status_code for caller in (desk.ben, desk.cleo, desk.ada)] == [404, 200, 200]
    before = desk.dump()
    assert desk.ben.patch(path, {"company": "Mine"}).status_code == 404
    assert desk.ben.delete(path).status_code == 404
    assert desk.ben.post(f"{path}convert/").status_code == 404
    assert desk.dump() == before


def test_writes_to_many_records_reach_what_is_seen(desk: Desk, owned: dict[str, Json]) -> None:
    assert desk.ben.patch("/api/leads/?all=true&expectedCount=1", {"company": "Mine"}).status_code == 200
    item = {"op": "patch", "id": owned["cleo"]["id"], "record": {"company": "Mine"}}
    result = desk.ben.post("/api/leads/batch/", {"operations": [item]}).json()["results"][0]
    assert result["status"] == 404
    companies = {one["id"]: one["company"] for one in desk.ada.get("/api/leads/").json()["results"]}
    assert companies == {owned["ben"]["id"]: "Mine", owned["cleo"]["id"]: None}
