"""The leader of a whole cluster (deploy/) is killed under load, again and again; nothing is started by hand but the
machine that was killed, and that only once writes succeed again.

    python -m tests.e2e.campaigns.failover [TIMES]
"""

import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from deploy.cluster import MEMBERS, Cluster

from tests.e2e.invariants import broken_on
from tests.e2e.patience import under_load
from tests.e2e.server import Address
from tests.postgres import kill_all

WRITES_WITHIN = 60.0
STANDBY_WITHIN = 180.0
ON_THE_WAY = 0.5
"""Seconds in which an answer may still arrive that was given before."""


@dataclass
class Front(Address):
    """Where HAProxy listens."""

    url: str
    key: str


def fail_over(cluster: Cluster, times: int) -> str:
    """Answers what came of it; raises `AssertionError` if anything acknowledged was lost."""
    front, gaps = Front(cluster.url, cluster.key), []
    with under_load([front]) as load:
        for _ in range(times):
            time.sleep(3)
            leader = _member(cluster, "leader")
            _kill_machine(cluster, leader)
            time.sleep(ON_THE_WAY)
            gaps.append(ON_THE_WAY + load.seconds_to_write(time.monotonic(), within=WRITES_WITHIN))
            cluster.start_member(leader)
            _await_standby(cluster)
    outcome = load.check(front)
    assert broken_on(cluster.leader_database()) == {}
    seconds = f"{median(gaps):.1f} s (median), {max(gaps):.1f} s at most"
    return f"{times} leaders killed: {outcome}; writes again after {seconds}"


def _member(cluster: Cluster, role: str) -> str:
    (found,) = [member for member in MEMBERS if cluster.role(member) == role]
    return found


def _kill_machine(cluster: Cluster, member: str) -> None:
    """Patroni and its database, at once."""
    patroni = cluster.pid(member)
    assert patroni is not None
    os.kill(patroni, signal.SIGKILL)
    for postmaster in cluster.postgres_pids(member):
        kill_all(postmaster)


def _await_standby(cluster: Cluster) -> None:
    deadline = time.monotonic() + STANDBY_WITHIN
    while {cluster.role(member) for member in MEMBERS} != {"leader", "sync_standby"}:
        assert time.monotonic() < deadline, "the killed member does not come back"
        time.sleep(0.5)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        own = Cluster(Path(place) / "cluster", 7500)
        try:
            own.start()
            print(fail_over(own, int(sys.argv[1]) if len(sys.argv) > 1 else 5))  # noqa: T201
        finally:
            own.stop()
