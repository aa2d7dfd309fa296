"""All processes of PostgreSQL are killed at once, again and again, under load.

python -m tests.e2e.campaigns.crash [TIMES]
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

from tests.e2e.invariants import broken_on
from tests.e2e.patience import under_load
from tests.e2e.server import serving
from tests.postgres import Cluster, cluster

BACK_WITHIN = 5.0


def crash(made: Cluster, folder: Path, times: int, pause: float = 0) -> str:
    """Answers what came of it; raises `AssertionError` if anything acknowledged was lost."""
    random, back = Random(times), []
    with made.copy() as name:
        environment = {"LEADLINE_DATABASE": made.url(name)}
        with serving(folder / "node", workers=2, environment=environment) as node:
            with under_load([node], pause=pause) as load:
                for _ in range(times):
                    time.sleep(random.uniform(0.3, 1.0))
                    made.kill()
                    time.sleep(random.uniform(0.1, 0.5))
                    made.start()
                    back.append(load.seconds_to_write(time.monotonic(), within=BACK_WITHIN))
            outcome = load.check(node)
        assert load.refused["503"] >= times
        assert broken_on(made.url(name)) == {}
    return f"{times} kills: {outcome}; writes again after {median(back):.2f} s (median), {max(back):.2f} s at most"


if __name__ == "__main__":
    with cluster() as own, tempfile.TemporaryDirectory() as place:
        print(crash(own, Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 20))  # noqa: T201
