"""Puts a server under load for some seconds, and says what it did in them."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from bench.client import drive
from bench.processes import Server

CONNECTIONS = 32
FEW = 4
"""Connections for what is slow: enough to keep the server busy, and a queue that it gets done with."""
WRK = shutil.which("wrk")
TOOL = "wrk" if WRK else "bench/client.py"

_SCRIPT = Path(__file__).parent / "requests.lua"


@dataclass(frozen=True)
class Requests:
    """Paths, each with the body to send there ("" for none). They are sent in turn, and again from the first
    after the last."""

    method: str
    key: str
    each: list[tuple[str, str]]

    def headers(self) -> dict[str, str]:
        json = {"Content-Type": "application/json"} if self.method == "POST" else {}
        return {"Authorization": f"Bearer {self.key}", **json}


@dataclass(frozen=True)
class Load:
    """What one measurement found: requests per second, latencies in milliseconds, microseconds of the server's
    processor time per request."""

    rate: float
    p50: float
    p99: float
    cpu: float


class Refused(Exception):
    """Answers that were not 2xx, or connections that broke: such a measurement means nothing."""


def measure(server: Server, requests: Requests, seconds: int, *, slow: bool = False) -> Load:
    """Of a `slow` server what is under way when time is up is waited for, and counts: it may take longer than that.
    Raises `Refused`."""
    before = server.cpu_seconds()
    drive_it, connections = (_by_wrk if WRK and not slow else _by_client), FEW if slow else CONNECTIONS
    done, duration, p50, p99, failed = drive_it(server.address, requests, connections, seconds)
    if not (done or failed or slow):
        return measure(server, requests, seconds, slow=True)
    if failed or not done:
        raise Refused(
            f"{failed:.0f} of {done:.0f} answers to {requests.method} {requests.each[0][0]} were no success"
        )
    return Load(done / duration, p50 / 1000, p99 / 1000, (server.cpu_seconds() - before) / done * 1e6)


def _by_client(address: str, requests: Requests, connections: int, seconds: int) -> list[float]:
    return drive(address, requests.method, requests.headers(), requests.each, connections, seconds)


def _by_wrk(address: str, requests: Requests, connections: int, seconds: int) -> list[float]:
    assert WRK is not None
    headers = [part for name, value in requests.headers().items() for part in ("-H", f"{name}: {value}")]
    with NamedTemporaryFile("w", suffix=".txt") as lines:
        lines.writelines(f"{path}\t{body}\n" for path, body in requests.each)
        lines.flush()
        command = [WRK, "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "10s", "-s", str(_SCRIPT), *headers]
        command += [f"http://{address}/", "--", lines.name, requests.method]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(figure) for figure in output.rpartition("FOUND ")[2].split()]
