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
            "all of it or nothing, and only once. accountId and contactId link what exists instead.",
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
    return {"LeadConvert": _request(), "LeadConverted": _reply()}


def _request() -> Json:
    absent = {"type": "null"}

    def wanted(switch: str) -> Json:
        return {"properties": {switch: {"const": True}}, "required": [switch]}

    opportunity = dict.fromkeys(("opportunityName", "opportunityValue", "opportunityStage"), absent)
    return schemas.request_of(REQUEST) | {
        "allOf": [
            {"anyOf": [{"properties": {"accountName": absent}}, wanted("createAccount")]},
            {"anyOf": [{"properties": opportunity}, wanted("createOpportunity")]},
            {
                "anyOf": [
                    {"properties": {"accountId": absent}},
                    {"properties": {"createAccount": {"enum": [False, None]}}},
                ]
            },
        ]
    }


def _reply() -> Json:
    text: Json = {"type": "string"}
    name: Json = {"type": ["string", "null"]}
    amount: Json = {"type": ["number", "null"]}
    contact = schemas.closed({"id": text, "firstName": name, "lastName": name})
    return schemas.closed(
        {
            "lead": schemas.closed({"id": text, "status": {"const": "converted"}, "convertedAt": text}),
            "contact": contact,
            "account": schemas.nullable(schemas.closed({"id": text, "name": text})),
            "opportunity": schemas.nullable(schemas.closed({"id": text, "name": text, "value": amount})),
        }
    )
