"""The newest operations of a workspace as an index needs them: read once, and applied in either direction."""

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import groupby, islice
from typing import NamedTuple

from leadline import ids
from leadline.index.kind_index import KindIndex
from leadline.kit.db import SqlValue
from leadline.log.feed import Fields, HistoryDiverged, LoggedOperation, LogPosition, decode_fields
from leadline.records import store
from leadline.records.kind import Kind
from leadline.records.types import Value

MAX_OPERATIONS = 2_000
MAX_DELTAS = 5_000
"""Most record deltas that are kept, besides at most `MAX_OPERATIONS` operations. A reader whose snapshot is older is
answered without the index."""

Columns = Mapping[str, SqlValue]
Keys = Mapping[int, str]


class RecordDelta(NamedTuple):
    """A change of one record.

    before, after: its fields, as an index takes them; None if the record did not exist.
    key_before, key_after: its search key, which the log has only of records that are created or deleted.
    changes_search_key: True if the search key of an existing record changed. The new key must be looked up, because
        the log has only the fields that changed.
    """

    no: int
    before: Columns | None
    after: Columns | None
    key_before: str | None = None
    key_after: str | None = None
    changes_search_key: bool = False

    @property
    def is_searched(self) -> bool:
        """True if a search may find the record before and not after, or after and not before."""
        return self.changes_search_key or self.before is None or self.after is None

    def reverse_delta(self) -> "RecordDelta":
        return RecordDelta(self.no, self.after, self.before, self.key_after, self.key_before, self.changes_search_key)

    def apply_to(self, index: KindIndex, keys: Keys) -> None:
        """Applies the change to the index. `keys` must have the record's search key if `changes_search_key`."""
        key = keys[self.no] if self.changes_search_key else self.key_after
        index.change_record(self.no, self.before, self.after, key)


def apply_deltas(index: KindIndex, deltas: Iterable[RecordDelta], keys: Keys) -> None:
    """Applies changes to the index, one after the other; new records that follow each other, all at once. `keys` is
    as for `RecordDelta.apply_to`."""
    for is_new, each in groupby(deltas, lambda delta: delta.before is None):
        run = list(each)
        if is_new and len(run) > 1:
            index.add_records(
                [delta.no for delta in run],
                [delta.after or {} for delta in run],
                [delta.key_after or "" for delta in run],
            )
            continue
        for delta in run:
            delta.apply_to(index, keys)


class OperationDelta(NamedTuple):
    """The changes that one operation made to the records of one kind."""

    position: LogPosition
    deltas: tuple[RecordDelta, ...]


def operation_delta(kind: Kind, operations: LoggedOperation) -> OperationDelta:
    return OperationDelta(operations.position, tuple(record_delta(kind, change) for change in operations.changes))


def record_delta(kind: Kind, change: tuple[str, str]) -> RecordDelta:
    """Reads a change of the log, which is a record's id and its encoded fields."""
    id_, fields = change
    return _record_delta(kind, id_, decode_fields(fields))


def _record_delta(kind: Kind, id_: str, fields: Fields) -> RecordDelta:
    before, after = ({name: pair[side] for name, pair in fields.items()} for side in (0, 1))
    no = ids.number_of(id_)
    if fields.get("id", ("", ""))[0] is None:
        return RecordDelta(no, None, _column_values(kind, after), key_after=store.search_key(kind, after))
    if fields.get("id", ("", ""))[1] is None:
        return RecordDelta(no, _column_values(kind, before), None, key_before=store.search_key(kind, before))
    changes_search_key = any(name in fields for part in kind.search for name in part)
    return RecordDelta(
        no, _column_values(kind, before), _column_values(kind, after), changes_search_key=changes_search_key
    )


def _column_values(kind: Kind, values: Mapping[str, Value]) -> Columns:
    """Returns the values as an index takes them. Of an unbounded text it only knows whether there is one."""
    columns = store.columns_of(kind, values)
    return {
        name: "…" if name in kind.unbounded_fields and value is not None else value for name, value in columns.items()
    }


class RecentOperations:
    """The newest operations without a gap; the oldest are dropped where they become too many.

    `start` is the log position before the first of them.
    """

    def __init__(self, start: LogPosition) -> None:
        self._start = start
        self._operations: deque[OperationDelta] = deque()
        self._edits = 0

    @property
    def end_position(self) -> LogPosition:
        return self._operations[-1].position if self._operations else self._start

    def append_operations(self, steps: Iterable[OperationDelta]) -> None:
        """Appends those of the steps that come after its end, to which they must leave no gap."""
        end = self.end_position.seq
        for one in steps:
            if one.position.seq <= end:
                continue
            self._operations.append(one)
            self._edits += len(one.deltas)
        while len(self._operations) > MAX_OPERATIONS or self._edits > MAX_DELTAS:
            self._start = self._operations[0].position
            self._edits -= len(self._operations.popleft().deltas)

    def has_position(self, position: LogPosition) -> bool:
        """Returns True if the position is in reach. Raises `HistoryDiverged` if its number is another operation's."""
        at = position.seq - self._start.seq
        if not 0 <= at <= len(self._operations):
            return False
        if position != (self._operations[at - 1].position if at else self._start):
            raise HistoryDiverged
        return True

    def deltas_between(self, start: LogPosition, end: LogPosition) -> list[RecordDelta]:
        """Returns the deltas that lead from one position to another, forwards or back. Both must be in reach."""
        if start == end:
            return []
        first, last = sorted((start.seq - self._start.seq, end.seq - self._start.seq))
        steps = list(islice(self._operations, first, last))
        if start.seq < end.seq:
            return [delta for one in steps for delta in one.deltas]
        return [delta.reverse_delta() for one in reversed(steps) for delta in reversed(one.deltas)]
