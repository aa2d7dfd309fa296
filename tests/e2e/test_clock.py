"""The system's clock is stepped under a server at work: nothing is lost, out of order, or shut out."""

import shutil
from pathlib import Path

import pytest

from tests.cast import OnPostgres
from tests.e2e.campaigns.clock import DAY, ROUND, step
from tests.e2e.stepping import COMPILER
from tests.size import Size

pytestmark = pytest.mark.skipif(shutil.which(COMPILER) is None, reason="no C compiler here")


def shifts(size: Size) -> tuple[int, ...]:
    return ROUND if size.is_full else (-DAY, DAY, 0)


def test_a_server_on_sqlite_bears_a_clock_that_is_stepped(tmp_path: Path, size: Size) -> None:
    assert " steps: " in step(tmp_path, shifts(size), pause=size.pause)


def test_a_server_on_postgres_bears_a_clock_that_is_stepped(
    on_postgres: OnPostgres, tmp_path: Path, size: Size
) -> None:
    with on_postgres.cluster.copy() as name:
        assert " steps: " in step(tmp_path, shifts(size), on_postgres.cluster.url(name), size.pause)
