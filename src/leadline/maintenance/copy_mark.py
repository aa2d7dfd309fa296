"""The mark that a copy of everything leaves in its target until it is whole: no server starts on half of the data."""

from leadline.kit.db import Database, DatabaseError

TABLE = "unfinished_copy"
"""A table, empty. It is there, or it is not."""


class UnfinishedCopy(DatabaseError):
    pass


async def refuse_unfinished(database: Database) -> None:
    """Raises `Unfinished`."""
    async with database.snapshot() as tx:
        is_marked = TABLE in {row[0] for row in await tx.fetch_all(tx.dialect.introspection.columns)}
    if is_marked:
        raise UnfinishedCopy("The data are an unfinished copy; run the same `leadline copy` again to finish it.")


async def set_mark(target: Database) -> None:
    await target.write(lambda tx: tx.run_script(f"CREATE TABLE IF NOT EXISTS {TABLE} (at INTEGER)"))


async def clear_mark(target: Database) -> None:
    await target.write(lambda tx: tx.run_script(f"DROP TABLE IF EXISTS {TABLE}"))
