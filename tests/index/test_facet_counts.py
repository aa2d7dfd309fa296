"""Facets are counted by block, at whatever state the index is."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS, STATUSES
from leadline.index.kind_index import KindIndex
from leadline.kit.bitmaps import facet_counts
from leadline.kit.bitmaps.facet_counts import Counts, FacetCounts
from leadline.records.filters import Condition, Predicate
from leadline.records.kind import Kind
from leadline.records.list_index import FacetValues
from tests.index.table import Maker, Move, Table, work
from tests.index.test_agreement import assert_facets_agree
from tests.size import examples


def some_leads(count: int) -> tuple[Table, Maker]:
    maker, table = Maker(LEADS, random.Random(count), 5), Table(LEADS)
    for _ in range(count):
        table.put(*maker.record())
    return table, maker


def told(index: KindIndex, predicate: Predicate) -> FacetValues | None:
    """Asked as often as an answer may take."""
    return next(filter(None, (index.find_facets(predicate) for _ in range(facet_counts.MAX_PARTS + 1))), None)


def index_grown_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> KindIndex:
    """An index that has told all facets at the most values that are kept, and has got one value more since."""
    table, maker = some_leads(100)
    index = table.index()
    everything = index.count_facets(BitMap(table.rows))
    monkeypatch.setattr(
        facet_counts, "MAX_VALUES", len(everything.months) + sum(map(len, everything.values.values()))
    )
    assert told(index, Predicate()) == everything
    no, values = maker.record()
    Move(no, None, values | {"source": "a_new_one"}).make(table, index)
    return index


@settings(max_examples=examples(150), deadline=None)
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(KINDS), block=st.sampled_from([4, 65_536]))
def test_they_agree_with_the_table_forwards_and_back(seed: int, kind: Kind, block: int) -> None:
    chance = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(facet_counts, "BLOCK_NUMBERS", block)
        maker, table = Maker(kind, chance, 5), Table(kind)
        for _ in range(chance.randint(0, 100)):
            table.put(*maker.record())
        index = table.index()
        predicates = [maker.counted() for _ in range(6)]

        def agree() -> None:
            for predicate in predicates:
                facets = told(index, predicate)
                assert facets is not None, predicate
                assert_facets_agree(facets, table, table.select(predicate))

        agree()
        moves = [work(table, index, maker) for _ in range(25)]
        agree()
        for move in reversed(moves):
            move.back().make(table, index)
        agree()


def test_one_tally_is_made_for_each_time_that_facets_are_asked_for() -> None:
    table, _ = some_leads(100)
    index = table.index()
    either = Predicate((Condition("status", "in", ("new", "lost")),))
    assert [index.find_facets(either) is None for _ in range(3)] == [True, True, False]
    assert index.find_facets(Predicate((Condition("status", "eq", ("lost",)),)))


def test_what_is_not_counted_by_block_is_not_told() -> None:
    table, _ = some_leads(100)
    index = table.index()
    assert told(index, Predicate(search="a")) is None
    assert told(index, Predicate((Condition("company", "eq", ("bo",)),))) is None
    assert told(index, Predicate((Condition("createdAt", "ne", (1_600_000_000,)),))) is None


def test_many_values_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_grown_over_the_limit(monkeypatch)
    assert told(index, Predicate()) is None


def test_what_has_too_many_values_is_tried_once_until_there_are_fewer_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, _ = some_leads(100)
    index = table.index()
    asked: list[int] = []
    of = FacetCounts.count_all

    def noted(facet_counts: FacetCounts, chosen: BitMap) -> Counts:
        asked.append(len(chosen))
        return of(facet_counts, chosen)

    monkeypatch.setattr(FacetCounts, "count_all", noted)
    monkeypatch.setattr(facet_counts, "MAX_VALUES", 10)
    either = Predicate((Condition("status", "in", ("new", "lost")),))
    for predicate in (Predicate(), either):
        assert index.find_facets(predicate) is None
        assert asked
        asked.clear()
        assert [index.find_facets(predicate) for _ in range(5)] == [None] * 5
        assert not asked
    monkeypatch.setattr(facet_counts, "MAX_VALUES", 1_000)
    for no in list(table.rows)[:20]:
        Move(no, table.rows[no], None).make(table, index)
    assert told(index, Predicate()) == index.count_facets(BitMap(table.rows))


def test_what_has_grown_too_many_values_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    index = index_grown_over_the_limit(monkeypatch)
    monkeypatch.setattr(FacetCounts, "count_all", None)
    assert index.find_facets(Predicate()) is None


def test_tallies_give_way_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facet_counts, "MAX_VALUES_KEPT", 100)
    table, _ = some_leads(100)
    index = table.index()
    before = index.memory_bytes()
    for status in STATUSES:
        assert told(index, Predicate((Condition("status", "eq", (status,)),)))
    blocks = max(table.rows) // facet_counts.BLOCK_NUMBERS + 1
    assert 0 < index.memory_bytes() - before <= 100 * (350 + 8 * blocks)
