"""Every route there is, with the right its caller needs."""

from dataclasses import dataclass

from leadline.access import AREAS, Right
from leadline.auth.keys import KEYS, ApiKeys
from leadline.auth.login import Login
from leadline.auth.sessions import Sessions
from leadline.auth.users import USERS, Users
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.conversion import Conversion
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.http import openapi
from leadline.http.auth import SignIn
from leadline.http.conversion import Conversions
from leadline.http.docs_page import HEADERS, render
from leadline.http.endpoint import Route
from leadline.http.kept_answers import KeptAnswers
from leadline.http.keys import KeyResource
from leadline.http.me import Myself
from leadline.http.people import people
from leadline.http.resource import Resource
from leadline.http.system import System, document
from leadline.http.users import UserResource
from leadline.kit.db import Database
from leadline.records.service import RecordService


@dataclass(frozen=True)
class Services:
    """What the handlers call."""

    database: Database
    records: RecordService
    conversion: Conversion
    users: Users
    keys: ApiKeys
    sessions: Sessions
    login: Login


def routes(services: Services, public_url: str = "") -> list[Route]:
    """The whole table, with the document that describes it; `public_url` is where its paths begin, "" for the
    document's own host."""
    answers = KeptAnswers()
    table = [*_of_the_desk(services, answers), *_of_people(services, answers), *_of_the_server(services)]
    described = document(
        "openapi",
        "Get this document",
        "application/json",
        lambda _: openapi.encode(table, public_url),
        reply={"type": "object"},
    )
    page = document(
        "docs",
        "Read this document as a page",
        "text/html; charset=utf-8",
        lambda parent: render(openapi.describe(table, public_url), f"{parent}openapi.json"),
        reply={"type": "string"},
        headers=HEADERS,
    )
    table.append(Route("GET", "/api/openapi.json", Right.PUBLIC, described))
    table.append(Route("GET", "/api/docs/", Right.PUBLIC, page))
    return table


def _of_the_desk(services: Services, answers: KeptAnswers) -> list[Route]:
    leads = Resource(LEADS, services.records, answers)
    contacts = Resource(CONTACTS, services.records, answers)
    accounts = Resource(ACCOUNTS, services.records, answers)
    opportunities = Resource(OPPORTUNITIES, services.records, answers)
    conversions = Conversions(services.conversion)
    of_account = contacts.list_of(ACCOUNTS, by="accountId")
    return [
        Route("GET", "/api/leads/", Right.READ, leads.list()),
        Route("POST", "/api/leads/", Right.WRITE, leads.create()),
        Route("GET", "/api/leads/facets/", Right.READ, leads.facets()),
        Route("GET", "/api/leads/{id}/", Right.READ, leads.get()),
        Route("PATCH", "/api/leads/{id}/", Right.WRITE, leads.patch()),
        Route("DELETE", "/api/leads/{id}/", Right.WRITE, leads.delete()),
        Route("POST", "/api/leads/{id}/convert/", Right.WRITE, conversions.convert(), areas=AREAS),
        Route("GET", "/api/leads/{id}/history/", Right.READ, leads.history()),
        Route("GET", "/api/contacts/", Right.READ, contacts.list()),
        Route("POST", "/api/contacts/", Right.WRITE, contacts.create()),
        Route("GET", "/api/contacts/facets/", Right.READ, contacts.facets()),
        Route("GET", "/api/contacts/{id}/", Right.READ, contacts.get()),
        Route("PATCH", "/api/contacts/{id}/", Right.WRITE, contacts.patch()),
        Route("DELETE", "/api/contacts/{id}/", Right.WRITE, contacts.delete()),
        Route("GET", "/api/contacts/{id}/history/", Right.READ, contacts.history()),
        Route("GET", "/api/accounts/", Right.READ, accounts.list()),
        Route("POST", "/api/accounts/", Right.WRITE, accounts.create()),
        Route("GET", "/api/accounts/facets/", Right.READ, accounts.facets()),
        Route("GET", "/api/accounts/{id}/", Right.READ, accounts.get()),
        Route("PATCH", "/api/accounts/{id}/", Right.WRITE, accounts.patch()),
        Route("DELETE", "/api/accounts/{id}/", Right.WRITE, accounts.delete()),
        Route("GET", "/api/accounts/{id}/contacts/", Right.READ, of_account, areas=("contacts",)),
        Route("GET", "/api/accounts/{id}/history/", Right.READ, accounts.history()),
        Route("GET", "/api/opportunities/", Right.READ, opportunities.list()),
        Route("POST", "/api/opportunities/", Right.WRITE, opportunities.create()),
        Route("GET", "/api/opportunities/facets/", Right.READ, opportunities.facets()),
        Route("GET", "/api/opportunities/{id}/", Right.READ, opportunities.get()),
        Route("PATCH", "/api/opportunities/{id}/", Right.WRITE, opportunities.patch()),
        Route("DELETE", "/api/opportunities/{id}/", Right.WRITE, opportunities.delete()),
        Route("GET", "/api/opportunities/{id}/history/", Right.READ, opportunities.history()),
    ]


def _of_people(services: Services, answers: KeptAnswers) -> list[Route]:
    sign_in = SignIn(services.database, services.login, services.sessions)
    users = UserResource(USERS, services.records, answers, services.users, services.database)
    keys = KeyResource(KEYS, services.records, answers, services.keys)
    myself = Myself(services.database, services.users, services.login)
    return [
        Route("POST", "/api/auth/login/", Right.PUBLIC, sign_in.login()),
        Route("POST", "/api/auth/token/refresh/", Right.PUBLIC, sign_in.refresh()),
        Route("POST", "/api/auth/logout/", Right.SELF, sign_in.logout()),
        Route("GET", "/api/people/", Right.READ, people(), areas=()),
        Route("GET", "/api/users/", Right.MANAGE, users.list()),
        Route("POST", "/api/users/", Right.MANAGE, users.create()),
        Route("GET", "/api/users/{id}/", Right.MANAGE, users.get()),
        Route("PATCH", "/api/users/{id}/", Right.MANAGE, users.patch()),
        Route("GET", "/api/keys/", Right.MANAGE, keys.list()),
        Route("POST", "/api/keys/", Right.MANAGE, keys.create()),
        Route("DELETE", "/api/keys/{id}/", Right.MANAGE, keys.revoke()),
        Route("GET", "/api/me/", Right.READ, myself.get(), areas=()),
        Route("PATCH", "/api/me/", Right.SELF, myself.patch()),
    ]


def _of_the_server(services: Services) -> list[Route]:
    system = System(services.database)
    return [Route("GET", "/api/health/", Right.PUBLIC, system.health())]
