"""Two nodes that read from a standby, whose replay stops, and which is killed, again and again, under load.

python -m tests.e2e.campaigns.replica [TIMES]
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.invariants import broken_on
from tests.e2e.patience import under_load
from tests.e2e.server import serving
from tests.http.test_metrics import Measured, free_port
from tests.postgres import Cluster, cluster

AT_EASE = 2.0
PAUSED = 0.5


def replica(primary: Cluster, standby: Cluster, folder: Path, times: int, pause: float = 0) -> str:
    """Answers what came of it; raises `AssertionError` if a read was old, or any was refused."""
    with primary.copy() as name:
        port = free_port()
        environment = {"LEADLINE_DATABASE": primary.url(name), "LEADLINE_REPLICA": standby.url(name)}
        measuring = {**environment, "LEADLINE_METRICS_PORT": str(port)}
        with (
            serving(folder / "first", workers=2, environment=measuring) as first,
            serving(folder / "second", key=first.key, workers=2, environment=environment) as second,
        ):
            measured = Measured(first, port)
            with under_load([first, second], pause=pause) as load:
                for _ in range(times):
                    time.sleep(AT_EASE)
                    standby.sql("SELECT pg_wal_replay_pause()")
                    time.sleep(PAUSED)
                    standby.sql("SELECT pg_wal_replay_resume()")
                    time.sleep(AT_EASE)
                    standby.kill()
                    time.sleep(PAUSED)
                    standby.start()
            outcome = load.check(second)
            assert not load.refused
            share = _share(measured)
        assert broken_on(primary.url(name)) == {}
    return f"{times} pauses and kills of the standby: {outcome}; it answered {share:.0%} of the first node's reads"


def _share(measured: Measured) -> float:
    figures = measured.figures()
    taken, missed = figures["leadline_replica_reads_total"], figures["leadline_replica_missed_reads_total"]
    return taken / (taken + missed)


if __name__ == "__main__":
    with cluster() as leader, cluster(primary=leader) as follower, tempfile.TemporaryDirectory() as place:
        print(replica(leader, follower, Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 5))  # noqa: T201
