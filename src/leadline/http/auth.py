"""The endpoints that people sign in and out with."""

from dataclasses import dataclass

from leadline.auth.clusters import asking
from leadline.auth.login import Credentials, Login
from leadline.auth.passwords import PasswordField
from leadline.auth.sessions import Sessions
from leadline.errors import BAD_TOKEN, Unauthenticated
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply, Write, not_stored, written
from leadline.http.query_string import refuse_all
from leadline.kit.db import Database, Transaction, Work
from leadline.records.body import read_members, refuse_errors
from leadline.records.kind import Field, Values
from leadline.records.texts import ReferenceField, TextField

LOGIN = (
    Field("email", TextField(max_length=254), required=True),
    Field("password", PasswordField(is_chosen=False), required=True),
    Field("workspaceId", ReferenceField(to="workspace", prefix="ws")),
)
REFRESH = (Field("refresh", TextField(max_length=1_000), required=True),)


def read_request(fields: tuple[Field, ...], call: Call) -> Values:
    """What was sent. Raises `Invalid`, and `Malformed` for parameters."""
    refuse_all(call.asked.pairs())
    draft = read_members(fields, call.body)
    refuse_errors((field.name for field in fields), draft.errors)
    return draft.values


@dataclass(frozen=True)
class SignIn:
    database: Database
    sign_in: Login
    sessions: Sessions

    def login(self) -> Endpoint:
        return Endpoint(
            steps=self._login,
            name="login",
            summary="Sign in",
            description="The access token is good for an hour, the refresh token for 30 days; both are settings. An "
            "e-mail that is known in several workspaces means the oldest user with this password; workspaceId says "
            "which. After 10 failures in a row the e-mail waits for 15 minutes.",
            body=schemas.ref("Login"),
            reply=schemas.ref("SignedIn"),
            writes=True,
            bucket="login",
            refusals=(400, 401, 413, 415, 422, 429),
        )

    async def _login(self, call: Call, _: Write) -> Reply:
        given = read_request(LOGIN, call)
        workspace_id = given["workspaceId"]
        credentials = Credentials(
            str(given["email"]), str(given["password"]), None if workspace_id is None else str(workspace_id)
        )
        done = await self.sign_in.sign_in(credentials, call.actor.request_id)
        user = {name: done.user[name] for name in ("id", "email", "firstName", "lastName")}
        body = {
            "access": done.pair.access,
            "refresh": done.pair.refresh,
            "user": {**user, "workspaceId": done.workspace_id},
        }
        return not_stored(written(body, done.pair.operation))

    def refresh(self) -> Endpoint:
        return Endpoint(
            steps=self._refresh,
            name="refresh_token",
            summary="Get new tokens",
            description="For a refresh token, which is spent by this. If it comes again, somebody else may have "
            "it, and the session ends.",
            body=schemas.ref("TokenRefresh"),
            reply=schemas.ref("TokenPair"),
            writes=True,
            refusals=(400, 401, 413, 415, 422),
        )

    async def _refresh(self, call: Call, _: Write) -> Reply:
        token = str(read_request(REFRESH, call)["refresh"])

        async def find_workspace(tx: Transaction) -> int:
            workspace = await self.sessions.workspace_of(tx, token)
            if workspace is None:
                raise _spent()
            return workspace

        with asking(token):
            workspace = await self.database.read(find_workspace)
            pair = await self.database.write(
                lambda tx: self.sessions.refresh(tx, workspace, token, call.actor.request_id), workspace
            )
        if pair is None:
            raise _spent()
        return not_stored(written({"access": pair.access, "refresh": pair.refresh}, pair.operation))

    def logout(self) -> Endpoint:
        return Endpoint(
            run=self._logout,
            name="logout",
            summary="Sign out",
            description="Ends the session of the access token: from now on neither of its tokens is taken.",
            reply=None,
            status=204,
            writes=True,
            refusals=(400, 404),
        )

    def _logout(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            return written(None, await self.sessions.end(tx, call.actor), status=204)

        return work


def _spent() -> Unauthenticated:
    return Unauthenticated("The refresh token is not, or no longer, valid; sign in again.", code=BAD_TOKEN)


def auth_schemas() -> dict[str, Json]:
    """Of the bodies and the replies."""
    pair = {
        "access": schemas.text("The access token, for `Authorization: Bearer`."),
        "refresh": schemas.text("The refresh token, which gets new ones, once."),
    }
    user = {
        "id": schemas.text("The user's id."),
        "email": schemas.text("The user's e-mail."),
        "firstName": schemas.nullable_text("First name."),
        "lastName": schemas.nullable_text("Last name."),
        "workspaceId": schemas.text("Id of the workspace that was signed in to."),
    }
    return {
        "SignedInUser": schemas.answer(user),
        "Login": schemas.request_of(LOGIN),
        "TokenRefresh": schemas.request_of(REFRESH),
        "TokenPair": schemas.answer(pair),
        "SignedIn": schemas.answer(pair | {"user": {**schemas.ref("SignedInUser"), "description": "Who signed in."}}),
    }
