"""The routing of requests to clusters: with several clusters, a request's token decides which one answers."""

import asyncio
from collections.abc import Awaitable, Callable

from leadline.http.server.request import Receive, Scope, Send
from leadline.people.clusters import asking_with

Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def route_to_cluster(application: Application) -> Application:
    """Returns the application, wrapped so that its reads and writes know the token of the request."""

    async def call_with_token(token: str, scope: Scope, receive: Receive, send: Send) -> None:
        with asking_with(token):
            await application(scope, receive, send)

    async def call_application(scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", ()))
        token = (headers.get(b"authorization") or headers.get(b"cookie", b"")).decode("latin-1")
        await asyncio.create_task(call_with_token(token, scope, receive, send))  # a task has its own context

    return call_application
