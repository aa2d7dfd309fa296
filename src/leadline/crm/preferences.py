"""Preferences: a JSON object that a person's client keeps for them, and that nobody else sees."""

from leadline.access import Actor
from leadline.crm.fields import OWNER
from leadline.kit.db import Transaction
from leadline.log import Operation, lock_counters
from leadline.records.kind import Field, Kind
from leadline.records.service import RecordService
from leadline.records.store import Record
from leadline.records.texts import TextField

MAX_PREFERENCES_BYTES = 16 * 1024
CONTENT = Field("content", TextField(max_length=MAX_PREFERENCES_BYTES, lines=True), server=True, shown=False)

PREFERENCES = Kind(
    name="preferences",
    plural="preferences",
    prefix="prf",
    own_fields=(OWNER, CONTENT),
    listed=("id",),
    search=(),
    owner=OWNER.name,
)
"""The kind of record for preferences: one of each person, made when they first save any. Its `content` is the text of
a JSON object."""


class PreferenceService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def read(self, tx: Transaction, actor: Actor) -> str:
        """Returns the text of the actor's preferences."""
        record = await self._find_record(tx, actor)
        return str(record["content"]) if record else "{}"

    async def replace(self, tx: Transaction, actor: Actor, content: str) -> Operation:
        """Replaces the actor's preferences by another JSON object."""
        await lock_counters(tx, actor.workspace)  # until the commit nobody else makes the first
        record = await self._find_record(tx, actor)
        async with self._records.begin(tx, actor, "preferences.saved", records=int(record is None)) as op:
            if record is None:
                await op.insert(PREFERENCES, {OWNER.name: actor.user_id, CONTENT.name: content})
            elif record["content"] != content:
                await op.update(PREFERENCES, record, {CONTENT.name: content})
        return op.operation

    async def _find_record(self, tx: Transaction, actor: Actor) -> Record | None:
        row = await tx.fetch_one(
            "SELECT id FROM preferences WHERE user_id = ? AND workspace = ?", (actor.user_id, actor.workspace)
        )
        return await self._records.get(tx, actor, PREFERENCES, str(row[0])) if row else None
