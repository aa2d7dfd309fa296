"""The provenance of values: which operation wrote what a field holds now.

An undo transfers provenance: after an operation was taken back, the writer of a field is the one from before that
operation. So a value counts as untouched again once all later changes of it were taken back.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from leadline.log.operations import OperationHead, RecordChange


class FieldWriter(NamedTuple):
    """The operation that wrote a field's value, None for one before the first change that is known. `brought_back_by`
    is the undo that brought the value back, None if the value was not changed since it was written."""

    operation: OperationHead | None
    brought_back_by: OperationHead | None = None


def trace_writers(changes: Iterable[RecordChange]) -> Mapping[str, FieldWriter]:
    """Returns the writer of each field that one of the changes wrote. `changes` are those of one record, in order,
    from the first that matters: that one is a write of its own, even if it is an undo."""
    writers: dict[str, FieldWriter] = {}
    writers_before: dict[str, dict[str, FieldWriter | None]] = {}
    for change in changes:
        operation = change.operation
        undone = _writers_before_undone(operation, writers_before)
        writers_before[operation.id] = {name: writers.get(name) for name in change.fields}
        for name in change.fields:
            if name not in undone:
                writers[name] = FieldWriter(operation)
            else:
                before = undone[name]
                writers[name] = FieldWriter(before.operation if before else None, operation)
    return writers


def _writers_before_undone(
    operation: OperationHead, writers_before: Mapping[str, dict[str, FieldWriter | None]]
) -> Mapping[str, FieldWriter | None]:
    """Returns the writers from before the operation that this one takes back, by field."""
    if operation.undoes is None:
        return {}
    return writers_before.get(operation.undoes, {})
