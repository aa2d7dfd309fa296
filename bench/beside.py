"""A client that creates leads at a steady rate, while something else is measured.

`python -m bench.beside ADDRESS KEY` does so until it is stopped.
"""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from bench.client import drive
from bench.data import SEED, lead_bodies
from bench.load import Refused
from bench.operations import Plan
from bench.processes import ROOT, Server

PER_SECOND = 500
CONNECTIONS = 64
SECONDS = 60
"""More than any measurement takes."""
WARM_SECONDS = 0.5


@contextmanager
def writes_beside(server: Server, plan: Plan) -> Iterator[None]:
    """Raises `Refused` if the client did not last."""
    command = [sys.executable, "-m", "bench.beside", server.address, plan.desk.key]
    client = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert client.stdout is not None
        client.stdout.readline()
        time.sleep(WARM_SECONDS)
        yield
        if client.poll() is not None:
            raise Refused("The client that writes beside has stopped.")
    finally:
        client.terminate()
        client.wait()


def main() -> None:
    address, key = sys.argv[1:]
    bodies = lead_bodies(random.Random(SEED), [], f"beside{time.time_ns()}n")
    requests = [("/api/leads/", json.dumps(body)) for body in islice(bodies, PER_SECOND * SECONDS)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    drive(address, "POST", headers, requests, CONNECTIONS, SECONDS, per_second=PER_SECOND)


if __name__ == "__main__":
    main()
