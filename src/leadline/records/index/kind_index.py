"""The records of one kind in one workspace, as sets of running numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from pyroaring import BitMap

from leadline.kit.db import Row, SqlValue
from leadline.kit.text import fold
from leadline.records.filters import Condition, Predicate, Sorting
from leadline.records.index import slices
from leadline.records.index.created import NEVER, Created
from leadline.records.index.found import Found, memory_of
from leadline.records.index.leaves import Inconsistent
from leadline.records.index.order import Order
from leadline.records.index.pairs import Pairs
from leadline.records.index.parts import Read, framed, framed_all, unframed, unframed_all
from leadline.records.index.slices import Slice
from leadline.records.index.tags import Tags
from leadline.records.index.tallies import Chosen, Counts, Tallies
from leadline.records.kind import Field, Kind, has_few_values
from leadline.records.texts import Slug, Text
from leadline.records.types import ORDER, Choice, Date, Flag, Integer, Moment, Money

MAX_SELECTED = 32
"""Selections that are remembered until the next change."""
FORMAT = 3
"""Of what `dump` makes; `load` takes no other."""
_UNSEARCHED = ("id", "createdAt")


class Outdated(Exception):
    """What was dumped is of another version of Leadline, or of another kind."""


class Crowded(NamedTuple):
    """Records whose `column` must be read, as they now are in the index."""

    field: str
    column: str
    nos: BitMap


class Sought(NamedTuple):
    """The records that a search finds for certain, and those that must be looked at to tell."""

    certain: BitMap
    doubtful: BitMap


class Facets(NamedTuple):
    """How many records have each value, by field (None: no value), and were created in each month (`2025-03`).

    Texts that fold are told by their key.
    """

    values: Counts
    months: dict[SqlValue, int]


class KindIndex:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self._everything = BitMap()
        self._created = Created(self._everything)
        self._orders = {field.name: _order(field) for field in kind.stored if _is_ordered(kind, field)}
        self._tags = {field.name: Tags() for field in kind.stored if field.type.many}
        others = [f.name for f in kind.stored if f.name not in (*_UNSEARCHED, *self._orders, *self._tags)]
        self._present = {name: BitMap() for name in others}
        self._valued: dict[str, Order | Tags] = {**self._orders, **self._tags}
        self._pairs = Pairs()
        self._selected: dict[Predicate, BitMap] = {}
        self._searched = {name for part in kind.search for name in part}
        counted = {field.name: self._valued[field.name] for field in kind.faceted}
        self._tallies = Tallies(self._everything, {**counted, "createdAt": self._created})
        self._coders = {name: coder for name in self._orders if (coder := _coder(kind.fields[name]))}

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row of `add_rows` has after its number, as SQL selects it."""
        valued = [_column(self.kind.fields[name]) for name in (*self._orders, *self._tags)]
        present = [f"{self.kind.fields[name].source} IS NOT NULL" for name in self._present]
        return ("created_at", *valued, *present, "search_key")

    def __len__(self) -> int:
        return len(self._everything)

    def add_rows(self, rows: Sequence[Row]) -> None:
        """Rows of a number and the `columns`, the numbers growing all along; `settle` comes after the last."""
        if not rows:
            return
        nos, times, *columns, keys = zip(*rows, strict=True)
        self._everything.update(nos)
        self._created.add_rows(nos, times)
        for (name, each), column in zip(self._valued.items(), columns, strict=False):
            coder = self._coders.get(name)
            each.add_rows(nos, list(map(coder, column)) if coder else column)
        for members, column in zip(self._present.values(), columns[-len(self._present) :], strict=True):
            members.update([no for no, there in zip(nos, column, strict=True) if there])
        self._pairs.add_rows(nos, keys)

    def settle(self) -> None:
        self._everything.run_optimize()
        for each in (*self._valued.values(), self._pairs):
            each.settle()

    def change(
        self,
        no: int,
        before: Mapping[str, SqlValue] | None,
        after: Mapping[str, SqlValue] | None,
        search_key: str | None,
    ) -> None:
        """Takes in what a record was and is, by field and as columns hold it (tags and texts: by their key).

        before: None if it is new.      after: None if it is gone.
        Otherwise both have the fields that changed. One that is left out is absent.
        search_key: the whole new one where a searched field changed, or the record is new.

        Raises `Inconsistent` if the index holds something else; it is then of no more use.
        """
        if (no in self._everything) is (before is None):
            raise Inconsistent
        self._selected.clear()
        counted = before is None or after is None or not self._tallies.fields.keys().isdisjoint({**before, **after})
        was = self._tallies.values_of(no) if counted and before is not None else {}
        if before is None:
            self._everything.add(no)
            self._created.add(no, (after or {})["createdAt"])
        self._change_values(no, before, after)
        self._change_search(no, before, "" if after is None else search_key)
        if after is None:
            self._everything.discard(no)
        if counted:
            self._tallies.move(no, was, self._tallies.values_of(no) if after is not None else {})

    def _change_values(
        self, no: int, before: Mapping[str, SqlValue] | None, after: Mapping[str, SqlValue] | None
    ) -> None:
        names = (before or {}).keys() | (after or {}).keys() if before is not None and after is not None else None
        for name, each in self._valued.items():
            if names is not None and name not in names:
                continue
            if before is not None:
                each.discard(no, self._coded(name, before.get(name)))
            if after is not None:
                each.add(no, self._coded(name, after.get(name)))
        for name, members in self._present.items():
            if names is None or name in names:
                there = after is not None and after.get(name) is not None
                (members.add if there else members.discard)(no)

    def _change_search(self, no: int, before: Mapping[str, SqlValue] | None, search_key: str | None) -> None:
        if search_key is None:
            return
        if before is not None:
            parts = [fold(str(before[name])) for name in self._searched if before.get(name)]
            self._pairs.discard(no, parts, search_key)
        if search_key:
            self._pairs.add(no, search_key)

    def outside(self, predicate: Predicate) -> list[Condition]:
        """The conditions whose records `select` must be given, in the form in which it asks for them: a `ne` as an
        `eq`, a search of more than two characters as `searched(text)`."""
        asked = [_positive(one) for one in _conditions(predicate)]
        return [one for one in asked if self._find(one).doubtful]

    def doubtful(self, condition: Condition) -> BitMap:
        """The records among which those of a condition that is `outside` are to be looked for, to read until the next
        change: what is said of others makes no difference."""
        return self._find(condition).doubtful or BitMap()

    def select(self, predicate: Predicate, given: Mapping[Condition, BitMap] | None = None) -> BitMap | None:
        """The records for which the predicate holds, to read until the next change; None where not all is given."""
        if not given and predicate in self._selected:
            return self._selected[predicate]
        if given and predicate.search and not predicate.conditions and searched(predicate.search) in given:
            return given[searched(predicate.search)]
        wanted = []
        for one in _conditions(predicate):
            found = self._settled(_positive(one), given or {})
            if found is None:
                return None
            # A span of numbers is cheap to take, and leaves less of what is not.
            wanted.append((_is_negative(one), 0 if one.field == "createdAt" else found.total(), found))
        chosen = self._everything
        for negative, _, found in sorted(wanted, key=itemgetter(0, 1)):
            chosen = found.apart_from(chosen) if negative else found.among(chosen)
        if not given:
            self._remember(predicate, chosen)
        return chosen

    def _remember(self, predicate: Predicate, chosen: BitMap) -> None:
        if len(self._selected) >= MAX_SELECTED:
            self._selected.clear()
        self._selected[predicate] = chosen

    def _settled(self, condition: Condition, given: Mapping[Condition, BitMap]) -> Found | None:
        """What is found for it once nothing is in doubt."""
        found = self._find(condition)
        if not found.doubtful:
            return found
        return Found([*found.sets, given[condition]]) if condition in given else None

    def _find(self, condition: Condition) -> Found:
        name, operator, operands = condition.field, condition.operator, condition.operands
        if operator == "search":
            found = self._pairs.find(str(operands[0]))
        elif name == "createdAt":
            found = self._created.find(operator, operands)
        elif name in self._tags:
            found = self._tags[name].find(operator, operands)
        elif name in self._orders:
            found = self._orders[name].find(operator, self._coded_operands(name, operator, operands))
        else:
            found = self._find_present(name, operator, operands)
        return Found([], self._everything) if found is None else found

    def _coded_operands(self, name: str, operator: str, operands: Sequence[SqlValue]) -> Sequence[SqlValue]:
        return operands if operator == "null" else [self._coded(name, operand) for operand in operands]

    def _find_present(self, name: str, operator: str, operands: Sequence[SqlValue]) -> Found | None:
        present = self._everything if name == "id" else self._present.get(name)
        if present is None or operator != "null":
            return None
        return Found([self._everything - present if operands[0] else present])

    def candidates(self, text: str, among: BitMap) -> BitMap:
        """The records among which all are that a search for the (folded) text finds."""
        return self._pairs.candidates(text, among)

    def sought(self, text: str) -> Sought:
        """What is known of a search for a (folded) text, however long that takes: some milliseconds for a million
        records."""
        orders = [order for name, order in self._orders.items() if name in self._searched]
        certain = BitMap.union(BitMap(), *(members for order in orders for members in order.containing(text)))
        return Sought(certain, self.candidates(text, self._everything) - certain)

    def slice(self, chosen: BitMap, sorting: Sorting, offset: int, limit: int) -> Slice | None:
        """Where to find one page of the chosen records; None if it cannot be narrowed down to a few thousand."""
        return slices.cut({**self._orders, "createdAt": self._created}, chosen, sorting, offset, limit)

    def crowded(self) -> Crowded | None:
        """Texts that have become too many to find a page among quickly, until they are `spread`."""
        for name, order in self._orders.items():
            if nos := order.crowded():
                return Crowded(name, _column(self.kind.fields[name]), nos)
        return None

    def spread(self, crowded: Crowded, rows: Sequence[Row]) -> None:
        """`rows`: the number and column of each record that is crowded."""
        self._orders[crowded.field].spread({int(no or 0): self._coded(crowded.field, value) for no, value in rows})

    def facets(self, chosen: BitMap) -> Facets:
        return _facets(self._tallies.of(chosen))

    def tallied(self, predicate: Predicate) -> Facets | None:
        """The facets of what the predicate chooses, which need not be chosen for it; None where that takes more than
        fields by whose values records are counted, and the time of creation, or was not asked for before."""
        chosen = self._chosen(predicate)
        counts = self._tallies.counts(chosen) if chosen else None
        return _facets(counts) if counts else None

    def _chosen(self, predicate: Predicate) -> Chosen | None:
        sets: dict[str, dict[SqlValue, BitMap]] = {}
        start, end = 0, NEVER
        for one in _conditions(predicate):
            if one.field == "createdAt" and one.operator in ORDER:
                span = self._created.span(one.operator, one.operands[0])
                start, end = max(start, span[0]), min(end, span[1])
            elif one.field in self._orders and one.field in self._tallies.fields:
                found = self._sets_of(one)
                sets[one.field] = {value: found[value] for value in sets.get(one.field, found) if value in found}
            else:
                return None
        return Chosen(sets, start, end)

    def _sets_of(self, condition: Condition) -> Mapping[SqlValue, BitMap]:
        order, asked = self._orders[condition.field], _positive(condition)
        found = order.sets_of(asked.operator, self._coded_operands(asked.field, asked.operator, asked.operands))
        if not _is_negative(condition):
            return found
        return {value: members for value, members in order.sets().items() if value not in found}

    def dump(self) -> Iterator[bytes]:
        """What `load` takes, in parts."""
        yield framed([FORMAT, self.kind.name, self.columns])
        yield framed(self._everything.serialize())
        yield framed({name: members.serialize() for name, members in self._present.items()})
        for each in self._structures():
            yield from framed_all(each.dump())

    @classmethod
    def load(cls, kind: Kind, read: Read) -> "KindIndex":
        """`read` reads what was dumped. Raises `Outdated`."""
        index = cls(kind)
        if unframed(read) != [FORMAT, kind.name, list(index.columns)]:
            raise Outdated("it is of another version, or for other fields")
        index._everything |= BitMap.deserialize(unframed(read))
        index._present = {name: BitMap.deserialize(members) for name, members in unframed(read).items()}
        for each in index._structures():
            each.restore(unframed_all(read))
        return index

    def size(self) -> int:
        """About how many bytes of memory it takes."""
        sets = [self._everything, *self._present.values()]
        structures: int = sum(each.size() for each in self._structures())
        return structures + sum(map(memory_of, sets)) + self._tallies.size()

    def _structures(self) -> list[Any]:
        return [self._created, *self._valued.values(), self._pairs]

    def _coded(self, name: str, value: SqlValue) -> SqlValue:
        coder = self._coders.get(name)
        return coder(value) if coder else value


