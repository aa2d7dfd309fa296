import asyncio
from collections.abc import Iterator

import pytest

from leadline.kit.db.postgres import PostgresDatabase
from tests.cast import OnPostgres
from tests.kit.store import Store, open_notes
from tests.postgres import Cluster


@pytest.fixture
def cluster(on_postgres: OnPostgres) -> Cluster:
    return on_postgres.cluster


@pytest.fixture
def store(cluster: Cluster, runner: asyncio.Runner) -> Iterator[Store]:
    with cluster.copy() as name:
        store = Store(runner, PostgresDatabase(cluster.url(name), 4))
        with open_notes(store):
            yield store
