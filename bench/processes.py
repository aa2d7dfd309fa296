"""Server processes: started, asked whether they are ready, and weighed by what Linux says of them."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from leadline.settings import Settings

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """One that is ready: `seconds` is how long that took; `log` is what it writes to standard error."""

    pid: int
    address: str
    seconds: float
    log: IO[bytes]

    def await_line(self, text: str, seconds: float = 900) -> None:
        """Waits until the log has the text. Raises `TimeoutError`."""
        deadline = time.monotonic() + seconds
        while text.encode() not in os.pread(self.log.fileno(), 2**24, 0):
            if time.monotonic() > deadline:
                raise TimeoutError(f"the server's log says nothing of {text!r}")
            time.sleep(0.01)

    def cpu_seconds(self) -> float:
        """What its threads have spent so far, in their own code and in the system's for them."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mib(self) -> float:
        """What it holds in memory (RSS)."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def leadline(settings: Settings) -> Iterator[Server]:
    """A real `leadline serve` on the data, that counts requests and refuses none, and logs each to a file."""
    place = ("--database", settings.database) if settings.on_postgres else ("--data", str(settings.data))
    index = {"LEADLINE_INDEX_FOLDER": settings.index_folder}
    with _running("leadline", "serve", *place, "--workers", "1", "--port", "0", **index) as server:
        yield server


@contextmanager
def bare(answer: Path) -> Iterator[Server]:
    """A server that gives everybody the answer in the file."""
    with _running("bench.bare", str(answer)) as server:
        yield server


@contextmanager
def bare_postgres(settings: Settings) -> Iterator[Server]:
    """A server that asks the database what Leadline asks it, and does nothing else."""
    with _running("bench.bare_postgres", settings.database) as server:
        yield server


@contextmanager
def _running(*command: str, **environment: str) -> Iterator[Server]:
    start = time.perf_counter()
    with TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "LEADLINE_RATE_LIMIT": "999999999", **environment},
            text=True,
        )
        try:
            assert process.stdout is not None
            announced = re.search(r"at http://([\w.:]+)", process.stdout.readline())
            assert announced, f"{command[0]} did not start"
            await_ready(announced[1])
            yield Server(process.pid, announced[1], time.perf_counter() - start, log)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def await_ready(address: str, seconds: float = 20) -> None:
    """Waits for any answer at all. Raises `TimeoutError`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(address, timeout=5)
        try:
            connection.request("GET", "/api/health/")
            connection.getresponse().read()
            return
        except ConnectionError:
            time.sleep(0.002)
        finally:
            connection.close()
    raise TimeoutError(f"nothing answers at {address}")


def help_seconds() -> float:
    """How long `leadline --help` takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "leadline", "--help"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start
