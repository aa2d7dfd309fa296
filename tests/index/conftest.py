import pytest

from leadline.index import live_indexes
from leadline.index.builder import BuiltIndex, IndexBuilder
from leadline.records.kind import Kind


@pytest.fixture(autouse=True)
def _however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes are made for any number of records."""
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of which an index was made from the table, in this process."""
    kinds: list[str] = []
    build = IndexBuilder._build_from_table

    async def note(self: IndexBuilder, kind: Kind, workspace: int) -> BuiltIndex:
        kinds.append(kind.name)
        return await build(self, kind, workspace)

    monkeypatch.setattr(IndexBuilder, "_build_from_table", note)
    return kinds
