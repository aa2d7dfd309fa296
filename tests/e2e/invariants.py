"""What a campaign asks the data in the end: whether all that must be true of them still is."""

import asyncio
from pathlib import Path

from leadline.app import database_of
from leadline.kit.db import Database, Row
from leadline.maintenance.verify import verify_data
from leadline.settings import Settings


def broken(file: Path) -> dict[str, list[Row]]:
    """The invariants that do not hold in a data file, each with examples of what breaks it."""
    return broken_on(f"sqlite:///{file}")


def broken_on(url: str) -> dict[str, list[Row]]:
    """The same of any database."""
    return asyncio.run(_broken(database_of(Settings(database=url))))


async def _broken(database: Database) -> dict[str, list[Row]]:
    async with database.snapshot() as tx:
        report = await verify_data(tx)
    return {finding.invariant: finding.examples for finding in report.findings}
