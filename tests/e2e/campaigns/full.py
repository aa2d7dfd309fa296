"""The disk of a data file fills up under load, is made larger, and fills up again; then the server is killed on it.
All its files are there, those of the index and temporary ones too. Needs root, and Linux: the disk is in memory.

    python -m tests.e2e.campaigns.full [MIB…]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import httpx2

from leadline.records.list_index import MIN_INDEXED_RECORDS
from tests.e2e.invariants import broken
from tests.e2e.patience import Load, under_load
from tests.e2e.server import Server, serving
from tests.waiting import until

BACK_WITHIN = 1.0
"""Seconds after which writes succeed again on a larger disk."""
QUIET_SECONDS = 0.5
"""A disk is full once nothing was written for so long."""
FULL_WITHIN = 120.0
LEAD = {"lastName": "Lee", "email": "lee@full.example"}
REFUSED = "The data file could not be written (database or disk is full); nothing was changed."
STRANGERS = 200
"""Callers who come for the first time: each is counted somewhere else."""


class Disk:
    """A file system of so many KiB at `folder`."""

    def __init__(self, folder: Path, kib: int) -> None:
        self.folder = folder
        self.kib = kib

    def mount(self) -> None:
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.kib}k", "tmpfs", str(self.folder)], check=True)

    def grow(self) -> None:
        self.kib += self.kib // 4
        subprocess.run(["mount", "-o", f"remount,size={self.kib}k", str(self.folder)], check=True)

    def stuff(self) -> None:
        """Takes what room is left, to the last byte."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (65_536, 4_096, 1):
                try:
                    while ballast.write(bytes(size)):
                        pass
                except OSError:
                    continue

    def unmount(self) -> None:
        """Once nobody uses it any more."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


@contextmanager
def disk(folder: Path, mib: int) -> Iterator[Disk]:
    made = Disk(folder, mib * 1024)
    made.mount()
    try:
        yield made
    finally:
        made.unmount()


def full(place: Disk, workers: int, pause: float = 0, within: float = BACK_WITHIN) -> str:
    """Answers what came of it; raises `AssertionError` if anything acknowledged was lost, a read refused, or a write
    refused in another way than with 503 and a reason."""
    began = f"{place.kib // 1024} MiB, {workers} workers"
    environment = {"TMPDIR": str(place.folder), "LEADLINE_TRUSTED_PROXIES": "127.0.0.1"}
    options = {"workers": workers, "environment": environment}
    with serving(place.folder, **options) as server:
        with under_load([server], pause=pause) as load:
            _fill(load)
            _check_reads(server)
            place.grow()
            back = load.seconds_to_write(time.monotonic(), within=within)
            _fill(load)
        outcome = load.check(server)
        assert set(load.refused) == {"503"}, outcome
        _check_refusals(server)
        server.kill()
    _check_log(server)
    _restart(place, load, {**options, "key": server.key})
    _check_file(place.folder / "leadline.db")
    return f"{began}: {outcome}; writes again after {back:.2f} s"


def _fill(load: Load) -> None:
    """Returns when nothing more is written."""
    deadline = time.monotonic() + FULL_WITHIN
    before, since = -1, time.monotonic()
    while time.monotonic() < since + QUIET_SECONDS:
        assert time.monotonic() < deadline, "the disk does not fill up"
        if load.acknowledged != before:
            before, since = load.acknowledged, time.monotonic()
        time.sleep(0.01)


def _check_reads(server: Server) -> None:
    with server.client() as client:
        count = client.get("/api/leads/").json()["count"]
        for query in ("?search=load", "?sort=-company,id&limit=5", "?status[ne]=lost"):
            answer = client.get(f"/api/leads/{query}")
            assert (answer.status_code, answer.json()["count"]) == (200, count), answer.text


def _check_refusals(server: Server) -> None:
    """Each kind of write, and of somebody whom nobody knows."""
    with server.client() as client:
        path = f"/api/leads/{client.get('/api/leads/').json()['results'][0]['id']}/"
        for method, url, body in (("POST", "/api/leads/", LEAD), ("PATCH", path, LEAD), ("DELETE", path, None)):
            _check_refusal(client.request(method, url, json=body))
        for number in range(STRANGERS):
            headers = {"Authorization": "Bearer bad", "X-Forwarded-For": f"10.0.0.{number}"}
            assert client.get("/api/leads/", headers=headers).status_code == 401


def _check_refusal(answer: httpx2.Response) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["detail"]) == (503, "unavailable", REFUSED)
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0


def _check_log(server: Server) -> None:
    """Nothing failed in a way that the code does not know."""
    for sign in ("Traceback", '"status":500', '"trace"'):
        assert sign not in server.log_text, server.log_text[-5000:]


def _restart(place: Disk, load: Load, options: dict[str, object]) -> None:
    """On the disk that is still full, down to its last byte and with no file of an index, all can be read; once it is
    larger, all is as it was."""
    shutil.rmtree(place.folder / "leadline.index", ignore_errors=True)
    place.stuff()
    with serving(place.folder, **options) as server:
        load.check(server)
        _check_reads(server)
        _check_refusals(server)
        if load.acknowledged > MIN_INDEXED_RECORDS:
            until(lambda: "The live index cannot be kept" in server.log())
        server.kill()
    _check_log(server)
    _check_start_refused(place)
    place.grow()
    with serving(place.folder, **options) as server:
        _write(server)
        load.check(server)
        assert server.stop() == 0
    _check_log(server)


def _check_start_refused(place: Disk) -> None:
    """Without the file that SQLite needs beside the data, and without room for it."""
    beside = place.folder / "leadline.db-shm"
    room = beside.stat().st_size
    beside.unlink()
    until(lambda: shutil.disk_usage(place.folder).free >= room)  # once all processes that had it open are gone
    place.stuff()
    command = [sys.executable, "-m", "leadline", "serve", "--port", "0", "--data", str(place.folder)]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    file = place.folder / "leadline.db"
    told = f"leadline: {file} cannot be opened as a data file (database or disk is full): make room on its disk.\n"
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", told)


def _write(server: Server) -> None:
    with server.client() as client:
        made = client.post("/api/leads/", json=LEAD)
        assert made.status_code == 201, made.text
        assert client.delete(made.headers["location"]).status_code == 204


def _check_file(file: Path) -> None:
    with closing(apsw.Connection(str(file))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert broken(file) == {}


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("This needs root: it mounts a file system.")
    with tempfile.TemporaryDirectory() as root:
        for number, size in enumerate(map(int, sys.argv[1:] or (4, 12, 24, 40))):
            with disk(Path(root) / f"disk{number}", size) as own:
                print(full(own, workers=1 + number % 2))  # noqa: T201
