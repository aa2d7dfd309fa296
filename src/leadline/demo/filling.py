"""Fills an empty desk: the crew, the keys of its programs, and all that the plan has for them."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

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

TRANSACTION_STEPS = 200


class DemoDesk:
    """The demo's part of a first start. `clock` must be the clock of the application whose desk is filled."""

    def __init__(self, now: int) -> None:
        self.clock = SettableClock(now)
        self._now = now
        self._steps: list[Step] = []
        self._sellers: list[ParsedBody] = []

    async def prepare(self, app: App) -> None:
        """Plans the steps, hashes passwords that nobody knows, and sets the clock to the beginning of the year."""
        now = from_milliseconds(self._now)
        self._steps = DemoPlan(now).make_steps()
        drafts = [_seller_body(seller) for seller in SELLERS]
        self._sellers = [await app.users.hash_password(draft, draft.values["email"]) for draft in drafts]
        self.clock.at = to_milliseconds(now - timedelta(days=HISTORY_DAYS))

    async def fill(self, app: App) -> None:
        """Fills the only workspace. It takes many transactions, because PostgreSQL becomes slow in one that writes
        the same row again and again."""
        (workspace,) = await app.database.read(app.workspaces.find_all)
        actors = await app.database.write(partial(self._make_actors, app, workspace.number), workspace.number)
        performer = StepPerformer(app, self.clock, actors)
        for first in range(0, len(self._steps), TRANSACTION_STEPS):
            steps = self._steps[first : first + TRANSACTION_STEPS]
            await app.database.write(partial(performer.perform_steps, steps), workspace.number, is_slow=True)
        await app.database.write(partial(write_uses, uses=self._find_uses(actors)), workspace.number)
        self.clock.at = self._now

    async def _make_actors(self, app: App, workspace: int, tx: Transaction) -> dict[str, Actor]:
        """Makes the crew and the keys of their programs, and returns everybody by name."""
        system = await app.workspaces.system_actor(tx, workspace)
        admin_id = await app.users.find_by_email(tx, workspace, app.settings.admin_email)
        admin = Actor(workspace=workspace, user_id=str(admin_id), role=Role.ADMIN)
        sellers = await self._hire_sellers(app, tx, admin)
        return {ADMIN.name: admin} | sellers | await _make_keys(app, tx, admin, system)

    async def _hire_sellers(self, app: App, tx: Transaction, admin: Actor) -> dict[str, Actor]:
        hired = {}
        for seller, draft in zip(SELLERS, self._sellers, strict=True):
            made = await app.users.create(tx, admin, draft)
            user_id = str(made.record["id"])
            hired[seller.name] = Actor(workspace=admin.workspace, user_id=user_id, role=Role.USER)
        return hired

    def _find_uses(self, actors: Mapping[str, Actor]) -> dict[str, int]:
        """Returns the last use of each key by its id, in seconds since 1970."""
        last = {step.actor: int(step.at.timestamp()) for step in self._steps if step.actor in PROGRAMS}
        return {str(actors[name].key_id): at for name, at in last.items()}


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
