"""`leadline serve`: prepares the data, then runs uvicorn on them."""

import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import typer
import uvicorn

import leadline
from leadline.app import SHARED_FOLDER_VARIABLE, WEB_FOLDER
from leadline.cli.first_start import FirstStart, make_first, sign_in
from leadline.cli.target import say_progress, settings_of
from leadline.cli.workers import WorkerProcesses
from leadline.clock import system_clock
from leadline.demo.filling import DemoDesk
from leadline.http.server.config import ProtocolLimits, ServerConfig
from leadline.http.server.protocol import LimitedProtocol
from leadline.http.server.static_files import PAGE
from leadline.kit.json_logging import logging_config
from leadline.settings import Settings

MAX_OPEN_FILES = 65_536
RESERVED_FILES = 40
"""Open files that a process needs besides its connections: the data, their index, pipes, a few to spare."""
MIN_CONNECTIONS = 4
LISTEN_BACKLOG = 2_048
"""The most connections that wait to be accepted."""


def serve_data(
    *,
    data: Path | None,
    database: str | None,
    host: str | None,
    port: int | None,
    workers: int | None,
    demo: bool = False,
) -> None:
    settings = settings_of(data=data, database=database, host=host, port=port, workers=workers)
    # The steps that may fail come first: the key and password of a first start are shown once, so nothing may fail
    # after they are made.
    with _open_socket(settings) as listening, _shared_folder(settings) as shared:
        _export_metrics(settings, shared)
        first = make_first(settings, DemoDesk(system_clock()) if demo else None)
        if demo and first is None:
            say_progress("There are data already, so --demo adds nothing.")
        config = _server_config(settings)
        _announce_start(settings, listening, first)
        if shared:
            _run_workers(config, listening)
        else:
            for signal_ in (signal.SIGTERM, signal.SIGINT):
                signal.signal(signal_, _exit_quietly)  # uvicorn raises the signal once more when it has stopped
            uvicorn.Server(config).run(sockets=[listening])


def _exit_quietly(*_: object) -> NoReturn:
    raise SystemExit


def _open_socket(settings: Settings) -> socket.socket:
    """Opens the listening socket, so that no other process can take its port. Raises `OSError`."""
    where, is_ipv6 = (settings.host, settings.port), ":" in settings.host
    family = socket.AF_INET6 if is_ipv6 else socket.AF_INET
    try:
        return socket.create_server(where, family=family, backlog=LISTEN_BACKLOG, dualstack_ipv6=is_ipv6)
    except (OSError, ValueError) as error:
        why = str(getattr(error, "strerror", None) or error).partition(" (")[0]
        raise OSError(
            f"cannot listen on {settings.host}:{settings.port} ({why}); choose another --port (LEADLINE_PORT) or"
            " --host (LEADLINE_HOST)."
        ) from None


@contextmanager
def _shared_folder(settings: Settings) -> Iterator[Path | None]:
    """Yields a temporary folder that the worker processes share, or None for a single process.

    The workers find its path in the environment variable `LEADLINE_SHARED`.
    """
    if settings.workers == 1:
        yield None
        return
    with TemporaryDirectory(prefix="leadline-") as folder:
        os.environ[SHARED_FOLDER_VARIABLE] = folder
        try:
            yield Path(folder)
        finally:
            del os.environ[SHARED_FOLDER_VARIABLE]


def _export_metrics(settings: Settings, shared: Path | None) -> None:
    if settings.metrics_port:
        from leadline.http.server.exporter import start_exporter

        start_exporter(settings.metrics_host, settings.metrics_port, shared)


def _allowed_connections(settings: Settings) -> int:
    """Returns how many connections a process can keep, and warns if these are fewer than the setting.

    Each connection is an open file, and the system limits the open files of a process.
    """
    own_files = RESERVED_FILES + len(settings.cluster_settings) * settings.connections
    open_files = _raise_open_file_limit(settings.max_connections + own_files)
    allowed = max(MIN_CONNECTIONS, min(settings.max_connections, open_files - own_files))
    if allowed < settings.max_connections:
        typer.echo(
            f"leadline: the system allows {open_files} open files, so a process keeps {allowed} connections, not"
            f" {settings.max_connections}; raise the limit (ulimit -n, LimitNOFILE), or lower"
            " LEADLINE_MAX_CONNECTIONS.",
            err=True,
        )
    return allowed


def _raise_open_file_limit(wanted: int) -> int:
    """Raises the limit of open files to at least `wanted` if the system allows it. Returns the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(MAX_OPEN_FILES, wanted)
    raised = most if hard == resource.RLIM_INFINITY else min(most, hard)
    if soft == resource.RLIM_INFINITY or soft >= raised:
        return most if soft == resource.RLIM_INFINITY else soft
    resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    return raised


def _server_config(settings: Settings) -> ServerConfig:
    os.environ.update(settings.as_environment())  # the processes that serve read their settings from there
    config = ServerConfig(
        "leadline.app:serve_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=LimitedProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=logging_config(settings.log_level),
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.stop_seconds,
    )
    config.limits = ProtocolLimits(_allowed_connections(settings), settings.header_seconds, settings.body_seconds)
    return config


def _run_workers(config: ServerConfig, listening: socket.socket) -> None:
    workers = WorkerProcesses(config, [listening])
    workers.run()
    if workers.have_failed:
        raise OSError("no server process could start; the log says why.")


def _announce_start(settings: Settings, listening: socket.socket, first: FirstStart | None) -> None:
    address = listening.getsockname()
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    url = f"http://{host}:{address[1]}"
    typer.echo(
        f"Leadline {leadline.__version__} serves {settings.safe_address} at {url} (documentation: {url}/api/docs/)"
    )
    if first:
        typer.echo("A workspace, its first key and its admin are made; key and password are shown this once:")
        typer.echo(f"curl -H 'Authorization: Bearer {first.key}' {url}/api/leads/")
        if not sys.stdout.isatty():
            typer.echo(_warn_of_journals(first))
        has_web_app = (WEB_FOLDER / PAGE).is_file()
        typer.echo(f"Open {url}/{'' if has_web_app else 'api/docs/'}")
        typer.echo(sign_in(first))


def _warn_of_journals(first: FirstStart) -> str:
    secrets = "key and password" if first.password else "the key"
    return (
        f"Whatever keeps what the server prints, such as the system's journal, now has {secrets}. To keep secrets"
        " out, run `leadline init` in a terminal before the first start; LEADLINE_ADMIN_PASSWORD chooses the"
        " password."
    )
