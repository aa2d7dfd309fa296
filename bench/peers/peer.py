"""What a peer is, and how its server is started."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from bench.load import Requests
from bench.processes import ROOT, Server, await_ready

HERE = Path(__file__).parent
ADDRESS = "127.0.0.1"
_START = 90
"""Seconds that a server may take to start."""


class Missing(Exception):
    """A peer that cannot be had on this machine, and why."""


@dataclass(frozen=True)
class Peer:
    """`folded` is what its search compares, with a column in it. `serve` starts it, told by libpq's variables where
    its database is; raises `Missing`. `translate` says in its words what Leadline is asked, `read` says in Leadline's
    words what it answers."""

    name: str
    about: str
    folded: str
    serve: Callable[[dict[str, str]], AbstractContextManager[Server]]
    translate: Callable[[Requests], Requests] = lambda requests: requests
    read: Callable[[object], object] = lambda answer: answer


@dataclass(frozen=True)
class Running:
    peer: Peer
    server: Server


@contextmanager
def started(command: Callable[[int], Sequence[object]], environment: dict[str, str]) -> Iterator[Server]:
    """The server that the command starts, told its port."""
    start, port = time.perf_counter(), _free_port()
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [str(part) for part in command(port)],
            cwd=ROOT,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment, "PORT": str(port)},
        )
        try:
            _await(process, f"{ADDRESS}:{port}", log)
            yield Server(process.pid, f"{ADDRESS}:{port}", time.perf_counter() - start, log)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _await(process: "subprocess.Popen[bytes]", address: str, log: IO[bytes]) -> None:
    """Raises `Missing`."""
    deadline = time.monotonic() + _START
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(TimeoutError):
            await_ready(address, 1)
            return
    log.seek(0)
    raise Missing(f"does not start: {last_words(log.read())}")


def last_words(output: bytes) -> str:
    """The end of what a program said, as one line."""
    return " ".join(output.decode(errors="replace").split())[-300:]


def _free_port() -> int:
    with socket.create_server((ADDRESS, 0)) as free:
        return int(free.getsockname()[1])


def installed(folder: Path, recipe: Path, *commands: Sequence[object]) -> Path:
    """The folder, in which the commands have installed what the recipe names, once. Raises `Missing`."""
    done = folder / f"{recipe.name}.done"
    if done.exists() and done.read_bytes() == recipe.read_bytes():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    free = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
    for command in commands:
        sys.stderr.write(f"{' '.join(map(str, command))} ...\n")
        try:
            subprocess.run([str(part) for part in command], cwd=folder, env=free, check=True, stdout=sys.stderr)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"cannot be installed ({error})") from error
    done.write_bytes(recipe.read_bytes())
    return folder
