"""Checksums: compare two databases by counts, checksums, and the newest operation of each workspace."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec

from leadline.kit.db import Row, Transaction
from leadline.maintenance.table_parts import TablePart

BATCH_ROWS = 1_000


@dataclass(frozen=True)
class RowChecksum:
    """The number of rows, and a checksum of their values."""

    rows: int
    checksum: str

    def __str__(self) -> str:
        return f"{self.rows:,} rows, checksum {self.checksum}"


async def sum_up(tx: Transaction, part: TablePart) -> RowChecksum:
    """Returns the count and checksum of a part: the first 16 digits of the SHA-256 of its rows as lines of JSON, in
    the order of their keys. Equal rows have equal checksums on any engine."""
    digest, count = hashlib.sha256(), 0
    encoder = msgspec.json.Encoder()
    async for rows, _ in read_batches(tx, part):
        digest.update(encoder.encode_lines(rows))
        count += len(rows)
    return RowChecksum(count, digest.hexdigest()[:16])


async def read_batches(tx: Transaction, part: TablePart) -> AsyncIterator[tuple[list[Row], tuple[Row, Row]]]:
    """Yields all rows of a part in batches, each with the bounds of its keys as `TablePart.read_rows` takes them."""
    after: Row = ()
    while True:
        rows = await part.read_rows(tx, after, (), BATCH_ROWS)
        until = part.key_of(rows[-1]) if len(rows) == BATCH_ROWS else ()
        yield rows, (after, until)
        if not until:
            return
        after = until


async def newest_operations(tx: Transaction) -> dict[str, Row]:
    """Returns each workspace's number and `seq`, and the seq and id of its newest operation, by workspace id."""
    rows = await tx.fetch_all(
        "SELECT workspaces.id, workspaces.number, workspaces.seq, operations.seq, operations.id FROM workspaces"
        " LEFT JOIN operations ON operations.workspace = workspaces.number AND operations.seq ="
        " (SELECT max(seq) FROM operations WHERE operations.workspace = workspaces.number)"
    )
    return {str(row[0]): row[1:] for row in rows}
