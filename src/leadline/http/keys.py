"""The endpoints of API keys: those of any kind of record, but that one is shown once, and revoked, not deleted."""

from dataclasses import dataclass, replace

from leadline.auth.keys import KEYS, ApiKeys
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply, not_stored, written
from leadline.http.query_string import refuse_all
from leadline.http.resource import Resource, shown
from leadline.kit.db import Transaction, Work
from leadline.records.body import read_new
from leadline.records.entity_tag import entity_tag


@dataclass(frozen=True)
class KeyResource(Resource):
    keys: ApiKeys

    def create(self) -> Endpoint:
        return replace(
            super().create(),
            run=self._create_key,
            description="The answer's secret is what the program signs in with; it cannot be shown again. Without "
            "scopes the key may do all that a User may; to write is not to read.",
            reply=schemas.ref("KeyCreated"),
        )

    def _create_key(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())
        draft = read_new(self.kind, call.body)

        async def work(tx: Transaction) -> Reply:
            made = await self.keys.create(tx, call.actor, draft)
            body = shown(self.kind, made.record) | {"secret": made.secret}
            return not_stored(written(body, made.operation, status=201, ETag=entity_tag(self.kind, made.record)))

        return work

    def revoke(self) -> Endpoint:
        return replace(
            self.delete(),
            run=self._revoke,
            name="revoke_key",
            summary="Revoke a key",
            description="From now on it is refused; the list goes on showing it.",
        )

    def _revoke(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())
        versions = call.asked.versions()

        async def work(tx: Transaction) -> Reply:
            operation = await self.keys.revoke(tx, call.actor, call.asked.id, versions=versions)
            return written(None, operation, status=204)

        return work


def key_schemas() -> dict[str, Json]:
    """Of the bodies and the replies: the key itself is shown only where it is made."""
    of_kind = schemas.of_kind(KEYS)
    key = of_kind.pop("Key")
    secret = schemas.text("The key itself, which cannot be read again.")
    return of_kind | {"KeyCreated": schemas.answer(key["properties"] | {"secret": secret})}
