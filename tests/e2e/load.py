"""Clients that keep books: each writes down what it was told, to be compared with what is there in the end."""

import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from tests.e2e.server import Address

Json = dict[str, Any]

SET_BY_SERVER = ("updatedAt", "convertedAt", "convertedContactId")
"""What a write changes beyond what was sent."""


@dataclass(frozen=True)
class Doubt:
    """A write whose answer never came: the lead before it (None for a create), and the fields it was to change
    (None for a delete). It happened whole, or not at all."""

    verb: str
    before: Json | None
    changes: Json | None

    def happened(self, found: Json | None) -> bool:
        """Whether it did; anything between is an error."""
        if found == self.before:
            return False
        if self.changes is None:
            assert found is None, found
            return True
        assert found is not None, self
        expected = {**(self.before or found), **self.changes}
        assert _without(found, SET_BY_SERVER) == _without(expected, SET_BY_SERVER)
        return True


def _without(values: Json, names: tuple[str, ...]) -> Json:
    return {name: value for name, value in values.items() if name not in names}


@dataclass
class Bookkeeper:
    """One client, with leads of its own. `leads` are as they were last acknowledged; `gone` are the deleted ones;
    `acknowledged` counts the writes by verb."""

    name: str
    leads: dict[str, Json] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    doubts: list[Doubt] = field(default_factory=list)
    acknowledged: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = Random(self.name)
        self._numbers = itertools.count(1)
        self._pending: Doubt | None = None
        self._operation = ""
        self._patched: tuple[str, Json] | None = None
        """The operation of the last patch, and the lead before it; None once something else was done to the lead."""

    def work(self, server: Address) -> None:
        """Reads and writes until the server goes away. Any answer that is not the expected one is an error."""
        try:
            with server.client() as client:
                while True:
                    self._random.choice(self._choices())(client)
        except httpx2.ConnectError:
            self._pending = None  # it was never sent
        except httpx2.TransportError:
            if self._pending:
                self._doubt(self._pending)

    def check(self, found: dict[str, Json]) -> Counter[str]:
        """Compares the books with all the leads that there are, and takes its own out. Answers how many of the
        doubtful writes happened, by verb."""
        for id_, lead in self.leads.items():
            assert found.pop(id_, None) == lead
        assert not self.gone & found.keys()
        return Counter(doubt.verb for doubt in self.doubts if doubt.happened(self._take(doubt, found)))

    def _take(self, doubt: Doubt, found: dict[str, Json]) -> Json | None:
        if doubt.before is not None:
            return found.pop(doubt.before["id"], None)
        email = (doubt.changes or {})["email"]
        return next((found.pop(id_) for id_, lead in list(found.items()) if lead["email"] == email), None)

    def _choices(self) -> Sequence[Callable[[httpx2.Client], None]]:
        if len(self.leads) < 3:
            return [self._create]
        undo = [self._undo] * 2 if self._patched else []
        return [self._create] * 3 + [self._convert] * 3 + [self._patch, self._delete, self._read, *undo]

    def _any_lead(self) -> Json:
        return self.leads[self._random.choice(list(self.leads))]

    def _create(self, client: httpx2.Client) -> None:
        person = f"{self.name}{next(self._numbers)}"
        body = {
            "lastName": person,
            "email": f"{person}@load.example",
            "company": "Load",
            "notes": "a line\n" * 50 + "the end",
        }
        lead = self._send(client, Doubt("create", None, body), "POST", "/api/leads/", 201)
        assert lead.items() >= body.items()
        self.leads[lead["id"]] = lead

    def _patch(self, client: httpx2.Client) -> None:
        lead = self._any_lead()
        body = {"leadScore": self._random.randint(1, 10), "notes": f"note {next(self._numbers)}"}
        patched = self._send(client, Doubt("patch", lead, body), "PATCH", f"/api/leads/{lead['id']}/", 200)
        assert patched == {**lead, **body, "updatedAt": patched["updatedAt"]}
        self.leads[lead["id"]] = patched
        self._patched = self._operation, lead

    def _undo(self, client: httpx2.Client) -> None:
        """Takes the last patch back, if the lead is still there."""
        assert self._patched is not None
        (operation, before), self._patched = self._patched, None
        lead = self.leads.get(before["id"])
        if lead is None:
            return
        body = {name: before[name] for name in ("leadScore", "notes")}
        done = self._send(client, Doubt("undo", lead, body), "POST", f"/api/operations/{operation}/undo/", 200, {})
        assert (done["changed"], done["skipped"]) == (1, [])
        self.leads[lead["id"]] = {**lead, **body, "updatedAt": done["operation"]["at"]}

    def _convert(self, client: httpx2.Client) -> None:
        lead = self._any_lead()
        path = f"/api/leads/{lead['id']}/convert/"
        body = {"createAccount": True, "createOpportunity": True}
        if lead["convertedAt"]:
            answer = client.post(path, json=body)
            assert (answer.status_code, answer.json()["contactId"]) == (409, lead["convertedContactId"])
            return
        status = {"status": "converted"}
        made = self._send(client, Doubt("convert", lead, status), "POST", path, 200, body)
        at = made["lead"]["convertedAt"]
        results = {"convertedAt": at, "updatedAt": at, "convertedContactId": made["contact"]["id"]}
        self.leads[lead["id"]] = {**lead, **status, **results}

    def _delete(self, client: httpx2.Client) -> None:
        lead = self._any_lead()
        self._send(client, Doubt("delete", lead, None), "DELETE", f"/api/leads/{lead['id']}/", 204)
        del self.leads[lead["id"]]
        self.gone.add(lead["id"])

    def _read(self, client: httpx2.Client) -> None:
        lead = self._any_lead()
        assert client.get(f"/api/leads/{lead['id']}/").json() == lead
        assert client.get("/api/leads/", params={"search": lead["email"]}).json()["count"] == 1

    def _send(
        self, client: httpx2.Client, doubt: Doubt, method: str, path: str, status: int, body: Json | None = None
    ) -> Json:
        """The answer to a write, which stands in doubt until it has come."""
        self._pending = doubt
        answer = client.request(method, path, json=doubt.changes if body is None else body)
        self._pending = None
        assert answer.status_code == status, answer.text
        self._operation = answer.headers["Operation-Id"]
        self.acknowledged[doubt.verb] += 1
        lead: Json = answer.json() if answer.content else {}
        return lead

    def _doubt(self, doubt: Doubt) -> None:
        self._pending = None
        self.doubts.append(doubt)
        if doubt.before:
            del self.leads[doubt.before["id"]]


