"""Numbered SQL files (migrations) that bring the data to the schema of this version of Leadline."""

import re
from dataclasses import dataclass
from importlib.resources import files

from leadline.kit.db import Database, SchemaMismatch, Transaction
from leadline.kit.db.introspection import Table, read_tables

MAX_TABLES_SHOWN = 3
"""Number of tables that an error message names."""
_FILE = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)(\.(?P<engine>\w+))?\.sql")


@dataclass(frozen=True, order=True)
class Migration:
    number: int
    name: str
    script: str


def load_migrations(package: str, engine: str) -> list[Migration]:
    """Loads the migrations of a package for one engine, in order.

    `0001_x.sql` is for every engine. A file `0001_x.sqlite.sql` beside it is appended to it on that engine alone.
    """
    shared: dict[int, Migration] = {}
    for file in sorted(files(package).iterdir(), key=lambda file: (not _is_shared(file.name), file.name)):
        match = _FILE.fullmatch(file.name)
        if match is None or match["engine"] not in (None, engine):
            continue
        number, script = int(match["number"]), file.read_text("utf-8")
        before = shared[number].script + "\n" if number in shared else ""
        shared[number] = Migration(number, match["name"], before + script)
    return sorted(shared.values())


def _is_shared(name: str) -> bool:
    return name.count(".") == 1


async def migrate(database: Database, migrations: list[Migration]) -> list[Migration]:
    """Applies the missing migrations in one transaction, and returns them.

    Raises:
        SchemaMismatch: the data are newer than these migrations, or had others; nothing was changed.
    """

    async def apply_missing(tx: Transaction) -> list[Migration]:
        await tx.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        missing = _find_missing(await _read_applied(tx), migrations)
        for migration in missing:
            await tx.run_script(migration.script)
            await tx.execute(
                "INSERT INTO migrations (number, name) VALUES (?, ?)", (migration.number, migration.name)
            )
        return missing

    return await database.write(apply_missing)


async def refuse_foreign(database: Database) -> None:
    """Raises `SchemaMismatch` for a database that has tables, but no table of migrations."""
    found = await database.read(read_tables)
    if found and not any(map(_is_migrations_table, found)):
        names = ", ".join(sorted(table.name for table in found)[:MAX_TABLES_SHOWN])
        raise SchemaMismatch(
            f"The database holds something else than Leadline's data (tables {names}); name another."
        )


async def require_migrations(database: Database, migrations: list[Migration], *, older: bool = False) -> None:
    """Raises `SchemaMismatch` unless the data have exactly these migrations. With `older`, the first of them suffice.
    It changes nothing."""

    async with database.snapshot() as tx:
        if not any(map(_is_migrations_table, await read_tables(tx))):
            raise SchemaMismatch("There are no data of Leadline's there; `leadline init` makes them.")
        missing = _find_missing(await _read_applied(tx), migrations)
    if missing and not older:
        raise SchemaMismatch("The data have an older schema; start this version of Leadline on them once.")


async def require_readable(tx: Transaction) -> None:
    """Raises `DatabaseError` unless the data can be read now."""
    await tx.fetch_one("SELECT count(*) FROM migrations")


def _is_migrations_table(table: Table) -> bool:
    return table.name == "migrations" and table.columns == ("number", "name")


async def _read_applied(tx: Transaction) -> dict[int, str]:
    return {int(row[0] or 0): str(row[1]) for row in await tx.fetch_all("SELECT number, name FROM migrations")}


def _find_missing(applied: dict[int, str], migrations: list[Migration]) -> list[Migration]:
    newest = max((migration.number for migration in migrations), default=0)
    if applied and max(applied) > newest:
        raise SchemaMismatch(
            f"The data have schema {max(applied)}, and this version of Leadline knows {newest}; "
            "start the newer version that wrote them, or restore a backup of before."
        )
    for migration in migrations:
        if applied.get(migration.number, migration.name) != migration.name:
            raise SchemaMismatch(
                f"The data have another migration {migration.number} ({applied[migration.number]}, not"
                f" {migration.name}): a version that was never released wrote them. Start that one on them."
            )
    return [migration for migration in migrations if migration.number not in applied]
