"""Selections: records that a reader chose by a predicate, confirmed in the transaction that writes them.

A list is found by the live index, which a write cannot ask. So the records are chosen in a read before. The write
then looks only at those that have changed since, and asks the same predicate of them.
"""

from collections.abc import Sequence

import msgspec

from leadline import ids
from leadline.access import Actor
from leadline.kit.db import Transaction, Unavailable
from leadline.records import store
from leadline.records.filters import Predicate, SortOrder
from leadline.records.kind import Kind
from leadline.records.query import ListQuery
from leadline.records.service import RecordService

MAX_CHANGED_RECORDS = 20_000
"""Most records that may have changed between the read and the write."""


class Selection(msgspec.Struct, frozen=True):
    """The numbers of the first records that a predicate chose, the `count` of all, and the newest operation then."""

    seq: int
    count: int
    nos: frozenset[int]


async def select_records(
    tx: Transaction, records: RecordService, actor: Actor, kind: Kind, predicate: Predicate, limit: int
) -> Selection:
    """Chooses up to `limit` records in a read."""
    version = await records.read_version(tx, actor)
    query = ListQuery(predicate, SortOrder())
    page = await records.list(tx, actor, kind, query, limit=limit, offset=0, version=version)
    nos = frozenset(ids.number_of(item.id) for item in page.items)  # type: ignore[attr-defined]
    return Selection(version.position.seq if version.position else 0, page.count, nos)


async def confirm_selection(
    tx: Transaction, kind: Kind, workspace: int, predicate: Predicate, selection: Selection
) -> set[int]:
    """Returns the numbers of the chosen records as they are in a write. All that the predicate chose must be in the
    selection. Raises `Unavailable` if very much has changed since."""
    changed = await _find_changed(tx, kind, workspace, selection.seq)
    found = set(selection.nos) - set(changed)
    for start in range(0, len(changed), store.MAX_AMONG):
        among = changed[start : start + store.MAX_AMONG]
        found.update(await store.find_numbers(tx, kind, workspace, predicate, among=among))
    return found


async def _find_changed(tx: Transaction, kind: Kind, workspace: int, seq: int) -> Sequence[int]:
    rows = await tx.fetch_all(
        "SELECT record_id FROM changes WHERE workspace = ? AND seq > ? ORDER BY seq LIMIT ?",
        (workspace, seq, MAX_CHANGED_RECORDS + 1),
    )
    if len(rows) > MAX_CHANGED_RECORDS:
        raise Unavailable("Very much was written just now; nothing was changed. Try again.")
    prefix = f"{kind.prefix}_"
    return sorted({ids.number_of(str(id_)) for (id_,) in rows if str(id_).startswith(prefix)})
