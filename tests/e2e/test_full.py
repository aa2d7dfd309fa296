"""A disk that fills up, for real."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.campaigns.full import disk, full


def test_on_a_full_disk_all_is_read_nothing_is_lost_and_writes_wait_for_room(tmp_path: Path) -> None:
    try:
        with disk(tmp_path / "disk", mib=1):
            pass
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no file system can be mounted here: that needs root")
    with disk(tmp_path / "full", mib=4) as small:
        assert full(small, workers=2, within=30).startswith("4 MiB, 2 workers: ")
