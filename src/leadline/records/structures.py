"""Field types whose values have several parts: lists of texts and addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar

import msgspec

from leadline.kit.db import SqlValue
from leadline.kit.text import SEPARATOR, fold_case, is_empty
from leadline.records.texts import TEXT_OPERAND
from leadline.records.types import FieldType, Json, Rejected, Value

MAX_VALUES_SHOWN = 5
"""Most unknown parts of an address that an error names."""


def _store_structure(value: Value) -> SqlValue:
    return None if value is None else msgspec.json.encode(value).decode()


def _load_structure(stored: str | None) -> Value:
    value: Value = None if stored is None else msgspec.json.decode(stored)
    return value


@dataclass(frozen=True, kw_only=True)
class JsonField(FieldType):
    """A value that a column holds as JSON."""

    operators: ClassVar[tuple[str, ...]] = ("null",)

    def to_column(self) -> Callable[[Any], SqlValue]:
        return _store_structure

    def from_column(self) -> Callable[[Any], Value]:
        return _load_structure


@dataclass(frozen=True, kw_only=True)
class TagsField(JsonField):
    """A list of distinct short texts, in the order given; `what` is their word in sentences. A filter finds the
    records that have a tag, and disregards case."""

    operators: ClassVar[tuple[str, ...]] = ("contains", "in")
    case_insensitive: ClassVar[bool] = True
    multi_valued: ClassVar[bool] = True
    each: FieldType
    max_count: int = 50
    what: str = "tags"

    def parse_value(self, raw: object) -> Value:
        if is_empty(raw):
            return None
        if not isinstance(raw, list):
            raise Rejected("wrong_type", "must be a list of texts.")
        if len(raw) > self.max_count:
            raise Rejected("too_long", f"must have at most {self.max_count} {self.what}.")
        return [str(tag) for tag in dict.fromkeys(map(self._read_one, raw)) if tag is not None]

    def _read_one(self, raw: object) -> Value:
        return _read_within(self.each, "one", raw)

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return self.fold_key([text.strip()])

    def fold_key(self, value: Value) -> str:
        """Returns the folded tags with a separator on either side of each: no tag contains a separator."""
        tags = [fold_case(str(tag)) for tag in value] if isinstance(value, list) else []
        return SEPARATOR.join(["", *tags, ""]) if tags else ""

    def json_schema(self) -> Json:
        return {"type": "array", "items": self.each.json_schema(), "maxItems": self.max_count}

    def operand_pattern(self) -> str:
        return TEXT_OPERAND


@dataclass(frozen=True, kw_only=True)
class AddressField(JsonField):
    """An object with exactly these parts, each a text or null."""

    parts: ClassVar[tuple[str, ...]] = ("street", "city", "state", "postalCode", "country")
    each: FieldType

    def parse_value(self, raw: object) -> Value:
        if is_empty(raw):
            return None
        if not isinstance(raw, dict):
            raise Rejected("wrong_type", "must be an object.")
        values: dict[str, str | None] = {}
        faults: list[Rejected] = []
        for part in self.parts:
            try:
                values[part] = self._read_part(part, raw.get(part))
            except Rejected as rejected:
                faults.append(rejected)
        unknown = (name for name in raw if name not in self.parts)
        faults += [self._no_part(name) for name in islice(unknown, MAX_VALUES_SHOWN)]
        if faults:
            raise Rejected(faults[0].code, " It ".join(fault.message for fault in faults))
        return values

    def _read_part(self, part: str, raw: object) -> str | None:
        value = None if raw is None else _read_within(self.each, f"a {part}", raw)
        return None if value is None else str(value)

    def _no_part(self, name: str) -> Rejected:
        return Rejected("unknown_field", f"has no {name[:60]}; it has {', '.join(self.parts)}.")

    def json_schema(self) -> Json:
        each = {**self.each.json_schema(), "type": ["string", "null"], "description": "A part of the address."}
        return {"type": "object", "properties": dict.fromkeys(self.parts, each)}

    def input_schema(self) -> Json:
        return {**self.json_schema(), "additionalProperties": False}


def _read_within(type_: FieldType, what: str, raw: object) -> Value:
    """Parses a part of a value. Raises `Rejected` with a message that names the part."""
    try:
        return type_.parse_value(raw)
    except Rejected as rejected:
        raise Rejected(rejected.code, f"has {what} that {rejected.message}") from None
