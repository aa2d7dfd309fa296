"""An index of the records of one kind in one workspace, as bitmaps of running numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from pyroaring import BitMap

from leadline.index import page_finder
from leadline.index.search_cache import PartialHit
from leadline.kit.bitmaps.bigram_index import BigramIndex
from leadline.kit.bitmaps.creation_index import NEVER, CreationIndex
from leadline.kit.bitmaps.facet_counts import Counts, FacetCounts, FacetSelection
from leadline.kit.bitmaps.framing import ReadBytes, read_frame, read_frames, write_frame, write_frames
from leadline.kit.bitmaps.leaves import InconsistentChange
from leadline.kit.bitmaps.match import IndexMatch, memory_of
from leadline.kit.bitmaps.sorted_index import SortedIndex
from leadline.kit.bitmaps.tag_index import TagIndex
from leadline.kit.db import Row, SqlValue
from leadline.kit.text import fold_case
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.kind import Field, Kind, has_few_values
from leadline.records.list_index import FacetValues, PageLocation
from leadline.records.texts import SlugField, TextField
from leadline.records.times import DateField, TimeField
from leadline.records.types import ORDERED, ChoiceField, FlagField, IntegerField, MoneyField

FORMAT = 3
"""Version of the format that `dump_parts` writes; `load_dump` takes no other."""
_UNSEARCHED = ("id", "createdAt")


class IncompatibleDump(Exception):
    """Raised if a dump is of another version of Leadline, or of another kind."""


class OverfullLeaf(NamedTuple):
    """A leaf with too many records: the `column` of the records `nos` must be read to split it."""

    field: str
    column: str
    nos: BitMap


class PredicateMatch(NamedTuple):
    """The records for which a predicate certainly holds, which are some of those for which it may hold.

    search_alone: True if only the predicate's search is undecided.
    """

    certain: BitMap
    possible: BitMap
    search_alone: bool = False


class SearchMatch(NamedTuple):
    """The records that a search certainly finds, and the `doubtful` ones that must be looked at to tell."""

    certain: BitMap
    doubtful: BitMap


class KindIndex:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._everything = BitMap()
        self._creation = CreationIndex(self._everything)
        self._orders = {field.name: _make_order(field) for field in kind.stored_fields if _is_ordered(kind, field)}
        self.walkable_orders: dict[str, page_finder.WalkableIndex] = {**self._orders, "createdAt": self._creation}
        self._tags = {field.name: TagIndex() for field in kind.stored_fields if field.type.multi_valued}
        others = [f.name for f in kind.stored_fields if f.name not in (*_UNSEARCHED, *self._orders, *self._tags)]
        self._present = {name: BitMap() for name in others}
        self._valued: dict[str, SortedIndex | TagIndex] = {**self._orders, **self._tags}
        self._bigrams = BigramIndex()
        self._searched_fields = {name for part in kind.search for name in part}
        counted = {field.name: self._valued[field.name] for field in kind.faceted_fields}
        self._facet_counts = FacetCounts(self._everything, {**counted, "createdAt": self._creation})
        self._coders = {name: coder for name in self._orders if (coder := _value_coder(kind.fields[name]))}

    @property
    def row_columns(self) -> tuple[str, ...]:
        """The SQL expressions whose values a row of `add_rows` has after its number."""
        valued = [_column_of(self.kind.fields[name]) for name in (*self._orders, *self._tags)]
        present = [f"{self.kind.fields[name].source} IS NOT NULL" for name in self._present]
        return ("created_at", *valued, *present, "search_key")

    def __len__(self) -> int:
        return len(self._everything)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Adds rows of a number and the `row_columns`. The numbers must grow throughout; `finish_loading` must follow
        the last call."""
        if not rows:
            return
        nos, times, *columns, keys = zip(*rows, strict=True)
        self._everything.update(nos)
        self._creation.add_rows(nos, times)
        for (name, each), column in zip(self._valued.items(), columns, strict=False):
            coder = self._coders.get(name)
            each.add_rows(nos, list(map(coder, column)) if coder else column)
        for members, column in zip(self._present.values(), columns[-len(self._present) :], strict=True):
            members.update([no for no, there in zip(nos, column, strict=True) if there])
        self._bigrams.add_rows(nos, keys)

    def finish_loading(self) -> None:
        self._everything.run_optimize()
        for each in (*self._valued.values(), self._bigrams):
            each.finish_loading()

    def change_record(
        self,
        no: int,
        before: Mapping[str, SqlValue] | None,
        after: Mapping[str, SqlValue] | None,
        search_key: str | None,
    ) -> None:
        """Applies one change of a record, given by field as columns hold the values (tags and texts: by their key).

        before: the old values, None if the record is new.
        after:  the new values, None if the record is gone.
        Otherwise both have the fields that changed. A field that is left out has no value.
        search_key: the whole new search key if a searched field changed or the record is new.

        Raises `InconsistentChange` if the index holds other values than `before`; it is then unusable.
        """
        if (no in self._everything) is (before is None):
            raise InconsistentChange
        counted = (
            before is None or after is None or not self._facet_counts.fields.keys().isdisjoint({**before, **after})
        )
        was = self._facet_counts.values_of(no) if counted and before is not None else {}
        if before is None:
            self._everything.add(no)
            self._creation.add_record(no, (after or {})["createdAt"])
        self._change_values(no, before, after)
        self._change_search(no, before, "" if after is None else search_key)
        if after is None:
            self._everything.discard(no)
        if counted:
            self._facet_counts.move_record(no, was, self._facet_counts.values_of(no) if after is not None else {})

    def add_records(self, nos: Sequence[int], rows: Sequence[Mapping[str, SqlValue]], keys: Sequence[str]) -> None:
        """Adds new records as `change_record` does, in half the time. Raises `InconsistentChange`."""
        added = BitMap(nos)
        if len(added) < len(nos) or added.intersect(self._everything):
            raise InconsistentChange
        self._everything |= added
        for no, row in zip(nos, rows, strict=True):
            self._creation.add_record(no, row["createdAt"])
        for name, each in self._valued.items():
            column = [row.get(name) for row in rows]
            coder = self._coders.get(name)
            each.add_records(nos, list(map(coder, column)) if coder else column)
        for name, members in self._present.items():
            members.update([no for no, row in zip(nos, rows, strict=True) if row.get(name) is not None])
        self._bigrams.add_records(nos, keys)
        for no in nos:
            self._facet_counts.move_record(no, {}, self._facet_counts.values_of(no))

    def _change_values(
        self, no: int, before: Mapping[str, SqlValue] | None, after: Mapping[str, SqlValue] | None
    ) -> None:
        names = (before or {}).keys() | (after or {}).keys() if before is not None and after is not None else None
        for name, each in self._valued.items():
            if names is not None and name not in names:
                continue
            if before is not None:
                each.discard_record(no, self._code_value(name, before.get(name)))
            if after is not None:
                each.add_record(no, self._code_value(name, after.get(name)))
        for name, members in self._present.items():
            if names is None or name in names:
                there = after is not None and after.get(name) is not None
                (members.add if there else members.discard)(no)

    def _change_search(self, no: int, before: Mapping[str, SqlValue] | None, search_key: str | None) -> None:
        if search_key is None:
            return
        if before is not None:
            parts = [fold_case(str(before[name])) for name in self._searched_fields if before.get(name)]
            self._bigrams.discard_record(no, parts, search_key)
        if search_key:
            self._bigrams.add_record(no, search_key)

    def match_predicate(
        self, predicate: Predicate, hit: BitMap | None = None, partial_hit: PartialHit | None = None
    ) -> PredicateMatch:
        """Returns the records for which the predicate holds for certain, and those for which it may hold. The bitmaps
        are valid until the next change.

        hit: all matches of the predicate's search, if they are known.
        partial_hit: some records that were searched already, and their matches.
        """
        matches = [self._rank_match(one) for one in predicate.conditions]
        search = IndexMatch([hit]) if hit is not None else self._match_short_search(predicate.search)
        if search is not None:
            matches.append(((False, False, search.count_certain()), search))
        certain = possible = self._everything
        for (_, is_negative, _), match in sorted(matches, key=itemgetter(0)):
            narrow = match.subtract_from if is_negative else match.intersect_with
            if not match.doubtful:
                certain = possible = narrow(possible)  # as decided conditions come first, all is decided so far
            elif is_negative:
                certain, possible = narrow(certain) - match.doubtful, narrow(possible)
            else:
                certain, possible = narrow(certain), narrow(possible) | (possible & match.doubtful)
        if predicate.search is None or search is not None:
            return PredicateMatch(certain, possible)
        return self._match_long_search(predicate.search, PredicateMatch(certain, possible), partial_hit)

    def _rank_match(self, condition: Condition) -> tuple[tuple[bool, bool, int], IndexMatch]:
        """Returns the match of a condition, with its rank. Decided conditions come first, and of these a span of
        numbers: it is cheap to intersect with, and makes the other intersections smaller."""
        match = self._find_matches(_positive_form(condition))
        size = 0 if condition.field == "createdAt" else match.count_certain()
        return (bool(match.doubtful), _is_negative(condition), size), match

    def _match_short_search(self, text: str | None) -> IndexMatch | None:
        """Returns the match of a search for one or two characters; None for no search, or a longer text."""
        return None if text is None else self._bigrams.find_matches(text)

    def _match_long_search(self, text: str, others: PredicateMatch, known: PartialHit | None) -> PredicateMatch:
        candidates = self.search_candidates(text, others.possible)
        alone = others.certain is others.possible
        if known is None:
            return PredicateMatch(BitMap(), candidates, alone)
        possible = candidates - (known.among - known.found)
        return PredicateMatch(others.certain & known.found & candidates, possible, alone)

    def _find_matches(self, condition: Condition) -> IndexMatch:
        name, operator, operands = condition.field, condition.operator, condition.operands
        found: IndexMatch | None
        if name == "createdAt":
            found = self._creation.find_matches(operator, operands)
        elif name in self._tags:
            found = self._tags[name].find_matches(operator, operands)
        elif name in self._orders:
            found = self._orders[name].find_matches(operator, self._coded_operands(name, operator, operands))
        else:
            found = self._find_present(name, operator, operands)
        return IndexMatch([], self._everything) if found is None else found

    def _coded_operands(self, name: str, operator: str, operands: Sequence[SqlValue]) -> Sequence[SqlValue]:
        return operands if operator == "null" else [self._code_value(name, operand) for operand in operands]

    def _find_present(self, name: str, operator: str, operands: Sequence[SqlValue]) -> IndexMatch | None:
        present = self._everything if name == "id" else self._present.get(name)
        if present is None or operator != "null":
            return None
        return IndexMatch([self._everything - present if operands[0] else present])

    def search_candidates(self, text: str, among: BitMap) -> BitMap:
        """Returns those records of `among` that a search for the (folded) text may find; no other can match."""
        return self._bigrams.find_candidates(text, among)

    def match_search(self, text: str) -> SearchMatch:
        """Returns all that the index knows of a search for a (folded) text. For a million records that takes some
        milliseconds."""
        orders = [order for name, order in self._orders.items() if name in self._searched_fields]
        certain = BitMap.union(BitMap(), *(members for order in orders for members in order.sets_containing(text)))
        return SearchMatch(certain, self.search_candidates(text, self._everything) - certain)

    def locate_page(self, chosen: BitMap, sorting: SortOrder, offset: int, limit: int) -> PageLocation | None:
        """Locates one page of the chosen records. Returns None if it cannot be narrowed down to a few thousand."""
        return page_finder.find_page(self.walkable_orders, chosen, sorting, offset, limit)

    def find_overfull_leaf(self) -> OverfullLeaf | None:
        """Finds a leaf with so many texts that its pages are slow to find, until `split_overfull_leaf` splits it."""
        for name, order in self._orders.items():
            if nos := order.find_overfull_leaf():
                return OverfullLeaf(name, _column_of(self.kind.fields[name]), nos)
        return None

    def split_overfull_leaf(self, crowded: OverfullLeaf, rows: Sequence[Row]) -> None:
        """Splits a leaf. `rows` has the number and the column of each of its records."""
        self._orders[crowded.field].split_overfull_leaf(
            {int(no or 0): self._code_value(crowded.field, value) for no, value in rows}
        )

    def count_facets(self, chosen: BitMap) -> FacetValues:
        return _split_facets(self._facet_counts.count_all(chosen))

    def find_facets(self, predicate: Predicate) -> FacetValues | None:
        """Counts the facets of a predicate's records without selecting these.

        Returns None if the predicate has conditions on other fields than those with facets and the time of creation,
        or if the counts were not asked for before.
        """
        chosen = self._facet_selection(predicate)
        counts = self._facet_counts.count_selection(chosen) if chosen else None
        return _split_facets(counts) if counts else None

    def _facet_selection(self, predicate: Predicate) -> FacetSelection | None:
        if predicate.search is not None:
            return None
        sets: dict[str, dict[SqlValue, BitMap]] = {}
        start, end = 0, NEVER
        for one in predicate.conditions:
            if one.field == "createdAt" and one.operator in ORDERED:
                span = self._creation.number_span(one.operator, one.operands[0])
                start, end = max(start, span[0]), min(end, span[1])
            elif one.field in self._orders and one.field in self._facet_counts.fields:
                found = self._sets_of(one)
                sets[one.field] = {value: found[value] for value in sets.get(one.field, found) if value in found}
            else:
                return None
        return FacetSelection(sets, start, end)

    def _sets_of(self, condition: Condition) -> Mapping[SqlValue, BitMap]:
        order, asked = self._orders[condition.field], _positive_form(condition)
        found = order.sets_of(asked.operator, self._coded_operands(asked.field, asked.operator, asked.operands))
        if not _is_negative(condition):
            return found
        return {value: members for value, members in order.sets_by_value().items() if value not in found}

    def dump_parts(self) -> Iterator[bytes]:
        """Yields the dump that `load_dump` takes, in parts."""
        yield write_frame([FORMAT, self.kind.name, self.row_columns])
        yield write_frame(self._everything.serialize())
        yield write_frame({name: members.serialize() for name, members in self._present.items()})
        for each in self._all_structures():
            yield from write_frames(each.dump_parts())

    @classmethod
    def load_dump(cls, kind: Kind, read: ReadBytes) -> "KindIndex":
        """Makes an index from a dump, which `read` reads. Raises `IncompatibleDump`."""
        index = cls(kind)
        if read_frame(read) != [FORMAT, kind.name, list(index.row_columns)]:
            raise IncompatibleDump("it is of another version, or for other fields")
        index._everything |= BitMap.deserialize(read_frame(read))
        index._present = {name: BitMap.deserialize(members) for name, members in read_frame(read).items()}
        for each in index._all_structures():
            each.restore_parts(read_frames(read))
        return index

    def memory_bytes(self) -> int:
        """Estimates the memory that the index takes, in bytes."""
        sets = [self._everything, *self._present.values()]
        structures: int = sum(each.memory_bytes() for each in self._all_structures())
        return structures + sum(map(memory_of, sets)) + self._facet_counts.memory_bytes()

    def _all_structures(self) -> list[Any]:
        return [self._creation, *self._valued.values(), self._bigrams]

    def _code_value(self, name: str, value: SqlValue) -> SqlValue:
        coder = self._coders.get(name)
        return coder(value) if coder else value


