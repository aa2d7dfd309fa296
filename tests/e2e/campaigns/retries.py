"""Creates and converts are each sent one to five times with an Idempotency-Key, while the servers are killed again
and again: each is made once, and answered alike each time. Two are sent at the same instant, to different workers.
Then pairs of PATCHes with the same If-Match are sent at the same instant: one of each is made. Without the unique key
of the replies, the first part must fail.

python -m tests.e2e.campaigns.retries [WRITES] [KILLS] [PAIRS]
"""

import asyncio
import dataclasses
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from leadline import migrations
from leadline.app import database_of
from leadline.kit.db import Row
from leadline.kit.db.migrate import load_migrations, migrate
from leadline.settings import Settings
from tests.e2e.invariants import broken_on
from tests.e2e.server import NO_TLS, Server
from tests.postgres import cluster

LANES = 8
"""Writes that are under way at once."""
LEADS_AT_ONCE = 8
WORKERS = 2
CONNECTIONS = 4
"""To each worker."""
PAUSE = 0.05
UNIQUE = "UNIQUE (workspace, key_hash)"
KEPT = ("operation-id", "etag", "location", "content-type")

Json = dict[str, Any]
Kept = tuple[int, bytes, tuple[str | None, ...]]
"""All of an answer that comes again."""


Client = httpx2.AsyncClient


class Fleet:
    """Nodes of two workers each on the same data. One that is killed is started again."""

    def __init__(self, url: str, folder: Path, nodes: int) -> None:
        self._folder = folder
        self._environment = {"LEADLINE_DATABASE": url, "LEADLINE_RATE_LIMIT": "none"}
        self._names = count(1)
        first = self._start("")
        self.key = first.key
        self.servers = [first, *(self._start(self.key) for _ in range(nodes - 1))]
        self._clients: list[list[list[Client]]] = []
        self._opened = AsyncExitStack()

    def _start(self, key: str) -> Server:
        options = {"key": key, "workers": WORKERS, "environment": self._environment}
        return Server(self._folder / f"node{next(self._names)}", **options)  # type: ignore[arg-type]

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        async with self._opened:
            self._clients = [await self._connect(server) for server in self.servers]
            yield

    async def _connect(self, server: Server) -> list[list[Client]]:
        """Clients of one connection each, by worker."""
        headers = {"Authorization": f"Bearer {self.key}"}
        by_worker: dict[str, list[Client]] = {}
        while sum(min(len(group), CONNECTIONS) for group in by_worker.values()) < WORKERS * CONNECTIONS:
            assert sum(map(len, by_worker.values())) < 500, "one worker takes every connection"
            limits = httpx2.Limits(max_connections=1)
            client = Client(base_url=server.url, headers=headers, timeout=30, verify=NO_TLS, limits=limits)
            await self._opened.enter_async_context(client)
            worker = (await client.get("/api/health/")).headers["x-request-id"][:-8]
            by_worker.setdefault(worker, []).append(client)
        return list(by_worker.values())

    def pick(self, random: Random, worker: int) -> Client:
        """A client of any node, connected to its first or second worker."""
        return random.choice(random.choice(self._clients)[worker % WORKERS])

    async def kill_and_start(self, place: int) -> None:
        self.servers[place].kill()
        self.servers[place] = await asyncio.to_thread(self._start, self.key)
        self._clients[place] = await self._connect(self.servers[place])

    def close(self) -> None:
        for server in self.servers:
            server.kill()


@contextmanager
def fleet_of(url: str, folder: Path, nodes: int) -> Iterator[Fleet]:
    fleet = Fleet(url, folder, nodes)
    try:
        yield fleet
    finally:
        fleet.close()


@dataclass
class Outcome:
    """What became of the writes. `unequal` are those that were answered in different ways."""

    made: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    cut_off: int = 0
    waited: Counter[str] = field(default_factory=Counter)
    replayed: int = 0
    unequal: int = 0
    kills: int = 0


