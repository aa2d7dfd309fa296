"""Writes that are sent again and again, to any worker, while servers are killed: a short form of the campaign."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import OnPostgres
from tests.e2e.campaigns.retries import pairs, retries, without_unique_key
from tests.size import Size

WRITES = 600
KILLS = 6
PAIRS = 180


@pytest.fixture(params=["sqlite", "postgres"])
def nodes(request: pytest.FixtureRequest) -> int:
    """As many as share the data."""
    return 1 if request.param == "sqlite" else 2


@pytest.fixture
def url(nodes: int, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if nodes == 1:
        yield f"sqlite:///{tmp_path / 'leadline.db'}"
        return
    on_postgres: OnPostgres = request.getfixturevalue("on_postgres")
    with on_postgres.cluster.copy() as name:
        yield on_postgres.cluster.url(name)


def test_a_write_is_made_once_however_often_it_is_sent(url: str, nodes: int, tmp_path: Path, size: Size) -> None:
    outcome = retries(url, tmp_path, nodes=nodes, writes=size.of(WRITES), kills=size.of(KILLS))
    assert outcome.startswith(f"{size.of(WRITES)} writes sent ")


def test_writes_are_doubled_without_the_unique_key(url: str, nodes: int, tmp_path: Path) -> None:
    assert "leads doubled" in without_unique_key(url, tmp_path, nodes=nodes, writes=100)


def test_of_two_changes_upon_the_same_version_one_is_made(url: str, nodes: int, tmp_path: Path, size: Size) -> None:
    number = size.of(PAIRS)
    assert pairs(url, tmp_path, nodes=nodes, number=number).endswith(f"{number} made, {number} refused (412)")
