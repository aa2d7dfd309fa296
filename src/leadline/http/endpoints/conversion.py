"""The endpoint that converts a lead."""

from dataclasses import dataclass

from leadline.crm.conversion import REQUEST, ConversionResult, ConversionService, read_request
from leadline.crm.leads import LEADS
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.kit.db import Transaction
from leadline.records.body import ParsedBody
from leadline.records.store import Record


@dataclass(frozen=True)
class ConversionEndpoints:
    conversion: ConversionService

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
