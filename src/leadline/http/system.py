"""The endpoints about the server itself."""

from collections.abc import Callable
from dataclasses import dataclass

import leadline
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply
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
            return Reply({"status": "ok", "version": leadline.__version__, "database": self.database.name})

        return work


def document(name: str, summary: str, media_type: str, make: Callable[[], bytes]) -> Endpoint:
    """A page that is the same for everybody, made when it is first asked for."""
    made: list[bytes] = []

    def run(call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            if not made:
                made.append(make())
            return Reply(made[0], media_type=media_type)

        return work

    return Endpoint(run=run, name=name, summary=summary, reply={}, refusals=(400,), media_type=media_type)


def system_schemas() -> dict[str, Json]:
    text: Json = {"type": "string"}
    name: Json = {"type": ["string", "null"]}
    named = schemas.closed({"id": text, "name": text})
    number: Json = {"type": "integer", "minimum": 1}
    return {
        "Health": schemas.closed({"status": text, "version": text, "database": text}),
        "HistoryEntry": schemas.closed(
            {
                "operationId": text,
                "seq": number,
                "kind": text,
                "at": {"type": "string", "format": "date-time"},
                "user": schemas.closed({"id": text, "name": name}),
                "key": schemas.nullable(named),
                "requestId": name,
                "version": number,
                "changes": {
                    "type": "object",
                    "additionalProperties": {"type": "array", "minItems": 2, "maxItems": 2},
                },
            }
        ),
    }
