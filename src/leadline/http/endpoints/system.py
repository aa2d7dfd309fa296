"""The endpoints about the server itself: its health and its documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import leadline
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import EncodedBody, Endpoint, HandlerInput, Json, Response
from leadline.kit.db import Database, Transaction
from leadline.kit.db.migrate import require_readable


@dataclass(frozen=True)
class SystemEndpoints:
    database: Database

    def health_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._read_health,
            name="health",
            summary="Whether the server can answer",
            description="Needs no token. 200 if the data can be read, else 503.",
            response_schema=schemas.ref("Health"),
            error_statuses=(400,),
        )

    async def _read_health(self, tx: Transaction, call: HandlerInput) -> Response:
        await require_readable(tx)
        status = "writes_failing" if self.database.write_stats().are_failing else "ok"
        return Response({"status": status, "version": leadline.__version__, "database": self.database.name})


@dataclass(frozen=True)
class DocumentEndpoint:
    """The endpoint of a document that is the same for everybody, and is made at the first request.

    render: renders the document; takes the prefix of relative links from the document to its siblings.
    """

    name: str
    summary: str
    media_type: str
    render: Callable[[str], bytes]
    response_schema: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    _rendered: dict[str, Response] = field(default_factory=dict)

    def get_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._get_document,
            name=self.name,
            summary=self.summary,
            response_schema=self.response_schema,
            error_statuses=(400,),
            media_type=self.media_type,
        )

    async def _get_document(self, tx: Transaction, call: HandlerInput) -> Response:
        parent = call.request.parent_path()
        if parent not in self._rendered:
            body = EncodedBody(self.render(parent))
            self._rendered[parent] = Response(body, headers=self.headers, media_type=self.media_type)
        return self._rendered[parent]


def system_schemas() -> dict[str, Json]:
    number: Json = {"type": "integer", "minimum": 1}
    user = {
        "id": schemas.text_schema("The user's id."),
        "name": schemas.nullable_text_schema("The user's name; null for one without."),
    }
    key = {"id": schemas.text_schema("The key's id."), "name": schemas.text_schema("The key's name.")}
    entry = {
        "operationId": schemas.text_schema("Names the operation, as `Operation-Id` did."),
        "seq": {**number, "description": "The operation's number in the workspace's log."},
        "kind": schemas.text_schema("What was done, such as `lead.updated`."),
        "at": {"type": "string", "format": "date-time", "description": "When it was done."},
        "user": {**schemas.ref("HistoryUser"), "description": "Who did it."},
        "key": schemas.nullable_schema(
            schemas.ref("HistoryKey") | {"description": "The API key that it was done with."}
        ),
        "requestId": schemas.nullable_text_schema("The request that it was done by, as `X-Request-Id` named it."),
        "version": {**number, "description": "The record's version after it."},
        "changes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2},
            "description": "The fields that changed, each with its value before and after.",
        },
    }
    health = {
        "status": schemas.text_schema("`ok`; or `writes_failing`, from a write that failed on, until one succeeds."),
        "version": schemas.text_schema("Version of the server."),
        "database": schemas.text_schema("`sqlite` or `postgres`."),
    }
    return {
        "Health": schemas.response_schema(health),
        "HistoryEntry": schemas.response_schema(entry),
        "HistoryUser": schemas.response_schema(user),
        "HistoryKey": schemas.response_schema(key),
        "HistoryPage": schemas.history_schema(schemas.ref("HistoryEntry")),
    }
