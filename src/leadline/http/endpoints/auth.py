"""The endpoints that people sign in and out with."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from msgspec import structs

from leadline.access import Actor
from leadline.errors import BAD_TOKEN, NotFound, Unauthenticated
from leadline.http.openapi import schemas
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, not_stored, write_response
from leadline.http.server.session_cookie import choose_cookie_name, clear_cookie, set_cookie
from leadline.kit.db import Database, Transaction
from leadline.people.authenticator import Authenticator, SentToken
from leadline.people.clusters import asking_with
from leadline.people.login import Credentials, LoginService, SignedIn
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
    authenticator: Authenticator

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
        done = await self._open_session(call)
        body = {"access": done.pair.access, "refresh": done.pair.refresh, "user": _describe_user(done)}
        return not_stored(write_response(body, done.pair.operation), "access", "refresh")

    async def _open_session(self, call: HandlerInput) -> SignedIn:
        given = read_request(LOGIN, call)
        workspace_id = given["workspaceId"]
        credentials = Credentials(
            str(given["email"]), str(given["password"]), None if workspace_id is None else str(workspace_id)
        )
        return await self.login_service.sign_in(credentials, call.actor.request_id)

    def open_browser_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._open_in_browser,
            name="open_browser_session",
            summary="Sign in to the web app",
            description="Gives the browser a cookie that scripts cannot read. Otherwise it is like signing in for "
            "tokens. A page of another site is refused.",
            body=schemas.ref("Login"),
            response_schema=schemas.ref("BrowserSession"),
            writes=True,
            bucket="login",
            error_statuses=(400, 401, 403, 413, 415, 422, 429),
        )

    async def _open_in_browser(self, call: HandlerInput) -> Response:
        request = call.request
        if request.origin() is not None:
            request.refuse_foreign_page()
        name = choose_cookie_name(request.site_origin())
        done = await self._open_session(call)
        token = self.sessions.sign_browser_token(str(done.user["id"]), done.pair.session_id)
        body = {"user": {**_describe_user(done), "role": done.user["role"]}}
        response = not_stored(write_response(body, done.pair.operation))
        return _add_headers(response, set_cookie(name, token.text, token.seconds))

    def close_browser_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._close_in_browser,
            name="close_browser_session",
            summary="Sign out of the web app",
            description="Ends the session of the cookie, and takes the cookie away. Without a session, nothing is "
            "left to do, and the answer is the same.",
            response_schema=None,
            status=204,
            writes=True,
            error_statuses=(400, 403),
        )

    async def _close_in_browser(self, call: HandlerInput) -> Response:
        cookie = call.request.session_cookie()
        if cookie is None:
            return Response(None, 204)
        call.request.refuse_foreign_page()
        cleared = clear_cookie(cookie.name)
        token = SentToken(cookie.token, is_cookie=True)
        try:
            actor = await self.database.read(partial(self._find_actor, token, call.actor.request_id or ""))
            end = partial(self.sessions.end_session, actor=actor)
            operation = await self.database.write(end, actor.workspace)
        except (Unauthenticated, NotFound):
            return Response(None, 204, cleared)
        return _add_headers(write_response(None, operation, status=204), cleared)

    async def _find_actor(self, token: SentToken, request_id: str, tx: Transaction) -> Actor:
        actor = await self.authenticator.find_actor(tx, token, request_id)
        if actor is None:
            raise Unauthenticated("The cookie is no longer valid.", code=BAD_TOKEN)
        return actor

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


def _add_headers(response: Response, headers: Mapping[str, str]) -> Response:
    return structs.replace(response, headers={**response.headers, **headers})


def _describe_user(done: SignedIn) -> Json:
    user = {name: done.user[name] for name in ("id", "email", "firstName", "lastName")}
    return {**user, "workspaceId": done.workspace_id}


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
        "BrowserUser": schemas.response_schema(
            user | {"role": {**schemas.ref("UserRole"), "description": "What the user may do."}}
        ),
        "BrowserSession": schemas.response_schema(
            {"user": {**schemas.ref("BrowserUser"), "description": "Who signed in."}}
        ),
        "Login": schemas.request_of(LOGIN),
        "TokenRefresh": schemas.request_of(REFRESH),
        "TokenPair": schemas.response_schema(pair),
        "SignedIn": schemas.response_schema(
            pair | {"user": {**schemas.ref("SignedInUser"), "description": "Who signed in."}}
        ),
    }
