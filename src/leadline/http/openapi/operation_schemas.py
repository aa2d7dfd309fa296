"""The schemas of operations, undos and explanations, with examples."""

from leadline.http.openapi import schemas
from leadline.http.openapi.schemas import Json

_ACTOR = schemas.response_schema(
    {"id": schemas.text_schema("The id."), "name": schemas.nullable_text_schema("The name.")}
)
OPERATION_HEAD: Json = {
    "id": schemas.text_schema("The operation's id."),
    "seq": {"type": "integer", "minimum": 1, "description": "Its number in the workspace's log, without gaps."},
    "kind": schemas.text_schema("What was done, such as `lead.converted`."),
    "at": {"type": "string", "format": "date-time", "description": "When."},
    "user": {**_ACTOR, "description": "Who did it; for an API key, the workspace's system user."},
    "key": {**schemas.nullable_schema(_ACTOR), "description": "The API key, null for a person."},
    "requestId": schemas.nullable_text_schema("The request; null for a command."),
    "undoes": schemas.nullable_text_schema("The operation that it takes back."),
    "jobId": schemas.nullable_text_schema("The job that it is a part of."),
}
RECORD_CHANGE = schemas.response_schema(
    {
        "kind": schemas.text_schema("The kind of record."),
        "id": schemas.text_schema("The record's id."),
        "action": {
            "type": "string",
            "enum": ["created", "updated", "deleted"],
            "description": "What was done to it.",
        },
        "version": {"type": "integer", "description": "The record's version after it."},
        "fields": {"type": "object", "description": "Each changed field: `[before, after]`."},
    }
)
_EXPLAINED = schemas.response_schema(
    {
        "value": {"description": "The value."},
        "operationId": schemas.nullable_text_schema("The operation that wrote it; null if the log has lost it."),
        "kind": schemas.nullable_text_schema("That operation's kind."),
        "at": {"type": ["string", "null"], "format": "date-time", "description": "When that was."},
        "user": {**schemas.nullable_schema(_ACTOR), "description": "Who wrote it."},
        "key": OPERATION_HEAD["key"],
        "broughtBackBy": schemas.nullable_text_schema("The undo that brought the value back."),
    }
)

HEAD_EXAMPLE: Json = {
    "id": "op_01JPSB0000000000070BCDEFGH",
    "seq": 42,
    "kind": "lead.updated",
    "at": "2025-03-16T09:30:00Z",
    "user": {"id": "usr_01JPSB0000000000040BCDEFGH", "name": "Ben Ode"},
    "key": None,
    "requestId": "req_5f0c2a91b300000007",
    "undoes": None,
    "jobId": None,
}
CHANGE_EXAMPLE: Json = {
    "kind": "lead",
    "id": "ld_01JPSB0000000000000BCDEFGH",
    "action": "updated",
    "version": 2,
    "fields": {"status": ["new", "contacted"], "updatedAt": ["2025-03-15T14:00:00Z", "2025-03-16T09:30:00Z"]},
}
_WRITER_EXAMPLE = {
    "operationId": HEAD_EXAMPLE["id"],
    **{name: HEAD_EXAMPLE[name] for name in ("kind", "at", "user", "key")},
}
EXPLANATION_EXAMPLE: Json = {"fields": {"status": {"value": "contacted", **_WRITER_EXAMPLE, "broughtBackBy": None}}}
OPERATION_EXAMPLES: Json = {
    "list_operations": {"results": [HEAD_EXAMPLE | {"size": 1}], "next": None},
    "get_operation": HEAD_EXAMPLE | {"undoneBy": None, "changes": [CHANGE_EXAMPLE]},
    "list_changes": {
        "results": [HEAD_EXAMPLE | {"changes": [CHANGE_EXAMPLE]}],
        "through": f"42.{HEAD_EXAMPLE['id']}",
        "next": None,
    },
    "stream_changes": f"id: 42.{HEAD_EXAMPLE['id']}\nevent: lead.updated\ndata: {{…}}\n\n",
    "undo_operation": {
        "operation": HEAD_EXAMPLE
        | {
            "id": "op_01JPSB0000000000080BCDEFGH",
            "seq": 43,
            "kind": "operation.undone",
            "undoes": HEAD_EXAMPLE["id"],
        },
        "restored": 0,
        "changed": 1,
        "deleted": 0,
        "skipped": [],
    },
}
_CHANGES: Json = {"type": "array", "items": RECORD_CHANGE, "description": "What it changed, record by record."}


def operation_schemas() -> dict[str, Json]:
    """Returns the schemas of operations, of an undo's answer, and of an explanation."""
    head = schemas.response_schema(OPERATION_HEAD)
    return {
        "Explanation": schemas.response_schema(
            {"fields": {"type": "object", "additionalProperties": _EXPLAINED, "description": "Each field."}}
        ),
        "OperationItem": schemas.response_schema(OPERATION_HEAD | {"size": _SIZE}),
        "OperationList": schemas.response_schema(
            {
                "results": _array_of(schemas.ref("OperationItem"), "What is on this page."),
                "next": schemas.nullable_text_schema("The next page: absolute, to be followed as it stands."),
            }
        ),
        "Operation": schemas.response_schema(
            OPERATION_HEAD
            | {
                "undoneBy": schemas.nullable_text_schema("The operation that took it back."),
                "changes": _CHANGES,
            }
        ),
        "ChangeItem": schemas.response_schema(OPERATION_HEAD | {"changes": _CHANGES}),
        "ChangeList": schemas.response_schema(
            {
                "results": _array_of(schemas.ref("ChangeItem"), "What was done, in order."),
                "through": schemas.text_schema("The cursor to go on from: all up to there was considered."),
                "next": schemas.nullable_text_schema("The page that follows, null if there is nothing more yet."),
            }
        ),
        "Undone": schemas.response_schema(
            {
                "operation": {**head, "description": "The undo, an operation like any."},
                "restored": _count("How many records were restored."),
                "changed": _count("How many records were changed."),
                "deleted": _count("How many records were deleted."),
                "skipped": _array_of({"type": "object"}, "The conflicts that `force` went past."),
            }
        ),
    }


_SIZE: Json = {"type": ["integer", "null"], "description": "The number of its changes; null for old operations."}


def _array_of(items: Json, description: str) -> Json:
    return {"type": "array", "items": items, "description": description}


def _count(description: str) -> Json:
    return {"type": "integer", "minimum": 0, "description": description}
