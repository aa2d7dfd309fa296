"""Work that is rehearsed is answered like a write, and leaves nothing behind."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline.kit.db import ConstraintViolation, Transaction
from tests.kit.store import Store, note, opened, opened_on, sql


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opening: Any = opened(runner, tmp_path / "notes.db")
    else:
        opening = opened_on(request.getfixturevalue("on_postgres").cluster, runner)
    with opening as store:
        yield store


async def count_after_note(tx: Transaction) -> int:
    await note("rehearsed")(tx)
    row = await tx.fetch_one("SELECT count(*) FROM notes")
    return int(row[0] or 0) if row else 0


def test_its_result_is_told_and_nothing_is_kept(store: Store) -> None:
    store.write(note("kept"))
    assert store.wait(store.database.rehearse(count_after_note)) == 2
    assert store.notes() == ["kept"]
    assert store.write(count_after_note) == 2


def test_an_error_of_its_own_is_told(store: Store) -> None:
    async def fail(tx: Transaction) -> None:
        await note("rehearsed")(tx)
        raise LookupError

    with pytest.raises(LookupError):
        store.wait(store.database.rehearse(fail))
    assert store.notes() == []


def test_a_constraint_is_told(store: Store) -> None:
    store.write(sql("CREATE TABLE names (name TEXT PRIMARY KEY)"))
    store.write(sql("INSERT INTO names (name) VALUES (?)", "lee"))
    with pytest.raises(ConstraintViolation):
        store.wait(store.database.rehearse(sql("INSERT INTO names (name) VALUES (?)", "lee")))


def test_writes_beside_it_are_written_once(store: Store) -> None:
    runs: list[int] = []

    def write(number: int) -> Any:
        async def work(tx: Transaction) -> None:
            runs.append(number)
            await note(f"{number}")(tx)

        return work

    async def both() -> list[Any]:
        database = store.database
        asked = [
            database.rehearse(count_after_note) if number % 3 == 0 else database.write(write(number))
            for number in range(12)
        ]
        return await asyncio.gather(*asked)

    store.wait(both())
    assert sorted(runs) == [number for number in range(12) if number % 3]
    assert sorted(store.notes(), key=int) == [str(number) for number in range(12) if number % 3]


def test_listeners_are_told_of_commits_alone(store: Store) -> None:
    told: list[int] = []

    def listen(partition: int) -> None:
        told.append(partition)
        raise LookupError

    store.database.subscribe(listen)
    store.wait(store.database.rehearse(count_after_note, 3))
    assert told == []

    async def write_both() -> None:
        await store.database.write(note("one"), 3)
        await store.database.write(note("two"), 4)

    store.wait(write_both())
    assert told == [3, 4]
    assert store.notes() == ["one", "two"]

    async def fail(tx: Transaction) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        store.write(fail)
    assert told == [3, 4]
