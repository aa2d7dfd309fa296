"""Texts in order, which an index does not keep."""

import random

import pytest
from pyroaring import BitMap

from leadline.records.index.order import Order
from leadline.records.index.overlap import Overlap
from tests.records.index.table import SMALL

NAMES = {no: f"{random.Random(no).randrange(10_000):04}" for no in range(1, 301)}


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Order:
    """An order made of some names, to which many were added."""
    for (module, name), limit in SMALL.items():
        monkeypatch.setattr(module, name, limit)
    order = Order()
    order.add_rows(range(1, 51), [NAMES[no] for no in range(1, 51)])
    order.settle()
    for no in range(51, 301):
        order.add(no, NAMES[no])
    return order


def spread(order: Order) -> None:
    while crowded := order.crowded():
        order.spread({no: NAMES[no] for no in crowded})


def in_leaves(order: Order, *, down: bool = False) -> list[int]:
    """All records, each leaf's by their names."""
    leaves = order.walk(Overlap(BitMap(NAMES)), down, 0)
    return [no for leaf in leaves for no in sorted(leaf.members.records(), key=NAMES.__getitem__, reverse=down)]


def test_a_crowded_leaf_is_split_when_its_texts_are_known(names: Order) -> None:
    assert names.crowded()
    spread(names)
    assert names.crowded() is None
    assert max(len(leaf.members.records()) for leaf in names.walk(Overlap(BitMap(NAMES)), False, 0)) <= 12


def test_texts_stay_in_order(names: Order) -> None:
    for _ in range(2):
        assert [NAMES[no] for no in in_leaves(names)] == sorted(NAMES.values())
        assert [NAMES[no] for no in in_leaves(names, down=True)] == sorted(NAMES.values(), reverse=True)
        spread(names)


def test_what_is_not_sure_is_among_the_doubtful(names: Order) -> None:
    spread(names)
    for no, name in NAMES.items():
        found = names.find("eq", [name])
        assert no in BitMap.union(found.doubtful or BitMap(), *found.sets)
        assert len(found.doubtful or ()) <= 12


def test_a_leaf_that_has_changed_is_not_split(names: Order) -> None:
    crowded = names.crowded()
    assert crowded
    gone = crowded.pop()
    names.spread({no: NAMES[no] for no in crowded})
    assert names.crowded() == crowded | BitMap([gone])
