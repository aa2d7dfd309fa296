"""What units of a group leave for later: sent together, and nobody can tell."""

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kit.db import ConstraintViolation, CounterRow, Transaction, Work
from leadline.kit.db.postgres import PostgresDatabase
from tests.cast import OnPostgres
from tests.kit.store import FileStore, Store, note, open_notes, opened, opened_on, sql

SCHEMA = """
CREATE TABLE shelves (name TEXT PRIMARY KEY, books INTEGER NOT NULL, CHECK (books < 100));
CREATE TABLE books (title TEXT PRIMARY KEY, shelf TEXT NOT NULL REFERENCES shelves (name));
"""
SHELF = "INSERT INTO shelves (name, books) VALUES (?, ?)"
BOOK = "INSERT INTO books (title, shelf) VALUES (?, ?)"
BOOKS = CounterRow(
    find="SELECT books FROM shelves WHERE name = ?", save="UPDATE shelves SET books = ? WHERE name = ?"
)


async def make(tx: Transaction) -> None:
    await tx.run_script(SCHEMA)


@pytest.fixture(params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opening: Any = opened(runner, tmp_path / "library.db")
    else:
        opening = opened_on(request.getfixturevalue("on_postgres").cluster, runner)
    with opening as store:
        store.write(make)
        yield store


def shelf(name: str) -> Work[None]:
    return lambda tx: tx.defer_insert(SHELF, (name, 0))


def one_more(on: str) -> Work[int]:
    """Answers how many books the shelf has then."""

    async def work(tx: Transaction) -> int:
        row = await tx.lock_row(BOOKS, on)
        assert row is not None, f"no shelf {on}"
        books = int(row[0] or 0) + 1
        await tx.save_row(BOOKS, on, (books,))
        return books

    return work


def book(title: str, on: str) -> Work[int]:
    async def work(tx: Transaction) -> int:
        books = await one_more(on)(tx)
        await tx.defer_insert(BOOK, (title, on))
        return books

    return work


def ask(question: str) -> Work[list[Any]]:
    return lambda tx: tx.fetch_all(question)


COUNT = ask("SELECT count(*) FROM books")
ALL = ask("SELECT title, shelf FROM books ORDER BY title")
COUNTED = ask("SELECT name, books FROM shelves ORDER BY name")


def in_turn(*works: Work[Any]) -> Work[None]:
    async def work(tx: Transaction) -> None:
        for one in works:
            await one(tx)

    return work


def test_a_group_sees_what_its_units_left_for_later(library: Store) -> None:
    one, two, three = (book(title, "a") for title in ("one", "two", "three"))
    answers = library.write_together(shelf("a"), one, two, COUNT, three, COUNTED)
    assert answers == [None, 1, 2, [(2,)], 3, [("a", 3)]]
    assert library.read(ALL) == [("one", "a"), ("three", "a"), ("two", "a")]
    assert library.read(COUNTED) == [("a", 3)]


def test_a_row_comes_after_the_one_that_it_refers_to(library: Store) -> None:
    library.write(shelf("a"))
    new = in_turn(shelf("b"), book_on_new("three", "b"))
    assert library.write_together(book("one", "a"), new, book("two", "a")) == [1, None, 2]
    assert library.read(ALL) == [("one", "a"), ("three", "b"), ("two", "a")]


def book_on_new(title: str, on: str) -> Work[None]:
    return lambda tx: tx.defer_insert(BOOK, (title, on))


def test_a_statement_comes_after_what_its_unit_left(library: Store) -> None:
    """Though it does not name the table: the foreign key does."""
    library.write(in_turn(shelf("a"), book("one", "a")))
    move = in_turn(shelf("b"), sql("UPDATE books SET shelf = 'b'"))
    assert library.write_together(note("before"), move) == [1, None]
    assert library.read(ALL) == [("one", "b")]


def test_what_breaks_a_constraint_is_refused_to_whoever_wrote_it(library: Store) -> None:
    library.write(in_turn(shelf("a"), book("taken", "a")))
    answers = library.write_together(book("one", "a"), book("taken", "a"), book("two", "a"))
    assert isinstance(answers[1], ConstraintViolation)
    assert (answers[0], answers[2]) == (2, 3)  # of the shelf, which has no gap
    assert library.read(COUNTED) == [("a", 3)]


def test_so_is_what_breaks_one_in_a_cell(library: Store) -> None:
    library.write(lambda tx: tx.defer_insert(SHELF, ("a", 98)))
    answers = library.write_together(book("one", "a"), book("two", "a"), COUNT)
    assert isinstance(answers[1], ConstraintViolation)
    assert (answers[0], answers[2]) == (99, [(1,)])
    assert library.read(COUNTED) == [("a", 99)]


def test_one_that_raises_takes_along_what_it_left(library: Store) -> None:
    async def fail(tx: Transaction) -> None:
        await book("lost", "a")(tx)
        raise LookupError

    library.write(shelf("a"))
    answers = library.write_together(book("one", "a"), fail, book("two", "a"))
    assert [type(answer) for answer in answers] == [int, LookupError, int]
    assert library.read(COUNTED) == [("a", 2)]


@pytest.mark.parametrize("library", ["sqlite"], indirect=True)
def test_a_row_that_many_put_is_saved_once(library: Store) -> None:
    saves = "CREATE TRIGGER saved AFTER UPDATE ON shelves BEGIN INSERT INTO notes (text) VALUES (new.books); END"
    library.write(in_turn(shelf("a"), lambda tx: tx.run_script(saves)))
    answers = library.write_together(*[book(f"book {number}", "a") for number in range(10)])
    assert answers == list(range(1, 11))
    assert library.notes() == ["10"]


@pytest.mark.parametrize("library", ["postgres"], indirect=True)
def test_what_one_unit_leaves_costs_the_others_nothing(library: Store) -> None:
    """However many share a group: their rows are commands that follow each other, with nothing between."""
    library.write(shelf("a"))
    library.write_together(*[in_turn(one_more("a"), shelf(f"b{number}")) for number in range(30)])
    spread = "SELECT max(cmin::text::int) - min(cmin::text::int) FROM shelves WHERE name LIKE 'b%'"
    assert library.read(ask(spread)) == [(29,)]
    assert library.read(COUNTED)[0] == ("a", 30)


def test_a_cell_is_read_anew_after_a_statement_that_may_have_changed_it(library: Store) -> None:
    """Within a unit, and in the next group."""
    library.write(shelf("a"))
    fifty = sql("UPDATE shelves SET books = 50 WHERE name = ?", "a")
    assert library.write(in_turn_answering(one_more("a"), fifty, one_more("a")))[::2] == [1, 51]
    library.write(fifty)
    assert library.write(one_more("a")) == 51


def test_what_was_put_by_one_that_is_gone_is_not_saved(library: Store) -> None:
    """Neither by the next of its group, nor by the next group."""

    async def fail(tx: Transaction) -> None:
        await one_more("a")(tx)
        raise LookupError

    library.write(shelf("a"))
    answers = library.write_together(fail, COUNTED)
    assert isinstance(answers[0], LookupError)
    assert answers[1] == [("a", 0)]
    assert library.write_together(COUNTED) == [[("a", 0)]]


def test_a_refused_unit_that_saw_what_others_put_does_not_undo_it(library: Store) -> None:
    """Not even to write it again: whoever is refused costs the others nothing."""
    seen = []

    async def refused(tx: Transaction) -> None:
        seen.append(await COUNTED(tx))
        raise LookupError

    library.write(shelf("a"))
    answers = library.write_together(book("one", "a"), refused, book("two", "a"))
    assert (answers[0], type(answers[1]), answers[2]) == (1, LookupError, 2)
    assert seen == [[("a", 1)]]
    assert library.read(COUNTED) == [("a", 2)]


def test_two_processes_count_on(cluster_url: str, runner: asyncio.Runner) -> None:
    """In different lanes, which no lock of the lane keeps apart."""

    async def play() -> list[Any]:
        desks = [PostgresDatabase(cluster_url, 4) for _ in range(2)]
        for desk in desks:
            await desk.open()
        await desks[0].write(make)
        await desks[0].write(shelf("a"))
        books = [desks[n % 2].write(book(f"book {n:02}", "a"), partition=n % 3) for n in range(60)]
        answers = await asyncio.gather(*books)
        for desk in desks:
            await desk.close()
        return answers

    assert sorted(runner.run(play())) == list(range(1, 61))


@pytest.fixture
def cluster_url(on_postgres: OnPostgres) -> Iterator[str]:
    with on_postgres.cluster.copy() as name:
        yield on_postgres.cluster.url(name)


SHELVES = st.sampled_from("ab")
TITLES = st.sampled_from([f"book {number}" for number in range(6)])
UNITS = st.lists(
    st.one_of(
        st.builds(shelf, SHELVES),
        st.builds(book, TITLES, SHELVES),
        st.builds(book_on_new, TITLES, SHELVES),
        st.just(COUNT),
        st.just(COUNTED),
        st.builds(partial(sql, "DELETE FROM books WHERE title = ?"), TITLES),
        st.builds(one_more, SHELVES),
        st.builds(partial(sql, "UPDATE shelves SET books = books + 5 WHERE name = ?"), SHELVES),
        st.builds(partial(sql, "UPDATE books SET shelf = ? WHERE shelf = ?"), SHELVES, SHELVES),
    ),
    max_size=5,
)


def test_groups_do_what_their_units_do_one_by_one(library: Store, runner: asyncio.Runner, tmp_path: Path) -> None:
    """Any units, together on PostgreSQL and each by itself on SQLite: the same answers, refusals and rows."""
    alone = FileStore(runner, tmp_path / "alone.db")

    @settings(max_examples=40, deadline=None)
    @given(st.lists(UNITS, min_size=1, max_size=6))
    def play(units: list[list[Work[Any]]]) -> None:
        works = [in_turn_answering(*unit) for unit in units]
        for one in (library, alone):
            one.write(in_turn(sql("DELETE FROM books"), sql("DELETE FROM shelves")))
        apart = [alone.write_together(work)[0] for work in works]
        together = library.write_together(*works)
        assert list(map(told, together)) == list(map(told, apart))
        assert library.read(ALL) == alone.read(ALL)
        assert library.read(COUNTED) == alone.read(COUNTED)

    with open_notes(alone):
        alone.write(make)
        play()


def in_turn_answering(*works: Work[Any]) -> Work[list[Any]]:
    async def work(tx: Transaction) -> list[Any]:
        return [await one(tx) for one in works]

    return work


def told(answer: object) -> object:
    """An answer as both databases give it: of an error, that it is one."""
    return Exception if isinstance(answer, Exception) else answer
