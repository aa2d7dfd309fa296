"""Aliases: the id of a record that was merged away leads to the survivor of the merge.

There is no table of aliases. The change that deletes the record says into which one it was merged, and the change of
an undo that restores it says that this is over.
"""

from leadline.kit.db import Transaction
from leadline.log.feed import Fields, decode_fields

MERGED_INTO = "mergedInto"
"""The name under which a change has the survivor's id. No kind has a field of this name."""
MAX_MERGES = 100
"""Most merges through which an alias is followed."""


async def find_survivor(tx: Transaction, workspace: int, record_id: str) -> str | None:
    """Returns the id of the record into which a deleted one was merged, through several merges where needed. Returns
    None for a record that exists, that was not merged, or whose survivor is deleted, too."""
    survivor = None
    for _ in range(MAX_MERGES):
        newest = await _read_newest_change(tx, workspace, survivor or record_id)
        is_gone = "id" in newest and newest["id"][1] is None
        if newest and not is_gone:
            return survivor
        if MERGED_INTO not in newest:
            return None
        survivor = str(newest[MERGED_INTO][1])
    return None


async def _read_newest_change(tx: Transaction, workspace: int, record_id: str) -> Fields:
    """Reads the fields of a record's newest change, none for a record that never existed in the workspace."""
    # The plus makes SQLite use the index on record_id.
    sql = "SELECT fields FROM changes WHERE record_id = ? AND +workspace = ? ORDER BY version DESC LIMIT 1"
    row = await tx.fetch_one(sql, (record_id, workspace))
    return decode_fields(str(row[0])) if row else {}
