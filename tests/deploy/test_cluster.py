"""What deploy/cluster.py does before and after a cluster runs; the campaign `failover` runs one."""

import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.cluster import Cluster


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    made = Cluster(tmp_path / "cluster", 1)
    made.prepare(Path("/usr/lib/postgresql/15/bin"))
    return made


@pytest.fixture
def stranger() -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_every_part_has_its_configuration_and_nobody_else_reads_it(cluster: Cluster) -> None:
    names = {"member1.yml", "member2.yml", "haproxy-database.cfg", "haproxy-front.cfg", "pgbouncer.ini", "503.http"}
    files = [file for file in cluster.folder.iterdir() if file.is_file()]
    assert names <= {file.name for file in files}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert not [file for file in files if "$" in file.read_text("utf-8")]


def test_passwords_stay_as_they_are(cluster: Cluster) -> None:
    database = cluster.database
    cluster.prepare(Path("/usr/lib/postgresql/15/bin"))
    assert cluster.database == database
    assert database.endswith("/leadline?pgbouncer=true")


def test_a_stop_ends_what_was_started_and_nothing_else(cluster: Cluster, stranger: "subprocess.Popen[bytes]") -> None:
    cluster.run("node1", ["sleep", "60"], unprivileged=False)
    own = cluster.pid("node1")
    assert own is not None
    (cluster.folder / "pids" / "etcd").write_text(f"{stranger.pid} 1")  # its number was taken by another since
    cluster.stop()
    assert cluster.pid("node1") is None
    assert stranger.poll() is None


def test_what_runs_is_not_started_twice(cluster: Cluster) -> None:
    cluster.run("node1", ["sleep", "60"], unprivileged=False)
    before = cluster.pid("node1")
    cluster.run("node1", ["sleep", "60"], unprivileged=False)
    assert cluster.pid("node1") == before
    cluster.stop()


def test_what_must_be_installed_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("deploy.cluster.PROGRAMS", {"no-such-program": "some-package"})
    with pytest.raises(SystemExit, match="apt-get install --no-install-recommends some-package"):
        Cluster(tmp_path / "cluster", 1).start()
    assert not (tmp_path / "cluster").exists()
