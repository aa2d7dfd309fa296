"""Conversion: a lead becomes a contact and, if asked for, an account and an opportunity, in one transaction.

A lead is converted once. The writes of a workspace run one after the other (`kit/db/*/writer.py`), and each
conversion reads the lead again and refuses a converted one before it writes. Should that ever fail, two facts in the
database hold: the lead's row is changed only while its `converted_at` is null, and each new record carries the lead's
id, which is unique within each kind of record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from leadline.access import Actor
from leadline.crm import accounts, fields, opportunities
from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import CONVERTED, LEADS, refuse_if_converted
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.errors import FieldError, MergedAway, NotFound
from leadline.kit.db import Transaction
from leadline.log import Operation
from leadline.names import full_name
from leadline.records.body import ParsedBody, field_error, read_members, refuse_errors
from leadline.records.kind import Field, Kind, Values
from leadline.records.operation import RecordOperation
from leadline.records.service import RecordService, VersionConditions
from leadline.records.store import Record
from leadline.records.types import FlagField, Value

REQUEST = (
    Field("createAccount", FlagField(), default=False),
    replace(accounts.NAME, name="accountName", required=False),
    fields.ACCOUNT_ID,
    fields.CONTACT_ID,
    Field("createOpportunity", FlagField(), default=False),
    replace(opportunities.NAME, name="opportunityName", required=False),
    replace(opportunities.VALUE, name="opportunityValue"),
    replace(opportunities.STAGE, name="opportunityStage", required=False, default=None),
    replace(opportunities.CLOSE_DATE, name="opportunityCloseDate"),
    replace(fields.ASSIGNED_TO, name="opportunityAssignedTo"),
)
"""The fields of a conversion request, all of them optional."""

NEEDS = {
    "accountName": "createAccount",
    "opportunityName": "createOpportunity",
    "opportunityValue": "createOpportunity",
    "opportunityStage": "createOpportunity",
    "opportunityCloseDate": "createOpportunity",
    "opportunityAssignedTo": "createOpportunity",
}
"""Each field that has a meaning only if another field is true, and that field. A request that sends the first without
the second is refused, rather than ignored in silence."""

MAX_NAME_CHARACTERS = 200
_COPIED = (
    "firstName",
    "lastName",
    "email",
    "phone",
    "source",
    "notes",
    "emailOptOut",
    "emailBounced",
)


def read_request(raw: Mapping[str, object]) -> ParsedBody:
    """Reads a conversion request. The result has a value, or None, for each field of `REQUEST`."""
    draft = read_members(REQUEST, raw)
    asked, errors = draft.values, draft.errors
    errors += [
        FieldError(name, "needs", f"{name} needs {switch}: true.")
        for name, switch in NEEDS.items()
        if asked[name] is not None and asked[switch] is not True
    ]
    if asked["accountId"] is not None and asked["createAccount"]:
        errors.append(FieldError("accountId", "excludes", "accountId excludes createAccount; choose one of them."))
    return draft


@dataclass(frozen=True)
class ConversionResult:
    """The records of a conversion. `account` and `opportunity` are None if the request asked for none."""

    lead: Record
    contact: Record
    account: Record | None
    opportunity: Record | None
    operation: Operation


class ConversionService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def convert_lead(
        self,
        tx: Transaction,
        actor: Actor,
        lead_id: str,
        request: ParsedBody,
        *,
        versions: VersionConditions | None = None,
    ) -> ConversionResult:
        """Converts a lead. `request` comes from `read_request`.

        Raises:
            NotFound, StaleVersion: as for any record.
            Conflict: the lead is converted already.
            InvalidInput: the request has errors, names a record that does not exist, or gives an account no name.
        """
        plan = await self.check_conversion(tx, actor, lead_id, request, versions=versions)
        async with self._records.begin(tx, actor, "lead.converted", records=plan.count_new()) as op:
            return await self.convert_within(op, plan)

    async def check_conversion(
        self,
        tx: Transaction,
        actor: Actor,
        lead_id: str,
        request: ParsedBody,
        *,
        versions: VersionConditions | None = None,
    ) -> "ConversionPlan":
        """Locks what the conversion needs, and returns the plan of it. Raises as `convert_lead` does."""
        lead = await self._records.get(tx, actor, LEADS, lead_id, lock=True, versions=versions)
        if not request.errors:
            refuse_if_converted(lead.values)
        links = await self._find_links(tx, actor, lead, request)
        owner = await self._records.owner_of_new(tx, actor, lead["assignedTo"])
        return ConversionPlan(lead, links, request.values, owner)

    async def convert_within(self, op: RecordOperation, plan: "ConversionPlan") -> ConversionResult:
        """Carries out a plan that was made in the same transaction."""
        steps = _ConversionSteps(self._records, op, plan.lead, plan.owner)
        account = await steps.add_account(plan.asked, plan.links.account)
        contact = await steps.add_contact(account, plan.links.contact)
        opportunity = await steps.add_opportunity(plan.asked, account, contact)
        converted = await steps.close_lead(account, contact, opportunity)
        return ConversionResult(converted, contact, account, opportunity, op.operation)

    async def _find_links(self, tx: Transaction, actor: Actor, lead: Record, request: ParsedBody) -> "_LinkedRecords":
        """Finds the records that the request names. Raises `InvalidInput` with all errors of the request."""
        errors = [*request.errors, *_without_account_name(lead, request)]
        account = contact = None
        if request.values["accountId"] is not None:
            account = await self._find_link(tx, actor, ACCOUNTS, "accountId", request, errors)
        if request.values["contactId"] is not None:
            contact = await self._find_link(tx, actor, CONTACTS, "contactId", request, errors)
        owner = request.values["opportunityAssignedTo"]
        if owner is not None and not await self._records.references.is_assignable(tx, actor.workspace, owner):
            errors.append(field_error("opportunityAssignedTo", fields.USER.unknown_reference()))
        refuse_errors((field.name for field in REQUEST), errors)
        return _LinkedRecords(account, contact)

    async def _find_link(
        self, tx: Transaction, actor: Actor, kind: Kind, name: str, request: ParsedBody, errors: list[FieldError]
    ) -> Record | None:
        try:
            return await self._records.get(tx, actor, kind, str(request.values[name]), lock=True)
        except MergedAway as merged:
            return await self._records.get(tx, actor, kind, merged.survivor, lock=True)
        except NotFound:
            errors.append(field_error(name, kind.reference_type.unknown_reference()))
            return None


def _without_account_name(lead: Record, request: ParsedBody) -> list[FieldError]:
    asked = request.values
    if not asked["createAccount"] or asked["accountName"] or lead["company"]:
        return []
    if any(error.field == "accountName" for error in request.errors):
        return []
    sentence = "accountName is required: the lead has no company to take the account's name from."
    return [FieldError("accountName", "required", sentence)]


@dataclass(frozen=True)
class _LinkedRecords:
    """The existing records that a conversion links instead of creating new ones."""

    account: Record | None
    contact: Record | None


@dataclass(frozen=True)
class ConversionPlan:
    """A conversion that was checked: the lead, the records that it links, the values of the request, and the owner
    of the records that it makes."""

    lead: Record
    links: _LinkedRecords
    asked: Values
    owner: Value

    def count_new(self) -> int:
        """Returns how many records the conversion makes."""
        return [self.links.contact is None, self.asked["createAccount"], self.asked["createOpportunity"]].count(True)


class _ConversionSteps:
    """The steps of one conversion, each of which writes what it makes."""

    def __init__(self, records: RecordService, op: RecordOperation, lead: Record, owner: Value) -> None:
        self._records = records
        self._op = op
        self._lead = lead
        self._owner = owner
        self._origin: Values = {"leadId": lead["id"]}

    async def add_account(self, asked: Values, linked: Record | None) -> Record | None:
        if not asked["createAccount"]:
            return linked
        name = asked["accountName"] or self._lead["company"]
        return await self._op.insert(ACCOUNTS, {"name": name, "assignedTo": self._owner, **self._origin})

    async def add_contact(self, account: Record | None, linked: Record | None) -> Record:
        taken = {name: self._lead[name] for name in _COPIED} | {
            "accountId": _id_of(account),
            "assignedTo": self._owner,
        }
        if linked is None:
            return await self._op.insert(CONTACTS, {**taken, **self._origin})
        filled = {name: value for name, value in taken.items() if linked[name] is None and value is not None}
        if not filled:
            return linked
        return await self._op.update(CONTACTS, linked, filled)

    async def add_opportunity(self, asked: Values, account: Record | None, contact: Record) -> Record | None:
        if not asked["createOpportunity"]:
            return None
        name = asked["opportunityName"] or default_opportunity_name(self._lead, account["name"] if account else None)
        return await self._op.insert(
            OPPORTUNITIES,
            {
                "name": name,
                "value": asked["opportunityValue"],
                "stage": asked["opportunityStage"] or opportunities.FIRST_STAGE,
                "accountId": _id_of(account),
                "contactId": _id_of(contact),
                "assignedTo": asked["opportunityAssignedTo"] or self._owner,
                "closeDate": asked["opportunityCloseDate"],
                **self._origin,
            },
        )

    async def close_lead(self, account: Record | None, contact: Record, opportunity: Record | None) -> Record:
        results: Values = {
            "status": CONVERTED,
            "convertedAt": self._op.operation.time_text,
            "convertedContactId": _id_of(contact),
            "convertedAccountId": _id_of(account),
            "convertedOpportunityId": _id_of(opportunity),
        }
        try:
            return await self._op.update(LEADS, self._lead, results, unless="converted_at")
        except NotFound:  # another conversion was first: cannot happen while writes run one after the other
            lead = await self._records.get(self._op.tx, self._op.actor, LEADS, str(self._lead["id"]))
            refuse_if_converted(lead.values)
            raise


def default_opportunity_name(lead: Record, account_name: Value) -> str:
    """Returns the name of an opportunity that gets none: the account's, or else the person's."""
    person = full_name(lead["firstName"], lead["lastName"])
    return str(account_name or person)[:MAX_NAME_CHARACTERS].rstrip()


def _id_of(record: Record | None) -> Value:
    return None if record is None else record["id"]
