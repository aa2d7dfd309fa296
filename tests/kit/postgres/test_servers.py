"""Several servers in one address, servers that change their part, and PgBouncer."""

import asyncio
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from leadline.kit.db import DatabaseError, Unavailable
from leadline.kit.db.postgres import PostgresDatabase
from tests.kit.store import Store, fetch, note, open_notes
from tests.postgres import Cluster

SETTINGS = fetch(
    "SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout'))"
)
ENFORCED = "10s 5s 10s"


@pytest.fixture
def name(cluster: Cluster) -> Iterator[str]:
    with cluster.copy() as name:
        yield name


def several(cluster: Cluster, name: str, *hosts: str) -> str:
    """An address of hosts that are not there, and then the cluster."""
    return f"postgresql://leadline@{','.join([*hosts, quote(str(cluster.folder), safe='')])}/{name}"


def test_settings_hold_in_reads_and_writes(store: Store) -> None:
    assert store.read(SETTINGS) == ENFORCED
    assert store.write(SETTINGS) == ENFORCED


def test_behind_pgbouncer_they_hold_too_and_nothing_stays_prepared(
    cluster: Cluster, name: str, runner: asyncio.Runner
) -> None:
    store = Store(runner, PostgresDatabase(cluster.url(name) + "&pgbouncer=true", 4))
    with open_notes(store):
        assert store.write(note("one")) == 1
        assert store.read(SETTINGS) == ENFORCED
        assert store.write(SETTINGS) == ENFORCED
        assert store.read(fetch("SELECT count(*)::text FROM pg_prepared_statements")) == "0"


def test_the_first_server_that_is_there_is_taken(cluster: Cluster, name: str, runner: asyncio.Runner) -> None:
    store = Store(runner, PostgresDatabase(several(cluster, name, "127.0.0.1:1", "127.0.0.1:2"), 4))
    with open_notes(store):
        assert store.write(note("one")) == 1
        assert store.notes() == ["one"]


def test_a_server_that_takes_no_writes_is_passed_over(cluster: Cluster, name: str, runner: asyncio.Runner) -> None:
    cluster.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with pytest.raises(DatabaseError, match="read-write"):
        runner.run(PostgresDatabase(several(cluster, name, "127.0.0.1:1"), 4).open())


def test_a_server_that_takes_writes_again_is_written_to_at_once(store: Store, cluster: Cluster) -> None:
    name = store.read(fetch("SELECT current_database()::text"))
    cluster.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    cluster.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    for why in ("nothing was changed", "read-only"):  # the connection that ended, then a new one
        with pytest.raises(Unavailable, match=why):
            store.write(note("one"))
    cluster.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
    assert store.write(note("two")) == 1
    assert store.notes() == ["two"]


def test_while_the_server_is_away_all_are_told_so_and_then_all_is_well(store: Store, cluster: Cluster) -> None:
    cluster.stop("immediate")
    try:
        answers = store.write_together(*[note(f"note {number}") for number in range(300)])
        assert {type(answer) for answer in answers} == {Unavailable}
        with pytest.raises(Unavailable):
            store.notes()
    finally:
        cluster.start()
    assert store.write(note("after")) == 1
    assert store.notes() == ["after"]


@pytest.mark.parametrize("url", ["postgresql://leadline@/desk?pgbouncer=perhaps", "postgresql:leadline"])
def test_an_address_that_cannot_be_is_refused(runner: asyncio.Runner, url: str) -> None:
    with pytest.raises(DatabaseError, match="cannot be used"):
        runner.run(PostgresDatabase(url, 4).open())
