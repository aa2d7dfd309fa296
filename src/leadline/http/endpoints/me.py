"""The endpoints about the caller."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from leadline.errors import Conflict, FieldError
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, not_stored, write_response
from leadline.http.server.session_cookie import set_cookie
from leadline.kit.db import Database, Transaction
from leadline.people.directory import describe_actor
from leadline.people.login import LoginService
from leadline.people.passwords import PasswordField
from leadline.people.sessions import SessionService
from leadline.people.users import FIRST_NAME, LAST_NAME, PASSWORD, UserService
from leadline.records.body import ParsedBody, read_fields, refuse_errors
from leadline.records.kind import Field
from leadline.records.store import Record

CHANGES = (FIRST_NAME, LAST_NAME, PASSWORD, Field("currentPassword", PasswordField(is_chosen=False)))


@dataclass(frozen=True)
class MeEndpoints:
    database: Database
    users: UserService
    login_service: LoginService
    sessions: SessionService

    def get_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._get_me,
            name="me",
            summary="Who is asking",
            description="The user a token acts as, the workspace it belongs to, and the API key if it is one. "
            "Renews the cookie of a browser when half of its time is over.",
            response_schema=schemas.ref("Me"),
            error_statuses=(400,),
        )

    async def _get_me(self, tx: Transaction, call: HandlerInput) -> Response:
        response = Response(await describe_actor(tx, call.actor), headers=self._renew_cookie(call))
        return not_stored(response) if response.headers else response

    def _renew_cookie(self, call: HandlerInput) -> dict[str, str]:
        cookie = call.request.session_cookie()
        if cookie is None:
            return {}
        token = self.sessions.renew_browser_token(call.actor)
        return {} if token is None else set_cookie(cookie.name, token.text, token.seconds)

    def patch_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._patch_me,
            parse=_read_changes,
            prepare=self._prepare_patch,
            name="update_me",
            summary="Change what is your own",
            description="Your names, and with currentPassword your password: that signs you out everywhere else. Not "
            "for keys.",
            body=schemas.ref("MeUpdate"),
            response_schema=schemas.ref("Me"),
            writes=True,
            error_statuses=(400, 409, 413, 415, 422, 429),
        )

    async def _prepare_patch(self, call: HandlerInput) -> "_MyPatch":
        """Checks the current password and hashes the new one. Raises `InvalidInput`, `TooManyAttempts`."""
        actor, (sent, current) = call.actor, call.parsed
        me = await self.database.read(partial(self.users.find_user, actor=actor, id_=actor.user_id))
        if "password" in sent.values:
            await self.login_service.confirm_password(me, actor.workspace, current)
            sent = await self.users.hash_password(sent, me["email"])
        return _MyPatch(sent, me)

    async def _patch_me(self, tx: Transaction, call: HandlerInput) -> Response:
        actor, patch = call.actor, call.parsed
        if "password" in patch.sent.values:
            _refuse_if_changed(patch.me, await self.users.find_user(tx, actor, actor.user_id))
        made = await self.users.patch(tx, actor, actor.user_id, patch.sent)
        return write_response(await describe_actor(tx, actor), made.operation)


class _MyPatch(NamedTuple):
    """The fields to write, and the user as they were when the current password was checked."""

    sent: ParsedBody
    me: Record


def _read_changes(call: HandlerInput) -> tuple[ParsedBody, str]:
    """Returns the values to change, and the current password. Raises `InvalidInput`."""
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


def me_schemas() -> dict[str, Json]:
    """Returns the schemas of the bodies in requests and responses about the caller."""
    user = schemas.response_schema(
        {
            "id": schemas.text_schema("The user's id."),
            "email": schemas.nullable_text_schema("The user's e-mail; null for the user that keys act as."),
            "firstName": schemas.nullable_text_schema("First name."),
            "lastName": schemas.nullable_text_schema("Last name."),
            "name": schemas.nullable_text_schema("Both names."),
            "role": {**schemas.ref("UserRole"), "description": "What the user may do."},
        }
    )
    workspace = schemas.response_schema(
        {"id": schemas.text_schema("The workspace's id."), "name": schemas.text_schema("Its name.")}
    )
    key = schemas.response_schema(
        {"id": schemas.text_schema("The key's id."), "name": schemas.text_schema("Its name.")}
    )
    changes = schemas.request_of(CHANGES)
    password = changes["properties"]["password"]
    del password["type"][1]  # null, for only an admin removes a password
    password["description"] = "The new password. Needs currentPassword."
    return {
        "Me": schemas.response_schema(
            {
                "user": {**schemas.ref("MyUser"), "description": "The user that the token acts as."},
                "workspace": {**schemas.ref("MyWorkspace"), "description": "The workspace that the token is for."},
                "key": schemas.nullable_schema(schemas.ref("MyKey") | {"description": "The API key, if it is one."}),
            }
        ),
        "MyUser": user,
        "MyWorkspace": workspace,
        "MyKey": key,
        "MeUpdate": changes | {"minProperties": 1},
    }
