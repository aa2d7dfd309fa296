import pytest

from leadline.records.live import indexes


@pytest.fixture(autouse=True)
def _however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Indexes are made for any number of records."""
    monkeypatch.setattr(indexes, "FEWEST", 0)
