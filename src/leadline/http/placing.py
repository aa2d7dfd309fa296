"""Where there are several clusters, the token that a request asks with says where it is answered."""

import asyncio
from collections.abc import Awaitable, Callable

from leadline.auth.clusters import asking
from leadline.http.dispatch import Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def placing(application: Application) -> Application:
    """The application, with the token known to whatever it calls."""

    async def ask(token: str, scope: Scope, receive: Receive, send: Send) -> None:
        with asking(token):
            await application(scope, receive, send)

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        token = headers.get(b"authorization", b"").decode("latin-1")
        await asyncio.create_task(ask(token, scope, receive, send))  # what it knows is known to it alone

    return call
