"""Records as they were: single records at any time, and lists of the recent past.

The tables as they were are the tables of now without the records that have changed since, together with those records
as they were. The queries of lists are asked of them unchanged.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from leadline import ids
from leadline.access import Actor
from leadline.errors import InvalidInput, LogTrimmed, NotFound
from leadline.kit.db import SqlValue, Transaction
from leadline.kit.db.shadowed import RowSource, ShadowedTransaction
from leadline.log import past, read_range
from leadline.log.feed import TooFarBehind, WorkspaceVersion
from leadline.log.past import PastRecord
from leadline.names import full_name
from leadline.records import item_store, store
from leadline.records.answer_trace import FROM_INDEX, SQL, current_trace
from leadline.records.facets import (
    Buckets,
    count_by_sql,
    empty_facets,
    read_user_names,
    show_facets,
    widened_predicates,
    with_facet,
)
from leadline.records.filters import Predicate, SortOrder
from leadline.records.item_store import Item
from leadline.records.kind import Kind, Values
from leadline.records.list_index import FacetValues, ListIndex
from leadline.records.query import ListQuery
from leadline.records.service import RecordPage
from leadline.records.store import Record
from leadline.records.texts import ReferenceField
from leadline.records.types import Value
from leadline.records.visibility import visible_records

_NEWEST_FIRST = (SortOrder(), SortOrder((("createdAt", True),)), SortOrder((("id", True),)))


class Moment(NamedTuple):
    """A moment of the past: an operation's `seq`, or the end of a `second` (since 1970); the other is None."""

    seq: int | None = None
    second: int | None = None


class _PastTables(NamedTuple):
    """The tables that a list reads, as they were.

    tx: reads the tables as they were.
    changed: reads of the list's own kind only the records that have changed since, as they were.
    nos: the numbers of the records of that kind that have changed since.
    """

    tx: ShadowedTransaction
    changed: ShadowedTransaction
    nos: list[int]


