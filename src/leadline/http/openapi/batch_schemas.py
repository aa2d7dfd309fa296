"""The schemas of batches and bulk writes, with examples."""

from leadline.crm.batch_request import MAX_ITEMS, ops_of
from leadline.crm.kinds import KINDS
from leadline.http.openapi import schemas
from leadline.http.openapi.schemas import Json
from leadline.records.kind import Kind

_VERSION: Json = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        {"type": "string", "pattern": r'^"[1-9][0-9]{0,8}(-[0-9a-z-]{1,20})?"$'},
    ],
    "description": "The record's version or ETag as you know it.",
}
_ITEM_RESULT: Json = {
    "index": {"type": "integer", "minimum": 0, "description": "The place of the item in the request, from 0."},
    "status": {"type": "integer", "description": "The status that a request of its own would have."},
    "id": schemas.nullable_text_schema("The record's id."),
    "version": {"type": ["integer", "null"], "description": "The record's version after it."},
    "error": {"type": ["object", "null"], "description": "The problem, null if it was done."},
}
_RECORD: Json = {"type": ["object", "null"], "description": "The record after it, for `return=full`."}
BATCH_EXAMPLE: Json = {
    "atomic": False,
    "operations": [
        {"op": "create", "record": {"assignedTo": None}},
        {"op": "patch", "id": "ld_01JPSB0000000000000BCDEFGH", "ifMatch": 1, "record": {"assignedTo": None}},
    ],
}
_DONE: Json = {**dict.fromkeys(_ITEM_RESULT), "record": None}
BATCH_DONE_EXAMPLE: Json = {
    "operationId": "op_01JPSB0000000000070BCDEFGH",
    "succeeded": 2,
    "failed": 0,
    "results": [
        _DONE | {"index": 0, "status": 201, "id": "ld_01JPSB0000000000090BCDEFGH", "version": 1},
        _DONE | {"index": 1, "status": 200, "id": "ld_01JPSB0000000000000BCDEFGH", "version": 2},
    ],
}
BULK_DONE_EXAMPLE: Json = {"operationId": "op_01JPSB0000000000070BCDEFGH", "count": 12}


def batch_name(kind: Kind) -> str:
    """Returns the name of the schema of a kind's batches."""
    return f"{kind.name.title()}Batch"


def _batch_of(kind: Kind) -> dict[str, Json]:
    """Returns the schemas of a kind's batches, and of their items."""
    ops = {"type": "string", "enum": ops_of(kind), "description": "What is to be done."}
    item: Json = {
        "op": ops,
        "id": schemas.text_schema("The record's id, for patch, delete and convert."),
        "ifMatch": _VERSION,
        "record": {
            **schemas.ref(f"{kind.name.title()}Update"),
            "description": "The fields, for create, upsert and patch.",
        },
    }
    if "convert" in ops_of(kind):
        item["convert"] = {**schemas.ref("LeadConvert"), "description": "The options of a conversion."}
    items = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "items": schemas.ref(f"{batch_name(kind)}Item"),
        "description": "The items.",
    }
    atomic = {"type": "boolean", "description": "True if all items are to be done, or none."}
    return {
        batch_name(kind): {
            "type": "object",
            "properties": {"atomic": atomic, "operations": items},
            "required": ["operations"],
            "additionalProperties": False,
        },
        f"{batch_name(kind)}Item": {
            "type": "object",
            "properties": item,
            "required": ["op"],
            "additionalProperties": False,
        },
    }


def batch_schemas() -> dict[str, Json]:
    """Returns the schemas of batches and bulk writes."""
    operation_id = schemas.nullable_text_schema("The operation, null if nothing was changed.")
    named: dict[str, Json] = {}
    for kind in KINDS:
        named |= _batch_of(kind)
    return named | {
        "BatchItemResult": {
            "type": "object",
            "properties": _ITEM_RESULT | {"record": _RECORD},
            "required": list(_ITEM_RESULT),
        },
        "BatchDone": schemas.response_schema(
            {
                "operationId": operation_id,
                "succeeded": {"type": "integer", "minimum": 0, "description": "How many items were done."},
                "failed": {"type": "integer", "minimum": 0, "description": "How many items were refused."},
                "results": {
                    "type": "array",
                    "items": schemas.ref("BatchItemResult"),
                    "description": "What came of each item, in their order.",
                },
            }
        ),
        "BulkDone": schemas.response_schema(
            {
                "operationId": operation_id,
                "count": {"type": "integer", "minimum": 0, "description": "How many records the filter chose."},
            }
        ),
    }
