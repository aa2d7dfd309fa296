"""`leadline serve` with streams, `short`, `ticks`, `flood` and `broken`, a route that counts what is
open, and one whose path has two parameters."""

import asyncio
from collections.abc import AsyncGenerator

import leadline.app
from leadline.access import Right
from leadline.cli.main import main
from leadline.http.routes import Services, all_routes
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.http.server.streaming import StreamedBody
from leadline.kit.db import Transaction

OPEN: list[str] = []


async def parts(name: str) -> AsyncGenerator[bytes, None]:
    OPEN.append(name)
    try:
        for number in range(3):
            yield f"{name} {number}\n".encode()
        if name == "broken":
            raise LookupError
        while name == "ticks":
            await asyncio.sleep(0.02)
            yield b"tick\n"
        if name == "quiet":
            await asyncio.Event().wait()
        while name == "flood":
            yield b"x" * 65_536
    finally:
        OPEN.remove(name)


async def stream(call: HandlerInput) -> Response:
    name = call.request.id
    heartbeat = b"" if name == "flood" else b"beat\n"
    seconds = 0.1 if name == "quiet" else 1
    return Response(StreamedBody(parts(name), heartbeat, seconds), media_type="text/plain")


async def count(tx: Transaction, call: HandlerInput) -> Response:
    return Response({"open": len(OPEN)})


async def name(tx: Transaction, call: HandlerInput) -> Response:
    return Response({"id": call.request.id, **call.request.path_parameters})


def routes_with_streams(services: Services, public_url: str = "") -> list[Route]:
    streams = Endpoint(run_alone=stream, name="stream", summary="", response_schema=None)
    counted = Endpoint(run=count, name="count_streams", summary="", response_schema=None)
    named = Endpoint(run=name, name="name_part", summary="", response_schema=None)
    return [
        Route("GET", "/api/streams/{id}/parts/{part}/", Right.READ, named, areas=()),
        *all_routes(services, public_url),
        Route("GET", "/api/streams/{id}/", Right.READ, streams, areas=()),
        Route("GET", "/api/streams/", Right.READ, counted, areas=()),
    ]


if __name__ in ("__main__", "__mp_main__"):
    leadline.app.all_routes = routes_with_streams  # type: ignore[attr-defined]

if __name__ == "__main__":
    main()
