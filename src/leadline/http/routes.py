"""The table of all routes, each with the right that its caller needs."""

from dataclasses import dataclass

from leadline.access import AREAS, Right
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.batches import BatchService
from leadline.crm.bulk import BulkService
from leadline.crm.contacts import CONTACTS
from leadline.crm.conversion import ConversionService
from leadline.crm.leads import LEADS
from leadline.crm.matching import MatchService
from leadline.crm.merging import MergeService
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.crm.preferences import PreferenceService
from leadline.crm.undoing import UndoService
from leadline.crm.views import VIEWS, ViewService
from leadline.http.endpoints.auth import AuthEndpoints
from leadline.http.endpoints.batches import BatchEndpoints
from leadline.http.endpoints.bulk import BulkEndpoints
from leadline.http.endpoints.changes import ChangeEndpoints
from leadline.http.endpoints.conversion import ConversionEndpoints
from leadline.http.endpoints.keys import KeyEndpoints
from leadline.http.endpoints.me import MeEndpoints
from leadline.http.endpoints.merging import MergeEndpoints
from leadline.http.endpoints.operations import OperationEndpoints
from leadline.http.endpoints.people import people_endpoint
from leadline.http.endpoints.preferences import PreferenceEndpoints
from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.endpoints.system import DocumentEndpoint, SystemEndpoints
from leadline.http.endpoints.users import UserEndpoints
from leadline.http.endpoints.views import ViewEndpoints
from leadline.http.openapi.docs_page import HEADERS, render_page
from leadline.http.openapi.document import describe_api, encode_document
from leadline.http.server.endpoint import Route
from leadline.http.server.response_cache import ResponseCache
from leadline.kit.db import Database
from leadline.log.signals import LogSignals
from leadline.people.authenticator import Authenticator
from leadline.people.keys import KEYS, ApiKeys
from leadline.people.login import LoginService
from leadline.people.sessions import SessionService
from leadline.people.users import USERS, UserService
from leadline.records.kind import Kind
from leadline.records.past import PastRecords
from leadline.records.service import RecordService


@dataclass(frozen=True)
class Services:
    """The services that the handlers call."""

    database: Database
    records: RecordService
    past: PastRecords
    conversion: ConversionService
    matching: MatchService
    merging: MergeService
    undoing: UndoService
    users: UserService
    keys: ApiKeys
    sessions: SessionService
    login: LoginService
    authenticator: Authenticator
    signals: LogSignals


def all_routes(services: Services, public_url: str = "") -> list[Route]:
    """Returns all routes, with those of the OpenAPI document and its page. `public_url` is the URL that the document
    puts before its paths, "" for the document's own host."""
    answers = ResponseCache()
    table = [
        *_crm_routes(services, answers),
        *_merge_routes(services, answers),
        *_operation_routes(services),
        *_people_routes(services, answers),
        *_system_routes(services),
    ]
    document = DocumentEndpoint(
        "openapi",
        "Get this document",
        "application/json",
        lambda _: encode_document(table, public_url),
        response_schema={"type": "object"},
    )
    page = DocumentEndpoint(
        "docs",
        "Read this document as a page",
        "text/html; charset=utf-8",
        lambda parent: render_page(describe_api(table, public_url), f"{parent}openapi.json"),
        response_schema={"type": "string"},
        headers=HEADERS,
    )
    table.append(Route("GET", "/api/openapi.json", Right.PUBLIC, document.get_endpoint()))
    table.append(Route("GET", "/api/docs/", Right.PUBLIC, page.get_endpoint()))
    return table


