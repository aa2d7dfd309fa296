"""The endpoints about the server itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import leadline
from leadline.http import schemas
from leadline.http.endpoint import Call, Encoded, Endpoint, Json, Reply
from leadline.http.query_string import refuse_all
from leadline.kit.db import Database, Transaction, Work


@dataclass(frozen=True)
class System:
    database: Database

    def health(self) -> Endpoint:
        return Endpoint(
            run=self._health,
            name="health",
            summary="Whether the server can answer",
            description="Needs no token. 200 if the data can be read, else 503.",
            reply=schemas.ref("Health"),
            refusals=(400,),
        )

    def _health(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            await tx.fetch_one("SELECT count(*) FROM migrations")
            status = "writes_failing" if self.database.write_stats().are_failing else "ok"
            return Reply({"status": status, "version": leadline.__version__, "database": self.database.name})

        return work


def document(
    name: str,
    summary: str,
    media_type: str,
    make: Callable[[str], bytes],
    *,
    reply: Json,
    headers: Mapping[str, str] | None = None,
) -> Endpoint:
    """A page that is the same for everybody, made when it is first asked for. `make` takes what relative links to its
    neighbours begin with."""
    made: dict[str, Reply] = {}

    def run(call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            parent = call.asked.parent()
            if parent not in made:
                made[parent] = Reply(Encoded(make(parent)), headers=headers or {}, media_type=media_type)
            return made[parent]

        return work

    return Endpoint(run=run, name=name, summary=summary, reply=reply, refusals=(400,), media_type=media_type)


def system_schemas() -> dict[str, Json]:
    number: Json = {"type": "integer", "minimum": 1}
    user = {
        "id": schemas.text("The user's id."),
        "name": schemas.nullable_text("The user's name; null for one without."),
    }
    key = {"id": schemas.text("The key's id."), "name": schemas.text("The key's name.")}
    entry = {
        "operationId": schemas.text("Names the operation, as `Operation-Id` did."),
        "seq": {**number, "description": "The operation's number in the workspace's log."},
        "kind": schemas.text("What was done, such as `lead.updated`."),
        "at": {"type": "string", "format": "date-time", "description": "When it was done."},
        "user": {**schemas.ref("HistoryUser"), "description": "Who did it."},
        "key": schemas.nullable(schemas.ref("HistoryKey") | {"description": "The API key that it was done with."}),
        "requestId": schemas.nullable_text("The request that it was done by, as `X-Request-Id` named it."),
        "version": {**number, "description": "The record's version after it."},
        "changes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {}, "minItems": 2, "maxItems": 2},
            "description": "The fields that changed, each with its value before and after.",
        },
    }
    health = {
        "status": schemas.text("`ok`; or `writes_failing`, from a write that failed on, until one succeeds."),
        "version": schemas.text("Version of the server."),
        "database": schemas.text("`sqlite` or `postgres`."),
    }
    return {
        "Health": schemas.answer(health),
        "HistoryEntry": schemas.answer(entry),
        "HistoryUser": schemas.answer(user),
        "HistoryKey": schemas.answer(key),
        "HistoryPage": schemas.history(schemas.ref("HistoryEntry")),
    }
