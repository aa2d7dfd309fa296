"""A desk that reads from a standby: what it answers is what it would answer without one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from leadline.settings import Settings
from tests.cast import PASSWORD, Desk, OnPostgres, desk_on
from tests.e2e.campaigns.replica import replica
from tests.kit.postgres.test_replica import Pair
from tests.postgres import Cluster, cluster
from tests.size import Size


class OnReplica:
    """Each desk has a copy of the prepared database, and reads it from the standby."""

    def __init__(self, primary: OnPostgres, standby: Cluster) -> None:
        self.cast = primary.cast
        self._primary = primary
        self._standby = standby

    @contextmanager
    def copy(self, folder: Path, **settings: Any) -> Iterator[Settings]:
        with self._primary.copy(folder, **settings) as made:
            Pair(self._primary.cluster, self._standby).wait_for_the_standby()
            address = made.database.replace(str(self._primary.cluster.folder), str(self._standby.folder))
            yield made.model_copy(update={"replica": address})


@pytest.fixture(scope="module")
def standby(on_postgres: OnPostgres) -> Iterator[Cluster]:
    with cluster(primary=on_postgres.cluster) as made:
        yield made


@pytest.fixture
def desk(on_postgres: OnPostgres, standby: Cluster, tmp_path: Path) -> Iterator[Desk]:
    """It reads from the standby when the test begins."""
    with desk_on(OnReplica(on_postgres, standby), tmp_path / "data") as desk:
        while desk.app.database.read_stats().replica == 0:
            desk.run(asyncio.sleep(0.05))
            desk.team.get("/api/leads/")
        yield desk


def test_a_revoked_key_is_refused_at_once(desk: Desk) -> None:
    for number in range(20):
        made = desk.ada.post("/api/keys/", {"name": f"key {number}"}).json()
        program = desk.caller(made["secret"])
        assert program.get("/api/leads/").status_code == 200
        assert desk.ada.delete(f"/api/keys/{made['id']}/").status_code == 204
        assert program.get("/api/leads/").status_code == 401


def test_a_session_that_ended_is_over_at_once(desk: Desk) -> None:
    for _ in range(10):
        credentials = {"email": desk.ben.email, "password": PASSWORD, "workspaceId": desk.acme.workspace.id}
        access = desk.nobody.post("/api/auth/login/", credentials).json()["access"]
        ben = desk.caller(access)
        assert ben.get("/api/me/").status_code == 200
        assert ben.post("/api/auth/logout/").status_code == 204
        assert ben.get("/api/me/").status_code == 401


def test_what_was_written_is_read_listed_and_counted_at_once(desk: Desk) -> None:
    for number in range(1, 21):
        lead = desk.lead(company="Replica Ltd")
        assert desk.team.get(f"/api/leads/{lead['id']}/").json() == lead
        listed = desk.ben.get("/api/leads/?search=replica").json()
        assert (listed["count"], listed["results"][0]["id"]) == (number, lead["id"])


def test_nodes_under_load_read_nothing_old_whatever_happens_to_the_standby(
    on_postgres: OnPostgres, standby: Cluster, tmp_path: Path, size: Size
) -> None:
    assert "0 lost, 0 doubled" in replica(on_postgres.cluster, standby, tmp_path, 1, size.pause)
