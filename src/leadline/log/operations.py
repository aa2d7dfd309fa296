"""The operations of a workspace: one by its id, and the newest that a filter lets through."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from leadline import clock, ids
from leadline.kit.db import Row, SqlValue, Transaction
from leadline.log import read_range
from leadline.log.feed import decode_fields
from leadline.names import full_name

PREFIX = "op"
MAX_SCANNED = 50_000
"""Most operations that one request looks through."""
_HEAD = (
    "operations.seq, operations.id, operations.kind, operations.at, operations.request_id, operations.undoes,"
    " operations.job_id, operations.size, users.id, users.first_name, users.last_name, keys.id, keys.name"
)
_PEOPLE = " JOIN users ON users.id = operations.user_id LEFT JOIN keys ON keys.id = operations.key_id"
HEAD_COLUMNS = 13

Json = dict[str, Any]
Fields = Mapping[str, tuple[Any, Any]]


class OperationHead(msgspec.Struct, frozen=True):
    """An operation without its changes. `at` is in milliseconds since 1970; `size` is the number of its changes, None
    for old operations."""

    seq: int
    id: str
    kind: str
    at: int
    request_id: str | None
    undoes: str | None
    job_id: str | None
    size: int | None
    user_id: str
    user_name: str | None
    key_id: str | None
    key_name: str | None

    def show_writer(self) -> Json:
        """Returns when it was, and who did it."""
        return {
            "at": clock.to_text(self.at // 1000),
            "user": {"id": self.user_id, "name": self.user_name},
            "key": {"id": self.key_id, "name": self.key_name} if self.key_id else None,
        }

    def show_head(self) -> Json:
        """Returns the operation as the API shows it, without its changes."""
        return {
            "id": self.id,
            "seq": self.seq,
            "kind": self.kind,
            **self.show_writer(),
            "requestId": self.request_id,
            "undoes": self.undoes,
            "jobId": self.job_id,
        }


class RecordChange(msgspec.Struct, frozen=True):
    """The change of one record by an operation. `fields` has `[before, after]` by name."""

    operation: OperationHead
    record_id: str
    version: int
    fields: Fields

    @property
    def action(self) -> str:
        """The word for the change: created, updated or deleted."""
        before, after = self.fields.get("id", ("", ""))
        return "created" if before is None else "deleted" if after is None else "updated"

    def show_change(self) -> Json:
        """Returns the change as the API shows it, but for the word for its kind."""
        return {"id": self.record_id, "action": self.action, "version": self.version, "fields": self.fields}


class OperationFilter(NamedTuple):
    """A filter of operations, newest first: those after the `seq` `after` and before `before`, of one of the `kinds`
    (all if empty), by the user or key `actor`, that changed the record `record_id`, and of no kind that begins with
    one of `hidden`."""

    after: int = 0
    before: int | None = None
    kinds: Sequence[str] = ()
    actor: str | None = None
    record_id: str | None = None
    hidden: Sequence[str] = ()


async def find_operation(tx: Transaction, workspace: int, id_: str) -> OperationHead | None:
    """Finds an operation by its id, which must be in the form in which ids are stored."""
    row = await tx.fetch_one(
        f"SELECT {_HEAD} FROM operations{_PEOPLE} WHERE operations.workspace = ? AND operations.seq = ?"
        " AND operations.id = ?",
        (workspace, ids.number_of(id_), id_),
    )
    return None if row is None else read_head(row)


async def read_changes(tx: Transaction, workspace: int, operation: OperationHead) -> list[RecordChange]:
    """Reads the changes of an operation, in the order of the records' ids."""
    rows = await tx.fetch_all(
        "SELECT record_id, version, fields FROM changes WHERE workspace = ? AND seq = ? ORDER BY record_id",
        (workspace, operation.seq),
    )
    return [
        RecordChange(operation, str(id_), int(version or 0), decode_fields(str(fields)))
        for id_, version, fields in rows
    ]


async def find_newest_seq(tx: Transaction, workspace: int, record_id: str) -> int:
    """Finds the `seq` of a record's newest change, 0 if the log has none."""
    # The plus makes SQLite use the index on record_id.
    sql = "SELECT seq FROM changes WHERE record_id = ? AND +workspace = ? ORDER BY version DESC LIMIT 1"
    row = await tx.fetch_one(sql, (record_id, workspace))
    return int(row[0] or 0) if row else 0


async def read_changes_of(
    tx: Transaction, workspace: int, record_id: str, *, since: int = 0, limit: int
) -> list[RecordChange]:
    """Reads the changes of a record from the version `since` on, in order; `limit` of them at most."""
    rows = await tx.fetch_all(
        f"SELECT {_HEAD}, changes.version, changes.fields FROM changes"
        " JOIN operations ON operations.workspace = changes.workspace AND operations.seq = changes.seq"
        f"{_PEOPLE} WHERE changes.record_id = ? AND changes.version >= ? AND operations.workspace = ?"
        " ORDER BY changes.version LIMIT ?",
        (record_id, since, workspace, limit),
    )
    return [RecordChange(read_head(row), record_id, int(row[-2] or 0), decode_fields(str(row[-1]))) for row in rows]


