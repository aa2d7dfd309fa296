"""The endpoints of users: those of any record, but passwords are hashed before the transaction."""

from dataclasses import dataclass, replace
from functools import partial

from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response
from leadline.kit.db import Database, Transaction
from leadline.people.users import UserService
from leadline.records.body import ParsedBody


@dataclass(frozen=True)
class UserEndpoints(RecordEndpoints):
    users: UserService
    database: Database

    def create_endpoint(self) -> Endpoint:
        description = "Who has no password cannot sign in until an admin, or `leadline users password`, sets one."
        return replace(
            super().create_endpoint(), run=self._create_user, prepare=self._prepare_new, description=description
        )

    async def _prepare_new(self, call: HandlerInput) -> ParsedBody:
        """Returns the parsed body with the password hashed."""
        draft: ParsedBody = call.parsed
        return await self.users.hash_password(draft, draft.values.get("email"))

    async def _create_user(self, tx: Transaction, call: HandlerInput) -> Response:
        return self.created_response(call, await self.users.create(tx, call.actor, call.parsed))

    def patch_endpoint(self) -> Endpoint:
        description = (
            "Changes the fields that are sent, and no others. Another password, or active: false, signs the user out "
            "everywhere. The last active admin stays one, and nobody disables themselves (409)."
        )
        return replace(
            super().patch_endpoint(), run=self._patch_user, prepare=self._prepare_patch, description=description
        )

    async def _prepare_patch(self, call: HandlerInput) -> ParsedBody:
        """Returns the parsed body with the password hashed. Raises `NotFound`."""
        sent: ParsedBody = call.parsed
        call.request.version_conditions()  # refuses a bad header before anything is read or hashed
        if sent.values.get("password") is None:
            return sent
        user = await self.database.read(partial(self.users.find_user, actor=call.actor, id_=call.request.id))
        return await self.users.hash_password(sent, sent.values.get("email") or user["email"])

    async def _patch_user(self, tx: Transaction, call: HandlerInput) -> Response:
        versions = call.request.version_conditions()
        made = await self.users.patch(tx, call.actor, call.request.id, call.parsed, versions=versions)
        return self.updated_response(made)
