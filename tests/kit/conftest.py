import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.store import FileStore, opened


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def store(runner: asyncio.Runner, tmp_path: Path) -> Iterator[FileStore]:
    with opened(runner, tmp_path / "data.db") as store:
        yield store
