"""A finder of records: it locates one record of a list by walking the indexes of the fields to sort by."""

from pyroaring import BitMap

from leadline.index.kind_index import KindIndex
from leadline.index.page_finder import MAX_PAGE_RECORDS, deciding_terms, is_by_number
from leadline.kit.bitmaps.lazy_intersection import LazyIntersection
from leadline.records.filters import SortOrder
from leadline.records.list_index import RecordLocation


def find_record(sorting: SortOrder, no: int, index: KindIndex, chosen: BitMap) -> RecordLocation | None:
    """Locates a record among the chosen ones. Returns None if it cannot be narrowed down to a few thousand."""
    if no not in chosen:
        return RecordLocation(0, [])
    before, members, terms = 0, LazyIntersection(chosen), deciding_terms(sorting.terms)
    while not is_by_number(terms):
        (name, down), *rest = terms
        if (order := index.walkable_orders.get(name)) is None:
            break
        skipped, run = order.find_run(members, down, no)
        before, members, terms = before + skipped, run.members, tuple(rest)
        if not run.single_value:
            break
    else:
        down = terms[0][1] if terms else not sorting.terms or sorting.terms[-1][1]
        return RecordLocation(before + _rank_by_number(members.all_records(), down, no), [no])
    records = members.all_records()
    return RecordLocation(before, list(records)) if len(records) <= MAX_PAGE_RECORDS else None


def _rank_by_number(records: BitMap, down: bool, no: int) -> int:
    """Returns how many of the records come before the record `no`."""
    return len(records) - records.rank(no) if down else records.rank(no) - 1
