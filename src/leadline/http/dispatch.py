"""From a request to its answer: route, caller, right, body, transaction, reply."""

import logging
import secrets
from collections.abc import Iterator, Sequence
from itertools import count

import msgspec
from starlette.routing import Route as Path
from starlette.routing import Router
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from leadline.access import Actor, Role, require
from leadline.auth import keys
from leadline.errors import NotFound, Unauthenticated
from leadline.http import request
from leadline.http.endpoint import Call, Reply, Route
from leadline.http.errors import method_not_allowed, problem_of
from leadline.http.query_string import read_pairs
from leadline.http.request import Body, ClientGone, Request
from leadline.http.strict_json import read_object
from leadline.kit.db import Database, Transaction

logger = logging.getLogger("leadline")

_NOBODY = Actor(workspace=0, user_id="", role=Role.VIEWER)
_encode = msgspec.json.Encoder().encode


class Dispatch:
    """The ASGI application. `public_url` is what links start with, "" for the request's own host."""

    def __init__(
        self,
        database: Database,
        table: Sequence[Route],
        *,
        public_url: str,
        max_body: int,
        lifespan: Lifespan[Router],
    ) -> None:
        self._database = database
        self._public_url = public_url.rstrip("/")
        self._max_body = max_body
        self._request_ids = _request_ids()
        by_path: dict[str, dict[str, Route]] = {}
        for route in table:
            by_path.setdefault(route.path.rstrip("/"), {})[route.method] = route
        self._router = Router(
            [Path(path, self._endpoint(methods)) for path, methods in by_path.items()],
            redirect_slashes=False,
            default=self._endpoint(None),
            lifespan=lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["asked_path"] = scope["path"]
            scope["path"] = request.canonical_path(scope["path"])
        await self._router(scope, receive, send)

    def _endpoint(self, methods: dict[str, Route] | None) -> ASGIApp:
        """An ASGI application for one path; None stands for all paths that are not in the table."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            request_id = next(self._request_ids)
            try:
                reply = await self._reply(methods, Request(scope, receive), request_id)
            except ClientGone:
                return
            except Exception as error:
                reply = _refusal(error, request_id)
            await _send(reply, request_id, send)

        return _App(answer)

    async def _reply(self, methods: dict[str, Route] | None, asked: Request, request_id: str) -> Reply:
        if methods is None:
            raise NotFound
        if asked.method == "OPTIONS":
            return Reply(None, 204, {"Allow": request.allow(methods)})
        route = methods.get("GET" if asked.method == "HEAD" else asked.method)
        if route is None:
            raise method_not_allowed(request.allow(methods))
        if route.endpoint.writes:
            return await self._write(route, asked, request_id)
        return await self._read(route, asked, request_id)

    async def _read(self, route: Route, asked: Request, request_id: str) -> Reply:
        """Caller, right and answer come from one snapshot."""

        async def work(tx: Transaction) -> Reply:
            actor = await _authorize(tx, route, asked, request_id)
            return await route.endpoint.run(self._call(actor, asked, {}))(tx)

        return await self._database.read(work)

    async def _write(self, route: Route, asked: Request, request_id: str) -> Reply:
        """Who may not write costs no write transaction, nor does a body that is wrong by itself."""
        actor = await self._database.read(lambda tx: _authorize(tx, route, asked, request_id))
        body: Body = {}
        if route.endpoint.body is not None:
            data = await asked.read_json_bytes(self._max_body)
            body = read_object(data) if data or route.endpoint.body_required else {}
        return await self._database.write(route.endpoint.run(self._call(actor, asked, body)))

    def _call(self, actor: Actor, asked: Request, body: Body) -> Call:
        return Call(
            actor=actor,
            id=asked.id,
            pairs=read_pairs(asked.query),
            body=body,
            versions=asked.versions(),
            url=(self._public_url or asked.origin()) + asked.path_with_slash,
        )


class _App:
    """An ASGI application made of a function: the router takes a bare function for something else."""

    def __init__(self, answer: ASGIApp) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(scope, receive, send)


def _request_ids() -> Iterator[str]:
    """Unlike any other process's, and cheap."""
    process = secrets.token_hex(5)
    return (f"req_{process}{number:08x}" for number in count(1))


async def _authorize(tx: Transaction, route: Route, asked: Request, request_id: str) -> Actor:
    """Raises `Unauthenticated`, `Forbidden`."""
    if route.right is None:
        return _NOBODY
    actor = await keys.actor_of(tx, asked.token(), request_id)
    if actor is None:
        raise Unauthenticated("The token is not, or no longer, valid; use another one.", code="bad_token")
    require(actor, route.right)
    return actor


def _refusal(error: Exception, request_id: str) -> Reply:
    status, body, headers = problem_of(error, request_id)
    if status >= 500:
        logger.error("%s failed: %s", request_id, error, exc_info=error)
    return Reply(body, status, headers, "application/problem+json")


async def _send(reply: Reply, request_id: str, send: Send) -> None:
    body = b"" if reply.body is None else reply.body if isinstance(reply.body, bytes) else _encode(reply.body)
    headers = [
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()),
    ]
    if reply.body is not None:
        headers.append((b"content-type", reply.media_type.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
