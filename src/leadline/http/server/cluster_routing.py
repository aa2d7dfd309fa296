"""Where there are several clusters, the token that a request asks with says where it is answered."""

import asyncio
from collections.abc import Awaitable, Callable

from leadline.http.server.dispatch import Receive, Scope, Send
from leadline.people.clusters import asking_with

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def route_to_cluster(application: Application) -> Application:
    """The application, with the token known to whatever it calls."""

    async def call_with_token(token: str, scope: Scope, receive: Receive, send: Send) -> None:
        with asking_with(token):
            await application(scope, receive, send)

    async def call_application(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        token = headers.get(b"authorization", b"").decode("latin-1")
        await asyncio.create_task(call_with_token(token, scope, receive, send))  # what it knows is known to it alone

    return call_application
