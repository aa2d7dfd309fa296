"""Migrations: what is missing is applied, all of it or nothing, and newer data are left alone."""

import asyncio
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from leadline import migrations
from leadline.kit.db import SchemaMismatch
from leadline.kit.db.migrate import Migration, load_migrations, migrate
from tests.kit.store import FileStore, fetch, opened, sql

ONE = Migration(1, "one", "CREATE TABLE first (a INTEGER) STRICT; INSERT INTO first (a) VALUES (1);")
TWO = Migration(2, "two", "CREATE TABLE second (b INTEGER) STRICT;")
BROKEN = Migration(3, "broken", "CREATE TABLE third (c INTEGER) STRICT; CREATE TABLE first (a INTEGER);")
TABLES = fetch("SELECT group_concat(name ORDER BY name) FROM sqlite_schema WHERE type = 'table'")

APPLY = """
import asyncio, sys
from pathlib import Path
from leadline import migrations
from leadline.kit.db.migrate import load_migrations, migrate
from leadline.kit.db.sqlite import SqliteDatabase

async def main():
    database = SqliteDatabase(Path(sys.argv[1]))
    await database.open()
    print(len(await migrate(database, load_migrations(migrations.__name__, "sqlite"))))
    await database.close()

asyncio.run(main())
"""


def run(store: FileStore, *known: Migration) -> list[Migration]:
    applied: list[Migration] = store.wait(migrate(store.database, list(known)))
    return applied


def test_all_are_applied_to_a_fresh_file_and_none_to_it_again(store: FileStore) -> None:
    assert run(store, ONE, TWO) == [ONE, TWO]
    assert run(store, ONE, TWO) == []
    assert store.read(TABLES) == "first,migrations,notes,second"


def test_only_what_is_missing_is_applied(store: FileStore) -> None:
    run(store, ONE)
    assert run(store, ONE, TWO) == [TWO]
    assert store.read(fetch("SELECT count(*) FROM first")) == 1


def test_one_that_breaks_undoes_those_before_it_too(store: FileStore) -> None:
    run(store, ONE)
    with pytest.raises(apsw.SQLError, match="first already exists"):
        run(store, ONE, TWO, BROKEN)
    assert store.read(TABLES) == "first,migrations,notes"
    assert run(store, ONE, TWO) == [TWO]


def test_data_of_a_newer_version_are_refused_and_left_alone(store: FileStore) -> None:
    run(store, ONE, TWO)
    with pytest.raises(SchemaMismatch, match=r"schema 2, .* knows 1; start the newer version"):
        run(store, ONE)
    assert store.read(TABLES) == "first,migrations,notes,second"


def test_data_that_had_another_migration_of_the_number_are_refused_and_left_alone(store: FileStore) -> None:
    run(store, ONE, Migration(2, "other", TWO.script.replace("second", "other")))
    with pytest.raises(SchemaMismatch, match=r"another migration 2 \(other, not two\): .* never released"):
        run(store, ONE, TWO, BROKEN)
    assert store.read(TABLES) == "first,migrations,notes,other"


def test_two_processes_at_once_apply_each_once(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    command = [sys.executable, "-c", APPLY, str(path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    answers = [process.communicate(timeout=30)[0] for process in processes]
    assert sorted(map(int, answers)) == [0, 0, len(load_migrations(migrations.__name__, "sqlite"))]


def test_leadlines_own_are_numbered_without_gaps(runner: asyncio.Runner, tmp_path: Path) -> None:
    own = load_migrations(migrations.__name__, "sqlite")
    assert [migration.number for migration in own] == list(range(1, len(own) + 1))
    with opened(runner, tmp_path / "own.db") as store:
        assert run(store, *own) == own
        assert store.read(fetch("PRAGMA integrity_check")) == "ok"


def test_one_for_a_single_engine_is_added_to_the_one_for_all() -> None:
    shared, sqlite, postgres = (
        load_migrations(migrations.__name__, engine)[0].script for engine in ("", "sqlite", "postgres")
    )
    assert sqlite.startswith(shared)
    assert postgres.startswith(shared)
    assert "fts5" not in shared + postgres
    assert "fts5" in sqlite
    assert "pg_trgm" in postgres


def test_users_and_keys_from_before_there_were_numbers_are_kept(runner: asyncio.Runner, tmp_path: Path) -> None:
    own = load_migrations(migrations.__name__, "sqlite")
    old = "INSERT INTO users VALUES ('usr_{0}', 1, {1}, 'Ada', NULL, 'admin', 1, 7)"
    with opened(runner, tmp_path / "own.db") as store:
        run(store, own[0])
        store.write(sql("INSERT INTO workspaces VALUES (1, 'ws_1', 'Acme', 4, 0, 0, 0)"))
        store.write(sql(old.format(1, "NULL")))
        store.write(sql(old.format(2, "'Ada@x.example'")))
        store.write(sql("INSERT INTO api_keys VALUES ('key_3', 1, 'Form', 'hash', 'ABCD', 7, 9)"))
        run(store, *own)
        users = "SELECT group_concat(id || no || ' ' || coalesce(email_key, '-') || updated_at) FROM users"
        assert store.read(fetch(users)) == "usr_1-1 -7,usr_20 ada@x.example7"
        keys = "SELECT no || ' ' || version || ' ' || search_key || ' ' || updated_at FROM keys"
        assert store.read(fetch(keys)) == "0 2 form 9"
