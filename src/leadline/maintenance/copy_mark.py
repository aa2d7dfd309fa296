"""The mark of an unfinished copy: a copy of all data sets it in its target first, and clears it when it is whole.

No server starts on a database that has the mark, so none serves half of the data.
"""

from leadline.kit.db import Database, DatabaseError

TABLE = "unfinished_copy"
"""The name of an empty table. The mark is set while the table exists."""


class UnfinishedCopy(DatabaseError):
    pass


async def refuse_unfinished(database: Database) -> None:
    """Raises `UnfinishedCopy` if the database has the mark."""
    async with database.snapshot() as tx:
        is_marked = TABLE in {row[0] for row in await tx.fetch_all(tx.dialect.introspection.columns)}
    if is_marked:
        raise UnfinishedCopy("The data are an unfinished copy; run the same `leadline copy` again to finish it.")


async def set_mark(target: Database) -> None:
    await target.write(lambda tx: tx.run_script(f"CREATE TABLE IF NOT EXISTS {TABLE} (at INTEGER)"))


async def clear_mark(target: Database) -> None:
    await target.write(lambda tx: tx.run_script(f"DROP TABLE IF EXISTS {TABLE}"))
