"""Whatever the live index answers is what the tables say in the same snapshot: of random records, while they are
written, by two workers, in the newest state and in older ones.

`EXACTNESS_EXAMPLES` says how many examples there are. Each goes on from the state that the one before it left, so
there is nothing for Hypothesis to shrink; the example that fails is named, and comes again.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import pytest

from leadline.app import App
from leadline.clock import to_text
from leadline.crm.conversion import read_request
from leadline.crm.fields import SOURCES
from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS, STATUSES
from leadline.errors import LeadlineError
from leadline.ids import number_of
from leadline.kit.db import Transaction
from leadline.kit.db.retry import retry_until_done
from leadline.log import feed
from leadline.records.body import read_new, read_patch
from leadline.records.kind import Field, Kind
from leadline.records.lists import RecordLister
from leadline.records.query import ListQuery, parameter_names, read_query
from leadline.records.texts import ReferenceField
from leadline.records.times import DateField, TimeField
from leadline.records.types import ChoiceField, FlagField, IntegerField, MoneyField
from tests.cast import Desk
from tests.index.desks import ask, wait_for_index, worker
from tests.index.table import SMALL

EXAMPLES = int(os.environ.get("EXACTNESS_EXAMPLES", "60"))
WORDS = (
    "Lee",
    "lee ann",
    "LEE",
    "Łukasz",
    "Élan",
    "e\u0301lan",
    "O'Hara",
    "Straße",
    "a",
    "ab",
    "%_",
    "x y z",
    "😀ok",
)
MAILS = tuple(f"{name}@desk.example" for name in ("dana", "Dana", "ben", "o.hara", "zz"))
TAGS = ("vip", "VIP", "press", "élan", "a b")
TAG_LISTS: tuple[list[str], ...] = ([], ["vip"], ["VIP", "press"], ["élan", "a b", "vip"])
DAYS = ("2025-01-31", "2025-02-01", "2025-06-30", "2026-01-01")
AMOUNTS = (0, 1, 99.5, 100, 12000)
DAY = 86_400_000
NEVER = "01HXAAAAAAAAAAAAAAAAAAAAAA"


BODIES: dict[str, dict[str, tuple[Any, ...]]] = {
    "lead": {
        "firstName": (None, *WORDS),
        "lastName": WORDS,
        "email": MAILS,
        "phone": (None, "+1 555", "12345"),
        "company": (None, *WORDS),
        "status": tuple(status for status in STATUSES if status != "converted"),
        "source": (None, *SOURCES[:3], "own_one"),
        "leadScore": (None, 1, 2, 9, 10),
        "emailOptOut": (True, False),
        "notes": (None, *WORDS),
    },
    "contact": {
        "firstName": WORDS,
        "lastName": (None, *WORDS),
        "email": MAILS,
        "phone": (None, "+1 555", "12345"),
        "title": (None, *WORDS),
        "stage": ("new", "engaged", "customer"),
        "tags": TAG_LISTS,
        "source": (None, *SOURCES[:3]),
    },
    "account": {
        "name": WORDS,
        "website": (None, "acme.example", "ACME.example/x"),
        "industry": (None, "Software", "software", "Steel"),
        "companySize": (None, "1-10", "11-50"),
        "annualRevenue": (None, *AMOUNTS),
        "stage": ("prospect", "active"),
        "tags": TAG_LISTS,
    },
    "opportunity": {
        "name": WORDS,
        "value": (None, *AMOUNTS),
        "stage": ("proposal", "closed_won", "qualification"),
        "closeDate": (None, *DAYS),
    },
}
REFERENCES = {
    "lead": {"assignedTo": "user"},
    "contact": {"assignedTo": "user", "accountId": "account"},
    "account": {"assignedTo": "user"},
    "opportunity": {"assignedTo": "user", "accountId": "account", "contactId": "contact"},
}
SEARCHED = ("l", "é", "lee", "le", "ee", "ee ann", "lee ann", "élan", "stra", "ss", "%_", "desk", "555", "😀", "o'ha")
Write = Callable[[Transaction], Awaitable[None]]


class World:
    """Records of all kinds, and two workers that serve them."""

    def __init__(self, desk: Desk, other: App) -> None:
        self.desk = desk
        self.apps = (desk.app, other)
        self.actor = desk.acme.system
        self.ids: dict[str, list[str]] = {kind.name: [] for kind in KINDS} | {"user": [desk.ben.id, desk.cleo.id]}
        self.asked = self.told = 0
        desk.clock.at = self.start = desk.clock()

    def any_write(self, chance: Random) -> Write:
        """Creates, loads, changes, deletes or converts something."""
        kind = chance.choice(KINDS)
        known = self.ids[kind.name][-40:]
        what = chance.choice(["create", "load", "patch", "patch", "delete", "convert"]) if known else "create"
        if what == "convert" and kind is LEADS:
            return self._convert(chance.choice(known), chance.choice([True, False]))
        if what == "delete":
            return self._delete(kind, chance.choice(known))
        fields = BODIES[kind.name]
        named = chance.sample(sorted(fields), 2) if what == "patch" else fields
        body = {name: chance.choice(fields[name]) for name in named}
        for name, target in REFERENCES[kind.name].items():
            if self.ids[target] and chance.random() < 0.7:
                body[name] = chance.choice([None, *self.ids[target][-5:]])
        if what == "patch":
            return self._patch(kind, chance.choice(known), body)
        if what == "load":
            return self._load(kind, [body] * chance.randint(2, 8))
        return self._create(kind, body)

    def _create(self, kind: Kind, body: dict[str, Any]) -> Write:
        async def write(tx: Transaction) -> None:
            made = await self.desk.app.records.create(tx, self.actor, kind, read_new(kind, body))
            self.ids[kind.name].append(str(made.record["id"]))

        return write

    def _load(self, kind: Kind, bodies: list[dict[str, Any]]) -> Write:
        async def write(tx: Transaction) -> None:
            drafts = [read_new(kind, body) for body in bodies]
            self.ids[kind.name] += (await self.desk.app.records.create_many(tx, self.actor, kind, drafts)).ids

        return write

    def _patch(self, kind: Kind, id_: str, body: dict[str, Any]) -> Write:
        async def write(tx: Transaction) -> None:
            await self.desk.app.records.patch(tx, self.actor, kind, id_, read_patch(kind, body))

        return write

    def _delete(self, kind: Kind, id_: str) -> Write:
        async def write(tx: Transaction) -> None:
            await self.desk.app.records.delete(tx, self.actor, kind, id_)

        return write

    def _convert(self, id_: str, more: bool) -> Write:
        asked = read_request(
            {"createAccount": more, "createOpportunity": more, **({"accountName": "Lee"} if more else {})}
        )

        async def write(tx: Transaction) -> None:
            await self.desk.app.conversion.convert_lead(tx, self.actor, id_, asked)

        return write

    async def write(self, app: App, work: Write) -> None:
        """Does it, if it can be done."""
        try:
            await app.database.write(work)
        except LeadlineError:
            return

    def any_query(self, chance: Random, kind: Kind) -> ListQuery:
        names = [name for name in parameter_names(kind) if name not in ("search", "sort")]
        if chance.random() < 0.3:
            counted = {"createdAt", *(field.name for field in kind.faceted_fields)}
            names = [name for name in names if _compared(kind, name)[0] in counted]
        pairs = [(name, self._operand(chance, kind, name)) for name in chance.sample(names, chance.randint(0, 2))]
        if chance.random() < 0.3:
            pairs.append(("search", chance.choice(SEARCHED)))
        sort = [chance.choice(["", "-"]) + chance.choice(kind.listed) for _ in range(chance.randint(0, 3))]
        if sort:
            pairs.append(("sort", ",".join(sort)))
        query, _ = read_query(kind, pairs)  # what cannot be read is left out
        return query

    def _operand(self, chance: Random, kind: Kind, parameter: str) -> str:
        name, operator = _compared(kind, parameter)
        if operator == "null":
            return chance.choice(["true", "false"])
        values = self._values(kind.fields[name])
        return ",".join(chance.choices(values, k=2 if operator == "in" else 1))

    def _values(self, field: Field) -> list[str]:
        type_ = field.type
        if isinstance(type_, ChoiceField):
            return list(type_.values)
        if isinstance(type_, ReferenceField):
            return [f"{type_.prefix}_{NEVER}", *self.ids[type_.to][-5:]]
        if isinstance(type_, IntegerField):
            return ["0", "1", "2", "9", "10"]
        if isinstance(type_, MoneyField):
            return [str(amount) for amount in AMOUNTS]
        if isinstance(type_, FlagField):
            return ["true", "false"]
        if isinstance(type_, DateField):
            return [*DAYS, "2025-06-30T10:00:00Z"]
        if isinstance(type_, TimeField):
            return [to_text(self.start // 1000 + days * 86_400) for days in (-1, 0, 1, 5, 30, 200)]
        if type_.multi_valued:
            return list(TAGS)
        return [*WORDS, *MAILS, "own_one", "referral", "acme", "1-10", "Software"]

    def any_question(self, chance: Random) -> tuple[Any, ...]:
        """A worker, and what it is asked."""
        kind = chance.choice(KINDS)
        return (
            chance.choice(self.apps),
            kind,
            self.any_query(chance, kind),
            chance.randint(1, 30),
            chance.randint(0, 60),
        )

    async def ask_while_writing(self, chance: Random, writes: list[Write], questions: list[tuple[Any, ...]]) -> None:
        async with self.desk.app.database.snapshot() as before:
            await asyncio.gather(
                *(self.write(chance.choice(self.apps), work) for work in writes),
                *(self.check(*question) for question in questions),
            )
            for question in questions:
                await retry_until_done(lambda compare: compare(before), partial(self.compare, *question))
                await self.check(*question)

    async def check(self, app: App, *asked: Any) -> None:
        await app.database.read(partial(self.compare, app, *asked))

    async def compare(self, app: App, kind: Kind, query: ListQuery, limit: int, offset: int, tx: Transaction) -> None:
        """Once it was answered: it may be run again before."""
        workspace = self.actor.workspace
        is_told = await ask(app, tx, workspace, kind, query.predicate, lambda *_: True) is not None
        state = await feed.read_version(tx, workspace)
        told = await RecordLister(app.live).find_page(tx, kind, state, query, limit, offset)
        assert told == await RecordLister().find_page(tx, kind, state, query, limit, offset), (
            kind.name,
            query,
            limit,
            offset,
        )
        for item in told[1][:1]:
            no = number_of(item.id)  # type: ignore[attr-defined]
            assert await RecordLister(app.live).find_position(tx, kind, state, query, no) == offset, (
                kind.name,
                query,
            )
        spread = await RecordLister(app.live).count_facets(tx, kind, state, query.predicate)
        if self.asked % 3 == 0:  # seven queries
            assert spread == await RecordLister().count_facets(tx, kind, state, query.predicate), (kind.name, query)
        self.asked += 1
        self.told += is_told


def _compared(kind: Kind, parameter: str) -> tuple[str, str]:
    """The field, and the operator."""
    name, operator = kind.own_filters.get(parameter) or parameter.removesuffix("]").split("[")
    return name, operator


@pytest.fixture
def world(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr("leadline.index.undecided.MAX_LOOKED_UP_RECORDS", 20)  # of some hundred records
    for name, limit in {
        "MAX_INLINE_CHANGES": 5,
        "MAX_CHANGES_READ": 3,
        "CHUNK_CHANGES": 2,
        "MAX_INLINE_RECORDS": 6,
    }.items():
        monkeypatch.setattr(f"leadline.index.replica.{name}", limit)
    for (module, name), limit in SMALL.items():
        monkeypatch.setattr(module, name, limit)
    with worker(desk) as other:
        world = World(desk, other)
        for kind in KINDS:
            for app in world.apps:
                wait_for_index(desk, kind, app)
        yield world


def test_the_index_says_what_the_tables_say(world: World) -> None:
    desk = world.desk
    examples = 0
    while examples < EXAMPLES:
        chance = Random(examples)
        desk.clock.at = (desk.clock.at or 0) + chance.choice([0, 999, 1_000, DAY, 3 * DAY])
        writes = [world.any_write(chance) for _ in range(chance.randint(0, 4))]
        questions = [world.any_question(chance) for _ in range(3)]
        try:
            desk.run(world.ask_while_writing(chance, writes, questions))
        except AssertionError as error:
            raise AssertionError(f"example {examples}: {error}") from error
        examples += len(questions)
    assert world.told > 0.6 * world.asked, "most filters are inside the index"
