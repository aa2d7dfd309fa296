"""The entity tag of a record: two answers that differ never have the same."""

from zlib import crc32

from leadline.records.kind import Kind
from leadline.records.store import Record


def entity_tag(kind: Kind, record: Record) -> str:
    """The record's version; and a checksum of what follows other records, if there is any: names and counts change
    without the version."""
    computed = [record[name] for name in kind.computed_fields]
    if not any(computed):
        return f'"{record.version}"'
    return f'"{record.version}-{crc32(repr(computed).encode()):08x}"'
