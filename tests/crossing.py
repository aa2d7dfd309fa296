"""How many of Leadline's own functions and files a request crosses: `make house` shows them.

A server runs with a profile of all its threads. Each request is counted alone, after others have warmed its way.
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

PASSWORD = "correct horse battery staple"
PROFILED = """
import pathlib, signal, sys, threading
import leadline
from leadline.cli.main import main

SOURCE = str(pathlib.Path(leadline.__file__).parent)
crossed, counting = set(), []

def note(frame, event, _):
    if counting and event == "call" and frame.f_code.co_filename.startswith(SOURCE):
        crossed.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

def begin(*_):
    crossed.clear()
    counting.append(True)

def end(*_):
    counting.clear()
    files = {file for file, _ in crossed}
    pathlib.Path(FOUND).write_text(f"{len(crossed)} {len(files)}")

signal.signal(signal.SIGUSR1, begin)
signal.signal(signal.SIGUSR2, end)
threading.setprofile(note)
sys.setprofile(note)
sys.argv = ["leadline", "serve"]
main()
"""


class ProfiledServer:
    """A server on a free port, which counts the functions and files that are crossed between two signals."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._found = folder / "found"
        settings = {
            "LEADLINE_DATA": str(folder),
            "LEADLINE_PORT": str(self._port),
            "LEADLINE_ADMIN_PASSWORD": PASSWORD,
            "LEADLINE_LOG_LEVEL": "error",
        }
        code = PROFILED.replace("FOUND", repr(str(self._found)))
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], env={**os.environ, **settings}, stdout=subprocess.DEVNULL
        )
        self._headers = {"Content-Type": "application/json"}
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port)
        self._wait()
        admin = {"email": "admin@leadline.local", "password": PASSWORD}
        self._headers["Authorization"] = f"Bearer {self.ask('POST', '/api/auth/login/', admin)['access']}"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        data = answer.read()
        assert answer.status < 300, (answer.status, data)
        return json.loads(data) if data else None

    def count(self, request: Callable[[], Any]) -> tuple[int, int]:
        """The functions and files of Leadline that the request crosses."""
        self._found.unlink(missing_ok=True)
        self._process.send_signal(signal.SIGUSR1)
        time.sleep(0.2)
        request()
        time.sleep(0.2)
        self._process.send_signal(signal.SIGUSR2)
        while not self._found.exists():
            time.sleep(0.05)
        time.sleep(0.05)
        functions, files = self._found.read_text().split()
        return int(functions), int(files)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                self.ask("GET", "/api/health/")
            except OSError:
                self._connection.close()
                time.sleep(0.1)
            else:
                return
        raise TimeoutError


def measure(server: ProfiledServer) -> dict[str, tuple[int, int]]:
    new = {"lastName": "Lee", "email": "lee@startup.example", "company": "Startup Inc"}
    leads = [server.ask("POST", "/api/leads/", new) for _ in range(30)]
    both = {"createAccount": True, "createOpportunity": True}
    server.ask("POST", f"/api/leads/{leads[0]['id']}/convert/", both)
    filtered = "/api/leads/?status=new&search=lee&sort=-leadScore"
    server.ask("GET", filtered)
    server.ask("POST", "/api/leads/", new)
    ways = {
        "create": ("POST", "/api/leads/", new),
        "list": ("GET", filtered, None),
        "list again": ("GET", filtered, None),
        "get": ("GET", f"/api/leads/{leads[2]['id']}/", None),
        "convert": ("POST", f"/api/leads/{leads[1]['id']}/convert/", both),
    }
    return {name: server.count(partial(server.ask, *way)) for name, way in ways.items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        profiled = ProfiledServer(Path(made))
        try:
            for name, (functions, files) in measure(profiled).items():
                print(f"{name:12} {functions:4} own functions in {files:3} files")  # noqa: T201
        finally:
            profiled.stop()
