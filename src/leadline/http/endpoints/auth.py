"""The endpoints that people sign in and out with."""

from dataclasses import dataclass
from functools import partial

from leadline.errors import BAD_TOKEN, Unauthenticated
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, not_stored, write_response
from leadline.kit.db import Database, Transaction
from leadline.people.clusters import asking_with
from leadline.people.login import Credentials, LoginService
from leadline.people.passwords import PasswordField
from leadline.people.sessions import SessionService
from leadline.records.body import read_members, refuse_errors
from leadline.records.kind import Field, Values
from leadline.records.texts import ReferenceField, TextField

LOGIN = (
    Field("email", TextField(max_length=254), required=True),
    Field("password", PasswordField(is_chosen=False), required=True),
    Field("workspaceId", ReferenceField(to="workspace", prefix="ws")),
)
REFRESH = (Field("refresh", TextField(max_length=1_000), required=True),)


def read_request(fields: tuple[Field, ...], call: HandlerInput) -> Values:
    """Returns the values of `fields` in the body. Raises `InvalidInput`."""
    draft = read_members(fields, call.body)
    refuse_errors((field.name for field in fields), draft.errors)
    return draft.values


@dataclass(frozen=True)
class AuthEndpoints:
    database: Database
    login_service: LoginService
    sessions: SessionService

    def login_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._sign_in,
            name="login",
            summary="Sign in",
            description="The access token is good for an hour, the refresh token for 30 days; both are settings. An "
            "e-mail that is known in several workspaces means the oldest user with this password; workspaceId says "
            "which. After 10 failures in a row the e-mail waits for 15 minutes.",
            body=schemas.ref("Login"),
            response_schema=schemas.ref("SignedIn"),
            writes=True,
            bucket="login",
            error_statuses=(400, 401, 413, 415, 422, 429),
        )

    async def _sign_in(self, call: HandlerInput) -> Response:
        given = read_request(LOGIN, call)
        workspace_id = given["workspaceId"]
        credentials = Credentials(
            str(given["email"]), str(given["password"]), None if workspace_id is None else str(workspace_id)
        )
        done = await self.login_service.sign_in(credentials, call.actor.request_id)
        user = {name: done.user[name] for name in ("id", "email", "firstName", "lastName")}
        body = {
            "access": done.pair.access,
            "refresh": done.pair.refresh,
            "user": {**user, "workspaceId": done.workspace_id},
        }
        return not_stored(write_response(body, done.pair.operation), "access", "refresh")

    def refresh_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._refresh_tokens,
            name="refresh_token",
            summary="Get new tokens",
            description="For a refresh token, which is spent by this. If it comes again, somebody else may have "
            "it, and the session ends.",
            body=schemas.ref("TokenRefresh"),
            response_schema=schemas.ref("TokenPair"),
            writes=True,
            error_statuses=(400, 401, 413, 415, 422),
        )

    async def _refresh_tokens(self, call: HandlerInput) -> Response:
        token = str(read_request(REFRESH, call)["refresh"])

        with asking_with(token):
            workspace = await self.database.read(partial(self._find_workspace, token))
            refresh = partial(self.sessions.refresh_tokens, workspace=workspace, token=token)
            pair = await self.database.write(partial(refresh, request_id=call.actor.request_id), workspace)
        if pair is None:
            raise _token_refused()
        body = {"access": pair.access, "refresh": pair.refresh}
        return not_stored(write_response(body, pair.operation), *body)

    async def _find_workspace(self, token: str, tx: Transaction) -> int:
        workspace = await self.sessions.workspace_of(tx, token)
        if workspace is None:
            raise _token_refused()
        return workspace

    def logout_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._sign_out,
            name="logout",
            summary="Sign out",
            description="Ends the session of the access token: from now on neither of its tokens is taken.",
            response_schema=None,
            status=204,
            writes=True,
            error_statuses=(400, 404),
        )

    async def _sign_out(self, tx: Transaction, call: HandlerInput) -> Response:
        return write_response(None, await self.sessions.end_session(tx, call.actor), status=204)


def _token_refused() -> Unauthenticated:
    return Unauthenticated("The refresh token is not, or no longer, valid; sign in again.", code=BAD_TOKEN)


def auth_schemas() -> dict[str, Json]:
    """Returns the schemas of the bodies in sign-in requests and responses."""
    pair = {
        "access": schemas.text_schema("The access token, for `Authorization: Bearer`."),
        "refresh": schemas.text_schema("The refresh token, which gets new ones, once."),
    }
    user = {
        "id": schemas.text_schema("The user's id."),
        "email": schemas.text_schema("The user's e-mail."),
        "firstName": schemas.nullable_text_schema("First name."),
        "lastName": schemas.nullable_text_schema("Last name."),
        "workspaceId": schemas.text_schema("Id of the workspace that was signed in to."),
    }
    return {
        "SignedInUser": schemas.response_schema(user),
        "Login": schemas.request_of(LOGIN),
        "TokenRefresh": schemas.request_of(REFRESH),
        "TokenPair": schemas.response_schema(pair),
        "SignedIn": schemas.response_schema(
            pair | {"user": {**schemas.ref("SignedInUser"), "description": "Who signed in."}}
        ),
    }
