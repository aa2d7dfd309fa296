"""The endpoints of the caller's preferences."""

from dataclasses import dataclass

import msgspec

from leadline.crm.preferences import MAX_PREFERENCES_BYTES, PreferenceService
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.kit.db import Transaction


@dataclass(frozen=True)
class PreferenceEndpoints:
    preferences: PreferenceService

    def get_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._get_preferences,
            name="get_preferences",
            summary="Get your preferences",
            description="The object that you saved last; an empty one before that. Only you see it. Not for keys.",
            response_schema=schemas.ref("Preferences"),
            error_statuses=(400,),
        )

    async def _get_preferences(self, tx: Transaction, call: HandlerInput) -> Response:
        return Response(msgspec.Raw((await self.preferences.read(tx, call.actor)).encode()))

    def put_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._put_preferences,
            name="save_preferences",
            summary="Save your preferences",
            description="Replaces them by the object in the body, whose members are your own choice. At most "
            f"{MAX_PREFERENCES_BYTES // 1024} KiB.",
            body=schemas.ref("Preferences"),
            max_body=MAX_PREFERENCES_BYTES,
            response_schema=schemas.ref("Preferences"),
            writes=True,
            error_statuses=(400, 413, 415),
        )

    async def _put_preferences(self, tx: Transaction, call: HandlerInput) -> Response:
        content = call.request.json_bytes.strip()
        operation = await self.preferences.replace(tx, call.actor, content.decode())
        return write_response(msgspec.Raw(content), operation)


def preference_schemas() -> dict[str, Json]:
    schema = {"type": "object", "additionalProperties": True, "description": "Whatever a client keeps for a person."}
    return {"Preferences": schema}
