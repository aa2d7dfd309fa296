"""The endpoints that convert a lead, and say before what it may be already."""

from collections.abc import Sequence
from dataclasses import dataclass

from leadline.crm.conversion import REQUEST, ConversionResult, ConversionService, read_request
from leadline.crm.leads import LEADS
from leadline.crm.matching import ACCOUNT_REASONS, CONTACT_REASONS, MAX_MATCHES, MatchService
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.kit.db import Transaction
from leadline.names import full_name
from leadline.records.body import ParsedBody
from leadline.records.store import Record


@dataclass(frozen=True)
class ConversionEndpoints:
    conversion: ConversionService
    matching: MatchService

    def preview_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._preview_conversion,
            name="preview_conversion",
            summary="Find what a lead may be already",
            description="The contacts and accounts that the lead may be already, up to ten of each, the surest "
            "first: a convert can link them. `defaults` is what it makes without further words.",
            parameters=[schemas.id_parameter(LEADS)],
            response_schema=schemas.ref("ConversionPreview"),
            redirects=True,
            error_statuses=(400, 404, 409),
        )

    async def _preview_conversion(self, tx: Transaction, call: HandlerInput) -> Response:
        found = await self.matching.preview_conversion(tx, call.actor, call.request.id)
        contacts = [
            {
                "id": match.item.id,
                "name": full_name(match.item.firstName, match.item.lastName),
                "email": match.item.email,
                "reasons": match.reasons,
            }
            for match in found.contacts
        ]
        accounts = [
            {"id": match.item.id, "name": match.item.name, "reasons": match.reasons} for match in found.accounts
        ]
        return Response({"contacts": contacts, "accounts": accounts, "defaults": found.defaults})

    def convert_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._convert_lead,
            parse=_parse_request,
            name="convert_lead",
            summary="Convert a lead",
            description="The lead becomes a contact and, where asked for, an account and an opportunity: "
            "all of it or nothing, and only once. accountId and contactId link what exists instead. "
            "accountName needs `createAccount: true`; what begins with opportunity needs `createOpportunity: true`.",
            parameters=[schemas.id_parameter(LEADS), schemas.IF_MATCH],
            body=schemas.ref("LeadConvert"),
            body_required=False,
            response_schema=schemas.ref("LeadConverted"),
            writes=True,
            error_statuses=(400, 404, 409, 412, 413, 415, 422),
        )

    async def _convert_lead(self, tx: Transaction, call: HandlerInput) -> Response:
        versions = call.request.version_conditions()
        done = await self.conversion.convert_lead(tx, call.actor, call.request.id, call.parsed, versions=versions)
        return write_response(_show_result(done), done.operation)


def _parse_request(call: HandlerInput) -> ParsedBody:
    return read_request(call.body)


def _show_result(done: ConversionResult) -> Json:
    return {
        "lead": _show_record(done.lead, "id", "status", "convertedAt"),
        "contact": _show_record(done.contact, "id", "firstName", "lastName"),
        "account": _show_record(done.account, "id", "name"),
        "opportunity": _show_record(done.opportunity, "id", "name", "value"),
    }


def _show_record(record: Record | None, *names: str) -> Json | None:
    return None if record is None else {name: record[name] for name in names}


def preview_schemas() -> dict[str, Json]:
    """Returns the schema of the matches of a lead."""
    contact = {
        "id": schemas.text_schema("The contact's id."),
        "name": schemas.nullable_text_schema("The contact's name."),
        "email": schemas.text_schema("The contact's e-mail address."),
        "reasons": _reasons_schema(CONTACT_REASONS),
    }
    account = {
        "id": schemas.text_schema("The account's id."),
        "name": schemas.text_schema("The account's name."),
        "reasons": _reasons_schema(ACCOUNT_REASONS),
    }
    defaults = {
        "contactName": schemas.nullable_text_schema("Name of the contact."),
        "accountName": schemas.nullable_text_schema("Name of the account; null if the lead has no company."),
        "opportunityName": schemas.text_schema("Name of the opportunity, if an account is made as well."),
        "assignedTo": schemas.nullable_text_schema("Id of the user who owns what is made."),
        "assignedToName": schemas.nullable_text_schema("Name of that user."),
    }
    members = {
        "contacts": _matches_schema(contact, "Contacts that the lead may be already."),
        "accounts": _matches_schema(account, "Accounts that the lead may belong to."),
        "defaults": {**schemas.response_schema(defaults), "description": "What a convert makes by itself."},
    }
    return {"ConversionPreview": schemas.response_schema(members)}


def _matches_schema(match: Json, description: str) -> Json:
    return {
        "type": "array",
        "items": schemas.response_schema(match),
        "maxItems": MAX_MATCHES,
        "description": f"{description} The surest first.",
    }


def _reasons_schema(reasons: Sequence[str]) -> Json:
    return {"type": "array", "items": {"type": "string", "enum": [*reasons]}, "description": "What is the same."}


def convert_schemas() -> dict[str, Json]:
    """Returns the schemas of the bodies of a conversion's request and response."""
    lead = {
        "id": schemas.text_schema("The lead's id."),
        "status": {"type": "string", "const": "converted", "description": "Always `converted`."},
        "convertedAt": {"type": "string", "format": "date-time", "description": "When it was converted."},
    }
    contact = {
        "id": schemas.text_schema("The contact's id."),
        "firstName": schemas.nullable_text_schema("First name."),
        "lastName": schemas.nullable_text_schema("Last name."),
    }
    account = {"id": schemas.text_schema("The account's id."), "name": schemas.text_schema("Its name.")}
    value = {"type": ["number", "null"], "description": "What it is worth."}
    opportunity = {
        "id": schemas.text_schema("The opportunity's id."),
        "name": schemas.text_schema("Its name."),
        "value": value,
    }
    parts = {"lead": lead, "contact": contact, "account": account, "opportunity": opportunity}
    references = {
        name: {**schemas.ref(f"Converted{name.title()}"), "description": f"The {name}."}
        for name in ("lead", "contact")
    } | {
        name: schemas.nullable_schema(
            {**schemas.ref(f"Converted{name.title()}"), "description": f"The {name}; null where none was asked for."}
        )
        for name in ("account", "opportunity")
    }
    request = schemas.request_of(REQUEST)
    stage = request["properties"]["opportunityStage"]
    either = [schemas.ref("OpportunityStage"), {"type": "string", "const": ""}, {"type": "null"}]
    request["properties"]["opportunityStage"] = {"anyOf": either, "description": stage["description"]}
    return {
        "LeadConvert": request,
        "LeadConverted": schemas.response_schema(references),
        **{f"Converted{name.title()}": schemas.response_schema(part) for name, part in parts.items()},
    }
