"""What was read before is answered only to one who would read the same."""

from collections.abc import Hashable
from dataclasses import dataclass, field

import apsw

from leadline.kit.db import Transaction
from leadline.kit.db.snapshot_cache import MAX_ENTRIES, SnapshotCache
from leadline.kit.db.sqlite.connection import SqliteTransaction
from tests.kit.store import FileStore, fetch, note

COUNT = fetch("SELECT count(*) FROM notes")


@dataclass
class Meddled:
    """A data version: while it is compared, another thread's transaction comes to the memo."""

    memo: SnapshotCache[str, str]
    other: SqliteTransaction
    is_mine: bool = True
    met: bool = field(default=False)

    def __eq__(self, other: object) -> bool:
        if not self.met:
            self.met = True
            self.memo.keep(self.other, "key", "newer")
        return self.is_mine

    def __hash__(self) -> int:
        return 0


def transaction(version: Hashable) -> SqliteTransaction:
    tx = SqliteTransaction(apsw.Connection(":memory:"))
    tx.data_version = version
    return tx


def test_it_answers_while_the_data_stay_the_same(store: FileStore) -> None:
    memo: SnapshotCache[str, int] = SnapshotCache()

    async def count(tx: Transaction) -> tuple[bool, int]:
        known = memo.find(tx, "count")
        if known is None:
            memo.keep(tx, "count", await COUNT(tx))
        return known is not None, memo.find(tx, "count") or 0

    assert store.read(count) == (False, 0)
    assert store.read(count) == (True, 0)
    store.write(note("one"))
    assert store.read(count) == (False, 1)
    assert store.read(count) == (True, 1)


def test_a_write_keeps_nothing_and_finds_nothing(store: FileStore) -> None:
    memo: SnapshotCache[str, int] = SnapshotCache()

    async def keep(tx: Transaction) -> int | None:
        memo.keep(tx, "count", 7)
        return memo.find(tx, "count")

    assert store.write(keep) is None
    assert store.read(keep) == 7
    assert store.write(keep) is None


def test_a_thread_is_never_answered_with_what_another_keeps_meanwhile() -> None:
    memo: SnapshotCache[str, str] = SnapshotCache()
    mine, newer = transaction(1), transaction(2)
    memo.keep(mine, "key", "mine")
    mine.data_version = Meddled(memo, newer)
    assert memo.find(mine, "key") == "mine"
    assert memo.find(newer, "key") == "newer"


def test_a_thread_never_keeps_among_what_another_keeps_meanwhile() -> None:
    memo: SnapshotCache[str, str] = SnapshotCache()
    mine, newer = transaction(1), transaction(2)
    memo.keep(mine, "key", "mine")
    mine.data_version = Meddled(memo, newer)
    memo.keep(mine, "key", "mine again")
    assert memo.find(newer, "key") == "newer"


def test_it_does_not_grow_without_end(store: FileStore) -> None:
    memo: SnapshotCache[int, int] = SnapshotCache()

    async def fill(tx: Transaction) -> int:
        for number in range(2 * MAX_ENTRIES + 1):
            memo.keep(tx, number, number)
        return sum(memo.find(tx, number) is not None for number in range(2 * MAX_ENTRIES + 1))

    assert 1 <= store.read(fill) <= MAX_ENTRIES
