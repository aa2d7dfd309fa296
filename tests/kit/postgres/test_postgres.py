"""What a PostgreSQL server must be like, and what its own functions must answer."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.kit.db import DatabaseError, SchemaMismatch, Transaction, Work
from leadline.kit.db.migrate import refuse_foreign
from leadline.kit.db.postgres import PostgresDatabase
from leadline.kit.text import fold_case
from tests.kit.store import Store, fetch, sql
from tests.postgres import Cluster

TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=50, max_size=200
)


FOLDED = "SELECT leadline_fold(text) FROM unnest(?::text[]) WITH ORDINALITY AS t (text, place) ORDER BY place"


def folded(texts: list[str]) -> Work[list[object]]:
    async def work(tx: Transaction) -> list[object]:
        return [text for (text,) in await tx.fetch_all(FOLDED, [texts])]  # type: ignore[list-item]

    return work


def test_text_is_folded_as_everywhere_else(store: Store) -> None:
    @settings(max_examples=30, deadline=None)
    @given(TEXTS)
    def compare(texts: list[str]) -> None:
        assert store.read(folded(texts)) == [fold_case(text) for text in texts]

    compare()


def test_every_letter_is_folded_as_everywhere_else(store: Store) -> None:
    letters = [chr(code) for code in range(1, 0x20000) if chr(code).casefold() != chr(code)]
    assert store.read(folded(letters)) == [fold_case(letter) for letter in letters]


def test_text_is_ordered_by_code_point(store: Store) -> None:
    for text in ("b", "B", "a", "É", "_"):
        store.write(sql("INSERT INTO notes (text) VALUES (?)", text))

    async def ordered(tx: Transaction) -> list[object]:
        return [text for (text,) in await tx.fetch_all("SELECT text FROM notes ORDER BY text")]

    assert store.read(ordered) == ["B", "_", "a", "b", "É"]


def test_a_server_without_fsync_is_refused(cluster: Cluster, runner: asyncio.Runner) -> None:
    cluster.sql("ALTER SYSTEM SET fsync = off")
    cluster.sql("SELECT pg_reload_conf()")
    try:
        with cluster.copy() as name, pytest.raises(DatabaseError, match="fsync is off"):
            runner.run(PostgresDatabase(cluster.url(name), 4).open())
    finally:
        cluster.sql("ALTER SYSTEM RESET fsync")
        cluster.sql("SELECT pg_reload_conf()")


def test_another_encoding_is_refused(cluster: Cluster, runner: asyncio.Runner) -> None:
    cluster.sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(DatabaseError, match="encoding must be UTF8"):
            runner.run(PostgresDatabase(cluster.url("latin"), 4).open())
    finally:
        cluster.sql("DROP DATABASE latin WITH (FORCE)")


def test_a_role_that_may_make_nothing_is_refused(cluster: Cluster, store: Store, runner: asyncio.Runner) -> None:
    name = store.read(fetch("SELECT current_database()::text"))
    cluster.sql("CREATE ROLE guest LOGIN")
    try:
        with pytest.raises(DatabaseError, match="may not make tables in the database; let it own that"):
            runner.run(PostgresDatabase(cluster.url(name).replace("leadline@", "guest@"), 4).open())
    finally:
        cluster.sql("DROP ROLE guest")


def test_the_data_of_something_else_are_refused(store: Store) -> None:
    with pytest.raises(SchemaMismatch, match=r"something else than Leadline's data \(tables notes\); name another"):
        store.wait(refuse_foreign(store.database))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://leadline:se@127.0.0.1:1/desk", r"cannot be reached at 127\.0\.0\.1:1 \("),
        (
            "postgresql://leadline:a@b@127.0.0.1:1/desk",
            r"cannot be used \(must be postgresql://user:password@host/name",
        ),
        ("postgresql://leadline@/desk?sslmode=perhaps", r"cannot be used \("),
        ("postgresql://leadline@/desk?pgbouncer=perhaps", r"cannot be used \("),
    ],
)
def test_an_address_that_leads_nowhere_is_said_so(runner: asyncio.Runner, url: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why):
        runner.run(PostgresDatabase(url, 4).open())


def test_a_database_that_is_not_there_is_said_so(cluster: Cluster, runner: asyncio.Runner) -> None:
    with pytest.raises(DatabaseError, match='database "nowhere" does not exist'):
        runner.run(PostgresDatabase(cluster.url("nowhere"), 4).open())
