"""The route table as an OpenAPI 3.1 document."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

import leadline
from leadline.access import Right
from leadline.crm.kinds import KINDS
from leadline.http.endpoints.auth import auth_schemas
from leadline.http.endpoints.conversion import convert_schemas, preview_schemas
from leadline.http.endpoints.keys import key_schemas
from leadline.http.endpoints.me import me_schemas
from leadline.http.endpoints.merging import merge_schemas
from leadline.http.endpoints.people import people_schemas
from leadline.http.endpoints.preferences import preference_schemas
from leadline.http.endpoints.system import system_schemas
from leadline.http.endpoints.views import view_schemas
from leadline.http.openapi import examples, schemas
from leadline.http.openapi.batch_schemas import batch_schemas
from leadline.http.openapi.codes import describe_codes
from leadline.http.openapi.operation_schemas import operation_schemas
from leadline.http.server.endpoint import Endpoint, Route
from leadline.people.users import USERS

Json = dict[str, Any]

_ABOUT = (
    "Leads, and what becomes of them. JSON in and out, names in camelCase, times in UTC. Every refusal is a "
    "problem document (RFC 9457) whose `code` is stable and whose `detail` says what to do. Paths are served "
    "with and without their last slash, and also under `/api/v1/`."
)
_HEADERS: Json = {
    "X-Request-Id": {"description": "Names this request in the server's log.", "schema": {"type": "string"}}
}
_LOG_HEADER: Json = {
    "Log-Seq": {
        "description": "The newest operation that the answer knows of. The answer of a single record does not say.",
        "schema": {"type": "integer"},
    }
}
_WRITE_HEADERS: Json = _HEADERS | {
    "Operation-Id": {"description": "Names this write in the operation log.", "schema": {"type": "string"}},
    **_LOG_HEADER,
}
_LIMIT_HEADERS: Json = {
    "X-RateLimit-Limit": {"description": "Requests per minute.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "How many are left of them.", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {
        "description": "When the minute ends, in seconds since 1970 UTC.",
        "schema": {"type": "integer"},
    },
}


_TAGS = {
    "leads": "People who may become customers.",
    "contacts": "People we do business with.",
    "accounts": "Companies we do business with.",
    "opportunities": "Deals that may be won.",
    "operations": "What was done, to look at and to take back.",
    "changes": "What was done, for programs that keep in step.",
    "auth": "Signing in and out.",
    "people": "Whom a record can be given to.",
    "users": "The people of the workspace, for admins.",
    "keys": "API keys, for admins.",
    "me": "Who is asking.",
    "views": "Lists that you keep under a name.",
    "server": "The server itself.",
}
_SYSTEM_PATHS = ("health", "openapi.json", "docs")
"""The paths that share the tag `server`."""


def encode_document(table: Sequence[Route], public_url: str = "") -> bytes:
    return msgspec.json.encode(describe_api(table, public_url))


def describe_api(table: Sequence[Route], public_url: str = "") -> Json:
    """Returns the OpenAPI document. `public_url` is put before all paths, "" for the document's own host."""
    paths: Json = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _describe_operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Leadline", "version": leadline.__version__, "description": _ABOUT},
        "servers": [{"url": public_url.rstrip("/") or "/"}],
        "tags": [{"name": tag, "description": _TAGS.get(tag, "")} for tag in dict.fromkeys(map(_section_of, table))],
        "paths": paths,
        "components": {
            "schemas": _used_schemas(_all_schemas(), paths),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token, or an API key (`pk_live_…`).",
                }
            },
        },
    }


def _section_of(route: Route) -> str:
    word = route.path.split("/")[2]
    return "server" if word in _SYSTEM_PATHS else word


def _all_schemas() -> Json:
    of_kinds: Json = {}
    for kind in (*KINDS, USERS):
        of_kinds |= schemas.of_kind(kind)
    of_kinds |= (
        convert_schemas()
        | batch_schemas()
        | preview_schemas()
        | merge_schemas()
        | operation_schemas()
        | auth_schemas()
        | me_schemas()
        | key_schemas()
        | people_schemas()
        | view_schemas()
        | preference_schemas()
        | system_schemas()
    )
    return of_kinds | {"Preview": _preview_schema(), "Problem": _problem_schema(), "ProblemError": _problem_error()}


