"""The endpoints of users: those of any record, but passwords are hashed before the transaction."""

from dataclasses import dataclass, replace

from leadline.http.endpoints.records import RecordEndpoints
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Write
from leadline.http.server.query_string import reject_all_parameters
from leadline.kit.db import Database, Transaction
from leadline.people.users import UserService
from leadline.records.body import read_new, read_patch


@dataclass(frozen=True)
class UserEndpoints(RecordEndpoints):
    users: UserService
    database: Database

    def create_endpoint(self) -> Endpoint:
        description = "Who has no password cannot sign in until an admin, or `leadline users password`, sets one."
        return replace(super().create_endpoint(), run_in_steps=self._create_in_steps, description=description)

    async def _create_in_steps(self, call: HandlerInput, write: Write) -> Response:
        reject_all_parameters(call.request.query_pairs())
        draft = read_new(self.kind, call.body)
        hashed = await self.users.hash_password(draft, draft.values.get("email"))

        async def create_user(tx: Transaction) -> Response:
            return self.created_response(call, await self.users.create(tx, call.actor, hashed))

        return await write(create_user)

    def patch_endpoint(self) -> Endpoint:
        description = (
            "Changes the fields that are sent, and no others. Another password, or active: false, signs the user out "
            "everywhere. The last active admin stays one, and nobody disables themselves (409)."
        )
        return replace(super().patch_endpoint(), run_in_steps=self._patch_in_steps, description=description)

    async def _patch_in_steps(self, call: HandlerInput, write: Write) -> Response:
        reject_all_parameters(call.request.query_pairs())
        versions = call.request.version_conditions()
        sent = read_patch(self.kind, call.body)
        if sent.values.get("password") is not None:
            user = await self.database.read(lambda tx: self.users.find_user(tx, call.actor, call.request.id))
            sent = await self.users.hash_password(sent, sent.values.get("email") or user["email"])

        async def patch_user(tx: Transaction) -> Response:
            made = await self.users.patch(tx, call.actor, call.request.id, sent, versions=versions)
            return self.updated_response(made)

        return await write(patch_user)