class Shop:
    """Clients that order leads, and then their conversion."""

    def __init__(self, fleet: Fleet, writes: int, kills: int, seed: int = 1) -> None:
        self._fleet = fleet
        self._writes = writes
        self._kills = kills
        self._random = Random(seed)
        self._part, self._is_made = 0, asyncio.Event()
        self.outcome = Outcome()

    async def run(self) -> Outcome:
        numbers = iter(range(self._writes // 2))
        async with self._fleet.connected(), self._killing():
            await asyncio.gather(*(self._order_all(numbers) for _ in range(LANES)))
        assert self.outcome.kills == self._kills
        return self.outcome

    @asynccontextmanager
    async def _killing(self) -> AsyncIterator[None]:
        killer = asyncio.create_task(self._kill_all())
        try:
            yield
        finally:
            await killer

    async def _kill_all(self) -> None:
        """Kills a node at each of so many equal parts of the work."""
        for number in range(self._kills):
            part = self._writes * (number + 1) // (self._kills + 1)
            await self._part_is_made(part)
            await asyncio.sleep(self._random.uniform(0, 0.02))
            await self._fleet.kill_and_start(number % len(self._fleet.servers))
            self.outcome.kills += 1

    async def _part_is_made(self, writes: int) -> None:
        self._part, self._is_made = writes, asyncio.Event()
        self._note_made()
        await self._is_made.wait()

    def _note_made(self) -> None:
        if self.outcome.made.total() >= self._part:
            self._is_made.set()

    async def _order_all(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            lead = {"lastName": "Lee", "email": f"lee{number}@retries.example", "company": f"Startup {number}"}
            made = await self._order("create", f"create-{number}", "/api/leads/", lead)
            body = {"createAccount": True, "createOpportunity": True}
            await self._order("convert", f"convert-{number}", f"/api/leads/{made['id']}/convert/", body)

    async def _order(self, kind: str, key: str, path: str, body: Json) -> Json:
        """Sends a write one to five times, the first two at once, and answers the body of the answer."""
        times = self._random.randint(1, 5)
        answers = await asyncio.gather(*(self._send(key, path, body, twin) for twin in range(min(2, times))))
        answers += [await self._send(key, path, body, turn) for turn in range(times - len(answers))]
        kept = {_kept_of(answer) for answer in answers}
        assert all(200 <= status < 300 for status, *_ in kept), kept
        self.outcome.unequal += len(kept) > 1
        self.outcome.replayed += sum("idempotency-replayed" in answer.headers for answer in answers)
        self.outcome.made[kind] += 1
        self._note_made()
        return dict(answers[0].json())

    async def _send(self, key: str, path: str, body: Json, worker: int) -> httpx2.Response:
        """Sends a write until it is answered."""
        while True:
            client = self._fleet.pick(self._random, worker)
            self.outcome.sent += 1
            try:
                answer = await client.post(path, json=body, headers={"Idempotency-Key": key})
            except httpx2.TransportError:
                self.outcome.cut_off += 1
            else:
                code = "unavailable" if answer.status_code == 503 else answer.json().get("code")
                if code not in ("unavailable", "in_progress"):
                    return answer
                self.outcome.waited[code] += 1
            await asyncio.sleep(PAUSE)


def _kept_of(answer: httpx2.Response) -> Kept:
    return answer.status_code, answer.content, tuple(answer.headers.get(name) for name in KEPT)


COUNTS = {
    "leads": "SELECT count(*) FROM leads",
    "contacts": "SELECT count(*) FROM contacts",
    "accounts": "SELECT count(*) FROM accounts",
    "opportunities": "SELECT count(*) FROM opportunities",
    "created": "SELECT count(*) FROM operations WHERE kind = 'lead.created'",
    "converted": "SELECT count(*) FROM operations WHERE kind = 'lead.converted'",
    "replies": "SELECT count(*) FROM replies",
}


def rows_of(url: str, sql: str) -> list[Row]:
    async def read() -> list[Row]:
        database = database_of(Settings(database=url))
        await database.open()
        try:
            return await database.read(lambda tx: tx.fetch_all(sql))
        finally:
            await database.close()

    return asyncio.run(read())


def retries(url: str, folder: Path, *, nodes: int, writes: int, kills: int) -> str:
    """Answers what came of it; raises `AssertionError` if a write was made twice, or answered in two ways."""
    with fleet_of(url, folder, nodes) as fleet:
        outcome = asyncio.run(Shop(fleet, writes, kills).run())
    found = {name: int(rows_of(url, sql)[0][0] or 0) for name, sql in COUNTS.items()}
    half = writes // 2
    assert found == dict.fromkeys(COUNTS, half) | {"replies": 2 * half}, found
    assert outcome.unequal == 0, outcome
    assert outcome.replayed > 0, outcome
    assert broken_on(url) == {}
    return (
        f"{2 * half} writes sent {outcome.sent} times to {nodes} node(s) of 2 workers, {outcome.kills} kills:"
        f" {found['leads']} leads, {found['contacts']} contacts, {found['replies']} replies;"
        f" {outcome.replayed} replays, 0 unequal; {outcome.cut_off} cut off, asked to wait {dict(outcome.waited)}"
    )


def without_unique_key(url: str, folder: Path, *, nodes: int, writes: int) -> str:
    """The control: answers how many leads too many there are. Raises `AssertionError` if there are none."""
    asyncio.run(_migrate_without(url))
    with fleet_of(url, folder, nodes) as fleet:
        outcome = asyncio.run(Shop(fleet, writes, 0).run())
    leads, emails = rows_of(url, "SELECT count(*), count(DISTINCT email) FROM leads")[0]
    surplus = int(leads or 0) - int(emails or 0)
    assert surplus > 0, "nothing was doubled without the unique key"
    return (
        f"without the unique key: {surplus} of {emails} leads doubled, {outcome.unequal} writes answered in two ways"
    )


async def _migrate_without(url: str) -> None:
    database = database_of(Settings(database=url))
    schema = load_migrations(migrations.__name__, database.name)
    assert any(UNIQUE in step.script for step in schema)
    await database.open()
    await migrate(
        database,
        [dataclasses.replace(step, script=step.script.replace(UNIQUE, "CHECK (workspace > 0)")) for step in schema],
    )
    await database.close()


def pairs(url: str, folder: Path, *, nodes: int, number: int) -> str:
    """Answers what came of it; raises `AssertionError` if a change was lost, or made upon one that it did not see."""
    with fleet_of(url, folder, nodes) as fleet:
        won = asyncio.run(_run_pairs(fleet, number))
    assert broken_on(url) == {}
    return (
        f"{2 * number} PATCHes in {number} pairs on {nodes} node(s) of 2 workers: {won} made, {number} refused (412)"
    )


async def _run_pairs(fleet: Fleet, number: int) -> int:
    each = [number // LEADS_AT_ONCE + (place < number % LEADS_AT_ONCE) for place in range(LEADS_AT_ONCE)]
    async with fleet.connected():
        made = await asyncio.gather(*(_patch_one_lead(fleet, place, rounds) for place, rounds in enumerate(each)))
    return sum(made)


async def _patch_one_lead(fleet: Fleet, place: int, rounds: int) -> int:
    random, notes = Random(place), "the first"
    made = await fleet.pick(random, 0).post("/api/leads/", json={"lastName": "Lee", "email": "lee@pairs.example"})
    path, tag = f"/api/leads/{made.json()['id']}/", made.headers["etag"]
    for version in range(2, rounds + 2):
        texts = [f"{version}, by {who}, after: {notes.partition(',')[0]}" for who in range(2)]
        sent = [
            fleet.pick(random, who).patch(path, json={"notes": text}, headers={"If-Match": tag})
            for who, text in enumerate(texts)
        ]
        won, lost = sorted(await asyncio.gather(*sent), key=lambda answer: answer.status_code)
        assert (won.status_code, lost.status_code) == (200, 412)
        assert won.json()["notes"] in texts
        notes, tag = won.json()["notes"], won.headers["etag"]
        assert (tag, lost.headers["etag"], lost.json()["version"]) == (f'"{version}"', tag, version)
        assert (await fleet.pick(random, version).get(path)).json()["notes"] == notes
    history = await fleet.pick(random, 0).get(f"{path}history/?limit=1")
    assert history.json()["count"] == rounds + 1
    return rounds


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    all_writes, all_kills, all_pairs = (*given, *(10_000, 50, 3_000)[len(given) :])
    with cluster() as own, tempfile.TemporaryDirectory() as place, ExitStack() as copies:
        for engine, how_many in (("sqlite", 1), ("postgres", 2)):
            home = Path(place) / engine
            home.mkdir()
            urls = [
                f"sqlite:///{home / name}.db" if engine == "sqlite" else own.url(copies.enter_context(own.copy()))
                for name in ("retries", "control", "pairs")
            ]
            print(engine, retries(urls[0], home, nodes=how_many, writes=all_writes, kills=all_kills), flush=True)  # noqa: T201
            print(engine, without_unique_key(urls[1], home, nodes=how_many, writes=200), flush=True)  # noqa: T201
            print(engine, pairs(urls[2], home, nodes=how_many, number=all_pairs), flush=True)  # noqa: T201
