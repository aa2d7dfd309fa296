"""The schemas of batches and bulk writes, with examples."""

from leadline.crm.batch_request import MAX_ITEMS
from leadline.http.openapi import schemas
from leadline.http.openapi.schemas import Json

_ITEM: Json = {
    "op": {
        "type": "string",
        "enum": ["create", "upsert", "patch", "delete", "convert"],
        "description": "What is to be done.",
    },
    "id": schemas.text_schema("The record's id, for patch, delete and convert."),
    "ifMatch": {"type": ["string", "integer"], "description": "The record's ETag or version as you know it."},
    "record": {"type": "object", "description": "The fields, for create, upsert and patch."},
    "convert": {"type": "object", "description": "The options of a conversion."},
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
        {"op": "create", "record": {"lastName": "Lee", "email": "dana@startup.example"}},
        {"op": "patch", "id": "ld_01JPSB0000000000000BCDEFGH", "ifMatch": '"1"', "record": {"tags": ["warm"]}},
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


def batch_schemas() -> dict[str, Json]:
    """Returns the schemas of batches and bulk writes."""
    operation_id = schemas.nullable_text_schema("The operation, null if nothing was changed.")
    items = {
        "type": "array",
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "items": schemas.ref("BatchItem"),
        "description": "The items.",
    }
    return {
        "Batch": {
            "type": "object",
            "properties": {
                "atomic": {"type": "boolean", "description": "True if all items are to be done, or none."},
                "operations": items,
            },
            "required": ["operations"],
            "additionalProperties": False,
        },
        "BatchItem": {"type": "object", "properties": _ITEM, "required": ["op"], "additionalProperties": False},
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
