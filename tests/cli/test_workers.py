"""Several server processes: what becomes of them when one cannot start."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import apsw
import httpx2

from tests.cli.test_commands import statuses_by_worker
from tests.e2e.server import Server, serving, workers_of
from tests.waiting import until

NONE_CAN_START = """
import socket
from uvicorn import Config
from leadline.cli.workers import WorkerProcesses

workers = WorkerProcesses(Config("nowhere:app", workers=2), [socket.create_server(("127.0.0.1", 0))])
workers.run()
print(workers.have_failed)
"""

PATIENT = """
import socket
from uvicorn import Config
from leadline.cli.workers import WorkerProcesses

config = Config("builtins:print", workers=1, lifespan="off", timeout_worker_healthcheck=3600)
WorkerProcesses(config, [socket.create_server(("127.0.0.1", 0))]).run()
"""


def run(folder: Path, statement: str) -> None:
    with closing(apsw.Connection(str(folder / "leadline.db"))) as connection:
        connection.set_busy_timeout(5_000)
        connection.execute(statement)


def both_answer(server: Server) -> bool:
    with suppress(AssertionError):
        return statuses_by_worker(server, server.key) == {200}
    return False


def test_one_that_cannot_begin_again_is_tried_until_it_can_while_the_other_serves(tmp_path: Path) -> None:
    with serving(tmp_path / "data", workers=2) as server:
        until(lambda: both_answer(server))
        run(server.folder, "INSERT INTO migrations VALUES (99, 'later')")  # no process starts on that
        os.kill(workers_of(server.process)[0], signal.SIGKILL)
        until(lambda: server.log().count("startup failed") >= 2)
        assert httpx2.get(f"{server.url}/api/health/").status_code == 200
        run(server.folder, "DELETE FROM migrations WHERE number = 99")
        until(lambda: both_answer(server))
        assert server.stop() == 0


def test_one_that_is_killed_while_it_hangs_is_replaced_at_once() -> None:
    with subprocess.Popen([sys.executable, "-c", PATIENT], text=True, start_new_session=True) as supervisor:
        try:
            until(lambda: len(workers_of(supervisor)) == 1)
            (hanging,) = workers_of(supervisor)
            os.kill(hanging, signal.SIGSTOP)
            time.sleep(1)  # by now it is asked whether it is alive
            os.kill(hanging, signal.SIGKILL)
            until(lambda: len(set(workers_of(supervisor)) - {hanging}) == 1)
        finally:
            os.killpg(supervisor.pid, signal.SIGKILL)


def test_they_end_if_none_can_start() -> None:
    command = [sys.executable, "-c", NONE_CAN_START]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout == "True\n"
