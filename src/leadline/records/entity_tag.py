"""The entity tag of a record. Two answers that differ never have the same tag."""

from zlib import crc32

from leadline.records.kind import Kind
from leadline.records.store import Record


def entity_tag(kind: Kind, record: Record) -> str:
    """Returns a tag of the record's version, and of a checksum of its computed fields, if these have values: they
    follow other records (names, counts), and so change without the version."""
    computed = [record[name] for name in kind.computed_fields]
    if not any(computed):
        return f'"{record.version}"'
    return f'"{record.version}-{crc32(repr(computed).encode()):08x}"'
