"""How records spread over the values of their fields."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NotRequired, TypedDict

from leadline.kit.db import SqlValue, Transaction
from leadline.kit.text import SEPARATOR
from leadline.log.feed import State
from leadline.log.kept import Kept
from leadline.names import full_name
from leadline.records.filters import Predicate
from leadline.records.index import Facets
from leadline.records.kind import Field, Kind
from leadline.records.texts import Reference
from leadline.records.types import Value

MONTH = "createdMonth"
MAX_VALUES = 1_000
"""Of each field those that most records have are told."""
MAX_WORKSPACES = 100
"""Of which the names of users are kept."""
_DAY = 86_400


class Bucket(TypedDict):
    """The `count` records with a value. That of a reference to a user has the `name`, too."""

    value: Value
    name: NotRequired[str | None]
    count: int


Buckets = list[Bucket]


def names_a_user(field: Field) -> bool:
    return isinstance(field.type, Reference) and field.type.to == "user"


def nothing(kind: Kind) -> dict[str, Buckets]:
    """The facets of no records."""
    return {name: [] for name in (*(field.name for field in kind.faceted), MONTH)}


class Names:
    """Those of a workspace's users by their ids, read once for as long as its log stands still."""

    def __init__(self) -> None:
        self._kept: Kept[int, Mapping[object, str | None]] = Kept(MAX_WORKSPACES)

    async def of(self, tx: Transaction, state: State) -> Mapping[object, str | None]:
        names = self._kept.find(state.workspace, state.place)
        if names is None:
            sql = "SELECT id, first_name, last_name FROM users WHERE workspace = ?"
            rows = await tx.fetch_all(sql, (state.workspace,))
            names = {id_: full_name(first, last) for id_, first, last in rows}
            self._kept.keep(state.workspace, state.place, names)
        return names


def tell(kind: Kind, found: Facets, names: Mapping[object, str | None]) -> dict[str, Buckets]:
    """As the API shows them: what most records have comes first. `names` are those of users, by their ids."""
    told = {}
    for field in kind.faceted:
        load = field.type.loader() if not field.type.many else None
        counts = {load(value) if load else value: count for value, count in found.values[field.name].items()}
        told[field.name] = _buckets(counts)
        if names_a_user(field):
            for bucket in told[field.name]:
                bucket["name"] = names.get(bucket["value"])
    return {**told, MONTH: _buckets(found.months)}


def _buckets(counts: Mapping[Any, int]) -> Buckets:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0] is None, item[0]))
    return [Bucket(value=value, count=count) for value, count in ordered[:MAX_VALUES]]


async def count_by_sql(tx: Transaction, kind: Kind, workspace: int, predicate: Predicate) -> Facets:
    """What an index answers, from the tables: one query for each field."""
    where, parameters = predicate.compile(kind, workspace, tx.dialect)

    async def grouped(by: str) -> dict[SqlValue, int]:
        rows = await tx.fetch_all(f"SELECT {by}, count(*) FROM {kind.plural} WHERE {where} GROUP BY {by}", parameters)
        return {value: int(count or 0) for value, count in rows}

    values = {}
    for field in kind.faceted:
        counts = await grouped(
            field.key_column or (tx.dialect.fold(field.source) if field.type.folds else field.source)
        )
        values[field.name] = _by_tag(counts) if field.type.many else counts
    months: Counter[SqlValue] = Counter()
    for day, count in (await grouped(f"created_at / {_DAY}")).items():
        months[datetime.fromtimestamp(int(day or 0) * _DAY, UTC).strftime("%Y-%m")] += count
    return Facets(values, months)


def _by_tag(counts: Mapping[SqlValue, int]) -> dict[SqlValue, int]:
    found: Counter[SqlValue] = Counter()
    for key, count in counts.items():
        for tag in set(str(key or "").split(SEPARATOR)) - {""}:
            found[tag] += count
    return found
