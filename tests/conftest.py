from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import Cast, Desk, desk_on, prepare


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    folder = tmp_path_factory.mktemp("prepared")
    return folder, prepare(folder)


@pytest.fixture
def desk(prepared: tuple[Path, Cast], tmp_path: Path) -> Iterator[Desk]:
    folder, cast = prepared
    with desk_on(folder, tmp_path / "data", cast) as desk:
        yield desk
