"""`leadline serve` with uploads, and a route that says what became of them."""

import asyncio
import hashlib
from collections import Counter

import leadline.app
from leadline.access import Right
from leadline.cli.main import main
from leadline.http.routes import Services, all_routes
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.http.server.request import ClientGone
from leadline.http.server.uploads import UploadLimits
from leadline.kit.db import Transaction

MAX_BYTES = 64 * 1024 * 1024
FATES: Counter[str] = Counter()
"""How many uploads are open, and how many clients left theirs."""
GATE = asyncio.Event()


async def take(call: HandlerInput) -> Response:
    """Answers the size and the digest of the body: at once for `early`, after the gate has opened for `gated`."""
    assert call.upload is not None
    digest, size = hashlib.sha256(), 0
    FATES["open"] += 1
    try:
        async for part in call.upload:
            digest.update(part)
            size += len(part)
            if call.request.id == "early":
                break
            if call.request.id == "gated":
                await GATE.wait()
    except ClientGone:
        FATES["gone"] += 1
        raise
    finally:
        FATES["open"] -= 1
    return Response({"size": size, "digest": digest.hexdigest()}, 201)


async def show_fates(tx: Transaction, call: HandlerInput) -> Response:
    return Response({"open": FATES["open"], "gone": FATES["gone"]})


async def open_gate(tx: Transaction, call: HandlerInput) -> Response:
    GATE.set()
    return Response({})


def routes_with_uploads(services: Services, public_url: str = "") -> list[Route]:
    upload = Endpoint(
        run_alone=take, name="upload", summary="", response_schema=None, upload=UploadLimits(max_bytes=MAX_BYTES)
    )
    shown = Endpoint(run=show_fates, name="show_uploads", summary="", response_schema=None)
    opened = Endpoint(run=open_gate, name="open_gate", summary="", response_schema=None)
    return [
        *all_routes(services, public_url),
        Route("POST", "/api/uploads/{id}/", Right.WRITE, upload, areas=()),
        Route("GET", "/api/uploads/", Right.READ, shown, areas=()),
        Route("POST", "/api/gate/", Right.READ, opened, areas=()),
    ]


if __name__ in ("__main__", "__mp_main__"):
    leadline.app.all_routes = routes_with_uploads  # type: ignore[attr-defined]

if __name__ == "__main__":
    main()