def _crm_routes(services: Services, answers: ResponseCache) -> list[Route]:
    leads = RecordEndpoints(LEADS, services.records, answers, past=services.past)
    contacts = RecordEndpoints(CONTACTS, services.records, answers, past=services.past)
    accounts = RecordEndpoints(ACCOUNTS, services.records, answers, past=services.past)
    opportunities = RecordEndpoints(OPPORTUNITIES, services.records, answers, past=services.past)
    conversions = ConversionEndpoints(services.conversion, services.matching)
    of_account = contacts.list_of_endpoint(ACCOUNTS, by="accountId")
    return [
        Route("GET", "/api/leads/", Right.READ, leads.list_endpoint()),
        Route("POST", "/api/leads/", Right.WRITE, leads.create_endpoint()),
        *_many_routes(services, LEADS),
        Route("GET", "/api/leads/facets/", Right.READ, leads.facets_endpoint()),
        Route("GET", "/api/leads/{id}/", Right.READ, leads.get_endpoint()),
        Route("PATCH", "/api/leads/{id}/", Right.WRITE, leads.patch_endpoint()),
        Route("DELETE", "/api/leads/{id}/", Right.WRITE, leads.delete_endpoint()),
        Route("GET", "/api/leads/{id}/convert/", Right.READ, conversions.preview_endpoint(), areas=_MATCHED_AREAS),
        Route("POST", "/api/leads/{id}/convert/", Right.WRITE, conversions.convert_endpoint(), areas=AREAS),
        Route("GET", "/api/leads/{id}/history/", Right.READ, leads.history_endpoint()),
        Route("GET", "/api/leads/{id}/explain/", Right.READ, leads.explain_endpoint()),
        Route("GET", "/api/contacts/", Right.READ, contacts.list_endpoint()),
        Route("POST", "/api/contacts/", Right.WRITE, contacts.create_endpoint()),
        *_many_routes(services, CONTACTS),
        Route("GET", "/api/contacts/facets/", Right.READ, contacts.facets_endpoint()),
        Route("GET", "/api/contacts/{id}/", Right.READ, contacts.get_endpoint()),
        Route("PATCH", "/api/contacts/{id}/", Right.WRITE, contacts.patch_endpoint()),
        Route("DELETE", "/api/contacts/{id}/", Right.WRITE, contacts.delete_endpoint()),
        Route("GET", "/api/contacts/{id}/history/", Right.READ, contacts.history_endpoint()),
        Route("GET", "/api/contacts/{id}/explain/", Right.READ, contacts.explain_endpoint()),
        Route("GET", "/api/accounts/", Right.READ, accounts.list_endpoint()),
        Route("POST", "/api/accounts/", Right.WRITE, accounts.create_endpoint()),
        *_many_routes(services, ACCOUNTS),
        Route("GET", "/api/accounts/facets/", Right.READ, accounts.facets_endpoint()),
        Route("GET", "/api/accounts/{id}/", Right.READ, accounts.get_endpoint()),
        Route("PATCH", "/api/accounts/{id}/", Right.WRITE, accounts.patch_endpoint()),
        Route("DELETE", "/api/accounts/{id}/", Right.WRITE, accounts.delete_endpoint()),
        Route("GET", "/api/accounts/{id}/contacts/", Right.READ, of_account, areas=("contacts",)),
        Route("GET", "/api/accounts/{id}/history/", Right.READ, accounts.history_endpoint()),
        Route("GET", "/api/accounts/{id}/explain/", Right.READ, accounts.explain_endpoint()),
        Route("GET", "/api/opportunities/", Right.READ, opportunities.list_endpoint()),
        Route("POST", "/api/opportunities/", Right.WRITE, opportunities.create_endpoint()),
        *_many_routes(services, OPPORTUNITIES),
        Route("GET", "/api/opportunities/facets/", Right.READ, opportunities.facets_endpoint()),
        Route("GET", "/api/opportunities/{id}/", Right.READ, opportunities.get_endpoint()),
        Route("PATCH", "/api/opportunities/{id}/", Right.WRITE, opportunities.patch_endpoint()),
        Route("DELETE", "/api/opportunities/{id}/", Right.WRITE, opportunities.delete_endpoint()),
        Route("GET", "/api/opportunities/{id}/history/", Right.READ, opportunities.history_endpoint()),
        Route("GET", "/api/opportunities/{id}/explain/", Right.READ, opportunities.explain_endpoint()),
    ]


def _many_routes(services: Services, kind: Kind) -> list[Route]:
    """Returns the routes that write many records of a kind at once."""
    path, records = f"/api/{kind.plural}/", services.records
    batches = BatchEndpoints(kind, services.database, records, BatchService(records, services.conversion))
    bulk = BulkEndpoints(kind, services.database, BulkService(records))
    return [
        Route("POST", f"{path}batch/", Right.WRITE, batches.batch_endpoint()),
        Route("PATCH", path, Right.WRITE, bulk.patch_endpoint()),
        Route("DELETE", path, Right.WRITE, bulk.delete_endpoint()),
    ]


