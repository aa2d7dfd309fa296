"""A table of one kind's records in a SQLite of its own: what an index must agree with."""

import io
import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

import apsw

from leadline.index import page_finder
from leadline.index.kind_index import KindIndex
from leadline.kit.bitmaps import (
    bigram_index,
    bulk_loader,
    facet_counts,
    lazy_intersection,
    leaves,
    sorted_index,
    tree,
)
from leadline.kit.db import SqlValue
from leadline.kit.db.sqlite.dialect import SqliteDialect
from leadline.kit.text import SEPARATOR, fold_case
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.kind import CREATED_AT, Field, Kind
from leadline.records.texts import ReferenceField, SlugField, TextField
from leadline.records.times import DateField, TimeField
from leadline.records.types import ORDERED, ChoiceField, FlagField, IntegerField, MoneyField

DIALECT = SqliteDialect()
WORKSPACE = 1
Values = dict[str, SqlValue]
SMALL = {
    (leaves, "MAX_MIXED_RECORDS"): 6,
    (sorted_index, "MAX_MIXED_RECORDS"): 6,
    (leaves, "MIN_SINGLE_VALUE_RECORDS"): 3,
    (tree, "MAX_CHILDREN"): 4,
    (sorted_index, "LEAF_PER_VALUE_HEIGHT"): 1,
    (bulk_loader, "MAX_GROUPED_VALUES"): 5,
    (bigram_index, "CHUNK_ROWS"): 20,
    (facet_counts, "BLOCK_NUMBERS"): 8,
    (lazy_intersection, "MAX_DIRECT_RECORDS"): 1,
    (lazy_intersection, "FIRST_PROBE_RECORDS"): 4,
    (lazy_intersection, "PROBE_GROWTH"): 2,
    (page_finder, "FAR_RECORDS"): 2,
}
"""Limits that make a high tree of few records."""


def _fold(*values: SqlValue) -> str | None:
    return None if values[0] is None else fold_case(str(values[0]))


