"""What a campaign asks a data file in the end: whether all that must be true of it still is."""

import asyncio
from pathlib import Path

from leadline.kit.db import Row
from leadline.kit.db.sqlite import SqliteDatabase
from leadline.upkeep.verify import verify


def broken(file: Path) -> dict[str, list[Row]]:
    """The invariants that do not hold, each with examples of what breaks it."""
    return asyncio.run(_broken(SqliteDatabase(file)))


async def _broken(database: SqliteDatabase) -> dict[str, list[Row]]:
    async with database.snapshot() as tx:
        report = await verify(tx)
    return {finding.invariant: finding.examples for finding in report.findings}
