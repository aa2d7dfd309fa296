"""The endpoints of users: those of any kind of record, and passwords hashed before the transaction."""

from dataclasses import dataclass, replace

from leadline.auth.users import Users
from leadline.http.endpoint import Call, Endpoint, Reply, Write
from leadline.http.query_string import refuse_all
from leadline.http.resource import Resource
from leadline.kit.db import Database, Transaction
from leadline.records.body import read_new, read_patch


@dataclass(frozen=True)
class UserResource(Resource):
    users: Users
    database: Database

    def create(self) -> Endpoint:
        description = "Who has no password cannot sign in until an admin, or `leadline users password`, sets one."
        return replace(super().create(), steps=self._create_in_steps, description=description)

    async def _create_in_steps(self, call: Call, write: Write) -> Reply:
        refuse_all(call.asked.pairs())
        draft = read_new(self.kind, call.body)
        hashed = await self.users.hash_password(draft, draft.values.get("email"))

        async def work(tx: Transaction) -> Reply:
            return self.created(call, await self.users.create(tx, call.actor, hashed))

        return await write(work)

    def patch(self) -> Endpoint:
        description = (
            "Changes the fields that are sent, and no others. Another password, or active: false, signs the user out "
            "everywhere. The last active admin stays one, and nobody disables themselves (409)."
        )
        return replace(super().patch(), steps=self._patch_in_steps, description=description)

    async def _patch_in_steps(self, call: Call, write: Write) -> Reply:
        refuse_all(call.asked.pairs())
        versions = call.asked.versions()
        sent = read_patch(self.kind, call.body)
        if sent.values.get("password") is not None:
            user = await self.database.read(lambda tx: self.users.find(tx, call.actor, call.asked.id))
            sent = await self.users.hash_password(sent, sent.values.get("email") or user["email"])

        async def work(tx: Transaction) -> Reply:
            made = await self.users.patch(tx, call.actor, call.asked.id, sent, versions=versions)
            return self.updated(made)

        return await write(work)
