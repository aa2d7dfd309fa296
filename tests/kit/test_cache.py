"""What was read before is answered only to one who would read the same."""

from leadline.kit.cache import BoundedCache
from leadline.kit.db import Transaction
from tests.kit.store import FileStore, fetch, note

COUNT = fetch("SELECT count(*) FROM notes")


def test_it_answers_while_the_data_stay_the_same(store: FileStore) -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)

    async def count(tx: Transaction) -> tuple[bool, int]:
        known = cache.find("count", tx.data_version)
        if known is None:
            cache.keep("count", await COUNT(tx), tx.data_version)
        return known is not None, cache.find("count", tx.data_version) or 0

    assert store.read(count) == (False, 0)
    assert store.read(count) == (True, 0)
    store.write(note("one"))
    assert store.read(count) == (False, 1)
    assert store.read(count) == (True, 1)


def test_a_write_keeps_nothing_and_finds_nothing(store: FileStore) -> None:
    cache: BoundedCache[str, int] = BoundedCache(10)

    async def keep(tx: Transaction) -> int | None:
        cache.keep("count", 7, tx.data_version)
        return cache.find("count", tx.data_version)

    assert store.write(keep) is None
    assert store.read(keep) == 7
    assert store.write(keep) is None


def test_an_older_version_is_answered_with_no_newer_value() -> None:
    cache: BoundedCache[str, str] = BoundedCache(10)
    cache.keep("key", "older", 1)
    cache.keep("key", "newer", 2)
    assert cache.find("key", 1) is None
    assert cache.find("key", 2) == "newer"


def test_without_a_version_a_value_stays_until_it_is_forgotten() -> None:
    cache: BoundedCache[str, str] = BoundedCache(10)
    cache.keep("key", "value")
    cache.forget("another")
    assert cache.find("key") == "value"
    cache.forget("key")
    assert cache.find("key") is None
    cache.keep("key", "value")
    cache.clear()
    assert cache.find("key") is None


def test_it_does_not_grow_without_end() -> None:
    cache: BoundedCache[int, int] = BoundedCache(10)
    for number in range(25):
        cache.keep(number, number)
    assert 1 <= sum(cache.find(number) is not None for number in range(25)) <= 10
    assert cache.find(24) == 24
