"""Both engines tell the same of the same tables."""

from dataclasses import fields
from pathlib import Path

import pytest

from leadline.kit.db.introspection import ForeignKey, Table, read_tables
from tests.cast import Desk, OnPostgres, OnSqlite, desk_on


def catalogue(desk: Desk) -> list[Table]:
    found: list[Table] = desk.run(desk.app.database.read(read_tables))
    return found


def test_both_engines_tell_the_same(on_sqlite: OnSqlite, on_postgres: OnPostgres, tmp_path: Path) -> None:
    with desk_on(on_sqlite, tmp_path / "file") as one, desk_on(on_postgres, tmp_path / "server") as other:
        assert catalogue(one) == catalogue(other)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("ALTER TABLE leads ADD COLUMN extra TEXT NOT NULL DEFAULT ''", {"columns"}),
        ("ALTER TABLE leads ADD COLUMN extra TEXT", {"columns", "nullable"}),
        ("ALTER TABLE leads ADD COLUMN extra TEXT REFERENCES accounts (id)", {"columns", "nullable", "references"}),
        ("CREATE UNIQUE INDEX extra ON leads (workspace, email, phone)", {"keys"}),
    ],
)
def test_what_only_one_engine_had_would_be_told(desk: Desk, change: str, told: set[str]) -> None:
    before = {table.name: table for table in catalogue(desk)}
    desk.run(desk.app.database.write(lambda tx: tx.run_script(change)))
    now = {table.name: table for table in catalogue(desk)}
    assert {name for name in now if now[name] != before[name]} == {"leads"}
    assert {part.name for part in fields(Table) if _differs(part.name, before["leads"], now["leads"])} == told


def _differs(part: str, one: Table, other: Table) -> bool:
    return bool(getattr(one, part) != getattr(other, part))


@pytest.mark.at_the_shared_desk
def test_a_table_comes_after_those_it_refers_to(desk: Desk) -> None:
    names = [table.name for table in catalogue(desk)]
    assert len(names) > 9
    for table in catalogue(desk):
        assert all(names.index(r.target) < names.index(table.name) for r in table.references)


@pytest.mark.at_the_shared_desk
def test_a_table_is_told_with_its_keys_and_references(desk: Desk) -> None:
    (contacts,) = [table for table in catalogue(desk) if table.name == "contacts"]
    assert contacts.keys[0] == ("row",)
    assert {("id",), ("lead_id",), ("workspace", "no")} <= set(contacts.keys)
    assert ForeignKey("account_id", "accounts", "id") in contacts.references
    assert "email" in contacts.columns
    assert {"notes", "lead_id"} <= contacts.nullable
    assert "email" not in contacts.nullable
