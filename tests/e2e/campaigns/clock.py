"""The system's clock is stepped under load, again and again: back, onwards, and to and fro by a second.

python -m tests.e2e.campaigns.clock [TIMES]
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from itertools import islice, pairwise
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from leadline import ids
from leadline.clock import from_text, to_text
from leadline.people.keys import USE_SECONDS
from tests import waiting
from tests.cast import PASSWORD
from tests.cli.test_commands import statuses_by_worker
from tests.e2e import quick
from tests.e2e.invariants import broken_on
from tests.e2e.load import Json, walk
from tests.e2e.patience import under_load
from tests.e2e.people import Besieged, SignedIn
from tests.e2e.server import Server, serving
from tests.e2e.stepping import SteppedClock, stepped_clock
from tests.postgres import cluster

HOUR = 3600
DAY = 24 * HOUR
ROUND = (60 - HOUR, -DAY, 0, 1, -1, 1, -1, DAY, DAY - 1, DAY + 1, DAY, 0)
"""By how many seconds the clock is off after each step; what is a minute short of an hour, tokens bear."""
AT_EASE = 0.3
MOMENTS = 12
ADA, BEN = "ada@clock.example", "ben@clock.example"


def step(folder: Path, shifts: Sequence[int], database: str = "", pause: float = 0) -> str:
    """Answers what came of these `shifts`; raises `AssertionError` if anything was lost, out of order, refused or let
    in that must not be."""
    database = database or f"sqlite:///{folder / 'leadline.db'}"
    with stepped_clock() as clock, _serving(folder, clock, database) as server:
        watch = Watch(server, clock)
        with under_load([server], pause=pause) as load:
            for shift in shifts:
                time.sleep(AT_EASE)
                watch.step(shift)
        outcome = load.check(server)
        assert not load.refused, outcome
        check_order(load.leads)
        with server.client() as client:
            check_lists(client, [lead for leads in load.leads for lead in leads])
        watch.check_last_use()
        assert server.stop() == 0
    assert '"level":"error"' not in server.log_text
    assert broken_on(database) == {}
    return f"{len(shifts)} steps: {outcome}"


def _serving(folder: Path, clock: SteppedClock, database: str) -> AbstractContextManager[Server]:
    environment = {
        "LEADLINE_DATABASE": database,
        "LEADLINE_ADMIN_EMAIL": ADA,
        "LEADLINE_ADMIN_PASSWORD": PASSWORD,
        "LEADLINE_LOGIN_LIMIT": "none",
        **clock.environment,
    }
    return serving(folder / "node", workers=2, module=quick.__name__, environment=environment)


class Watch:
    """Those who are there beside the load: a program with a key for an hour, people, and a reader of contacts, which
    only ever come to be more."""

    def __init__(self, server: Server, clock: SteppedClock) -> None:
        self._server = server
        self._clock = clock
        self._ada = SignedIn(server, clock, ADA)
        self._ends = clock.now + HOUR
        with self._ada.client() as client:
            client.post("/api/users/", json={"email": BEN, "password": PASSWORD}).raise_for_status()
            body = {"name": "for an hour", "expiresAt": to_text(self._ends)}
            self._key = client.post("/api/keys/", json=body).json()["secret"]
        self._ben = Besieged(server, clock, BEN)
        self._contacts: list[str] = []

    def step(self, shift: int) -> None:
        self._step_within_a_walk(shift)
        assert statuses_by_worker(self._server, self._server.key) == {200}
        assert statuses_by_worker(self._server, self._key) == {200 if self._clock.now < self._ends else 401}
        self._ada.go_on()
        self._ben.go_on()
        SignedIn(self._server, self._clock, ADA)

    def _step_within_a_walk(self, shift: int) -> None:
        with self._server.client() as client:
            pages = walk(client, "/api/contacts/?sort=createdAt&limit=100")
            first = list(islice(pages, len(self._contacts) // 200 + 1))
            self._clock.shift = shift
            contacts = [item["id"] for page in [*first, *pages] for item in page["results"]]
        assert all(earlier < later for earlier, later in pairwise(contacts))
        assert contacts[: len(self._contacts)] == self._contacts
        self._contacts = contacts

    def check_last_use(self) -> None:
        """It is known to the minute again, once it is written."""
        with self._server.client() as program, self._ada.client() as admin:

            def is_known() -> bool:
                assert program.get("/api/leads/?limit=1").status_code == 200
                keys = admin.get("/api/keys/").json()["results"]
                (used,) = [key["lastUsedAt"] for key in keys if self._server.key.endswith(key["hint"])]
                return used is not None and abs(self._clock.now - from_text(used)) <= USE_SECONDS

            waiting.until(is_known)


def check_order(leads_of_clients: list[list[Json]]) -> None:
    """Ids and times follow the order in which each client made its leads; what happened to a lead follows as well."""
    for leads in leads_of_clients:
        for earlier, later in pairwise(leads):
            assert earlier["id"] < later["id"]
            assert ids.number_of(earlier["id"]) < ids.number_of(later["id"])
            assert earlier["createdAt"] <= later["createdAt"]
        for lead in leads:
            assert lead["createdAt"] <= (lead["convertedAt"] or lead["createdAt"]) <= lead["updatedAt"]


def check_lists(client: httpx2.Client, leads: list[Json]) -> None:
    """Lists have the leads in the order that their times say, and filters find those that their times say."""
    newest = _listed(client, "-createdAt")
    assert [lead["id"] for lead in newest] == sorted((lead["id"] for lead in leads), reverse=True)
    for name in ("createdAt", "updatedAt"):
        for sign, reverse in (("", False), ("-", True)):
            times = [lead[name] for lead in _listed(client, f"{sign}{name}")]
            assert times == sorted((lead[name] for lead in leads), reverse=reverse)
        for moment in _moments({lead[name] for lead in leads}):
            after, before = (_count(client, name.replace("At", which), moment) for which in ("After", "Before"))
            assert after == sum(lead[name] > moment for lead in leads)
            assert before == sum(lead[name] < moment for lead in leads)


def _listed(client: httpx2.Client, sort: str) -> list[dict[str, Any]]:
    return [item for page in walk(client, f"/api/leads/?limit=100&sort={sort}") for item in page["results"]]


def _moments(times: set[str]) -> list[str]:
    """Some of the times, the first and the last among them."""
    known = sorted(times)
    return sorted({known[0], known[-1], *Random(len(known)).sample(known, min(MOMENTS, len(known)))})


def _count(client: httpx2.Client, which: str, moment: str) -> int:
    found: int = client.get("/api/leads/", params={which: moment, "limit": 1}).json()["count"]
    return found


if __name__ == "__main__":
    steps = ROUND * (int(sys.argv[1]) if len(sys.argv) > 1 else 5)
    with tempfile.TemporaryDirectory() as place:
        print("SQLite:", step(Path(place), steps))  # noqa: T201
    with cluster() as own, own.copy() as name, tempfile.TemporaryDirectory() as place:
        print("PostgreSQL:", step(Path(place), steps, own.url(name)))  # noqa: T201