class PastRecords:
    """Reads records as they were. `kinds` are all kinds that others refer to, users included.

    Every method raises `LogTrimmed` for a moment before the log's first changes, and `InvalidInput` if too much has
    changed since.
    """

    def __init__(self, kinds: Iterable[Kind], index: ListIndex | None = None) -> None:
        self._kinds = {kind.name: kind for kind in kinds}
        self._index = index

    async def get_record(self, tx: Transaction, actor: Actor, kind: Kind, id_: str, moment: Moment) -> Record:
        """Returns a record as it was. Raises `NotFound`."""
        seq = await _find_seq(tx, actor.workspace, moment)
        canonical, visible = ids.parse_id(kind.prefix, id_), visible_records(actor, kind)
        record = None
        if canonical is not None and visible is not None:
            if _counts_others(kind) or visible.conditions:
                record = await self._find_in_tables(tx, kind, actor.workspace, canonical, seq, visible)
            else:
                record = await self._find_by_own_changes(tx, kind, actor.workspace, canonical, seq)
        if record is None:
            raise NotFound
        return record

    async def _find_in_tables(
        self, tx: Transaction, kind: Kind, workspace: int, id_: str, seq: int, visible: Predicate
    ) -> Record | None:
        tables = await self._read_tables(tx, kind, workspace, seq)
        return await store.find_record(tables.tx, kind, workspace, id_, among=visible)

    async def _find_by_own_changes(
        self, tx: Transaction, kind: Kind, workspace: int, id_: str, seq: int
    ) -> Record | None:
        """Finds a record by its own changes and those of the records that it names, however long ago."""
        record = await _find_stored(tx, kind, workspace, id_, seq)
        if record is None:
            return None
        values = {name: record.values.get(name) for name in kind.fields}
        for name, reference in _named_references(kind):
            values[name] = await self._find_name(tx, kind, workspace, reference, record.values[reference], seq)
        return Record(record.no, record.version, values)

    async def _find_name(
        self, tx: Transaction, kind: Kind, workspace: int, reference: str, id_: Value, seq: int
    ) -> Value:
        type_ = kind.fields[reference].type
        assert isinstance(type_, ReferenceField), f"{reference} is no reference"
        if id_ is None:
            return None
        named = await _find_stored(tx, self._kinds[type_.to], workspace, str(id_), seq)
        return None if named is None else _name_of(named.values)

    async def list_records(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        query: ListQuery,
        moment: Moment,
        *,
        limit: int,
        offset: int,
        version: WorkspaceVersion,
    ) -> RecordPage[Item]:
        """Returns a page of a list as it was."""
        seq = await _find_seq(tx, actor.workspace, moment)
        visible = visible_records(actor, kind)
        if visible is None:
            return RecordPage(0, [])
        query = query.narrow_to(visible)
        tables = await self._read_tables(tx, kind, version.workspace, seq)
        page = await self._find_indexed_page(tx, kind, version, query, tables, limit, offset)
        if page is not None:
            return page
        current_trace().source = SQL
        tx.expect_slow()
        count = await store.count_records(tables.tx, kind, version.workspace, query.predicate)
        items = await item_store.read_page(tables.tx, kind, version.workspace, query, limit, offset)
        return RecordPage(count, items)

    async def _find_indexed_page(
        self,
        tx: Transaction,
        kind: Kind,
        version: WorkspaceVersion,
        query: ListQuery,
        tables: _PastTables,
        limit: int,
        offset: int,
    ) -> RecordPage[Item] | None:
        """Finds a page without reading the table, None if the index cannot tell."""
        predicate, workspace = query.predicate, version.workspace
        if self._index is None or query.sorting not in _NEWEST_FIRST or _names_computed(kind, query.predicate):
            return None
        matching = await store.find_numbers(tables.changed, kind, workspace, predicate)
        page = await self._index.find_past_page(tx, version, kind, predicate, tables.nos, matching, limit, offset)
        if page is None:
            return None
        current_trace().source = FROM_INDEX
        items = await item_store.read_items(tables.tx, kind, workspace, page.nos, with_version=query.with_version)
        return RecordPage(page.total, items)

    async def count_facets(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        query: ListQuery,
        moment: Moment,
        *,
        version: WorkspaceVersion,
        own_ignored: bool,
    ) -> tuple[int, dict[str, Buckets]]:
        """Counts the facets of a list as it was. With `own_ignored` each field is counted without the conditions on
        itself."""
        seq = await _find_seq(tx, actor.workspace, moment)
        visible = visible_records(actor, kind)
        if visible is None:
            return 0, empty_facets(kind)
        tables = await self._read_tables(tx, kind, version.workspace, seq)
        current_trace().source = FROM_INDEX
        counts = await self._count_values(tx, kind, version, query.predicate.narrow_to(visible), tables)
        count = sum(counts.months.values())
        others = widened_predicates(kind, query.predicate, visible) if own_ignored else {}
        for facet, other in others.items():
            counts = with_facet(counts, facet, await self._count_values(tx, kind, version, other, tables, facet))
        return count, show_facets(kind, counts, await read_user_names(tables.tx, version.workspace))

    async def _count_values(
        self,
        tx: Transaction,
        kind: Kind,
        version: WorkspaceVersion,
        predicate: Predicate,
        tables: _PastTables,
        only: str | None = None,
    ) -> FacetValues:
        """Counts the facets, or at least the facet `only`."""
        counts = await self._count_indexed(tx, kind, version, predicate, tables)
        if counts is not None:
            return counts
        current_trace().source = SQL
        tx.expect_slow()
        return await count_by_sql(tables.tx, kind, version.workspace, predicate, only)

    async def _count_indexed(
        self, tx: Transaction, kind: Kind, version: WorkspaceVersion, predicate: Predicate, tables: _PastTables
    ) -> FacetValues | None:
        """Counts facets without reading the table, None if the index cannot tell."""
        if self._index is None or _names_computed(kind, predicate):
            return None
        others = await self._index.count_other_facets(tx, version, kind, predicate, tables.nos)
        if others is None:
            return None
        return _add_facets(others, await count_by_sql(tables.changed, kind, version.workspace, predicate))

    async def _read_tables(self, tx: Transaction, kind: Kind, workspace: int, seq: int) -> _PastTables:
        """Reads what has changed in the tables of a list."""
        tx.expect_slow()
        kinds = [other for other in self._kinds.values() if other is kind or _reads(kind, other)]
        try:
            changed = await past.read_changed(tx, workspace, seq, {other.prefix for other in kinds})
        except TooFarBehind:
            raise _too_far_back() from None
        tables: dict[str, RowSource] = {}
        own = _ChangedRecords([], [])
        for other in kinds:
            if records := changed[other.prefix]:
                then = await _read_then(tx, other, workspace, records)
                tables[other.plural] = _whole_table(tx, other, workspace, then)
                own = then if other is kind else own
        changed_alone = {**tables, kind.plural: _changed_rows(tx, kind, workspace, own)}
        return _PastTables(ShadowedTransaction(tx, tables), ShadowedTransaction(tx, changed_alone), own.nos)


class _ChangedRecords(NamedTuple):
    """The records of a kind that have changed since a moment: all their numbers, and those that existed then, as they
    were."""

    nos: list[int]
    then: list[Record]


