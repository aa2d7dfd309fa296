"""What any Python server must spend: uvicorn as it comes, the same settings and bytes, and no Leadline.

`python -m bench.bare FILE` serves the answer in the file to every request.
"""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import uvicorn

from leadline.cli.serving import _server_config
from leadline.settings import Settings

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Answer(msgspec.Struct):
    """One that Leadline gave, without what the server adds by itself."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Bare:
    """The ASGI application."""

    def __init__(self, answer: Answer) -> None:
        self._start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        self._body = {"type": "http.response.body", "body": answer.body}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        if scope["method"] == "POST":
            while (await receive()).get("more_body"):
                pass
        await send(self._start)
        await send(self._body)


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def main() -> None:
    serve(Bare(msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Answer)))


def serve(app: App) -> None:
    """As `leadline serve` does it, but for Leadline's own protocol, on a free port."""
    config = _server_config(Settings(port=0))
    config.http = "httptools"
    config.app = app
    config.factory = False
    listening = config.bind_socket()
    host, port = listening.getsockname()
    sys.stdout.write(f"bare at http://{host}:{port}\n")
    sys.stdout.flush()
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