class Table:
    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rows: dict[int, Values] = {}
        """Records by number: each field as its column holds it; texts as written, tags by their key."""
        self._db = apsw.Connection(":memory:")
        self._db.create_scalar_function("fold", _fold, 1)
        columns = [field.column for field in kind.stored_fields] + [*kind.key_columns.values(), "search_key"]
        self._db.execute(f"CREATE TABLE {kind.plural} (workspace, no INTEGER PRIMARY KEY, {', '.join(columns)})")

    def put(self, no: int, values: Values) -> None:
        self.rows[no] = values
        row = [WORKSPACE, no, *(values.get(name) for name in self.kind.stored_names)]
        row += [self.key(name, values.get(name)) for name in self.kind.key_columns]
        row.append(self.search_key(no))
        self._db.execute(f"REPLACE INTO {self.kind.plural} VALUES ({', '.join('?' * len(row))})", row)

    def remove(self, no: int) -> None:
        del self.rows[no]
        self._db.execute(f"DELETE FROM {self.kind.plural} WHERE no = ?", (no,))

    def key(self, name: str, value: SqlValue) -> SqlValue:
        return fold_case(value) if isinstance(value, str) and self.kind.fields[name].type.case_insensitive else value

    def search_key(self, no: int) -> str:
        values = self.rows[no]
        parts = (" ".join(str(values[name]) for name in part if values.get(name)) for part in self.kind.search)
        return fold_case(SEPARATOR.join(parts))

    def select(self, predicate: Predicate) -> list[int]:
        where, parameters = predicate.to_sql(self.kind, WORKSPACE, DIALECT)
        sql = f"SELECT no FROM {self.kind.plural} WHERE {where} ORDER BY no"
        return [no for (no,) in self._db.execute(sql, parameters)]

    def page(self, nos: list[int], sorting: SortOrder, offset: int, limit: int) -> list[int]:
        order = sorting.to_sql(self.kind, DIALECT)
        among = ", ".join(map(str, nos)) or "NULL"
        sql = f"SELECT no FROM {self.kind.plural} WHERE no IN ({among}) ORDER BY {order} LIMIT ? OFFSET ?"
        return [no for (no,) in self._db.execute(sql, (limit, offset))]

    def index(self) -> KindIndex:
        """An index of all that is in the table, built in two parts."""
        made = KindIndex(self.kind)
        sql = f"SELECT no, {', '.join(made.row_columns)} FROM {self.kind.plural} ORDER BY no"
        rows = list(self._db.execute(sql))
        made.add_rows(rows[: len(rows) // 2])
        made.add_rows(rows[len(rows) // 2 :])
        made.finish_loading()
        return made


class Maker:
    """Makes records, changes, and what may be asked of them, by chance. Some records are blocks apart."""

    def __init__(self, kind: Kind, chance: random.Random, distinct: int) -> None:
        self.kind = kind
        self.chance = chance
        self.no = 0
        self.time = 1_600_000_000
        self._pools = {field.name: self._pool(field, distinct) for field in kind.stored_fields}

    def record(self) -> tuple[int, Values]:
        self.no += self.chance.choice([1, 2, 3, facet_counts.BLOCK_NUMBERS])
        self.time += self.chance.choice([0, 0, 1, 500_000])
        values = {field.name: self.value(field) for field in self.kind.stored_fields}
        values |= {"id": f"{self.kind.prefix}_{self.no:026}", "createdAt": self.time}
        return self.no, values

    def value(self, field: Field) -> SqlValue:
        if field.type.multi_valued:
            tags = self.chance.sample(self._pools[field.name], self.chance.randint(0, 2))
            return "".join(SEPARATOR + str(tag) for tag in tags) + SEPARATOR * bool(tags)
        if not field.required and self.chance.random() < 0.2:
            return None
        return self.chance.choice(self._pools[field.name])

    def changes(self) -> Values:
        fields = [field for field in self.kind.stored_fields if field.name not in ("id", "createdAt")]
        return {field.name: self.value(field) for field in self.chance.sample(fields, self.chance.randint(1, 3))}

    def predicate(self) -> Predicate:
        conditions = tuple(self.condition() for _ in range(self.chance.choice([0, 1, 1, 2, 3])))
        search = self.chance.choice([None, None, None, "a", "b ", "ß", "1", "é", "xy", "_", "%", "zo"])
        return Predicate(conditions, search)

    def counted(self) -> Predicate:
        """Of fields by whose values records are counted, and the time of creation, alone."""
        fields = [field for field in self.kind.faceted_fields if not field.type.multi_valued]
        some = self.chance.sample(fields, self.chance.choice([0, 1, 1, 2]))
        times = [
            Condition("createdAt", operator, (self._operand(CREATED_AT, operator),))
            for operator in self.chance.sample(ORDERED, self.chance.choice([0, 1, 2]))
        ]
        return Predicate((*map(self.condition_of, some), *times))

    def condition(self) -> Condition:
        return self.condition_of(
            self.chance.choice([field for field in self.kind.stored_fields if field.type.operators])
        )

    def condition_of(self, field: Field) -> Condition:
        operator = self.chance.choice(field.type.operators)
        if operator == "null":
            return Condition(field.name, operator, (self.chance.random() < 0.5,))
        count = self.chance.randint(1, 3) if operator == "in" else 1
        operands = tuple(self._operand(field, operator) for _ in range(count))
        if operator == "in" and not field.type.multi_valued and self.chance.random() < 0.3:
            operands += (None,)
        return Condition(field.name, operator, operands)

    def sorting(self) -> SortOrder:
        names = self.chance.sample(self.kind.listed, self.chance.choice([0, 1, 1, 2, 3]))
        return SortOrder(
            tuple((name, self.chance.random() < 0.5) for name in names if self.kind.fields[name].is_stored)
        )

    def _operand(self, field: Field, operator: str) -> SqlValue:
        if field.name == "createdAt":
            return self.chance.randint(1_600_000_000 - 5, self.time + 5)
        operand = self.chance.choice(self._pools[field.name])
        if field.type.multi_valued:
            return f"{SEPARATOR}{operand}{SEPARATOR}"
        if isinstance(field.type, TimeField | MoneyField | IntegerField) and self.chance.random() < 0.3:
            return int(str(operand)) + self.chance.randint(-1, 1)
        if isinstance(operand, str) and field.type.case_insensitive:
            operand = fold_case(operand)
        if operator == "contains":
            return str(operand)[1:3]
        return str(operand)[:2] if operator == "startswith" else operand

    def _pool(self, field: Field, distinct: int) -> list[SqlValue]:
        match field.type:
            case ChoiceField(values=values):
                return list(values)
            case SlugField() | ReferenceField():
                return [f"{field.name.lower()}_{number}" for number in range(min(distinct, 9))]
            case FlagField():
                return [0, 1]
            case IntegerField() | MoneyField():
                return list(range(1, distinct + 1))
            case TimeField():
                return [1_600_000_000 + number * 7 for number in range(distinct)]
            case DateField():
                return [(date(2025, 1, 1) + timedelta(days=number)).isoformat() for number in range(distinct)]
            case TextField():
                return [self._text() for _ in range(distinct)]
        return ["alpha", "beta", fold_case("Straße"), fold_case("Zoë")]

    def _text(self) -> str:
        words = [
            "Ada",
            "ada",
            "Zoë",
            "Straße",
            "STRASSE",
            "Bo",
            "b",
            "100%",
            "a_b",
            "xy",
            "é",
            "Ünal",
            "\U0001f600",
            "z",
        ]
        return " ".join(self.chance.choices(words, k=self.chance.randint(1, 3)))


def told(table: Table, values: Mapping[str, SqlValue]) -> dict[str, SqlValue]:
    """Values as they are told to an index: texts by their key, absent ones left out."""
    return {name: table.key(name, value) for name, value in values.items() if value is not None}


class Move(NamedTuple):
    """What a record was and is; None where there was none, or is none any more."""

    no: int
    before: Values | None
    after: Values | None

    def back(self) -> "Move":
        return Move(self.no, self.after, self.before)

    def make(self, table: Table, index: KindIndex) -> None:
        no, before, after = self
        if after is None:
            table.remove(no)
            index.change_record(no, told(table, before or {}), None, None)
            return
        table.put(no, after)
        if before is None:
            index.change_record(no, None, told(table, after), table.search_key(no))
            return
        names = {name for name in after if after[name] != before[name]}
        old, new = ({name: one[name] for name in names} for one in (before, after))
        searched = any(name in names for part in table.kind.search for name in part)
        index.change_record(no, told(table, old), told(table, new), table.search_key(no) if searched else None)


def work(table: Table, index: KindIndex, maker: Maker) -> Move:
    """A record is made, changed, or removed."""
    act = maker.chance.choice(["create", "change", "change", "delete"]) if table.rows else "create"
    if act == "create":
        no, after = maker.record()
        move = Move(no, None, after)
    else:
        no = maker.chance.choice(list(table.rows))
        before = table.rows[no]
        move = Move(no, before, None if act == "delete" else before | maker.changes())
    move.make(table, index)
    return move


def copied(index: KindIndex) -> KindIndex:
    """The index as it comes back from what it dumps."""
    return KindIndex.load_dump(index.kind, io.BytesIO(b"".join(index.dump_parts())).read)