async def _read_then(
    tx: Transaction, kind: Kind, workspace: int, changed: Mapping[str, PastRecord]
) -> _ChangedRecords:
    nos = sorted(map(ids.number_of, changed))
    now = {str(record["id"]): record for record in await store.find_stored(tx, kind, workspace, nos)}
    then = [_take_back(kind, id_, now.get(id_), record) for id_, record in changed.items()]
    return _ChangedRecords(nos, [record for record in then if record is not None])


def _changed_rows(tx: Transaction, kind: Kind, workspace: int, changed: _ChangedRecords) -> RowSource:
    rows = [store.row_by_column(kind, workspace, record) for record in changed.then]
    return RowSource(
        _with_row_numbers(tx.dialect.json_rows(kind.plural, store.stored_columns(kind))), (json.dumps(rows),)
    )


def _whole_table(tx: Transaction, kind: Kind, workspace: int, changed: _ChangedRecords) -> RowSource:
    columns = ", ".join(store.stored_columns(kind))
    unchanged = (
        f"SELECT {columns}, no AS rowid FROM {tx.dialect.base_table(kind.plural)}"
        f" WHERE workspace = ? AND no NOT IN ({tx.dialect.json_numbers()})"
    )
    rows = _changed_rows(tx, kind, workspace, changed)
    return RowSource(f"{unchanged} UNION ALL {rows.sql}", (workspace, json.dumps(changed.nos), *rows.parameters))


def _with_row_numbers(rows: str) -> str:
    """Adds the column by which SQLite's pages find rows again."""
    return f"SELECT *, no AS rowid FROM ({rows}) AS past_rows"


async def _find_seq(tx: Transaction, workspace: int, moment: Moment) -> int:
    """Returns the newest operation that a moment contains, 0 for none. A moment to come contains them all."""
    oldest = (await read_range(tx, workspace)).oldest
    seq = moment.seq
    if seq is None:
        assert moment.second is not None, "a moment has a seq or a second"
        seq = await past.find_seq(tx, workspace, moment.second * 1000 + 999)
    if seq < oldest - 1:
        detail = f"The log begins at {oldest} now; ask for asOf={oldest} or later."
        raise LogTrimmed(detail, facts={"seq": oldest})
    return seq


async def _find_stored(tx: Transaction, kind: Kind, workspace: int, id_: str, seq: int) -> Record | None:
    """Returns a record as it was, with its stored fields alone."""
    now = next(iter(await store.find_stored(tx, kind, workspace, [ids.number_of(id_)])), None)
    try:
        then = await past.read_record(tx, workspace, id_, seq)
    except TooFarBehind:
        raise _too_far_back() from None
    return _take_back(kind, id_, now, then) if then else now


def _take_back(kind: Kind, id_: str, now: Record | None, then: PastRecord) -> Record | None:
    """Returns the record as it was, given what it is now and the values of its changed fields then."""
    values = {name: now[name] if now else None for name in kind.stored_names}
    values |= {name: value for name, value in then.values.items() if name in values}
    return None if values["id"] is None else Record(ids.number_of(id_), then.version, values)


def _named_references(kind: Kind) -> list[tuple[str, str]]:
    """Returns the computed fields that have another record's name, each with the field that refers to that record."""
    return [(name, reference) for name in kind.computed_fields if (reference := kind.fields[name].name_of)]


def _counts_others(kind: Kind) -> bool:
    """Returns True if the kind has computed fields that are no names."""
    return len(kind.computed_fields) > len(_named_references(kind))


def _reads(kind: Kind, other: Kind) -> bool:
    """Returns True if computed fields of the kind read the other kind's table."""
    sources = " ".join(kind.fields[name].source for name in kind.computed_fields)
    return re.search(rf"\b{other.plural}\b", sources) is not None


def _names_computed(kind: Kind, predicate: Predicate) -> bool:
    """Returns True if a filter is about a computed field, for which an index has the values of now."""
    return any(one.field in kind.computed_fields for one in predicate.conditions)


def _name_of(values: Values) -> Value:
    return values["name"] if "name" in values else full_name(values["firstName"], values["lastName"])


def _add_facets(one: FacetValues, other: FacetValues) -> FacetValues:
    names = one.values.keys() | other.values.keys()
    values = {name: _add_counts(one.values.get(name, {}), other.values.get(name, {})) for name in names}
    return FacetValues(values, _add_counts(one.months, other.months))


def _add_counts(one: Mapping[SqlValue, int], other: Mapping[SqlValue, int]) -> dict[SqlValue, int]:
    return {value: one.get(value, 0) + other.get(value, 0) for value in (*one, *other)}


def _too_far_back() -> InvalidInput:
    detail = (
        f"Too much has changed since then: at most {past.MAX_CHANGES:,} changes are taken back. Ask for a later time."
    )
    return InvalidInput([], detail, code="too_far_back")
