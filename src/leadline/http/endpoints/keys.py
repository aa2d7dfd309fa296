"""The endpoints of API keys: those of any record, but a key is shown once, and revoked instead of deleted."""

from dataclasses import dataclass, replace

from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, not_stored, write_response
from leadline.kit.db import Transaction
from leadline.people.keys import KEYS, ApiKeys
from leadline.records.entity_tag import entity_tag
from leadline.records.shown import show_record


@dataclass(frozen=True)
class KeyEndpoints(RecordEndpoints):
    keys: ApiKeys

    def create_endpoint(self) -> Endpoint:
        return replace(
            super().create_endpoint(),
            run=self._create_key,
            description="The answer's secret is what the program signs in with; it cannot be shown again. Without "
            "scopes the key may do all that a User may; to write is not to read.",
            response_schema=schemas.ref("KeyCreated"),
        )

    async def _create_key(self, tx: Transaction, call: HandlerInput) -> Response:
        made = await self.keys.create(tx, call.actor, call.parsed)
        body = show_record(self.kind, made.record) | {"secret": made.secret}
        tag = entity_tag(self.kind, made.record)
        return not_stored(write_response(body, made.operation, status=201, ETag=tag), "secret")

    def revoke_endpoint(self) -> Endpoint:
        return replace(
            self.delete_endpoint(),
            run=self._revoke_key,
            name="revoke_key",
            summary="Revoke a key",
            description="From now on it is refused; the list goes on showing it.",
        )

    async def _revoke_key(self, tx: Transaction, call: HandlerInput) -> Response:
        versions = call.request.version_conditions()
        operation = await self.keys.revoke(tx, call.actor, call.request.id, versions=versions)
        return write_response(None, operation, status=204)


def key_schemas() -> dict[str, Json]:
    """Returns the schemas of the bodies in requests and responses about keys. Only a new key has its secret."""
    of_kind = schemas.of_kind(KEYS)
    key = of_kind.pop("Key")
    secret = schemas.text_schema("The key itself, which cannot be read again.")
    return of_kind | {"KeyCreated": schemas.response_schema(key["properties"] | {"secret": secret})}
