import asyncio
from collections.abc import Iterator

import pytest

from tests.cast import OnPostgres
from tests.kit.store import Store, opened_on
from tests.postgres import Cluster


@pytest.fixture
def cluster(on_postgres: OnPostgres) -> Cluster:
    return on_postgres.cluster


@pytest.fixture
def store(cluster: Cluster, runner: asyncio.Runner) -> Iterator[Store]:
    with opened_on(cluster, runner) as store:
        yield store
