"""Texts in order, which an index does not keep."""

import random

import pytest
from pyroaring import BitMap

from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.kit.bitmaps.leaves import InconsistentChange
from leadline.kit.bitmaps.match import IndexMatch
from leadline.kit.bitmaps.sorted_index import SortedIndex
from tests.index.table import SMALL

NAMES = {no: f"{random.Random(no).randrange(10_000):04}" for no in range(1, 301)}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> SortedIndex:
    """An order made of some names, to which many were added."""
    for (module, name), limit in SMALL.items():
        monkeypatch.setattr(module, name, limit)
    order = SortedIndex()
    order.add_rows(range(1, 51), [NAMES[no] for no in range(1, 51)])
    order.finish_loading()
    for no in range(51, 301):
        order.add_record(no, NAMES[no])
    return order


def spread(order: SortedIndex) -> None:
    while crowded := order.find_overfull_leaf():
        order.split_overfull_leaf({no: NAMES[no] for no in crowded})


def in_leaves(order: SortedIndex, *, down: bool = False) -> list[int]:
    """All records, each leaf's by their names."""
    leaves = order.walk_runs(LazyIntersection(BitMap(NAMES)), down, 0)
    return [no for leaf in leaves for no in sorted(leaf.members.all_records(), key=NAMES.__getitem__, reverse=down)]


def test_a_crowded_leaf_is_split_when_its_texts_are_known(names: SortedIndex) -> None:
    assert names.find_overfull_leaf()
    spread(names)
    assert names.find_overfull_leaf() is None
    assert (
        max(len(leaf.members.all_records()) for leaf in names.walk_runs(LazyIntersection(BitMap(NAMES)), False, 0))
        <= 12
    )


def test_texts_stay_in_order(names: SortedIndex) -> None:
    for _ in range(2):
        assert [NAMES[no] for no in in_leaves(names)] == sorted(NAMES.values())
        assert [NAMES[no] for no in in_leaves(names, down=True)] == sorted(NAMES.values(), reverse=True)
        spread(names)


def test_those_with_a_text_are_told_from_nearly_all_others(names: SortedIndex) -> None:
    """Before and after leaves are split, and from a file; a few are left to look at."""
    copy = SortedIndex()
    for order in (names, names, copy):
        for name in NAMES.values():
            found = order.find_matches("eq", [name])
            assert [NAMES[no] for no in BitMap.union(found.doubtful or BitMap(), *found.sets)] == [name] * of(name)
        copy.restore_parts(iter(list(names.dump_parts())))
        spread(names)


def test_a_text_that_looks_like_another_is_doubted(names: SortedIndex) -> None:
    names.add_record(301, "buckeroo")
    names.add_record(302, "plumless")  # whose CRC-32 is the same
    for name in ("buckeroo", "plumless"):
        assert names.find_matches("eq", [name]) == IndexMatch([], BitMap([301, 302]))


def of(name: str) -> int:
    return list(NAMES.values()).count(name)


def test_a_text_that_a_record_does_not_have_cannot_be_taken_from_it(names: SortedIndex) -> None:
    with pytest.raises(InconsistentChange):
        names.discard_record(1, NAMES[1] + "x")


def test_a_leaf_that_has_changed_is_not_split(names: SortedIndex) -> None:
    crowded = names.find_overfull_leaf()
    assert crowded
    gone = crowded.pop()
    names.split_overfull_leaf({no: NAMES[no] for no in crowded})
    assert names.find_overfull_leaf() == crowded | BitMap([gone])
