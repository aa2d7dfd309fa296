"""No figure is taken of servers that say different things."""

from typing import Any

import pytest
from bench.peers.compared import comparable, differs

ADA: dict[str, Any] = {
    "id": "ld_1",
    "firstName": "Ada",
    "lastName": "Byron",
    "email": "ada@desk.example",
    "phone": None,
    "company": "Alpine Labs",
    "status": "new",
    "source": "referral",
    "assignedTo": None,
    "leadScore": 7,
    "createdAt": "2025-03-10T08:00:00Z",
    "updatedAt": "2025-03-10T08:00:00Z",
}
BEN = {**ADA, "id": "ld_2", "email": "ben@desk.example"}
OURS = {"count": 2, "results": [BEN, ADA]}


def difference(theirs: object) -> str:
    return differs(comparable(OURS), comparable(theirs))


def test_the_same_page_is_the_same_however_its_times_are_written() -> None:
    written_otherwise = {**ADA, "createdAt": "2025-03-10T08:00:00.000000+00:00"}

    assert difference({"count": 2, "results": [BEN, written_otherwise]}) == ""


def test_a_server_may_show_more_of_a_lead() -> None:
    assert difference({"count": 2, "results": [{**BEN, "notes": "Call back"}, ADA]}) == ""


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"count": 3, "results": [BEN, ADA]}, "counts 3, Leadline 2"),
        ({"count": 2, "results": [BEN]}, "shows 1 leads, Leadline 2"),
        ({"count": 2, "results": [ADA, BEN]}, "email is 'ada@desk.example', Leadline's 'ben@desk.example'"),
        ({"count": 2, "results": [{**BEN, "status": "lost"}, ADA]}, "status is 'lost', Leadline's 'new'"),
        ({"count": 2, "results": [{**BEN, "createdAt": "2025-03-10T08:00:01Z"}, ADA]}, "createdAt is"),
        ({"count": 2, "results": [{key: BEN[key] for key in ("id", "email")}, ADA]}, "is None, Leadline's"),
    ],
)
def test_any_difference_is_named(theirs: object, said: str) -> None:
    assert said in difference(theirs)


def test_a_created_lead_may_have_an_id_and_times_of_its_own() -> None:
    theirs = {**ADA, "id": "ld_9", "createdAt": "2025-03-11T08:00:00Z"}

    assert differs(comparable(ADA), comparable(theirs), besides={"id", "createdAt"}) == ""
    assert differs(comparable(ADA), comparable({**theirs, "source": None}), besides={"id", "createdAt"}) != ""
