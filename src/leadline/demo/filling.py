"""Fills an empty desk: the crew, the keys of its programs, and all that the plan has for them."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from leadline.access import Actor, Role
from leadline.app import App
from leadline.clock import SettableClock
from leadline.demo.crew import ADMIN, PROGRAMS, SELLERS, CrewMember
from leadline.demo.performer import StepPerformer
from leadline.demo.plan import DemoPlan
from leadline.demo.steps import Step
from leadline.demo.work_hours import HISTORY_DAYS, from_milliseconds, to_milliseconds
from leadline.kit.db import Transaction
from leadline.people.keys import KEYS, write_uses
from leadline.people.users import USERS
from leadline.records.body import ParsedBody, read_new


class DemoDesk:
    """The demo's part of a first start. `clock` must be the clock of the application whose desk is filled."""

    def __init__(self, now: int) -> None:
        self.clock = SettableClock(now)
        self._now = now
        self._steps: list[Step] = []
        self._sellers: list[ParsedBody] = []

    async def prepare(self, app: App) -> None:
        """Does what takes time, before the transaction: plans the steps, and hashes passwords that nobody knows."""
        self._steps = DemoPlan(from_milliseconds(self._now)).make_steps()
        drafts = [_seller_body(seller) for seller in SELLERS]
        self._sellers = [await app.users.hash_password(draft, draft.values["email"]) for draft in drafts]

    def set_back(self) -> None:
        """Sets the clock to the beginning of the demo's year."""
        self.clock.at = to_milliseconds(from_milliseconds(self._now) - timedelta(days=HISTORY_DAYS))

    async def fill(self, app: App, tx: Transaction, system: Actor, admin_id: str) -> None:
        """Carries out the plan in one transaction, so that a desk is filled entirely or stays empty."""
        admin = Actor(workspace=system.workspace, user_id=admin_id, role=Role.ADMIN)
        people = {ADMIN.name: admin} | await self._hire_sellers(app, tx, admin)
        programs = await _make_keys(app, tx, admin, system)
        performer = StepPerformer(app, tx, people | programs)
        for step in self._steps:
            self.clock.at = to_milliseconds(step.at)
            await performer.perform(step)
        await write_uses(tx, self._find_uses(programs))
        self.clock.at = self._now

    async def _hire_sellers(self, app: App, tx: Transaction, admin: Actor) -> dict[str, Actor]:
        hired = {}
        for seller, draft in zip(SELLERS, self._sellers, strict=True):
            made = await app.users.create(tx, admin, draft)
            user_id = str(made.record["id"])
            hired[seller.name] = Actor(workspace=admin.workspace, user_id=user_id, role=Role.USER)
        return hired

    def _find_uses(self, programs: Mapping[str, Actor]) -> dict[str, int]:
        """Returns the last use of each key by its id, in seconds since 1970."""
        last = {step.actor: int(step.at.timestamp()) for step in self._steps if step.actor in programs}
        return {str(programs[name].key_id): at for name, at in last.items()}


async def _make_keys(app: App, tx: Transaction, admin: Actor, system: Actor) -> dict[str, Actor]:
    """Makes the keys of the programs, which act as the system user. Nobody sees the keys themselves."""
    actors = {}
    for name in PROGRAMS:
        made = await app.keys.create(tx, admin, read_new(KEYS, {"name": name, "scopes": ["leads:write"]}))
        key_id = str(made.record["id"])
        actors[name] = Actor(workspace=system.workspace, user_id=system.user_id, role=Role.USER, key_id=key_id)
    return actors


def _seller_body(seller: CrewMember) -> ParsedBody:
    raw = {"email": seller.email, "firstName": seller.first_name, "lastName": seller.last_name}
    return read_new(USERS, {**raw, "role": Role.USER.value, "password": secrets.token_urlsafe(24)})
