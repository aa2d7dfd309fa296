"""Two nodes of two workers each on one PostgreSQL: they behave as one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cast import OnPostgres
from tests.e2e.campaigns.crash import crash
from tests.e2e.campaigns.feed import follow_writes
from tests.e2e.campaigns.race import race
from tests.e2e.raw import Connection, connected_to_each, length, request, status_of_me
from tests.e2e.server import Server, serving
from tests.postgres import Cluster
from tests.size import Size

WORKERS = 2


@pytest.fixture(scope="module")
def cluster(on_postgres: OnPostgres) -> Cluster:
    return on_postgres.cluster


@pytest.fixture(scope="module")
def nodes(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    folder = tmp_path_factory.mktemp("nodes")
    with cluster.copy() as name:
        environment = {"LEADLINE_DATABASE": cluster.url(name)}
        with serving(folder / "first", workers=WORKERS, environment=environment) as first:
            options = {"key": first.key, "workers": WORKERS, "environment": environment}
            with serving(folder / "second", **options) as second:
                yield [first, second]


@pytest.fixture
def workers(nodes: list[Server]) -> Iterator[list[Connection]]:
    """A connection to each worker of each node."""
    first, second = (connected_to_each(node.url, WORKERS) for node in nodes)
    with first as of_first, second as of_second:
        yield [*of_first, *of_second]


def test_what_one_worker_wrote_every_worker_reads(nodes: list[Server], workers: list[Connection]) -> None:
    body = b'{"lastName": "Lee", "email": "lee@nodes.example"}'
    for number, writer in enumerate(workers, 1):
        writer.send(request(nodes[0].key, "POST /api/leads/", length(body), body=body))
        written = writer.answer()
        assert written is not None
        assert written.status == 201
        for reader in workers:
            reader.send(request(nodes[0].key, f"GET {written.headers['location']}"))
            read = reader.answer()
            assert read is not None
            assert read.body == written.body
            reader.send(request(nodes[0].key, "GET /api/leads/?limit=1"))
            listed = reader.answer()
            assert listed is not None
            assert f'"count":{number},'.encode() in listed.body


def test_a_revoked_key_is_refused_by_every_worker_at_once(nodes: list[Server], workers: list[Connection]) -> None:
    made = _keys(nodes[0], "create", "short-lived")
    key, id_ = made.stdout.strip(), made.stderr.split()[0]
    assert {status_of_me(worker, key) for worker in workers} == {200}
    _keys(nodes[0], "revoke", id_)
    assert {status_of_me(worker, key) for worker in workers} == {401}


def _keys(node: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "leadline", "keys", *arguments]
    return subprocess.run(command, env=node.environment, capture_output=True, text=True, check=True, timeout=30)


def test_a_lead_is_converted_once_by_both_nodes_together(nodes: list[Server]) -> None:
    assert race(nodes, leads=20) == "20 leads, 16 callers each on 2 nodes: 20 × 200, 300 × 409, 20 contacts"


def test_readers_on_both_nodes_are_told_everything_once_and_in_order(nodes: list[Server], size: Size) -> None:
    assert "every operation once, in order" in follow_writes(nodes, WORKERS, size.of(600))


def test_four_that_start_at_once_on_an_empty_database_migrate_it_once(cluster: Cluster) -> None:
    with cluster.copy() as name, ThreadPoolExecutor(4) as starts:
        environment = {**os.environ, "LEADLINE_DATABASE": cluster.url(name)}
        leadline = [sys.executable, "-m", "leadline"]
        runs = [
            starts.submit(
                subprocess.run, [*leadline, "init", "--json"], env=environment, capture_output=True, timeout=60
            )
            for _ in range(4)
        ]
        assert sorted(run.result().returncode for run in runs) == [0, 1, 1, 1]
        listed = subprocess.run([*leadline, "keys", "list"], env=environment, capture_output=True, check=True)
        assert len(listed.stdout.splitlines()) == 1


def test_health_tells_a_load_balancer_whether_the_database_is_there(nodes: list[Server], cluster: Cluster) -> None:
    cluster.stop("immediate")
    try:
        for node in nodes:
            with node.client() as client:
                away = client.get("/api/health/")
                assert (away.status_code, away.json()["code"]) == (503, "unavailable")
                assert int(away.headers["retry-after"]) > 0
    finally:
        cluster.start()
    for node in nodes:
        with node.client() as client:
            # the use of a key may have been written in vain meanwhile, and counts until a write succeeds
            assert client.post("/api/accounts/", json={"name": "Startup Inc"}).status_code == 201
            assert client.get("/api/health/").json()["status"] == "ok"


def test_nothing_acknowledged_is_lost_when_postgres_is_killed(cluster: Cluster, tmp_path: Path, size: Size) -> None:
    assert crash(cluster, tmp_path, 2, size.pause).startswith("2 kills: ")
