"""Many convert the same lead at the same instant: one of them does, and the others are told who it became."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.e2e import unguarded
from tests.e2e.invariants import broken
from tests.e2e.raw import Answer, Connection, connected, length, request
from tests.e2e.server import Server, serving

LEADS = 100
CALLERS = 16
LOST = b'{"status": "lost"}'

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("race") / "data", workers=2) as server:
        yield server
        assert broken(server.folder / "leadline.db") == {}


def test_a_lead_is_converted_once_whoever_races_for_it(server: Server) -> None:
    ids = create_leads(server, LEADS)
    with _callers(server, workers=2) as callers:
        for id_ in ids:
            answers = race_for(callers, [convert(server, id_)] * CALLERS)
            assert _statuses(answers) == {200: 1, 409: CALLERS - 1}
            assert len({tuple(ids_of(answer).items()) for answer in answers}) == 1
    assert _contacts_by_lead(server, ids) == dict.fromkeys(ids, 1)


def test_the_race_doubles_contacts_where_convert_is_not_guarded(tmp_path: Path) -> None:
    unguarded.prepare(tmp_path / "data" / "leadline.db")
    with serving(tmp_path / "data", module=unguarded.__name__) as server:
        ids = create_leads(server, 10)
        with _callers(server, workers=1) as callers:
            races = [race_for(callers, [convert(server, id_)] * CALLERS) for id_ in ids]
        assert _statuses(chain(*races))[200] > len(ids)
        assert max(_contacts_by_lead(server, ids).values()) > 1
        assert "a lead has one contact at most" in broken(server.folder / "leadline.db")


def test_a_lead_is_deleted_once_whoever_races_for_it(server: Server) -> None:
    with _callers(server, workers=2) as callers:
        for id_ in create_leads(server, 10):
            answers = race_for(callers, [request(server.key, f"DELETE /api/leads/{id_}/")] * CALLERS)
            assert _statuses(answers) == {204: 1, 404: CALLERS - 1}


def test_a_lead_that_is_deleted_and_converted_at_once_leaves_its_contact_or_none(server: Server) -> None:
    ids, contacts = create_leads(server, 30), set()
    with _callers(server, workers=2) as callers:
        for number, id_ in enumerate(ids):
            requests = [convert(server, id_), request(server.key, f"DELETE /api/leads/{id_}/")]
            answers = race_for([callers[0], callers[-1]], requests[:: 1 if number % 2 else -1])
            statuses = _statuses(answers)
            assert statuses in ({200: 1, 204: 1}, {204: 1, 404: 1})
            contacts |= {ids_of(answer)["contact"] for answer in answers if answer.status == 200}
    assert contacts == _contacts_of_no_lead(server)
    assert 0 < len(contacts) < len(ids)


def test_a_lead_that_is_changed_and_converted_at_once_stays_converted(server: Server) -> None:
    ids = create_leads(server, 30)
    with _callers(server, workers=2) as callers:
        for number, id_ in enumerate(ids):
            lost = request(server.key, f"PATCH /api/leads/{id_}/", length(LOST), body=LOST)
            statuses = _statuses(
                race_for([callers[0], callers[-1]], [convert(server, id_), lost][:: 1 if number % 2 else -1])
            )
            assert statuses in ({200: 2}, {200: 1, 409: 1})
    with server.client() as client:
        assert {client.get(f"/api/leads/{id_}/").json()["status"] for id_ in ids} == {"converted"}


def create_leads(server: Server, count: int) -> list[str]:
    with server.client() as client:
        leads = [{"lastName": "Lee", "email": f"lee{number}@race.example"} for number in range(count)]
        return [client.post("/api/leads/", json=lead).json()["id"] for lead in leads]


@contextmanager
def _callers(server: Server, *, workers: int) -> Iterator[list[Connection]]:
    """Open connections, as many to each worker."""
    by_worker: dict[str, list[Connection]] = {}
    with ExitStack() as open_connections:
        while sum(min(len(group), CALLERS // workers) for group in by_worker.values()) < CALLERS:
            assert sum(map(len, by_worker.values())) < 500, "one worker takes every connection"
            connection = open_connections.enter_context(connected(server.url))
            connection.send(request(server.key, "GET /api/me/"))
            by_worker.setdefault(_worker(connection.answer()), []).append(connection)
        yield list(chain(*(group[: CALLERS // workers] for group in by_worker.values())))


def _worker(answer: Answer | None) -> str:
    """Which process answered: all its requests' ids begin alike."""
    assert answer is not None
    return answer.headers["x-request-id"][:-8]


def race_for(callers: list[Connection], requests: list[bytes]) -> list[Answer]:
    """Each caller sends its request but for the last byte; then all send that."""
    for caller, sent in zip(callers, requests, strict=True):
        caller.send(sent[:-1])
    for caller, sent in zip(callers, requests, strict=True):
        caller.send(sent[-1:])
    return [answer for caller in callers if (answer := caller.answer())]


def _statuses(answers: Iterable[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def convert(server: Server, lead_id: str) -> bytes:
    body = b'{"createAccount": true, "accountName": "Acme", "createOpportunity": true}'
    return request(server.key, f"POST /api/leads/{lead_id}/convert/", length(body), body=body)


def ids_of(answer: Answer) -> Json:
    body = json.loads(answer.body)
    kinds = ("contact", "account", "opportunity")
    return {kind: body[f"{kind}Id"] if answer.status == 409 else body[kind]["id"] for kind in kinds}


def _contacts_of_no_lead(server: Server) -> set[str]:
    connection = apsw.Connection(str(server.folder / "leadline.db"))
    found = {id_ for (id_,) in connection.execute("SELECT id FROM contacts WHERE lead_id IS NULL")}
    connection.close()
    return found


def _contacts_by_lead(server: Server, ids: list[str]) -> dict[str, int]:
    connection = apsw.Connection(str(server.folder / "leadline.db"))
    counts = dict(connection.execute("SELECT lead_id, count(*) FROM contacts GROUP BY lead_id"))
    connection.close()
    return {id_: counts[id_] for id_ in ids if id_ in counts}
