"""The change feed: the operations of a workspace after a cursor, in order and without gaps, page by page.

A page ends at a position up to which every operation was considered. That position, not the operations on the page,
is the proof that none was missed: operations without a change that the reader may see are left out.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from leadline import ids
from leadline.errors import Conflict, LogTrimmed
from leadline.kit.db import BEING_MOVED, Row, Transaction, Unavailable
from leadline.log import read_range
from leadline.log.feed import LogPosition, has_position
from leadline.log.history import MAX_PAGE_BYTES
from leadline.log.operations import PREFIX, OperationHead, RecordChange, read_changes_between, with_prefixes

MAX_SCANNED_OPERATIONS = 10_000
"""Most operations that one page considers."""
MAX_PAGE_CHANGES = 5_000
"""Most changes on a page of more than one operation."""
CURSOR_PATTERN = rf"([0-9]{{1,15}})(?:\.({PREFIX}_{ids.ULID_PATTERN}))?"
_CURSOR = re.compile(CURSOR_PATTERN, re.ASCII)


class FeedCursor(NamedTuple):
    """The place from which a reader goes on: it knows all operations up to `seq`. `operation` is the id of the last
    of them, None if the reader does not say it."""

    seq: int
    operation: str | None = None


class FeedFilter(NamedTuple):
    """The changes that a reader sees: those of records whose ids have one of the `prefixes`. With `fields`, those of
    records that were created or deleted, or whose change is of one of these fields."""

    prefixes: Sequence[str]
    fields: Collection[str] | None = None

    def lets_through(self, change: RecordChange) -> bool:
        return self.fields is None or change.action != "updated" or any(name in self.fields for name in change.fields)


class FeedPage(NamedTuple):
    """The changes of one page. All operations up to `through` were considered, of a log that ended with the operation
    `newest`."""

    changes: Sequence[RecordChange]
    through: LogPosition
    newest: int

    @property
    def is_newest(self) -> bool:
        return self.through.seq == self.newest

    @property
    def cursor(self) -> FeedCursor:
        """The cursor of the next page."""
        return FeedCursor(self.through.seq, self.through.operation or None)

    @property
    def is_quiet(self) -> bool:
        """True if the reader is up to date and the page tells it nothing new."""
        return self.is_newest and not self.changes

    def operations(self) -> Iterator[tuple[OperationHead, list[RecordChange]]]:
        """Yields each operation with its changes, in order."""
        for _, own in groupby(self.changes, lambda change: change.operation.seq):
            changes = list(own)
            yield changes[0].operation, changes


def parse_cursor(text: str) -> FeedCursor | None:
    """Returns the cursor that a text is: the `seq` of an operation, with or without its id. None if it is none."""
    match = _CURSOR.fullmatch(text)
    return match and FeedCursor(int(match[1]), match[2])


def show_cursor(position: LogPosition) -> str:
    return f"{position.seq}.{position.operation}" if position.operation else str(position.seq)


async def read_page(
    tx: Transaction, workspace: int, after: FeedCursor | None, chosen: FeedFilter, limit: int
) -> FeedPage:
    """Reads up to `limit` operations after the cursor, from the beginning of the log without one. A page has fewer if
    they are large, but one operation always fits, however large it is.

    Raises:
        Conflict: the log does not contain the cursor, because the data were restored to an earlier state.
        LogTrimmed: the log has lost the changes of operations after the cursor.
        Unavailable: the workspace is being moved.
    """
    oldest, newest = await read_range(tx, workspace)
    start = oldest - 1 if after is None else after.seq
    if after is not None:
        await _require_cursor(tx, workspace, after, newest)
    if start < oldest - 1:
        begin = show_cursor(await _position_at(tx, workspace, oldest - 1))
        detail = f"The log has lost the changes that follow; it begins after {begin}. Read all records anew first."
        raise LogTrimmed(detail, facts={"after": begin})
    until = await _find_end(tx, workspace, chosen.prefixes, start, newest, limit)
    changes = await read_changes_between(tx, workspace, chosen.prefixes, start, until) if until > start else []
    visible = [change for change in changes if chosen.lets_through(change)]
    return FeedPage(visible, await _position_at(tx, workspace, until), newest)


async def _require_cursor(tx: Transaction, workspace: int, after: FeedCursor, newest: int) -> None:
    is_known = after.seq <= newest
    if is_known and after.operation is not None:
        is_known = await has_position(tx, workspace, LogPosition(after.seq, after.operation))
    if not is_known:
        detail = "The data were restored to an earlier state, whose log has no such cursor. Read all records anew."
        raise Conflict(detail, code="other_history")


async def _find_end(
    tx: Transaction, workspace: int, prefixes: Sequence[str], start: int, newest: int, limit: int
) -> int:
    """Returns the `seq` of the last operation that a page considers."""
    if not prefixes:
        return newest
    end = min(newest, start + MAX_SCANNED_OPERATIONS)
    condition, parameters = with_prefixes(prefixes)
    rows = await tx.fetch_immutable(
        "SELECT changes.seq, octet_length(changes.fields) FROM changes WHERE changes.workspace = ?"
        f" AND changes.seq > ? AND changes.seq <= ? AND {condition} ORDER BY changes.seq LIMIT ?",
        (workspace, start, end, *parameters, MAX_PAGE_CHANGES + 1),
    )
    return _last_fitting(rows, limit) or end


def _last_fitting(rows: Sequence[Row], limit: int) -> int | None:
    """Returns the last operation that fits on a page with those before, None if all do. `rows` have the `seq` and the
    bytes of each change, and more than `MAX_PAGE_CHANGES` rows if there are too many changes."""
    last: int | None = None
    operations = changes = size = 0
    for seq, own in groupby(rows, lambda row: int(row[0] or 0)):
        sizes = [int(bytes_ or 0) for _, bytes_ in own]
        operations, changes, size = operations + 1, changes + len(sizes), size + sum(sizes)
        if operations > limit or changes > MAX_PAGE_CHANGES or size > MAX_PAGE_BYTES:
            return seq if last is None else last
        last = seq
    return None


async def _position_at(tx: Transaction, workspace: int, seq: int) -> LogPosition:
    if not seq:
        return LogPosition(0, "")
    row = await tx.fetch_one("SELECT id FROM operations WHERE workspace = ? AND seq = ?", (workspace, seq))
    if row is None:
        raise Unavailable(BEING_MOVED)
    return LogPosition(seq, str(row[0]))
