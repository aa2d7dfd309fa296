"""What requests leave to the garbage collector: `python -m tests.e2e.garbage FOLDER` serves the folder to itself over
a real socket, and prints for each of some requests how many objects nobody else would have freed."""

import asyncio
import gc
import json
import sys
from pathlib import Path

import uvicorn

from leadline.app import build_app
from leadline.cli.first_start import FIRST_WORKSPACE
from leadline.cli.serving import _server_config
from leadline.settings import Settings
from tests.cast import make_team
from tests.e2e.raw import length, request

TIMES = 20


async def main(folder: Path) -> dict[str, int]:
    settings = Settings(data=folder, port=0)
    app = build_app(settings)
    async with app.open():
        team = await make_team(app, FIRST_WORKSPACE)
    config = _server_config(settings)
    config.app, config.factory = build_app(settings).http_app(), False
    listening, server = config.bind_socket(), uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    reader, writer = await asyncio.open_connection(*listening.getsockname())

    async def ask(sent: bytes) -> str:
        writer.write(sent)
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        size = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
        return head.splitlines()[0] + (await reader.readexactly(size)).decode()

    lead = json.dumps({"lastName": "Lee", "email": "lee@garbage.example"}).encode()
    created = await ask(request(team.key, "POST /api/leads/", length(lead), body=lead))
    id_ = created.partition('"id":"')[2].partition('"')[0]
    asked = {
        "get": request(team.key, f"GET /api/leads/{id_}/"),
        "list": request(team.key, "GET /api/leads/?search=lee"),
        "create": request(team.key, "POST /api/leads/", length(lead), body=lead),
        "update": request(team.key, f"PATCH /api/leads/{id_}/", length(lead), body=lead),
    }
    left = {}
    for name, sent in asked.items():
        await ask(sent)
        gc.collect()
        gc.disable()
        for _ in range(TIMES):
            assert (await ask(sent)).startswith("HTTP/1.1 20")
        left[name] = gc.collect()
        gc.enable()
    writer.close()
    server.should_exit = True
    await serving
    return left


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(Path(sys.argv[1])))))
