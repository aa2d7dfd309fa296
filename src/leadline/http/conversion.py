"""The endpoint that converts a lead."""

from dataclasses import dataclass

from leadline.crm.conversion import REQUEST, Conversion, Converted, read_request
from leadline.crm.leads import LEADS
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply, written
from leadline.http.query_string import refuse_all
from leadline.kit.db import Transaction, Work
from leadline.records.store import Record


@dataclass(frozen=True)
class Conversions:
    conversion: Conversion

    def convert(self) -> Endpoint:
        return Endpoint(
            run=self._convert,
            name="convert_lead",
            summary="Convert a lead",
            description="The lead becomes a contact and, where asked for, an account and an opportunity: "
            "all of it or nothing, and only once. accountId and contactId link what exists instead. "
            "accountName needs `createAccount: true`; what begins with opportunity needs `createOpportunity: true`.",
            parameters=[schemas.id_parameter(LEADS), schemas.IF_MATCH],
            body=schemas.ref("LeadConvert"),
            body_required=False,
            reply=schemas.ref("LeadConverted"),
            writes=True,
            refusals=(400, 404, 409, 412, 413, 415, 422),
        )

    def _convert(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())
        request = read_request(call.body)

        async def work(tx: Transaction) -> Reply:
            done = await self.conversion.convert(
                tx, call.actor, call.asked.id, request, versions=call.asked.versions()
            )
            return written(_shown(done), done.operation)

        return work


def _shown(done: Converted) -> Json:
    return {
        "lead": _part(done.lead, "id", "status", "convertedAt"),
        "contact": _part(done.contact, "id", "firstName", "lastName"),
        "account": _part(done.account, "id", "name"),
        "opportunity": _part(done.opportunity, "id", "name", "value"),
    }


def _part(record: Record | None, *names: str) -> Json | None:
    return None if record is None else {name: record[name] for name in names}


def convert_schemas() -> dict[str, Json]:
    """Of the body and of the reply."""
    lead = {
        "id": schemas.text("The lead's id."),
        "status": {"type": "string", "const": "converted", "description": "Always `converted`."},
        "convertedAt": {"type": "string", "format": "date-time", "description": "When it was converted."},
    }
    contact = {
        "id": schemas.text("The contact's id."),
        "firstName": schemas.nullable_text("First name."),
        "lastName": schemas.nullable_text("Last name."),
    }
    account = {"id": schemas.text("The account's id."), "name": schemas.text("Its name.")}
    value = {"type": ["number", "null"], "description": "What it is worth."}
    opportunity = {"id": schemas.text("The opportunity's id."), "name": schemas.text("Its name."), "value": value}
    parts = {"lead": lead, "contact": contact, "account": account, "opportunity": opportunity}
    references = {
        name: {**schemas.ref(f"Converted{name.title()}"), "description": f"The {name}."}
        for name in ("lead", "contact")
    } | {
        name: schemas.nullable(
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
        "LeadConverted": schemas.answer(references),
        **{f"Converted{name.title()}": schemas.answer(part) for name, part in parts.items()},
    }
