"""A real server with the web app, and teams on it that have leads."""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import leadline.app
from leadline.app import build_app
from leadline.settings import Settings
from tests.cast import Person, Place, Team, make_team
from tests.e2e.server import Address, serving
from tests.web.chromium import other_event_loops

LEADS = 60
CONVERTED = 3
"""How many of the leads are converted, the newest first."""
NOT_BUILT = "the web app is not built; run `make setup`"
FIRST_NAMES = ("Dana", "Omar", "Grace", "Lin", "Noor", "Pablo", "Ines", "Tariq", "Yuki", "Zofia", "Amara")
LAST_NAMES = ("Lee", "Moreau", "Okri", "Wang", "Haddad", "Ibarra", "Costa")
COMPANIES = ("Ridge Education AB", "TechCorp", "Blue Harbour Logistics", "Nordlicht", None)
STATUSES = ("new", "new", "contacted", "qualified", "nurturing", "unqualified", "lost")
SOURCES = ("website_form", "referral", "event", None)

Json = dict[str, Any]
on_both_databases = pytest.mark.parametrize("web_place", ["sqlite", "postgres"], indirect=True)
"""Marks a test that runs on PostgreSQL, too."""


def find_web_app() -> Path | None:
    """Returns the folder of the built web app, None if it is not built."""
    return leadline.app.WEB_FOLDER if (leadline.app.WEB_FOLDER / "index.html").is_file() else None


@dataclass(frozen=True)
class WebTeam:
    """Ada's team on a server, in a workspace of its own. Each person's e-mail is known in no other workspace."""

    server: Address
    workspace_id: str
    ada: Person
    ben: Person
    cleo: Person
    vic: Person

    def ask(self, person: Person, method: str, path: str, json: object = None) -> Any:
        """Returns what the server answers to a person elsewhere. Raises `AssertionError` for a refusal."""
        headers = {"Authorization": f"Bearer {person.access}"}
        answer = self.server.ask(method, path, headers=headers, **({} if json is None else {"json": json}))
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def add_leads(self, leads: list[Json]) -> list[Json]:
        """Creates leads, the last of which is the newest, and returns them."""
        results = self._do_together([{"op": "create", "record": lead} for lead in leads])
        return [result["record"] for result in results]

    def convert_leads(self, leads: list[Json]) -> None:
        """Converts leads, each into a contact, an account and an opportunity."""
        wishes = {"createAccount": True, "accountName": "TechCorp", "createOpportunity": True}
        self._do_together([{"op": "convert", "id": lead["id"], "convert": wishes} for lead in leads])

    def _do_together(self, operations: list[Json]) -> list[Json]:
        batch = {"atomic": True, "operations": operations}
        results: list[Json] = self.ask(self.ada, "POST", "/api/leads/batch/?return=full", batch)["results"]
        return results


class WebDesk:
    """A server that several tests use one after the other, each with a team of its own."""

    def __init__(self, server: Address, settings: Settings) -> None:
        self.url = server.url
        self._server = server
        self._settings = settings
        self._numbers = itertools.count(1)

    def add_team(self) -> WebTeam:
        """Makes a workspace with its people and `LEADS` leads."""
        with other_event_loops():
            team = asyncio.run(self._make_team(f"acme{next(self._numbers)}.example"))
        made = WebTeam(self._server, team.workspace.id, team.admin, *team.sellers, team.viewer)
        leads = made.add_leads(some_leads(team.admin.id, *(seller.id for seller in team.sellers)))
        made.convert_leads(leads[-CONVERTED:])
        return made

    async def _make_team(self, domain: str) -> Team:
        async with build_app(self._settings).open() as app:
            return await make_team(app, "Acme", domain)


@contextmanager
def serving_desk(place: Place, folder: Path, web_app: Path) -> Iterator[WebDesk]:
    """A server on data that were prepared, with the web app of a folder."""
    with place.copy(folder / "data") as settings:
        environment = {"WEB_APP": str(web_app), "LEADLINE_LOGIN_LIMIT": "none"}
        if settings.database:
            environment["LEADLINE_DATABASE"] = settings.database
        options = {"key": place.cast.acme.key, "module": "tests.e2e.web_app", "environment": environment}
        with serving(folder / "data", **options) as server:
            yield WebDesk(server, settings)


def some_leads(*owners: str) -> list[Json]:
    """Leads of every status, source and score, with and without a company and an owner."""
    return [_lead(number, (*owners, None)) for number in range(1, LEADS + 1)]


def _lead(number: int, owners: tuple[str | None, ...]) -> Json:
    first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
    return {
        "firstName": first,
        "lastName": last,
        "email": f"{first}.{last}{number}@startup.example".lower(),
        "phone": f"+44 20 7946 {number:04}",
        "company": COMPANIES[number % len(COMPANIES)],
        "status": STATUSES[number % len(STATUSES)],
        "source": SOURCES[number % len(SOURCES)],
        "leadScore": number % 11 or None,
        "assignedTo": owners[number % len(owners)],
    }
