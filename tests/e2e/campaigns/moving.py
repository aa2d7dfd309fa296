"""A workspace is moved there and back under load; each time the mover is killed first, at any moment.

python -m tests.e2e.campaigns.moving [TIMES]
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from tests.e2e.invariants import broken_on
from tests.e2e.patience import under_load
from tests.e2e.server import serving
from tests.postgres import Cluster, cluster


def moves(home: Cluster, eu: str, folder: Path, times: int, pause: float = 0) -> str:
    """Answers what came of it; raises `AssertionError` if anything acknowledged was lost, or refused but with 503."""
    random, refused = Random(times), []
    with home.copy() as name:
        environment = {"LEADLINE_DATABASE": home.url(name), "LEADLINE_CLUSTERS": f"eu={eu}"}
        with (
            serving(folder / "first", workers=2, environment=environment) as first,
            serving(folder / "second", key=first.key, workers=2, environment=environment) as second,
        ):
            with first.client() as client:
                workspace = client.get("/api/me/").json()["workspace"]["id"]
            with under_load([first, second], pause=pause) as load:
                for to in ("eu", "home") * times:
                    _move(first.environment, workspace, to, kill_after=random.uniform(0.8, 2.5))
                    refused += _move(first.environment, workspace, to)
                    load.seconds_to_write(time.monotonic(), within=10)
            outcome = load.check(second)
            assert set(load.refused) <= {"503"}, outcome
        assert [broken_on(url) for url in (home.url(name), eu)] == [{}, {}]
    return f"{2 * times} moves: {outcome}; writes refused for {max(refused, default=0):.2f} s at most"


def _move(environment: dict[str, str], workspace: str, to: str, kill_after: float = 0) -> list[float]:
    """For how many seconds writes were refused, unless an earlier move was only finished."""
    command = [sys.executable, "-m", "leadline", "workspaces", "move", workspace, "--to", to]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as mover:
        if kill_after:
            time.sleep(kill_after)
            os.kill(mover.pid, signal.SIGKILL)
            return []
        said = mover.communicate(timeout=60)[1]
    assert mover.returncode == 0, said
    return [float(seconds) for seconds in re.findall(r"refused for ([\d.]+) s", said)]


if __name__ == "__main__":
    with cluster() as own, cluster() as other, other.copy() as there, tempfile.TemporaryDirectory() as place:
        print(moves(own, other.url(there), Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 5))  # noqa: T201