async def read_changes_between(
    tx: Transaction, workspace: int, prefixes: Sequence[str], after: int, until: int
) -> list[RecordChange]:
    """Reads the changes of the operations after the `seq` `after` up to `until`, in order, of records whose ids have
    one of the prefixes."""
    condition, parameters = with_prefixes(prefixes)
    rows = await tx.fetch_all(
        f"SELECT {_HEAD}, changes.record_id, changes.version, changes.fields FROM changes"
        " JOIN operations ON operations.workspace = changes.workspace AND operations.seq = changes.seq"
        f"{_PEOPLE} WHERE changes.workspace = ? AND changes.seq > ? AND changes.seq <= ? AND {condition}"
        " ORDER BY changes.seq, changes.record_id",
        (workspace, after, until, *parameters),
    )
    return [
        RecordChange(read_head(row), str(row[-3]), int(row[-2] or 0), decode_fields(str(row[-1]))) for row in rows
    ]


def with_prefixes(prefixes: Sequence[str]) -> tuple[str, list[SqlValue]]:
    """Returns a condition and its parameters: a change is of a record whose id has one of the prefixes. No index can
    serve the condition, so changes are found by their operations."""
    starts = [f"{prefix}_" for prefix in prefixes]
    terms = (f"substr(changes.record_id, 1, {len(start)}) = ?" for start in starts)
    return f"({' OR '.join(terms)})" if starts else "1 = 0", [*starts]


async def find_undoing(tx: Transaction, workspace: int, id_: str) -> str | None:
    """Returns the id of the operation that took this one back, None if there is none or it was taken back itself."""
    undoing: list[str] = []
    newest = await _newest_undoing(tx, workspace, id_)
    while newest is not None:
        undoing.append(newest)
        newest = await _newest_undoing(tx, workspace, newest)
    return undoing[0] if len(undoing) % 2 else None


async def _newest_undoing(tx: Transaction, workspace: int, id_: str) -> str | None:
    row = await tx.fetch_one(
        "SELECT id FROM operations WHERE workspace = ? AND undoes = ? ORDER BY seq DESC LIMIT 1", (workspace, id_)
    )
    return None if row is None else str(row[0])


async def list_operations(
    tx: Transaction, workspace: int, chosen: OperationFilter, limit: int
) -> tuple[list[OperationHead], int | None]:
    """Returns up to `limit` operations, newest first, and the `seq` before which the next ones are, None if there are
    no more. It looks through `MAX_SCANNED` operations at most, or those of the record, so there may be none here and
    some further on."""
    newest = (await read_range(tx, workspace)).newest
    end = min(newest + 1, chosen.before or newest + 1)
    start = chosen.after if chosen.record_id else max(chosen.after, end - 1 - MAX_SCANNED)
    where, parameters = _where(workspace, chosen, start, end)
    rows = await tx.fetch_all(
        f"SELECT {_HEAD} FROM operations{_PEOPLE} WHERE {where} ORDER BY operations.seq DESC LIMIT ?",
        (*parameters, limit + 1),
    )
    found = [read_head(row) for row in rows]
    if len(found) > limit:
        return found[:limit], found[limit - 1].seq
    return found, start + 1 if start > chosen.after else None


def _where(workspace: int, chosen: OperationFilter, start: int, end: int) -> tuple[str, list[SqlValue]]:
    terms = ["operations.workspace = ?", "operations.seq > ?", "operations.seq < ?"]
    parameters: list[SqlValue] = [workspace, start, end]
    if chosen.kinds:
        terms.append(f"operations.kind IN ({', '.join('?' * len(chosen.kinds))})")
        parameters += chosen.kinds
    if chosen.actor is not None:
        terms.append("(operations.user_id = ? OR operations.key_id = ?)")
        parameters += [chosen.actor, chosen.actor]
    if chosen.record_id is not None:
        terms.append("operations.seq IN (SELECT seq FROM changes WHERE record_id = ? AND +workspace = ?)")
        parameters += [chosen.record_id, workspace]
    for word in chosen.hidden:
        terms.append("operations.kind NOT LIKE ?")
        parameters.append(f"{word}.%")
    return " AND ".join(terms), parameters


def read_head(row: Row) -> OperationHead:
    """Reads an operation from the columns that `HEAD_COLUMNS` counts, which begin the row."""
    seq, id_, kind, at, request_id, undoes, job_id, size, user_id, first, last, key_id, key_name = row[:HEAD_COLUMNS]
    return OperationHead(
        seq=int(seq or 0),
        id=str(id_),
        kind=str(kind),
        at=int(at or 0),
        request_id=_text(request_id),
        undoes=_text(undoes),
        job_id=_text(job_id),
        size=None if size is None else int(size),
        user_id=str(user_id),
        user_name=full_name(first, last),
        key_id=_text(key_id),
        key_name=_text(key_name),
    )


def _text(value: SqlValue) -> str | None:
    return None if value is None else str(value)
