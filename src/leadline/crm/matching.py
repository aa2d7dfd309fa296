"""Matches of a lead: the contacts and accounts that it may be already, which a conversion can link.

Each question is one that the live index answers, and gets a bounded number of candidates, the newest ones.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from leadline.access import Actor
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.company_names import business_domain, name_variants, website_domain, without_legal_form
from leadline.crm.contacts import CONTACTS
from leadline.crm.conversion import default_opportunity_name
from leadline.crm.leads import LEADS, refuse_if_converted
from leadline.kit.db import Transaction
from leadline.kit.text import fold_case
from leadline.log.feed import WorkspaceVersion
from leadline.names import full_name
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.kind import Kind
from leadline.records.query import ListQuery
from leadline.records.service import RecordService
from leadline.records.store import Record
from leadline.records.types import Value

MAX_CANDIDATES = 100
"""Most records that one question looks at."""
MAX_MATCHES = 10
"""Most matches of a kind."""
SAME_EMAIL, SAME_PHONE = "same_email", "same_phone_and_last_name"
SAME_NAME_AND_COMPANY, SAME_NAME_AND_DOMAIN = "same_name_and_company", "same_name_and_domain"
SAME_NAME, SAME_DOMAIN = "same_name", "same_domain"
CONTACT_REASONS = (SAME_EMAIL, SAME_PHONE, SAME_NAME_AND_COMPANY, SAME_NAME_AND_DOMAIN)
ACCOUNT_REASONS = (SAME_NAME, SAME_DOMAIN)
"""The reasons for a match, the surest first."""


class Match(msgspec.Struct, frozen=True):
    """A record that a lead may be already. `item` is as lists show it."""

    item: Any
    reasons: Sequence[str]


class ConversionPreview(msgspec.Struct, frozen=True):
    """The contacts and accounts that a lead may be already, the best first, and what a conversion would make."""

    contacts: Sequence[Match]
    accounts: Sequence[Match]
    defaults: dict[str, Value]


class MatchService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def preview_conversion(self, tx: Transaction, actor: Actor, lead_id: str) -> ConversionPreview:
        """Finds the matches of a lead. Raises `NotFound`, and `Conflict` if it is converted already."""
        lead = await self._records.get(tx, actor, LEADS, lead_id)
        refuse_if_converted(lead.values)
        finder = _MatchFinder(self._records, tx, actor, await self._records.read_version(tx, actor), lead)
        contacts, accounts = await finder.find_contacts(), await finder.find_accounts()
        owner = await self._records.owner_of_new(tx, actor, lead["assignedTo"])
        defaults = {
            "contactName": full_name(lead["firstName"], lead["lastName"]),
            "accountName": lead["company"],
            "opportunityName": default_opportunity_name(lead, lead["company"]),
            "assignedTo": owner,
            "assignedToName": lead["assignedToName"] if owner else None,
        }
        return ConversionPreview(contacts, accounts, defaults)


class _MatchFinder:
    def __init__(
        self, records: RecordService, tx: Transaction, actor: Actor, version: WorkspaceVersion, lead: Record
    ) -> None:
        self._records = records
        self._tx = tx
        self._actor = actor
        self._version = version
        self._lead = lead
        self._domain = business_domain(str(lead["email"]))
        self._company = without_legal_form(str(lead["company"])) if lead["company"] else None

    async def find_contacts(self) -> list[Match]:
        by_email = await self._find_candidates(CONTACTS, _is_text("email", self._lead["email"]))
        found = [(item, SAME_EMAIL) for item in by_email]
        found += await self._find_by_phone()
        found += await self._find_by_name()
        return _best_matches(CONTACT_REASONS, found)

    async def _find_by_phone(self) -> list[tuple[Any, str]]:
        digits, last_name = _digits_of(self._lead["phone"]), self._lead["lastName"]
        if not digits or not last_name:
            return []
        has_phone = Condition("phone", "null", (False,))
        candidates = await self._find_candidates(CONTACTS, _is_text("lastName", last_name), has_phone)
        return [(item, SAME_PHONE) for item in candidates if _digits_of(item.phone) == digits]

    async def _find_by_name(self) -> list[tuple[Any, str]]:
        """Finds those with the same full name whose company or e-mail domain is the same, too."""
        if not self._company and not self._domain:
            return []
        names = [_is_text(name, self._lead[name]) for name in ("firstName", "lastName")]
        candidates = await self._find_candidates(CONTACTS, *names)
        found = [(item, SAME_NAME_AND_COMPANY) for item in candidates if self._is_at_company(item.accountName)]
        of_domain = [item for item in candidates if self._domain and business_domain(item.email) == self._domain]
        return [*found, *((item, SAME_NAME_AND_DOMAIN) for item in of_domain)]

    def _is_at_company(self, account_name: str | None) -> bool:
        return account_name is not None and without_legal_form(account_name) == self._company

    async def find_accounts(self) -> list[Match]:
        found: list[tuple[Any, str]] = []
        if self._company:
            names = Condition("name", "in", tuple(name_variants(self._company)))
            found += [(item, SAME_NAME) for item in await self._find_candidates(ACCOUNTS, names)]
        if self._domain:
            candidates = await self._find_candidates(ACCOUNTS, search=self._domain)
            of_domain = [one for one in candidates if one.website and website_domain(one.website) == self._domain]
            found += [(item, SAME_DOMAIN) for item in of_domain]
        return _best_matches(ACCOUNT_REASONS, found)

    async def _find_candidates(self, kind: Kind, *conditions: Condition, search: str | None = None) -> list[Any]:
        query = ListQuery(Predicate(conditions, search), SortOrder())
        page = await self._records.list(
            self._tx, self._actor, kind, query, limit=MAX_CANDIDATES, offset=0, version=self._version
        )
        return page.items


def _is_text(name: str, value: Value) -> Condition:
    """Returns the condition that a text field is the value, but for case."""
    return Condition(name, "null", (True,)) if value is None else Condition(name, "eq", (fold_case(str(value)),))


def _digits_of(phone: Value) -> str:
    return "".join(filter(str.isdecimal, str(phone or "")))


def _best_matches(reasons: Sequence[str], found: Iterable[tuple[Any, str]]) -> list[Match]:
    """Returns the matches with the surest reasons first, then those with more reasons, then the newest."""
    items: dict[str, Any] = {}
    matched: dict[str, set[str]] = {}
    for item, reason in found:
        items[item.id] = item
        matched.setdefault(item.id, set()).add(reason)
    in_order = {id_: [reason for reason in reasons if reason in own] for id_, own in matched.items()}
    newest_first = sorted(items, reverse=True, key=lambda id_: id_[-26:])
    best = sorted(newest_first, key=lambda id_: (reasons.index(in_order[id_][0]), -len(in_order[id_])))
    return [Match(items[id_], in_order[id_]) for id_ in best[:MAX_MATCHES]]
