"""The route table as an OpenAPI 3.1 document."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

import leadline
from leadline.access import Right
from leadline.auth.users import USERS
from leadline.crm.kinds import KINDS
from leadline.http import examples, schemas
from leadline.http.auth import auth_schemas
from leadline.http.conversion import convert_schemas
from leadline.http.endpoint import Endpoint, Route
from leadline.http.keys import key_schemas
from leadline.http.me import me_schemas
from leadline.http.system import system_schemas

Json = dict[str, Any]

_ABOUT = (
    "Leads, and what becomes of them. JSON in and out, names in camelCase, times in UTC. Every refusal is a "
    "problem document (RFC 9457) whose `code` is stable and whose `detail` says what to do. Paths are served "
    "with and without their last slash, and also under `/api/v1/`."
)
_HEADERS: Json = {
    "X-Request-Id": {"description": "Names this request in the server's log.", "schema": {"type": "string"}}
}
_WRITE_HEADERS: Json = _HEADERS | {
    "Operation-Id": {"description": "Names this write in the operation log.", "schema": {"type": "string"}}
}
_LIMIT_HEADERS: Json = {
    "X-RateLimit-Limit": {"description": "Requests per minute.", "schema": {"type": "integer"}},
    "X-RateLimit-Remaining": {"description": "How many are left of them.", "schema": {"type": "integer"}},
    "X-RateLimit-Reset": {
        "description": "When the minute ends, in seconds since 1970 UTC.",
        "schema": {"type": "integer"},
    },
}


def encode(table: Sequence[Route]) -> bytes:
    return msgspec.json.encode(describe(table))


def describe(table: Sequence[Route]) -> Json:
    paths: Json = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Leadline", "version": leadline.__version__, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token, or an API key (`pk_live_…`).",
                }
            },
        },
    }


def _schemas() -> Json:
    of_kinds: Json = {}
    for kind in (*KINDS, USERS):
        of_kinds |= schemas.of_kind(kind)
    of_kinds |= convert_schemas() | auth_schemas() | me_schemas() | key_schemas() | system_schemas()
    return of_kinds | {"Problem": _problem()}


def _problem() -> Json:
    text: Json = {"type": "string"}
    error = schemas.closed({"field": text, "code": text, "message": text})
    members: Json = {
        "type": text,
        "title": text,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence that says what to do."},
        "code": {"type": "string", "description": "Stable; for programs."},
        "requestId": text,
    }
    return {
        "type": "object",
        "properties": members | {"errors": {"type": "array", "items": error}},
        "required": list(members),
    }


def _operation(route: Route) -> Json:
    endpoint = route.endpoint
    operation: Json = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "tags": [route.path.split("/")[2]],
        "security": [] if route.right is Right.PUBLIC else [{"bearer": []}],
        "responses": _responses(route),
    }
    if endpoint.description:
        operation["description"] = endpoint.description
    if endpoint.parameters:
        operation["parameters"] = list(endpoint.parameters)
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": endpoint.body_required,
            "content": {"application/json": {"schema": endpoint.body, **_example(examples.BODIES, endpoint)}},
        }
    return operation


def _responses(route: Route) -> Json:
    endpoint = route.endpoint
    is_public = route.right is Right.PUBLIC
    is_counted = bool(not is_public or endpoint.bucket)
    success: Json = {
        "description": HTTPStatus(endpoint.status).phrase,
        "headers": (_WRITE_HEADERS if endpoint.writes else _HEADERS) | (_LIMIT_HEADERS if is_counted else {}),
    }
    if endpoint.reply is not None:
        success["content"] = {endpoint.media_type: {"schema": endpoint.reply, **_example(examples.REPLIES, endpoint)}}
    refusals = {*endpoint.refusals, 503, *(() if is_public else (401, 403)), *((429,) if is_counted else ())}
    return {
        str(endpoint.status): success,
        **{str(status): _refusal(status) for status in sorted(refusals)},
    }


def _refusal(status: int) -> Json:
    return {
        "description": HTTPStatus(status).phrase,
        "headers": _HEADERS | (_LIMIT_HEADERS if status == HTTPStatus.TOO_MANY_REQUESTS else {}),
        "content": {"application/problem+json": {"schema": schemas.ref("Problem")}},
    }


def _example(table: Json, endpoint: Endpoint) -> Json:
    return {"example": table[endpoint.name]} if endpoint.name in table else {}
