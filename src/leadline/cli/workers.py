"""The server processes, where there are several."""

from socket import socket

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process


class WorkerProcesses(Multiprocess):
    """uvicorn's, which end all together as soon as one of them cannot start. Once one has served, these go on: what
    keeps another one from that may pass, such as a database that is away."""

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._have_served = False
        self.have_failed = False

    def keep_subprocess_alive(self) -> None:
        for place, worker in enumerate(self.processes):
            worker.child_conn.close()  # the worker's own is left: its end is heard of, also while it owes an answer
            if worker.is_alive(timeout=self.config.timeout_worker_healthcheck):
                self._have_served = self._have_served or worker.is_ready()
                continue
            worker.kill()
            worker.join()
            if worker.exitcode == STARTUP_FAILURE and not self._have_served:
                self.have_failed = True
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()
