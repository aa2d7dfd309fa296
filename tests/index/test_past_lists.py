"""Lists of the past that an index answers."""

import random

import pytest

from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS
from tests.cast import Desk
from tests.index.desks import wait_for_index
from tests.records.random_life import Json, copy_all, get, newest_seq, write_something


@pytest.mark.makes_up_its_steps
def test_the_past_at_random_moments_is_what_was_there(desk: Desk) -> None:
    dice = random.Random(20)
    for kind in KINDS:
        getattr(desk, kind.name)()
        wait_for_index(desk, kind)
    moments: list[tuple[int, Json]] = []
    for _ in range(60):
        write_something(desk, dice)
        if dice.random() < 0.5:
            moments.append((newest_seq(desk), copy_all(desk)))
    for then, copy in moments:
        assert copy_all(desk, then) == copy, then


@pytest.mark.parametrize(
    ("query", "source"),
    [
        ("leads/?status=new", "index"),
        ("leads/?search=lee&limit=1&offset=1", "index"),
        ("leads/facets/?status=new", "index"),
        ("leads/?sort=lastName", "sql"),
        ("leads/?assignedToName[contains]=b", "sql"),
    ],
)
def test_the_newest_of_the_past_and_its_facets_come_from_the_index(desk: Desk, query: str, source: str) -> None:
    leads = [desk.lead(assignedTo=desk.ben.id) for _ in range(3)]
    wait_for_index(desk, LEADS)
    then, now = newest_seq(desk), get(desk, f"/api/{query}")
    desk.team.delete(f"/api/leads/{leads[0]['id']}/")
    desk.team.patch(f"/api/leads/{leads[1]['id']}/", {"status": "contacted", "lastName": "Aye", "assignedTo": None})
    answer = desk.ada.get(f"/api/{query}&asOf={then}")
    assert source in answer.headers["Server-Timing"]
    told = answer.json()
    assert [told.get(name) for name in ("count", "results", "facets")] == [
        now.get(name) for name in ("count", "results", "facets")
    ]
