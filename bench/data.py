"""A desk with many leads, made through the services from a fixed seed."""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

from leadline import clock
from leadline.access import Actor
from leadline.app import App, build_app
from leadline.crm.conversion import read_request
from leadline.crm.fields import SOURCES
from leadline.crm.leads import LEADS
from leadline.kit.db import Row, Transaction
from leadline.people.keys import KEYS
from leadline.people.users import USERS
from leadline.records.body import read_new
from leadline.settings import Settings

SEED = 20_250_310
UNIT = 500
"""How many leads one operation makes."""
UNITS = 8
"""How many operations share a commit."""
CONVERTED_EVERY = 25
YEAR = 365 * 24 * 3600
"""The leads of a desk are of so many seconds, up to today: at every size there are as many months to count."""
RARE = "Zyzzyva"
RARE_LEADS = 200
"""How many leads have it in their company's name: at every size enough for as long a page."""
COMMON = "solutions"
"""Part of every tenth company's name."""

_STATUSES = {"new": 40, "contacted": 25, "qualified": 12, "nurturing": 10, "unqualified": 8, "lost": 5}
_SOURCES = dict(zip(SOURCES, (35, 15, 12, 12, 8, 6, 5, 5, 2), strict=True))
_FIRST = ("Ada", "Ben", "Cleo", "Dana", "Eli", "Hana", "Ivo", "Jun", "Kai", "Mia", "Noa", "Ola", "Pia", "Sam", "Uma")
_LAST = ("Lee", "Okri", "Byron", "Novak", "Silva", "Haddad", "Kim", "Meyer", "Rossi", "Tanaka", "Dubois", "Varga")
_WORDS = ("Alpine", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Lumen")
_TRADES = ("Analytics", "Brewing", "Capital", "Design", "Energy", "Foods", "Health", "Labs", "Logistics", "Solutions")


@dataclass(frozen=True)
class Desk:
    """Where the data are, a key to them, and some of the ids in them."""

    settings: Settings
    key: str
    ids: list[str]
    middle: str
    """When the lead in the middle was created."""
    rate: float
    """How many leads a second were created."""


def make(settings: Settings, leads: int) -> Desk:
    return asyncio.run(_make(settings, leads))


class _Clock:
    """Goes on by a step with every operation; in milliseconds."""

    def __init__(self, start: int) -> None:
        self._now = start
        self.step = 1

    def tick(self) -> int:
        self._now += self.step
        return self._now


def seconds_between(leads: int) -> int:
    """How far operations lie apart that create leads."""
    return YEAR * UNIT // leads


async def _make(settings: Settings, leads: int) -> Desk:
    ticking = _Clock(clock.system_clock() - (YEAR + leads // CONVERTED_EVERY) * 1000)
    async with build_app(settings, now=ticking.tick).open() as app:
        actor, key, owners = await app.database.write(lambda tx: _team(app, tx))
        bodies = lead_bodies(random.Random(SEED), owners, rare_every=max(1, leads // RARE_LEADS))
        ids: list[str] = []
        seconds = 0.0
        ticking.step = seconds_between(leads) * 1000
        while some := list(islice(bodies, min(UNIT * UNITS, leads - len(ids)))):
            start = time.perf_counter()
            ids += await _create(app, actor, some)
            seconds += time.perf_counter() - start
        ticking.step = 1000
        await _convert(app, actor, ids[::CONVERTED_EVERY])
        middle = await app.database.read(lambda tx: _created_at(app, tx, actor, ids[leads // 2]))
    return Desk(settings, key, random.Random(SEED).sample(ids, min(len(ids), 2_000)), middle, leads / seconds)


async def _team(app: App, tx: Transaction) -> tuple[Actor, str, list[str]]:
    workspace = await app.workspaces.create(tx, "Bench")
    actor = await app.workspaces.system_actor(tx, workspace.number)
    key = await app.keys.create(tx, actor, read_new(KEYS, {"name": "bench"}))
    people = zip(_FIRST, _LAST, strict=False)
    owners = [
        await app.users.create(
            tx, actor, read_new(USERS, {"email": f"{first}@desk.example", "firstName": first, "lastName": last})
        )
        for first, last in people
    ]
    return actor, key.secret, [str(owner.record["id"]) for owner in owners]


def lead_bodies(
    chance: random.Random, owners: list[str], prefix: str = "lead", rare_every: int = 10_000
) -> Iterator[dict[str, object]]:
    """What clients would send, without end; no two with the same e-mail."""
    statuses = chance.choices(list(_STATUSES), list(_STATUSES.values()), k=9_973)
    sources = chance.choices(list(_SOURCES), list(_SOURCES.values()), k=9_967)
    for number in count():
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        word = RARE if number % rare_every == rare_every // 2 else chance.choice(_WORDS)
        company = f"{word} {chance.choice(_TRADES)}"
        yield {
            "firstName": first,
            "lastName": last,
            "email": f"{first}.{last}.{prefix}{number}@{word}.example".lower(),
            "phone": f"+49 30 {number % 10_000_000:07}",
            "company": company if chance.random() < 0.9 else None,
            "status": statuses[number % len(statuses)],
            "source": sources[number % len(sources)],
            "assignedTo": chance.choice(owners) if owners and chance.random() < 0.8 else None,
            "leadScore": chance.randint(1, 10) if chance.random() < 0.7 else None,
            "notes": f"Met {first} at {company}; wants a quote." if chance.random() < 0.3 else None,
        }


async def _create(app: App, actor: Actor, bodies: list[dict[str, object]]) -> list[str]:
    """Reads and writes what clients would send, as an import does; answers the ids."""
    drafts = [read_new(LEADS, body) for body in bodies]

    async def write(tx: Transaction) -> list[str]:
        ids: list[str] = []
        for start in range(0, len(drafts), UNIT):
            made = await app.records.create_many(tx, actor, LEADS, drafts[start : start + UNIT])
            ids += made.ids
        return ids

    return await app.database.write(write)


async def _convert(app: App, actor: Actor, ids: list[str]) -> None:
    asked = read_request({"createAccount": True, "accountName": "Converted", "createOpportunity": True})

    async def write(tx: Transaction) -> None:
        for id_ in some:
            await app.conversion.convert_lead(tx, actor, id_, asked)

    for start in range(0, len(ids), UNIT):
        some = ids[start : start + UNIT]
        await app.database.write(write)


async def _created_at(app: App, tx: Transaction, actor: Actor, id_: str) -> str:
    return str((await app.records.get(tx, actor, LEADS, id_))["createdAt"])


def open_leads(settings: Settings, wanted: int) -> list[str]:
    """The ids of that many leads that are not converted; more are made where there are too few."""
    return asyncio.run(_open_leads(settings, wanted))


async def _open_leads(settings: Settings, wanted: int) -> list[str]:
    async with build_app(settings).open() as app:
        rows = await app.database.read(lambda tx: _open_ids(tx, wanted))
        found = [str(id_) for (id_,) in rows]
        bodies = lead_bodies(random.Random(SEED), [], "more")
        while len(found) < wanted:
            actor = await app.database.read(lambda tx: app.workspaces.system_actor(tx, 1))
            found += await _create(app, actor, list(islice(bodies, UNIT * UNITS)))
    return found


async def _open_ids(tx: Transaction, wanted: int) -> list[Row]:
    return await tx.fetch_all("SELECT id FROM leads WHERE converted_at IS NULL ORDER BY no LIMIT ?", (wanted,))