def _facets(counts: Counts) -> Facets:
    return Facets({name: each for name, each in counts.items() if name != "createdAt"}, counts["createdAt"])


def searched(text: str) -> Condition:
    """A search as one more condition."""
    return Condition("", "search", (text,))


def _conditions(predicate: Predicate) -> Sequence[Condition]:
    if predicate.search is None:
        return predicate.conditions
    return (*predicate.conditions, searched(predicate.search))


def _is_ordered(kind: Kind, field: Field) -> bool:
    """Whether it is sorted by, compared, or has few values."""
    type_ = field.type
    if field.name in _UNSEARCHED or type_.many:
        return False
    return field.name in kind.listed or isinstance(type_, Choice | Slug | Flag | Integer | Money | Moment | Date)


def _order(field: Field) -> Order:
    kept = isinstance(field.type, Integer | Money | Moment | Date | Flag)
    return Order(kept=kept, few=has_few_values(field.type))


def _column(field: Field) -> str:
    return field.key_column or field.source


def _coder(field: Field) -> Callable[[Any], SqlValue] | None:
    """What makes of a column's value what an order compares."""
    if isinstance(field.type, Date):
        return _ordinal
    return _folded if isinstance(field.type, Text) and field.type.folds else None


def _ordinal(day: str | None) -> int | None:
    return None if day is None else date.fromisoformat(day).toordinal()


def _folded(text: str | None) -> str | None:
    return None if text is None else fold(text)


def _is_negative(condition: Condition) -> bool:
    return condition.operator == "ne" and condition.operands[0] is not None


def _positive(condition: Condition) -> Condition:
    """What is to be found for it: what it leaves out where it is a `ne`."""
    if _is_negative(condition):
        return Condition(condition.field, "eq", condition.operands)
    return Condition(condition.field, "null", (False,)) if condition.operator == "ne" else condition
