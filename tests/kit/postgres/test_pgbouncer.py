"""The store behind a real PgBouncer in transaction mode, where the machine has one."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from leadline.kit.db import Transaction
from leadline.kit.db.postgres import PostgresDatabase
from tests.kit.store import Store, fetch, note, open_notes, sql
from tests.postgres import Cluster

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
CONFIGURATION = """
[databases]
* = host={folder}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = 6432
auth_type = trust
auth_file = {folder}/userlist.txt
pool_mode = transaction
default_pool_size = 2
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed")


@pytest.fixture
def pooled(cluster: Cluster, runner: asyncio.Runner) -> Iterator[Store]:
    with cluster.copy() as name, pgbouncer(cluster):
        url = f"{cluster.url(name)}&port=6432&pgbouncer=true"
        store = Store(runner, PostgresDatabase(url, 8))
        with open_notes(store):
            yield store


@contextmanager
def pgbouncer(cluster: Cluster) -> Iterator[None]:
    (cluster.folder / "userlist.txt").write_text('"leadline" ""\n', "utf-8")
    file = cluster.folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(folder=cluster.folder), "utf-8")
    with subprocess.Popen([str(PROGRAM), "--quiet", str(file)], stderr=subprocess.DEVNULL, **cluster.user) as process:
        try:
            while not (cluster.folder / ".s.PGSQL.6432").exists():
                assert process.poll() is None, "PgBouncer did not start"
                time.sleep(0.01)
            yield
        finally:
            process.terminate()


def test_reads_and_writes_share_its_connections(pooled: Store) -> None:
    async def work() -> list[Any]:
        writes = [pooled.database.write(note(f"note {number}"), number % 5) for number in range(40)]
        reads = [pooled.database.read(fetch("SELECT count(*)::text FROM notes")) for _ in range(40)]
        return await asyncio.gather(*writes, *reads)

    assert pooled.wait(work())[:40] == [1] * 40
    assert len(pooled.notes()) == 40


def test_settings_hold_in_each_transaction_and_end_with_it(pooled: Store) -> None:
    setting = fetch("SELECT current_setting('statement_timeout')")
    assert {pooled.read(setting), pooled.write(setting)} == {"10s"}
    outside = fetch("SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'")
    assert pooled.read(outside) == "0"


def test_what_is_familiar_is_told_as_it_is_now(pooled: Store) -> None:
    async def familiar(tx: Transaction) -> object:
        return await tx.fetch_cached("SELECT text FROM notes")

    for number in range(3):
        pooled.write(sql("DELETE FROM notes"))
        pooled.write(note(f"note {number}"))
        assert [pooled.read(familiar) for _ in range(3)] == [(f"note {number}",)] * 3


def test_nothing_stays_prepared(pooled: Store) -> None:
    for number in range(10):
        pooled.write(note(f"note {number}"))
    assert pooled.read(fetch("SELECT count(*)::text FROM pg_prepared_statements")) == "0"
