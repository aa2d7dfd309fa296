"""`leadline serve`: prepare the data, then run uvicorn on them."""

import os
import resource
import socket
from pathlib import Path

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

import leadline
from leadline.app import App
from leadline.cli.run import settings_of, with_app
from leadline.http.protocol import LimitedProtocol, Limits, ServerConfig
from leadline.kit.db import Transaction
from leadline.settings import Settings

OPEN_FILES = 65_536


def serve(
    *, data: Path | None, database: str | None, host: str | None, port: int | None, workers: int | None
) -> None:
    settings = settings_of(data=data, database=database, host=host, port=port, workers=workers)
    first_key = with_app(settings, _prepare)
    _allow_many_connections()
    config = _configure(settings)
    listening = _listen(config)
    _announce(settings, listening, first_key)
    if settings.workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])


async def _prepare(app: App) -> str | None:
    """On data without a workspace, makes one with a first key, and answers that."""

    async def write(tx: Transaction) -> str | None:
        if await app.workspaces.find(tx):
            return None
        workspace = await app.workspaces.create(tx, "My workspace")
        actor = await app.workspaces.system_actor(tx, workspace.number)
        _, secret = await app.keys.create(tx, actor, "first key")
        return secret

    return await app.database.write(write)


def _allow_many_connections() -> None:
    """Every connection is a file to the system, whose limit is often 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _configure(settings: Settings) -> ServerConfig:
    os.environ.update(settings.as_environment())  # the processes that serve read theirs from there
    config = ServerConfig(
        "leadline.app:serve",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=LimitedProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_seconds,
    )
    config.limits = Limits(settings.max_connections, settings.header_seconds, settings.body_seconds)
    return config


def _listen(config: ServerConfig) -> socket.socket:
    try:
        return config.bind_socket()
    except SystemExit:  # uvicorn has logged why
        where = f"{config.host}:{config.port}"
        raise OSError(f"cannot listen on {where}; choose another --host or --port.") from None


def _announce(settings: Settings, listening: socket.socket, first_key: str | None) -> None:
    address = listening.getsockname()
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    url = f"http://{host}:{address[1]}"
    typer.echo(f"Leadline {leadline.__version__} serves {settings.place} at {url} (documentation: {url}/api/docs/)")
    if first_key:
        typer.echo("A workspace and its first key are made; the key is shown this once:")
        typer.echo(f"curl -H 'Authorization: Bearer {first_key}' {url}/api/leads/")
