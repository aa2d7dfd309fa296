"""An index agrees with SQL on whatever is asked of it."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from leadline.crm.kinds import KINDS
from leadline.index.kind_index import KindIndex
from leadline.index.search_cache import PartialHit
from leadline.log.feed import LogPosition
from leadline.records.kind import Kind
from leadline.records.list_index import FacetValues
from tests.index.table import SMALL, Maker, Table, copied, work
from tests.size import examples


def agree(index: KindIndex, table: Table, maker: Maker) -> None:
    """Compares what both find for one predicate, and one page of it."""
    predicate, sorting = maker.predicate(), maker.sorting()
    match, expected = index.match_predicate(predicate), table.select(predicate)
    assert match.certain <= BitMap(expected) <= match.possible, predicate
    chosen = BitMap(expected)
    if predicate.search is not None:
        whole = BitMap(no for no in table.rows if predicate.search in table.search_key(no))
        hit = index.match_predicate(predicate, whole)
        assert hit.certain <= chosen <= hit.possible
        some = BitMap(table.rows)[::2]
        known = index.match_predicate(predicate, None, PartialHit(LogPosition(1, "op"), some, some & whole))
        assert known.certain <= chosen <= known.possible
    offset, limit = maker.chance.randint(0, len(expected) + 2), maker.chance.randint(1, 20)
    page = table.page(expected, sorting, offset, limit)
    found = index.locate_page(chosen, sorting, offset, limit)
    assert found is not None
    assert table.page(found.nos, sorting, found.skip, limit) == page, (sorting, offset, limit)
    if found.is_page:
        assert (found.nos, found.skip) == (page, 0)
    assert found.is_page or sorting.terms
    assert_facets_agree(index.count_facets(chosen), table, expected)
    if facets := index.find_facets(predicate):
        assert_facets_agree(facets, table, expected)
    assert_search_agrees(index, table, maker.chance.choice(["ada", "zo", " bo", "ss", "b b", "a_b", "100% "]))


def assert_search_agrees(index: KindIndex, table: Table, text: str) -> None:
    found, sought = BitMap(no for no in table.rows if text in table.search_key(no)), index.match_search(text)
    assert sought.certain <= found <= sought.certain | sought.doubtful
    some = BitMap(table.rows)[::2]
    assert found & some <= index.search_candidates(text, some) <= some


def assert_facets_agree(facets: FacetValues, table: Table, chosen: list[int]) -> None:
    rows = [table.rows[no] for no in chosen]
    months = Counter(datetime.fromtimestamp(int(row["createdAt"] or 0), UTC).strftime("%Y-%m") for row in rows)
    assert facets.months == months
    for name, counts in facets.values.items():
        if table.kind.fields[name].type.multi_valued:
            assert counts == Counter(tag for row in rows for tag in str(row[name]).split("\x1f") if tag)
        else:
            assert counts == Counter(table.key(name, row[name]) for row in rows)


@pytest.fixture(scope="module", params=["as they are", "small"], autouse=True)
def limits(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), limit in SMALL.items() if request.param == "small" else ():
            patch.setattr(module, name, limit)
        yield


def spread(index: KindIndex, table: Table) -> None:
    """Splits all leaves that have become large."""
    while crowded := index.find_overfull_leaf():
        index.split_overfull_leaf(crowded, [(no, table.rows[no].get(crowded.field)) for no in crowded.nos])


@settings(max_examples=examples(300), deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS), size=st.integers(0, 120))
def test_an_index_agrees_with_sql(seed: int, kind: Kind, size: int) -> None:
    chance = random.Random(seed)
    maker = Maker(kind, chance, chance.choice([2, 10, 200]))
    table = Table(kind)
    for _ in range(size):
        table.put(*maker.record())
    index = table.index()
    for _ in range(5):
        agree(index, table, maker)
    for _ in range(chance.choice([0, 5, 60])):
        work(table, index, maker)
    if chance.random() < 0.5:
        index = copied(index)
    if chance.random() < 0.5:
        spread(index, table)
    for _ in range(5):
        agree(index, table, maker)
    assert len(index) == len(table.rows)