_MATCHED_AREAS = ("leads", "contacts", "accounts")
_CHANGED_BY_MERGES = {
    LEADS: ("leads",),
    CONTACTS: ("leads", "contacts", "opportunities"),
    ACCOUNTS: AREAS,
    OPPORTUNITIES: ("leads", "opportunities"),
}
"""The areas whose records a merge may change, by the kind of the merged records."""


def _merge_routes(services: Services, answers: ResponseCache) -> list[Route]:
    routes = []
    for kind, areas in _CHANGED_BY_MERGES.items():
        merges = MergeEndpoints(RecordEndpoints(kind, services.records, answers), services.merging)
        path = f"/api/{kind.plural}/{{id}}/merge/"
        routes.append(Route("POST", path, Right.WRITE, merges.merge_endpoint(), areas=areas))
    return routes


def _operation_routes(services: Services) -> list[Route]:
    operations = OperationEndpoints(services.undoing)
    changes = ChangeEndpoints(services.database, services.authenticator, services.signals)
    return [
        Route("GET", "/api/operations/", Right.READ, operations.list_endpoint(), areas=()),
        Route("GET", "/api/operations/{id}/", Right.READ, operations.get_endpoint(), areas=()),
        Route("POST", "/api/operations/{id}/undo/", Right.WRITE, operations.undo_endpoint(), areas=()),
        Route("GET", "/api/changes/", Right.READ, changes.list_endpoint(), areas=()),
        Route("GET", "/api/changes/stream/", Right.READ, changes.stream_endpoint(), areas=()),
    ]


def _people_routes(services: Services, answers: ResponseCache) -> list[Route]:
    sign_in = AuthEndpoints(services.database, services.login, services.sessions, services.authenticator)
    users = UserEndpoints(USERS, services.records, answers, services.users, services.database)
    keys = KeyEndpoints(KEYS, services.records, answers, services.keys)
    myself = MeEndpoints(services.database, services.users, services.login, services.sessions)
    preferences = PreferenceEndpoints(PreferenceService(services.records))
    views = ViewEndpoints(VIEWS, services.records, answers, ViewService(services.records))
    return [
        Route("POST", "/api/auth/login/", Right.PUBLIC, sign_in.login_endpoint()),
        Route("POST", "/api/auth/token/refresh/", Right.PUBLIC, sign_in.refresh_endpoint()),
        Route("POST", "/api/auth/logout/", Right.SELF, sign_in.logout_endpoint()),
        Route("POST", "/api/auth/session/", Right.PUBLIC, sign_in.open_browser_endpoint()),
        Route("DELETE", "/api/auth/session/", Right.PUBLIC, sign_in.close_browser_endpoint()),
        Route("GET", "/api/people/", Right.READ, people_endpoint(services.records, answers), areas=()),
        Route("GET", "/api/users/", Right.MANAGE, users.list_endpoint()),
        Route("POST", "/api/users/", Right.MANAGE, users.create_endpoint()),
        Route("GET", "/api/users/{id}/", Right.MANAGE, users.get_endpoint()),
        Route("PATCH", "/api/users/{id}/", Right.MANAGE, users.patch_endpoint()),
        Route("GET", "/api/keys/", Right.MANAGE, keys.list_endpoint()),
        Route("POST", "/api/keys/", Right.MANAGE, keys.create_endpoint()),
        Route("DELETE", "/api/keys/{id}/", Right.MANAGE, keys.revoke_endpoint()),
        Route("GET", "/api/me/", Right.READ, myself.get_endpoint(), areas=()),
        Route("PATCH", "/api/me/", Right.SELF, myself.patch_endpoint()),
        Route("GET", "/api/me/preferences/", Right.SELF, preferences.get_endpoint()),
        Route("PUT", "/api/me/preferences/", Right.SELF, preferences.put_endpoint()),
        Route("GET", "/api/views/", Right.SELF, views.list_endpoint()),
        Route("POST", "/api/views/", Right.SELF, views.create_endpoint()),
        Route("GET", "/api/views/counts/", Right.SELF, views.counts_endpoint()),
        Route("GET", "/api/views/{id}/", Right.SELF, views.get_endpoint()),
        Route("PATCH", "/api/views/{id}/", Right.SELF, views.patch_endpoint()),
        Route("DELETE", "/api/views/{id}/", Right.SELF, views.delete_endpoint()),
    ]


def _system_routes(services: Services) -> list[Route]:
    system = SystemEndpoints(services.database)
    return [Route("GET", "/api/health/", Right.PUBLIC, system.health_endpoint())]