def _split_facets(counts: Counts) -> FacetValues:
    return FacetValues({name: each for name, each in counts.items() if name != "createdAt"}, counts["createdAt"])


def _is_ordered(kind: Kind, field: Field) -> bool:
    """Returns True if lists sort by the field, filters compare it, or it has few values."""
    type_ = field.type
    if field.name in _UNSEARCHED or type_.multi_valued:
        return False
    if field.name in kind.listed or has_few_values(type_):
        return True
    return isinstance(type_, ChoiceField | SlugField | FlagField | IntegerField | MoneyField | TimeField | DateField)


def _make_order(field: Field) -> SortedIndex:
    kept = isinstance(field.type, IntegerField | MoneyField | TimeField | DateField | FlagField)
    return SortedIndex(stores_values=kept, leaf_per_value=has_few_values(field.type))


def _column_of(field: Field) -> str:
    return field.key_column or field.source


def _value_coder(field: Field) -> Callable[[Any], SqlValue] | None:
    """Returns the function that turns a column's value into the one that a `SortedIndex` compares, None if they are
    the same."""
    if isinstance(field.type, DateField):
        return _day_ordinal
    return _fold_text if isinstance(field.type, TextField) and field.type.case_insensitive else None


def _day_ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()


def _fold_text(text: str | None) -> str | None:
    return None if text is None else fold_case(text)


def _is_negative(condition: Condition) -> bool:
    return condition.operator == "ne" and condition.operands[0] is not None


def _positive_form(condition: Condition) -> Condition:
    """Returns the condition to look up: for a `ne`, the condition of the records that it excludes."""
    if _is_negative(condition):
        return Condition(condition.field, "eq", condition.operands)
    return Condition(condition.field, "null", (False,)) if condition.operator == "ne" else condition
