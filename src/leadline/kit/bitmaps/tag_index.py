"""An inverted index of tags."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pyroaring import BitMap

from leadline.kit.bitmaps.leaves import InconsistentChange
from leadline.kit.bitmaps.match import IndexMatch, memory_of
from leadline.kit.db import SqlValue
from leadline.kit.text import SEPARATOR


class TagIndex:
    """The records that have each tag.

    A value is the key that `TagsField` makes: the tags of a record, with a separator on either side of each.
    """

    def __init__(self) -> None:
        self._sets: dict[str, BitMap] = {}

    def add_rows(self, nos: Sequence[int], keys: Sequence[SqlValue]) -> None:
        groups: dict[str, list[int]] = defaultdict(list)
        for no, key in zip(nos, keys, strict=True):
            if key:
                for tag in _split_tags(key):
                    groups[tag].append(no)
        for tag, group in groups.items():
            self._sets.setdefault(tag, BitMap()).update(group)

    add_records = add_rows

    def finish_loading(self) -> None:
        """Does nothing: `add_rows` has already added the rows."""

    def add_record(self, no: int, key: SqlValue) -> None:
        for tag in _split_tags(key):
            self._sets.setdefault(tag, BitMap()).add(no)

    def discard_record(self, no: int, key: SqlValue) -> None:
        """Removes a record. Raises `InconsistentChange` if the record lacks one of the tags."""
        for tag in set(_split_tags(key)):
            members = self._sets.get(tag)
            if members is None or no not in members:
                raise InconsistentChange
            members.discard(no)
            if not members:
                del self._sets[tag]

    def find_matches(self, operator: str, operands: Sequence[SqlValue]) -> IndexMatch | None:
        """Returns the records that have one of the tags, or None if an operand is not exactly one tag."""
        tags = [_split_tags(operand) for operand in operands]
        if any(len(parts) != 1 for parts in tags):
            return None
        return IndexMatch([self._sets[tag] for (tag,) in tags if tag in self._sets])

    def count_by_value(self, chosen: BitMap) -> dict[SqlValue, int]:
        counts = {tag: members.intersection_cardinality(chosen) for tag, members in self._sets.items()}
        return {tag: count for tag, count in counts.items() if count}

    def values_of(self, no: int) -> list[SqlValue]:
        """Returns the tags of a record."""
        return [tag for tag, members in self._sets.items() if no in members]

    def dump_parts(self) -> Iterator[Any]:
        for tag, members in self._sets.items():
            yield tag, members.serialize()

    def restore_parts(self, parts: Iterator[Any]) -> None:
        self._sets = {tag: BitMap.deserialize(members) for tag, members in parts}

    def memory_bytes(self) -> int:
        return sum(memory_of(members) + len(tag) + 150 for tag, members in self._sets.items())


def _split_tags(key: SqlValue) -> list[str]:
    """Returns the tags of a key."""
    parts = str(key or "").split(SEPARATOR)
    return parts[1:-1] if parts[0] == parts[-1] == "" else []
