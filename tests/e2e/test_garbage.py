import json
import subprocess
import sys
from pathlib import Path


def test_a_request_leaves_nothing_that_only_the_garbage_collector_finds(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.e2e.garbage", str(tmp_path / "data")]
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    assert json.loads(output) == {"get": 0, "list": 0, "create": 0, "update": 0}
