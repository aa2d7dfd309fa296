"""One of two workers is killed under load, again and again; then one is frozen for some seconds, as it happens for
want of time or memory, and goes on; then one is frozen for good, on SQLite while it holds the file's write lock.

    python -m tests.e2e.campaigns.workers [TIMES]
"""

import os
import signal
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from statistics import median

from tests.e2e.invariants import broken_on
from tests.e2e.patience import Load, under_load
from tests.e2e.server import Server, serving
from tests.postgres import cluster
from tests.waiting import until

WORKERS = 2
EVERY_SECONDS = 2.0
"""From one kill to the next."""
BACK_WITHIN = 3.0
"""Seconds after which there is another in the place of a worker that was killed."""
SERVES_WITHIN = 10.0
"""Seconds after which that serves: to start is work for a processor that the clients and the other want, too."""
SILENT_AT_MOST = 1.0
"""Seconds after a kill in which no client is answered."""
FREEZES_OF = 5
"""Kills for each freeze."""
FROZEN_SECONDS = 4.0
"""Less than the 5 s for which the supervisor lets a worker say nothing."""
FOR_GOOD = 7.0
"""Seconds after which the supervisor has ended a worker that says nothing."""
NEWLY_WITHIN = 1.0
"""Seconds in which a new connection is answered while a worker is frozen."""
GONE_ON_WITHIN = 2.0
BOUND = 12.0
"""Seconds that no request may take: those of a freeze, and of the wait for a turn to write."""
WRITE_LOCK = "120"
"""The byte of the file `-shm` that a writer locks (sqlite.org/walformat.html, 2.3.1)."""


class Starts:
    """How many workers have begun to serve, by the log."""

    def __init__(self, server: Server) -> None:
        self._log = (server.folder.parent / f"{server.folder.name}.log").open("rb")
        self._found = 0

    def await_number(self, number: int) -> None:
        until(lambda: self._count() >= number)

    def _count(self) -> int:
        self._found += self._log.read().count(b'"event":"started"')
        return self._found


def workers(url: str, folder: Path, times: int, pause: float = 0) -> str:
    """Answers what came of it; raises `AssertionError` if anything was lost or doubled, or a bound was passed."""
    random, environment = Random(times), {"LEADLINE_DATABASE": url}
    with serving(folder / "node", workers=WORKERS, environment=environment) as server:
        starts = Starts(server)
        starts.await_number(WORKERS)
        with under_load([server], pause=pause) as load:
            time.sleep(EVERY_SECONDS)
            kills = [
                _kill(server, random.choice(server.workers()), starts, WORKERS + number, load)
                for number in range(1, times + 1)
            ]
            newly = [_freeze(server, load, random) for _ in range(max(1, times // FREEZES_OF))]
            slowest, write = _freeze_for_good(server, load, Path(url.removeprefix("sqlite:///")))
            starts.await_number(WORKERS + times + 1)
        outcome = load.check(server)
    assert load.longest < BOUND, load.longest
    assert set(load.refused) <= {"connection", "503"}, outcome
    assert broken_on(url) == {}
    serves, silences = zip(*kills, strict=True)
    return (
        f"{times} kills, {len(newly) + 1} freezes: {outcome}; another serves after {median(serves):.2f} s (median),"
        f" {max(serves):.2f} s at most; no answer for {max(silences):.2f} s at most; while one was frozen, a new"
        f" connection was answered after {max(*newly, slowest):.2f} s at most; a write beside the last: {write}"
    )


def _kill(server: Server, worker: int, starts: Starts, number: int, load: Load) -> tuple[float, float]:
    """Answers after how many seconds another served in its place, and for how many nobody was answered."""
    killed = time.monotonic()
    os.kill(worker, signal.SIGKILL)
    until(lambda: len(set(server.workers()) - {worker}) == WORKERS)
    assert time.monotonic() - killed < BACK_WITHIN
    starts.await_number(number)
    serves = time.monotonic() - killed
    assert serves < SERVES_WITHIN, serves
    time.sleep(max(0, EVERY_SECONDS - serves))
    silent = load.silence(killed)
    assert silent < SILENT_AT_MOST, silent
    return serves, silent


def _freeze(server: Server, load: Load, random: Random) -> float:
    """Answers how long a new connection waited at most."""
    worker = random.choice(server.workers())
    _stop(worker)
    slowest = _ask_newly(server, FROZEN_SECONDS)
    os.kill(worker, signal.SIGCONT)
    load.seconds_to_write(time.monotonic(), within=GONE_ON_WITHIN)
    return slowest


def _freeze_for_good(server: Server, load: Load, file: Path) -> tuple[float, str]:
    """As `_freeze`; the supervisor starts another in its place. Answers as well what became of a write meanwhile."""
    worker = _stop_writing(server, Path(f"{file}-shm")) if file.exists() else server.workers()[0]
    _stop(worker)
    with ThreadPoolExecutor(1) as beside:
        write = beside.submit(_write_newly, server)
        slowest = _ask_newly(server, FOR_GOOD)
        assert worker not in server.workers()
    load.seconds_to_write(time.monotonic(), within=GONE_ON_WITHIN)
    return slowest, write.result()


def _stop(worker: int) -> None:
    os.kill(worker, signal.SIGSTOP)
    until(lambda: " T " in Path(f"/proc/{worker}/stat").read_text("utf-8"))


def _stop_writing(server: Server, locked: Path) -> int:
    """Stops a worker that holds the write lock, and answers which."""
    while True:
        for worker in server.workers():
            _stop(worker)
            if _is_writing(worker, locked.stat().st_ino):
                return worker
            os.kill(worker, signal.SIGCONT)
            time.sleep(0.005)


def _is_writing(worker: int, inode: int) -> bool:
    locks = [line.split() for line in Path("/proc/locks").read_text("utf-8").splitlines()]
    mine = [one for one in locks if int(one[4]) == worker and one[5].endswith(f":{inode}")]
    return any(one[3] == "WRITE" and one[6] == WRITE_LOCK for one in mine)


def _write_newly(server: Server) -> str:
    """Writes on a connection of its own, and undoes it; answers what that was told, and when."""
    start = time.monotonic()
    with server.client(timeout=BOUND) as client:
        made = client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@frozen.example"})
        told = f"{made.status_code} after {time.monotonic() - start:.1f} s"
        if made.status_code == 503:
            assert "nothing was changed" in made.text
        else:
            assert client.delete(made.headers["location"]).status_code == 204
    return told


def _ask_newly(server: Server, seconds: float) -> float:
    """Asks on new connections for so long, and answers how long the slowest of them waited."""
    end, slowest = time.monotonic() + seconds, 0.0
    while (start := time.monotonic()) < end:
        assert server.ask("GET", "/api/leads/?limit=1", headers={"Authorization": f"Bearer {server.key}"}).is_success
        slowest = max(slowest, time.monotonic() - start)
        time.sleep(0.02)
    assert slowest < NEWLY_WITHIN, slowest
    return slowest


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with cluster() as own, own.copy() as name, tempfile.TemporaryDirectory() as place:
        for database in (f"sqlite:///{place}/leadline.db", own.url(name)):
            with tempfile.TemporaryDirectory(dir=place) as folder:
                print(workers(database, Path(folder), count))  # noqa: T201
