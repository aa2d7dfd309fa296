"""Facet counts: the number of records that have each value of a field."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict

from leadline.kit.cache import BoundedCache
from leadline.kit.db import ReadTransaction, SqlValue, Transaction
from leadline.kit.text import SEPARATOR
from leadline.log.feed import WorkspaceVersion
from leadline.names import full_name
from leadline.records.filters import Predicate
from leadline.records.kind import CREATED_AT, Field, Kind
from leadline.records.list_index import FacetValues
from leadline.records.texts import ReferenceField
from leadline.records.types import Value

MONTH = "createdMonth"
MAX_FACET_VALUES = 1_000
"""Most values of a field that are shown: those of the most records."""
MAX_WORKSPACES = 100
"""Most workspaces whose user names are cached."""
_DAY = 86_400


class FacetBucket(TypedDict):
    """The number of records with a value. In the buckets of a reference to a user, `name` is the user's name."""

    value: Value
    name: NotRequired[str | None]
    count: int


Buckets = list[FacetBucket]


def names_a_user(field: Field) -> bool:
    return isinstance(field.type, ReferenceField) and field.type.to == "user"


def empty_facets(kind: Kind) -> dict[str, Buckets]:
    """Returns the facets of an empty list."""
    return {name: [] for name in (*(field.name for field in kind.faceted_fields), MONTH)}


def widened_predicates(kind: Kind, predicate: Predicate, visible: Predicate) -> dict[str, Predicate]:
    """Returns, for each facet whose field the predicate has conditions on, the predicate without them, of the
    `visible` records."""
    filtered = {one.field for one in predicate.conditions}
    fields = {**{field.name: field.name for field in kind.faceted_fields}, MONTH: CREATED_AT.name}
    return {
        facet: predicate.without_field(name).narrow_to(visible) for facet, name in fields.items() if name in filtered
    }


def with_facet(found: FacetValues, facet: str, other: FacetValues) -> FacetValues:
    """Returns the counts with one facet of others in place of its own."""
    if facet == MONTH:
        return FacetValues(found.values, other.months)
    return FacetValues({**found.values, facet: other.values[facet]}, found.months)


class UserNames:
    """A cache of the names of a workspace's users by their ids, valid while its log stands still."""

    def __init__(self) -> None:
        self._kept: BoundedCache[int, Mapping[object, str | None]] = BoundedCache(MAX_WORKSPACES)

    async def read_names(self, tx: Transaction, version: WorkspaceVersion) -> Mapping[object, str | None]:
        names = self._kept.find(version.workspace, version.position)
        if names is None:
            names = await read_user_names(tx, version.workspace)
            self._kept.keep(version.workspace, names, version.position)
        return names


async def read_user_names(tx: ReadTransaction, workspace: int) -> dict[object, str | None]:
    rows = await tx.fetch_all("SELECT id, first_name, last_name FROM users WHERE workspace = ?", (workspace,))
    return {id_: full_name(first, last) for id_, first, last in rows}


def show_facets(kind: Kind, found: FacetValues, names: Mapping[object, str | None]) -> dict[str, Buckets]:
    """Returns the facets as the API shows them: values with the most records first. `names` has those of users by
    their ids."""
    told = {}
    for field in kind.faceted_fields:
        load = field.type.from_column() if not field.type.multi_valued else None
        counts = {load(value) if load else value: count for value, count in found.values[field.name].items()}
        told[field.name] = _sort_buckets(counts)
        if names_a_user(field):
            for bucket in told[field.name]:
                bucket["name"] = names.get(bucket["value"])
    return {**told, MONTH: _sort_buckets(found.months)}


def _sort_buckets(counts: Mapping[Any, int]) -> Buckets:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0] is None, item[0]))
    return [FacetBucket(value=value, count=count) for value, count in ordered[:MAX_FACET_VALUES]]


async def count_by_sql(
    tx: ReadTransaction, kind: Kind, workspace: int, predicate: Predicate, only: str | None = None
) -> FacetValues:
    """Counts facets from the tables, as an index would: with one query for each field. `only` names the one facet
    that is counted; the others are then empty."""
    where, parameters = predicate.to_sql(kind, workspace, tx.dialect)

    async def grouped(by: str) -> dict[SqlValue, int]:
        rows = await tx.fetch_all(f"SELECT {by}, count(*) FROM {kind.plural} WHERE {where} GROUP BY {by}", parameters)
        return {value: int(count or 0) for value, count in rows}

    values: dict[str, dict[SqlValue, int]] = {}
    for field in kind.faceted_fields:
        if only not in (None, field.name):
            continue
        counts = await grouped(
            field.key_column or (tx.dialect.fold_case(field.source) if field.type.case_insensitive else field.source)
        )
        values[field.name] = _by_tag(counts) if field.type.multi_valued else counts
    return FacetValues(values, _by_month(await grouped(f"created_at / {_DAY}")) if only in (None, MONTH) else {})


def _by_month(counts: Mapping[SqlValue, int]) -> dict[SqlValue, int]:
    """Returns the counts by month, given those by day since 1970."""
    months: Counter[SqlValue] = Counter()
    for day, count in counts.items():
        months[datetime.fromtimestamp(int(day or 0) * _DAY, UTC).strftime("%Y-%m")] += count
    return months


def _by_tag(counts: Mapping[SqlValue, int]) -> dict[SqlValue, int]:
    found: Counter[SqlValue] = Counter()
    for key, count in counts.items():
        for tag in set(str(key or "").split(SEPARATOR)) - {""}:
            found[tag] += count
    return found
