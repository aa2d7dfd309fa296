"""What an index is told, what it answers, and what it refuses."""

import io
from typing import Any

import pytest
from pyroaring import BitMap

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.leads import LEADS
from leadline.index.kind_index import IncompatibleDump, KindIndex, PredicateMatch
from leadline.index.search_cache import PartialHit
from leadline.kit.bitmaps.leaves import InconsistentChange
from leadline.kit.db import SqlValue
from leadline.log.feed import LogPosition
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.kind import Field, Kind
from leadline.records.list_index import PageLocation
from leadline.records.texts import TextField


def lead(no: int, **values: SqlValue) -> dict[str, SqlValue]:
    """Dana Lee as column values, but for those given."""
    times: dict[str, SqlValue] = {"createdAt": 1_700_000_000 + no, "updatedAt": 1_700_000_000 + no}
    own: dict[str, SqlValue] = {"id": f"ld_{no}", "status": "new", "email": f"dana{no}@startup.example"}
    flags: dict[str, SqlValue] = {"emailOptOut": 0, "emailBounced": 0}
    return {"firstName": "dana", "lastName": "lee"} | times | own | flags | values


def leads(*each: dict[str, SqlValue]) -> KindIndex:
    """An index of new leads, numbered from 1."""
    index = KindIndex(LEADS)
    index.finish_loading()
    for no, values in enumerate(each, 1):
        index.change_record(no, None, lead(no, **values), f"dana lee\x1fdana{no}@startup.example\x1f")
    return index


def found(index: KindIndex, *conditions: Condition, search: str | None = None) -> list[int] | None:
    match = index.match_predicate(Predicate(conditions, search))
    return list(match.certain) if match.certain == match.possible else None


def test_what_another_field_holds_must_be_given() -> None:
    index = leads({}, {}, {})
    notes = Condition("notes", "eq", ("vip",))
    not_notes = Condition("notes", "ne", ("vip",))
    for one in (notes, not_notes):
        assert found(index, one) is None
        assert index.match_predicate(Predicate((one,))) == PredicateMatch(BitMap(), BitMap([1, 2, 3]), False)


def test_a_search_of_three_characters_must_be_given() -> None:
    index = leads({}, {}, {})
    predicate = Predicate(search="lee")
    assert index.match_predicate(predicate) == PredicateMatch(BitMap(), BitMap([1, 2, 3]), True)
    assert index.match_predicate(predicate, BitMap([3])) == PredicateMatch(BitMap([3]), BitMap([3]), False)
    known = PartialHit(LogPosition(1, "op"), BitMap([1, 2]), BitMap([2]))
    assert index.match_predicate(predicate, None, known) == PredicateMatch(BitMap([2]), BitMap([2, 3]), True)


def test_a_search_is_known_where_names_are_shared_and_doubted_where_their_characters_are() -> None:
    rows = [{"firstName": "dana"}, {"firstName": "danae"}, {"firstName": "ada", "lastName": "nadal"}]
    index = KindIndex(LEADS)
    index.finish_loading()
    for no, names in enumerate(rows, 1):
        values = lead(no, **names)
        index.change_record(no, None, values, f"{values['firstName']} {values['lastName']}\x1f{values['email']}\x1f")
    assert index.match_search("dana") == (BitMap([1, 2, 3]), BitMap())
    assert index.match_search("ana l") == (BitMap(), BitMap([1]))
    assert index.search_candidates("nada", BitMap([2, 3])) == BitMap([3])
    assert index.search_candidates("zoe", BitMap([1, 2, 3])) == BitMap()


def test_a_name_that_goes_takes_its_pairs_with_it() -> None:
    index = leads({})
    assert found(index, search="a ") == [1]
    index.change_record(1, {"firstName": "dana"}, {}, "lee\x1fdana1@startup.example\x1f")
    assert found(index, search="a ") == []
    assert found(index, search=" l") == []
    assert found(index, search="le") == [1]


def test_what_was_selected_is_forgotten_when_something_changes() -> None:
    index = leads({}, {})
    lost = Condition("status", "eq", ("lost",))
    assert found(index, lost) == []
    index.change_record(2, {"status": "new"}, {"status": "lost"}, None)
    assert found(index, lost) == [2]