def await_writes(books: list[Bookkeeper], at_work: Sequence[Future[None]], number: int) -> None:
    """Returns when so many more writes have been acknowledged, or one of the clients has come to an end."""
    wanted = acknowledged(books).total() + number
    while acknowledged(books).total() < wanted and not any(one.done() for one in at_work):
        time.sleep(0.01)


def acknowledged(books: list[Bookkeeper]) -> Counter[str]:
    """The writes of all clients, by verb."""
    return sum((book.acknowledged for book in books), Counter[str]())


def all_leads(client: httpx2.Client) -> dict[str, Json]:
    """Every lead in full, found by walking the list."""
    ids: list[str] = []
    for listing in walk(client, "/api/leads/?limit=100"):
        ids += [item["id"] for item in listing["results"]]
    assert len(set(ids)) == len(ids) == listing["count"]
    return {id_: client.get(f"/api/leads/{id_}/").json() for id_ in ids}


def walk(client: httpx2.Client, path: str) -> Iterator[Json]:
    """A list, page by page."""
    link: str | None = path
    while link:
        listing: Json = client.get(link).json()
        yield listing
        link = listing["next"]


def check_books(server: Address, books: list[Bookkeeper]) -> Counter[str]:
    """Every acknowledged write is there, and nothing that nobody asked for. Answers as `Bookkeeper.check`."""
    with server.client() as client:
        found = all_leads(client)
    happened = sum((book.check(found) for book in books), Counter())
    assert not found
    return happened
