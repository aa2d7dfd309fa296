"""The explanation of a record: who wrote each of its values, and when."""

from typing import Any

from leadline.access import Actor
from leadline.kit.db import Transaction
from leadline.log import operations
from leadline.log.provenance import FieldWriter, trace_writers
from leadline.records.kind import UPDATED_AT, Kind
from leadline.records.store import Record

MAX_CHANGES = 10_000
"""Most changes of a record that are looked at, the oldest ones."""

Json = dict[str, Any]


async def explain_record(tx: Transaction, actor: Actor, kind: Kind, record: Record) -> dict[str, Json]:
    """Returns each stored value of the record by its field, with the operation that wrote it."""
    tx.expect_slow()
    changes = await operations.read_changes_of(tx, actor.workspace, str(record["id"]), limit=MAX_CHANGES)
    writers = trace_writers(changes)
    creation = FieldWriter(changes[0].operation if changes else None)
    names = [field.name for field in kind.shown_fields if field.is_stored and field is not UPDATED_AT]
    return {name: {"value": record[name], **_show_writer(writers.get(name, creation))} for name in names}


def _show_writer(writer: FieldWriter) -> Json:
    operation, brought_back_by = writer
    shown: Json = {"operationId": None, "kind": None, "at": None, "user": None, "key": None}
    if operation is not None:
        shown = {"operationId": operation.id, "kind": operation.kind, **operation.show_writer()}
    return {**shown, "broughtBackBy": brought_back_by and brought_back_by.id}
