"""The endpoints about who is asking."""

from dataclasses import dataclass

from leadline.access import Actor
from leadline.auth.login import Login
from leadline.auth.passwords import PasswordField
from leadline.auth.users import FIRST_NAME, LAST_NAME, PASSWORD, Users
from leadline.errors import Conflict, FieldError
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply, Write, written
from leadline.http.query_string import refuse_all
from leadline.kit.db import Database, Transaction, Work
from leadline.names import full_name
from leadline.records.body import ParsedBody, read_fields, refuse_errors
from leadline.records.kind import Field
from leadline.records.store import Record

CHANGES = (FIRST_NAME, LAST_NAME, PASSWORD, Field("currentPassword", PasswordField(is_chosen=False)))


@dataclass(frozen=True)
class Myself:
    database: Database
    users: Users
    login: Login

    def get(self) -> Endpoint:
        return Endpoint(
            run=self._get,
            name="me",
            summary="Who is asking",
            description="The user a token acts as, the workspace it belongs to, and the API key if it is one.",
            reply=schemas.ref("Me"),
            refusals=(400,),
        )

    def _get(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            return Reply(await _describe(tx, call.actor))

        return work

    def patch(self) -> Endpoint:
        return Endpoint(
            steps=self._patch,
            name="update_me",
            summary="Change what is your own",
            description="Your names, and with currentPassword your password: that signs you out everywhere else. Not "
            "for keys.",
            body=schemas.ref("MeUpdate"),
            reply=schemas.ref("Me"),
            writes=True,
            refusals=(400, 409, 413, 415, 422, 429),
        )

    async def _patch(self, call: Call, write: Write) -> Reply:
        refuse_all(call.asked.pairs())
        actor, (sent, current) = call.actor, _read(call)
        me = await self.database.read(lambda tx: self.users.find(tx, actor, actor.user_id))
        if "password" in sent.values:
            await self.login.confirm(me, actor.workspace, current)
            sent = await self.users.hash_password(sent, me["email"])

        async def work(tx: Transaction) -> Reply:
            if "password" in sent.values:
                _refuse_if_changed(me, await self.users.find(tx, actor, actor.user_id))
            made = await self.users.patch(tx, actor, actor.user_id, sent)
            return written(await _describe(tx, actor), made.operation)

        return await write(work)


def _read(call: Call) -> tuple[ParsedBody, str]:
    """What is to change, and the current password. Raises `Invalid`."""
    values, errors = read_fields({field.name: field for field in CHANGES}, call.body)
    at_fault = {error.field for error in errors}
    current = values.pop("currentPassword", None)
    if "password" in call.body and current is None and "currentPassword" not in at_fault:
        errors.append(
            FieldError("currentPassword", "required", "currentPassword is required to change the password.")
        )
    if "password" not in call.body and current is not None:
        errors.append(FieldError("currentPassword", "needs", "currentPassword needs password: the new one."))
    if "password" in values and values["password"] is None:
        errors.append(FieldError("password", "required", "password is required; only an admin takes it away."))
    refuse_errors((field.name for field in CHANGES), errors)
    return ParsedBody(values, []), str(current)


def _refuse_if_changed(before: Record, now: Record) -> None:
    if now["password"] != before["password"]:
        raise Conflict("Your password was changed at the same moment; try again.", code="changed_meanwhile")


async def _describe(tx: Transaction, actor: Actor) -> Json:
    row = await tx.fetch_one(
        "SELECT users.id, users.email, users.first_name, users.last_name, users.role,"
        " workspaces.id, workspaces.name, keys.id, keys.name"
        " FROM users JOIN workspaces ON workspaces.number = users.workspace"
        " LEFT JOIN keys ON keys.id = ? WHERE users.id = ?",
        (actor.key_id, actor.user_id),
    )
    assert row is not None, "the actor was found"
    user, email, first, last, role, workspace, workspace_name, key, key_name = row
    return {
        "user": {
            "id": user,
            "email": email,
            "firstName": first,
            "lastName": last,
            "name": full_name(first, last),
            "role": role,
        },
        "workspace": {"id": workspace, "name": workspace_name},
        "key": {"id": key, "name": key_name} if key else None,
    }


def me_schemas() -> dict[str, Json]:
    """Of the body and the reply."""
    user = schemas.answer(
        {
            "id": schemas.text("The user's id."),
            "email": schemas.nullable_text("The user's e-mail; null for the user that keys act as."),
            "firstName": schemas.nullable_text("First name."),
            "lastName": schemas.nullable_text("Last name."),
            "name": schemas.nullable_text("Both names."),
            "role": {**schemas.ref("UserRole"), "description": "What the user may do."},
        }
    )
    workspace = schemas.answer({"id": schemas.text("The workspace's id."), "name": schemas.text("Its name.")})
    key = schemas.answer({"id": schemas.text("The key's id."), "name": schemas.text("Its name.")})
    changes = schemas.request_of(CHANGES)
    password = changes["properties"]["password"]
    del password["type"][1]  # only an admin takes it away
    password["description"] = "The new password. Needs currentPassword."
    return {
        "Me": schemas.answer(
            {
                "user": {**schemas.ref("MyUser"), "description": "The user that the token acts as."},
                "workspace": {**schemas.ref("MyWorkspace"), "description": "The workspace that the token is for."},
                "key": schemas.nullable(schemas.ref("MyKey") | {"description": "The API key, if it is one."}),
            }
        ),
        "MyUser": user,
        "MyWorkspace": workspace,
        "MyKey": key,
        "MeUpdate": changes | {"minProperties": 1},
    }
