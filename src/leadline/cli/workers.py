"""The worker processes of a server that has several."""

from socket import socket

from uvicorn import Config
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process


class WorkerProcesses(Multiprocess):
    """A supervisor that replaces a worker process that ended.

    uvicorn's own supervisor ends all workers as soon as one cannot start. This one does so only until a worker has
    served. Later the cause may pass, such as a database that is away, so a worker that cannot start is tried again.
    """

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        super().__init__(config, sockets)
        self._have_served = False
        self.have_failed = False

    def keep_subprocess_alive(self) -> None:
        for place, worker in enumerate(self.processes):
            worker.child_conn.close()  # only the worker has it open then, so its end is noticed before it answers
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
