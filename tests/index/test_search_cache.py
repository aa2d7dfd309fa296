"""What searches found is kept within bounds."""

import pytest
from pyroaring import BitMap

from leadline.index import search_cache
from leadline.index.search_cache import PartialHit, SearchCache
from leadline.log.feed import LogPosition

HERE = LogPosition(1, "op_1")


def kept(of: SearchCache, *terms: str) -> list[str]:
    return [term for term in terms if of.find(term)]


def test_the_oldest_terms_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_cache, "MAX_TERMS", 2)
    some = SearchCache()
    for term in ("lee", "kim", "lee", "okri"):
        some.keep(term, HERE, BitMap([1]))
    assert kept(some, "kim", "lee", "okri") == ["lee", "okri"]


def test_terms_that_many_records_have_give_way_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    many = BitMap(range(0, 200_000, 2))
    monkeypatch.setattr(search_cache, "MAX_BYTES", 40_000)
    some = SearchCache()
    some.keep("lee", HERE, BitMap([1]))
    some.keep("kim", HERE, many)
    assert 10_000 < some.memory_bytes() < 40_000
    some.keep("okri", HERE, many)
    assert kept(some, "lee", "kim", "okri") == ["okri"]
    assert some.memory_bytes() < 40_000


def test_what_was_looked_at_gives_way_to_what_is_wholly_known_and_to_later_terms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    some, looked = SearchCache(), PartialHit(HERE, BitMap(range(100)), BitMap([1]))
    for term in ("lee", "kim"):
        some.keep_looked(term, looked)
    assert some.memory_bytes() > 0
    some.keep("lee", HERE, BitMap([1]))
    assert (some.find_partial("lee"), some.find_partial("kim")) == (None, looked)
    monkeypatch.setattr(search_cache, "MAX_TERMS", 1)
    some.keep_looked("okri", looked)
    assert (some.find_partial("kim"), some.find_partial("okri")) == (None, looked)
