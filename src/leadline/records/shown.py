"""Records as answers show them."""

from leadline.records.kind import Kind
from leadline.records.store import Record
from leadline.records.types import Value


def show_record(kind: Kind, record: Record) -> dict[str, Value]:
    """Returns the values of a record without the kind's hidden fields."""
    values = record.values.copy()
    for name in kind.hidden_fields:
        del values[name]
    return values
