"""What is in several sets, found from one end."""

from functools import reduce
from operator import and_

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from leadline.kit.bitmaps import lazy_intersection
from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from tests.size import examples

NUMBERS = st.sets(st.integers(0, 60), max_size=50)


def made(sets: list[set[int]]) -> LazyIntersection:
    return reduce(
        lambda others, members: LazyIntersection(BitMap(members), others), sets[1:], LazyIntersection(BitMap(sets[0]))
    )


@settings(max_examples=examples(500), deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=4), NUMBERS, st.integers(1, 40), st.booleans(), st.sampled_from([0, 8]))
def test_it_is_the_intersection(sets: list[set[int]], others: set[int], enough: int, down: bool, few: int) -> None:
    expected = sorted(reduce(and_, sets), reverse=down)
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in {"MAX_DIRECT_RECORDS": few, "FIRST_PROBE_RECORDS": 4, "PROBE_GROWTH": 2}.items():
            patch.setattr(lazy_intersection, name, limit)
        count = made(sets).count_up_to(enough)
        assert count == len(expected) or enough <= count <= len(expected)
        foremost = made(sets).first_records(enough, down)
        assert sorted(foremost, reverse=down)[:enough] == expected[:enough]
        assert foremost <= BitMap(expected)
        assert made(sets).is_met_by(BitMap(others)) == (not others.isdisjoint(expected))
        assert list(made(sets).all_records()) == sorted(expected)


def test_only_the_near_end_of_large_sets_is_looked_at() -> None:
    even, all_ = BitMap(range(0, 2_000_000, 2)), BitMap(range(2_000_000))
    near = LazyIntersection(even, LazyIntersection(all_)).first_records(20, down=True)
    assert near.max() == 1_999_998
    assert 20 <= len(near) <= lazy_intersection.FIRST_PROBE_RECORDS
    assert (
        20 <= LazyIntersection(even, LazyIntersection(all_)).count_up_to(20) <= lazy_intersection.FIRST_PROBE_RECORDS
    )


def test_a_gap_in_the_numbers_does_not_lead_to_all_of_the_sets() -> None:
    newest = {3_000_000, 3_000_002}
    even = BitMap([*range(0, 2_000_000, 2), *newest])
    near = LazyIntersection(even, LazyIntersection(BitMap([*range(2_000_000), *newest]))).first_records(20, down=True)
    assert newest < set(near)
    assert 20 <= len(near) <= lazy_intersection.FIRST_PROBE_RECORDS
