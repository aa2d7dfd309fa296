"""The network between a node and its database is cut under load: packets vanish, and nobody is told. Needs root, and
Linux with network namespaces; ends with the network as it was.

    python -m tests.e2e.campaigns.partition [TIMES]
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import asyncpg

from tests.e2e.invariants import broken_on
from tests.e2e.patience import under_load
from tests.e2e.server import serving
from tests.postgres import Cluster, cluster

CUT_SECONDS = 5.0
BOUND = 8.0
"""Seconds that no request may take."""
BACK_WITHIN = 5.0
SETTLE_SECONDS = 10.0
"""Time for the database to notice which connections are gone."""
DATABASE = "10.99.77.1"
NODE = "10.99.77.2"
FRONT = "10.99.78.2"
"""The node's address for clients, whose network is not cut."""


class Network:
    """The node's namespace hangs on a bridge, where the database listens, and on a link for its clients."""

    def __init__(self) -> None:
        self.name = f"lead{os.getpid()}"
        self._bridge, self._port, self._clients = (f"{letter}{self.name}" for letter in "bpc")

    def make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("addr", "add", f"{DATABASE}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        self._link(self._port, "database", NODE)
        self.heal()
        self._link(self._clients, "clients", FRONT)
        _ip("addr", "add", f"{FRONT.rpartition('.')[0]}.1/24", "dev", self._clients)

    def _link(self, outside: str, inside: str, address: str) -> None:
        _ip("link", "add", outside, "type", "veth", "peer", "name", inside, "netns", self.name)
        _ip("link", "set", outside, "up")
        _ip("-n", self.name, "addr", "add", f"{address}/24", "dev", inside)
        _ip("-n", self.name, "link", "set", inside, "up")

    def cut(self) -> None:
        _ip("link", "set", self._port, "nomaster")

    def heal(self) -> None:
        _ip("link", "set", self._port, "master", self._bridge)

    def remove(self) -> None:
        for arguments in (("netns", "del", self.name), ("link", "del", self._bridge)):
            subprocess.run(["ip", *arguments], check=False)

    @property
    def command(self) -> list[str]:
        """What runs a program on the node's side."""
        return ["ip", "netns", "exec", self.name]

    def ports(self) -> set[int]:
        """Those at which the node holds a connection to the database."""
        command = [*self.command, "ss", "-Htn", "state", "established", "dst", DATABASE]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return {int(line.split()[2].rpartition(":")[2]) for line in lines}


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def network() -> Iterator[Network]:
    made = Network()
    try:
        made.make()
        yield made
    finally:
        made.remove()


def partition(between: Network, made: Cluster, folder: Path, times: int) -> str:
    """Answers what came of it; raises `AssertionError` if a request hung, or anything was lost, doubled or leaked."""
    back = []
    with made.copy() as name:
        address = f"postgresql://leadline@{DATABASE}/{name}"
        environment = {"LEADLINE_DATABASE": address, "LEADLINE_HOST": FRONT}
        with serving(folder / "node", workers=2, environment=environment, prefix=between.command) as node:
            with under_load([node]) as load:
                for _ in range(times):
                    time.sleep(2)
                    between.cut()
                    time.sleep(CUT_SECONDS)
                    between.heal()
                    back.append(load.seconds_to_write(time.monotonic(), within=BACK_WITHIN))
                time.sleep(SETTLE_SECONDS)
            leaked = _client_ports(made, name) - between.ports()
            outcome = load.check(node)
        assert not leaked, leaked
        assert load.longest < BOUND, load.longest
        assert load.refused["503"] >= times
        assert broken_on(made.url(name)) == {}
    return (
        f"{times} cuts of {CUT_SECONDS:.0f} s: {outcome}; 0 connections leaked;"
        f" writes again after {median(back):.2f} s (median), {max(back):.2f} s at most"
    )


def _client_ports(made: Cluster, name: str) -> set[int]:
    """Those that the database believes it has connections with."""

    async def ask(connection: asyncpg.Connection) -> set[int]:
        rows = await connection.fetch("SELECT client_port FROM pg_stat_activity WHERE datname = $1", name)
        return {row["client_port"] for row in rows}

    return made.ask(ask)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with network() as link, cluster(DATABASE) as own, tempfile.TemporaryDirectory() as place:
        print(partition(link, own, Path(place), count))  # noqa: T201
