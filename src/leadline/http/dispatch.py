"""From a request to its answer: route, caller, right, body, transaction, reply."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Any

import msgspec

from leadline.access import Actor, Role, require
from leadline.auth.keys import KeyRing
from leadline.errors import NotFound, Unauthenticated
from leadline.http.endpoint import Call, Reply, Route
from leadline.http.errors import method_not_allowed, problem_of
from leadline.http.request import Body, ClientGone, Request, allow
from leadline.http.routing import Paths
from leadline.http.strict_json import read_object
from leadline.kit.db import Database, Transaction, Unavailable

logger = logging.getLogger("leadline")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_NOBODY = Actor(workspace=0, user_id="", role=Role.VIEWER)
_NO_BODY: Body = {}
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_encode = msgspec.json.Encoder().encode


class Dispatch:
    """The ASGI application. `open_app` is entered before the first request and left after the last;
    `public_url` is what links start with, "" for the request's own host; `max_body` is in bytes."""

    def __init__(
        self,
        database: Database,
        table: Sequence[Route],
        *,
        open_app: Callable[[], AbstractAsyncContextManager[object]],
        public_url: str,
        max_body: int,
    ) -> None:
        self._database = database
        self._paths = Paths(table)
        self._open_app = open_app
        self._public_url = public_url.rstrip("/")
        self._max_body = max_body
        self._keys = KeyRing()
        self._request_ids = _request_ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        request_id = next(self._request_ids)
        try:
            reply = await self._reply(scope, receive, request_id)
        except ClientGone:
            return
        except Exception as error:
            reply = _refusal(error, request_id)
        await _send(reply, request_id, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The server's start and stop (ASGI lifespan); what fails at the start stops the server."""
        await receive()
        async with self._open_app():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def _reply(self, scope: Scope, receive: Receive, request_id: str) -> Reply:
        methods, id_ = self._paths.find(scope["path"])
        if methods is None:
            raise NotFound
        method = scope["method"]
        if method == "OPTIONS":
            return Reply(None, 204, {"Allow": allow(methods)})
        route = methods.get("GET" if method == "HEAD" else method)
        if route is None:
            raise method_not_allowed(allow(methods))
        asked = Request(scope, receive, id_, self._public_url)
        answer = self._write if route.endpoint.writes else self._read
        return await answer(route, asked, request_id)

    async def _read(self, route: Route, asked: Request, request_id: str) -> Reply:
        """Caller, right and answer come from one snapshot."""

        async def work(tx: Transaction) -> Reply:
            actor = await self._authorize(tx, route, asked, request_id)
            return await route.endpoint.run(Call(actor, asked))(tx)

        return await self._database.read(work)

    async def _write(self, route: Route, asked: Request, request_id: str) -> Reply:
        """Who may not write costs no write transaction, nor does a body that is wrong by itself."""
        actor = await self._database.read(lambda tx: self._authorize(tx, route, asked, request_id))
        body = await self._read_body(route, asked)
        return await self._database.write(route.endpoint.run(Call(actor, asked, body)), actor.workspace)

    async def _authorize(self, tx: Transaction, route: Route, asked: Request, request_id: str) -> Actor:
        """Raises `Unauthenticated`, `Forbidden`."""
        if route.right is None:
            return _NOBODY
        actor = await self._keys.actor(tx, asked.token(), request_id)
        if actor is None:
            raise Unauthenticated("The token is not, or no longer, valid; use another one.", code="bad_token")
        require(actor, route.right)
        return actor

    async def _read_body(self, route: Route, asked: Request) -> Body:
        if route.endpoint.body is None:
            return _NO_BODY
        data = await asked.read_json_bytes(self._max_body)
        return read_object(data) if data or route.endpoint.body_required else _NO_BODY


def _request_ids() -> Iterator[str]:
    """Unlike any other process's, and cheap."""
    process = secrets.token_hex(5)
    return (f"req_{process}{number:08x}" for number in count(1))


def _refusal(error: Exception, request_id: str) -> Reply:
    status, body, headers = problem_of(error, request_id)
    if status >= 500:
        defect = None if isinstance(error, Unavailable) else error
        logger.error("%s failed: %s", request_id, error, exc_info=defect)
    return Reply(body, status, headers, "application/problem+json")


async def _send(reply: Reply, request_id: str, send: Send) -> None:
    headers = [(b"x-request-id", request_id.encode()), _NO_SNIFFING]
    for name, value in reply.headers.items():
        headers.append((name.lower().encode(), value.encode("latin-1")))
    body = b""
    if reply.body is not None:
        body = reply.body if isinstance(reply.body, bytes) else _encode(reply.body)
        headers.append((b"content-type", reply.media_type.encode()))
        headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": int(reply.status), "headers": headers})
    await send({"type": "http.response.body", "body": body})
