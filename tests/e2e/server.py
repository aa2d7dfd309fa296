"""A real `leadline serve` in a process of its own, on a free port."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

NO_TLS = False
"""To read whom TLS trusts takes longer than most requests."""


class Address:
    """Where requests go: `url` has no path; `key` signs them in."""

    url: str
    key: str

    def client(self, *, timeout: float = 10, **options: object) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=timeout, verify=NO_TLS, **options)  # type: ignore[arg-type]

    def ask(self, method: str, path: str, **options: Any) -> httpx2.Response:
        """What is answered to somebody without a key."""
        return httpx2.request(method, f"{self.url}{path}", verify=NO_TLS, **options)


class Server(Address):
    """`key` is that of the folder's workspace; `announcement` is what it printed at its start; `log_text` all that it
    logged, once it is stopped. `log` is where it logs to instead; `prefix` is put before its command, and
    `arguments` after it."""

    def __init__(
        self,
        folder: Path,
        *,
        key: str = "",
        workers: int = 1,
        environment: dict[str, str] | None = None,
        module: str = "leadline",
        log: Path | None = None,
        prefix: Sequence[str] = (),
        arguments: Sequence[str] = (),
    ):
        self.folder = folder
        self.key = key
        self.announcement: list[str] = []
        self.environment = {**os.environ, "LEADLINE_DATA": str(folder), **(environment or {})}
        self._log = (log or folder.parent / f"{folder.name}.log").open("a+" if log is None else "w")
        self.log_text = ""
        command = [*prefix, sys.executable, "-m", module, "serve", "--port", "0", *arguments]
        self.process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=self.environment,
            start_new_session=True,
        )
        try:
            self.url = self._read_announcement()
            self._await_health()
        except BaseException:
            self.kill()
            raise

    def _read_announcement(self) -> str:
        line = self._read_line()
        found = re.search(r"at (http://\S+)", line)
        assert found, f"no announcement but {line!r}; {self.log()}"
        if not self.key:
            self._read_line()
            key = re.search(r"pk_live_\w+", self._read_line())
            assert key, self.log()
            self.key = key[0]
        return found[1]

    def _read_line(self) -> str:
        assert self.process.stdout is not None
        self.announcement.append(self.process.stdout.readline())
        return self.announcement[-1]

    def _await_health(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                if self.ask("GET", "/api/health/", timeout=1).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.02)
        raise AssertionError(f"not ready within 10 s; {self.log()}")

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def workers(self) -> list[int]:
        return workers_of(self.process)

    def kill(self) -> None:
        """Like a power cut to all its processes at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self._finish()

    def stop(self) -> int:
        """Asks it to stop, and answers its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self._exit_status()

    def interrupt(self) -> int:
        """As Ctrl-C in a terminal does, which reaches all its processes; answers its exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self._exit_status()

    def _exit_status(self) -> int:
        try:
            return self.process.wait(30)
        finally:
            self._finish()

    def _finish(self) -> None:
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        if self._log.readable():
            self.log_text = self.log()
        self._log.close()


def workers_of(supervisor: "subprocess.Popen[str]") -> list[int]:
    """The processes that answer, where there are several."""
    children = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in _command_of(pid)]


def _command_of(pid: str) -> bytes:
    """Nothing if it has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


@contextmanager
def serving(folder: Path, **options: object) -> Iterator[Server]:
    server = Server(folder, **options)  # type: ignore[arg-type]
    try:
        yield server
    finally:
        if server.process.returncode is None:
            server.kill()