@pytest.mark.parametrize(
    ("no", "before", "after"),
    [
        (1, None, lead(1)),
        (2, lead(2), None),
        (1, {"status": "lost"}, {"status": "new"}),
        (1, {"source": "event"}, {}),
        (1, {}, {"leadScore": 3, "status": "lost"}),
        (1, {"updatedAt": 5}, {"updatedAt": 6}),
        (1, {"email": "other@startup.example"}, {"email": "dana@startup.example"}),
    ],
)
def test_a_change_of_something_else_is_refused(no: int, before: Any, after: Any) -> None:
    with pytest.raises(InconsistentChange):
        leads({}).change_record(no, before, after, None)


def test_new_records_are_added_at_once_as_one_by_one() -> None:
    sources: tuple[SqlValue, ...] = ("event", None)
    rows = [{"status": status, "source": source} for status in ("new", "lost") for source in sources] * 50
    keys = [f"dana lee\x1fdana{no}@startup.example\x1f" for no in range(1, len(rows) + 1)]
    index = leads()
    index.add_records(range(1, 101), [lead(no, **row) for no, row in enumerate(rows[:100], 1)], keys[:100])
    index.add_records(range(101, 201), [lead(no, **row) for no, row in enumerate(rows[100:], 101)], keys[100:])
    singly = leads(*rows)
    for condition in (Condition("status", "eq", ("lost",)), Condition("source", "null", (True,))):
        assert found(index, condition) == found(singly, condition) != []
    assert found(index, search="na") == list(range(1, 201))
    for no, row in enumerate(rows, 1):
        index.change_record(no, lead(no, **row), None, None)
    assert found(index) == []


@pytest.mark.parametrize("nos", [[1, 2], [2, 2]])
def test_new_records_that_are_there_already_are_refused(nos: list[int]) -> None:
    with pytest.raises(InconsistentChange):
        leads({}).add_records(nos, [lead(no) for no in nos], ["", ""])


def test_a_tag_that_was_not_there_cannot_go() -> None:
    index = KindIndex(ACCOUNTS)
    index.change_record(
        1, None, {"name": "acme", "stage": "prospect", "createdAt": 1, "updatedAt": 1, "tags": ""}, "acme"
    )
    with pytest.raises(InconsistentChange):
        index.change_record(1, {"tags": "\x1fvip\x1f"}, {"tags": ""}, None)


def test_a_page_in_the_order_of_numbers_is_the_slice_itself() -> None:
    index = leads({}, {}, {}, {})
    chosen = BitMap([1, 2, 4])
    for sorting, page in [
        (SortOrder(), [4, 2]),
        (SortOrder((("id", False), ("status", True))), [1, 2]),
        (SortOrder((("createdAt", True),)), [4, 2]),
        (SortOrder((("status", False), ("createdAt", True))), [4, 2]),
    ]:
        assert index.locate_page(chosen, sorting, 0, 2) == PageLocation(page, 0, is_page=True)


def test_too_many_for_an_order_that_is_not_kept_is_no_slice() -> None:
    index = KindIndex(ACCOUNTS)
    by_count = SortOrder((("contactCount", True),))
    assert index.locate_page(BitMap(range(1, 4_001)), by_count, 70, 20) == PageLocation(list(range(1, 4_001)), 70)
    assert index.locate_page(BitMap(range(1, 4_002)), by_count, 70, 20) is None


def test_an_index_of_another_kind_or_version_is_not_loaded() -> None:
    dumped = b"".join(leads({}).dump_parts())
    with pytest.raises(IncompatibleDump):
        KindIndex.load_dump(ACCOUNTS, io.BytesIO(dumped).read)


def test_its_memory_is_told() -> None:
    index = leads({})
    alone = index.memory_bytes()
    for no in range(2, 2_000):
        index.change_record(no, None, lead(no), f"dana lee\x1fdana{no}@startup.example\x1f")
    assert 30 < (index.memory_bytes() - alone) / 2_000 < 600


def test_a_text_of_few_values_is_counted_though_no_list_shows_it() -> None:
    field = Field("mood", TextField(max_length=20, low_cardinality=True))
    kind = Kind(name="note", plural="notes", prefix="no", own_fields=(field,), listed=("id",), search=())
    index = KindIndex(kind)
    assert index.count_facets(BitMap()).values == {"mood": {}}