def _used_schemas(named: Json, *nodes: object) -> Json:
    """Returns the named schemas that `nodes` refer to, directly or through other schemas, in their order."""
    used: set[str] = set()
    waiting = [*nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in used:
                used.add(name)
                waiting.append(named[name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return {name: schema for name, schema in named.items() if name in used}


def _problem_schema() -> Json:
    members: Json = {
        "type": schemas.text_schema("Always `about:blank`: `code` says more."),
        "title": schemas.text_schema("The status in words."),
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": schemas.text_schema("A sentence that says what to do."),
        "code": schemas.text_schema("Which refusal it is: stable, for programs. Each answer lists its codes."),
        "requestId": schemas.text_schema("Names this request in the server's log."),
    }
    errors: Json = {
        "type": "array",
        "items": schemas.ref("ProblemError"),
        "description": "All that is wrong with single fields or parameters.",
    }
    return {"type": "object", "properties": members | {"errors": errors}, "required": list(members)}


def _problem_error() -> Json:
    return schemas.response_schema(
        {
            "field": schemas.text_schema("Name of the field or parameter."),
            "code": schemas.text_schema("What is wrong with it: stable, for programs."),
            "message": schemas.text_schema("A sentence that says what it would take."),
        }
    )


_TAG_HEADER: Json = {"ETag": {"description": "Names this very answer.", "schema": {"type": "string"}}}
_REPLAYED_HEADER: Json = {
    "Idempotency-Replayed": {
        "description": "`true` for an answer that is given again.",
        "schema": {"type": "string", "enum": ["true"]},
    }
}
_MERGED: Json = {
    "description": "Permanent Redirect. The record was merged into another one, whose address is in `Location`.",
    "headers": {"Location": {"description": "The same of the other record.", "schema": {"type": "string"}}},
    "content": {
        "application/json": {
            "schema": schemas.response_schema({"mergedInto": schemas.text_schema("Id of the other record.")})
        }
    },
}
_NOT_MODIFIED: Json = {"description": "Not Modified. The answer is the one that you have.", "headers": _TAG_HEADER}


def _describe_operation(route: Route) -> Json:
    endpoint = route.endpoint
    operation: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [_section_of(route)],
        "security": [] if route.right is Right.PUBLIC else [{"bearer": []}],
        "responses": _describe_responses(route),
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    parameters = [
        *endpoint.parameters,
        *([schemas.IF_NONE_MATCH] if endpoint.tagged else []),
        *([schemas.DRY_RUN, schemas.IDEMPOTENCY_KEY] if endpoint.is_repeatable else []),
    ]
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": endpoint.body_required,
            "content": {"application/json": {"schema": endpoint.body, **_find_example(examples.BODIES, endpoint)}},
        }
    if endpoint.upload is not None:
        operation["requestBody"] = {"required": True, "content": {"application/octet-stream": {}}}
    return operation


def _describe_responses(route: Route) -> Json:
    endpoint = route.endpoint
    is_public = route.right is Right.PUBLIC
    is_counted = bool(not is_public or endpoint.bucket)
    success: Json = {
        "description": HTTPStatus(endpoint.status).phrase,
        "headers": (_WRITE_HEADERS if endpoint.writes else _HEADERS) | (_LIMIT_HEADERS if is_counted else {}),
    }
    if endpoint.response_schema is not None:
        success["content"] = {
            endpoint.media_type: {"schema": endpoint.response_schema, **_find_example(examples.RESPONSES, endpoint)}
        }
    if endpoint.tagged:
        success["headers"] = success["headers"] | _TAG_HEADER | _LOG_HEADER
    if endpoint.is_repeatable:
        success["headers"] = success["headers"] | _REPLAYED_HEADER
    refusals = {
        *endpoint.error_statuses,
        503,
        *(() if is_public else (401, 403)),
        *((429,) if is_counted else ()),
        *((400, 409, 422) if endpoint.is_repeatable else ()),
    }
    return {
        **_describe_success(endpoint, success),
        **({"304": _NOT_MODIFIED} if endpoint.tagged else {}),
        **({"308": _MERGED} if endpoint.redirects else {}),
        **{str(status): _describe_error(status) for status in sorted(refusals)},
    }


def _describe_success(endpoint: Endpoint, success: Json) -> Json:
    """Returns the responses of success by their status, with that of a preview."""
    if not endpoint.is_repeatable:
        return {str(endpoint.status): success}
    ok, preview = str(HTTPStatus.OK.value), schemas.ref("Preview")
    if endpoint.status != HTTPStatus.OK:
        shown = {"description": "OK. What `dryRun=true` shows.", "headers": _HEADERS | _LIMIT_HEADERS}
        return {
            ok: {**shown, "content": {"application/json": {"schema": preview, "example": examples.PREVIEW}}},
            str(endpoint.status): success,
        }
    media = success["content"][endpoint.media_type]
    either = {**media, "schema": {"anyOf": [media["schema"], preview]}}
    return {ok: {**success, "content": {endpoint.media_type: either}}}


def _preview_schema() -> Json:
    change = schemas.response_schema(
        {
            "kind": schemas.text_schema("The kind of record."),
            "id": schemas.text_schema("The record's id; that of a new record is of the preview alone."),
            "action": {"type": "string", "enum": ["created", "updated", "deleted"], "description": "What is done."},
            "version": {"type": "integer", "description": "The record's version after it."},
            "fields": {"type": "object", "description": "Each changed field: `[before, after]`."},
        }
    )
    operation = schemas.response_schema(
        {
            "kind": schemas.text_schema("What would be done, such as `lead.converted`."),
            "changes": {"type": "array", "items": change, "description": "What it would change, record by record."},
        }
    )
    headers = {"type": "object", "additionalProperties": {"type": "string"}, "description": "ETag and Location."}
    return schemas.response_schema(
        {
            "dryRun": {"const": True, "description": "Nothing was written."},
            "status": {"type": "integer", "description": "The status of the write's answer."},
            "headers": headers,
            "answer": {"type": ["object", "null"], "description": "The write's answer, without secrets."},
            "operation": {**schemas.nullable_schema(operation), "description": "Null if nothing would be done."},
        }
    )


def _describe_error(status: int) -> Json:
    return {
        "description": f"{HTTPStatus(status).phrase}.{describe_codes(status)}",
        "headers": _HEADERS | (_LIMIT_HEADERS if status == HTTPStatus.TOO_MANY_REQUESTS else {}),
        "content": {"application/problem+json": {"schema": schemas.ref("Problem")}},
    }


def _find_example(table: Json, endpoint: Endpoint) -> Json:
    return {"example": table[endpoint.name]} if endpoint.name in table else {}
