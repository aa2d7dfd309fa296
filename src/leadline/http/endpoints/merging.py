"""The endpoint that merges duplicates of a record into it, the same for every kind."""

from dataclasses import dataclass

from leadline.crm.kinds import KINDS
from leadline.crm.merging import MAX_DUPLICATES, RESTRICTIVE, MergeRequest, MergeService, read_request
from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response
from leadline.kit.db import Transaction
from leadline.records.kind import Kind


@dataclass(frozen=True)
class MergeEndpoints:
    """The endpoint of the kind that the `endpoints` are of."""

    endpoints: RecordEndpoints
    merging: MergeService

    def merge_endpoint(self) -> Endpoint:
        kind = self.endpoints.kind
        return Endpoint(
            run=self._merge_records,
            parse=self._parse_request,
            name=f"merge_{kind.plural}",
            summary=f"Merge {kind.plural}",
            description="The duplicates are merged into the record of the path, in one operation. It keeps its "
            "values; empty ones are filled from the duplicates in their order, tags are united, and `fields` says "
            "whose value wins elsewhere. What refers to a duplicate refers to the record then, and so does the "
            "duplicate's id.",
            parameters=[schemas.id_parameter(kind), schemas.IF_MATCH],
            body=schemas.ref(f"{kind.name.title()}Merge"),
            response_schema=schemas.ref(kind.name.title()),
            writes=True,
            error_statuses=(400, 404, 409, 412, 413, 415, 422),
        )

    def _parse_request(self, call: HandlerInput) -> MergeRequest:
        return read_request(self.endpoints.kind, call.body)

    async def _merge_records(self, tx: Transaction, call: HandlerInput) -> Response:
        kind, versions = self.endpoints.kind, call.request.version_conditions()
        done = await self.merging.merge_records(tx, call.actor, kind, call.request.id, call.parsed, versions=versions)
        return self.endpoints.updated_response(done)


def merge_schemas() -> dict[str, Json]:
    """Returns the schemas of the bodies of merge requests."""
    return {f"{kind.name.title()}Merge": _merge_schema(kind) for kind in KINDS}


def _merge_schema(kind: Kind) -> Json:
    id_ = kind.reference_type.json_schema()
    nullable_id = schemas.nullable_schema(id_)
    winners = {
        name: {**nullable_id, "description": f"Id of the {kind.name} whose `{name}` wins."}
        for name in kind.writable_fields
        if name not in RESTRICTIVE
    }
    duplicates = {
        "type": "array",
        "items": id_,
        "minItems": 1,
        "maxItems": MAX_DUPLICATES,
        "uniqueItems": True,
        "description": f"Ids of the {kind.plural} that are merged into this one.",
    }
    fields = {
        "type": ["object", "null"],
        "properties": winners,
        "additionalProperties": False,
        "description": "Whose value wins, for fields where it is not this record's.",
    }
    return {
        "type": "object",
        "properties": {"duplicates": duplicates, "fields": fields},
        "required": ["duplicates"],
        "additionalProperties": False,
    }
