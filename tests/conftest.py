from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Desk, OnPostgres, OnSqlite, Place, desk_on
from tests.postgres import cluster


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> OnSqlite:
    return OnSqlite(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def on_postgres() -> Iterator[OnPostgres]:
    with cluster() as made, made.copy() as prepared:
        yield OnPostgres(made, prepared)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Every test that has a desk runs on both databases."""
    found: Place = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture
def desk(place: Place, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(place, tmp_path / "data") as desk:
        yield desk
