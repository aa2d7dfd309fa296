"""Field types: each one parses a value, converts it to and from its column, and describes itself.

    FieldType
    ├── TextField            in `texts.py`, with the types that ask more of a text:
    │   ├── EmailField
    │   ├── PhoneField
    │   ├── SlugField
    │   └── ReferenceField   the id of another record
    ├── ChoiceField          one of a list
    ├── IntegerField
    ├── MoneyField           an exact decimal
    ├── FlagField            true or false
    ├── TimeField            in `times.py`: a time, in whole seconds
    ├── DateField            in `times.py`
    └── JsonField            in `structures.py`: a value that a column holds as JSON
        ├── TagsField        a list of short texts
        └── AddressField

A value has the form that JSON shows (a time is the text `2025-03-10T08:00:00Z`); a column holds the form that SQL
compares (seconds).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from leadline.kit.db import SqlValue
from leadline.kit.text import fold_case, is_empty, trim_text

Value = str | int | float | bool | list[str] | dict[str, str | None] | None
Json = dict[str, Any]

EQUALITY = ("eq", "ne", "in", "null")
ORDERED = ("gt", "gte", "lt", "lte")
SUBSTRING = ("contains", "startswith")


class Rejected(Exception):
    """Raised for a value that a field does not take, with a stable code and a sentence that says what it would
    take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """The base of field types.

    operators: the bracket filters that a field of the type takes.
    case_insensitive: filters, sorting and facets disregard case.
    """

    operators: ClassVar[tuple[str, ...]] = EQUALITY
    case_insensitive: ClassVar[bool] = False
    multi_valued: ClassVar[bool] = False
    """True if a value is a list, in which a filter looks for one item."""

    def parse_value(self, raw: object) -> Value:
        """Returns the value in its canonical form, None for an absent value. Raises `Rejected`."""
        raise NotImplementedError

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        """Parses an operand in a query string into the form that SQL compares. Raises `Rejected`."""
        store, value = self.to_column(), self.parse_value(text)
        operand: SqlValue = store(value) if store else value  # type: ignore[assignment]
        return operand

    def to_column(self) -> Callable[[Any], SqlValue] | None:
        """Returns the function that turns a value into the form of its column, None if both are the same."""
        return None

    def from_column(self) -> Callable[[Any], Value] | None:
        """Returns the inverse of the function of `to_column`, None if both forms are the same."""
        return None

    def fold_key(self, value: Value) -> str | None:
        """Returns the content of a field's key column: the value without regard to case."""
        return None if value is None else fold_case(str(value))

    def input_description(self) -> str:
        """Describes in a sentence what `input_schema` cannot say."""
        return ""

    def json_schema(self) -> Json:
        """Returns the JSON Schema (2020-12) of a value that is not null."""
        raise NotImplementedError

    def input_schema(self) -> Json:
        """Returns the JSON Schema of a value that a client may send."""
        return self.json_schema()

    def operand_pattern(self) -> str:
        """Returns a regular expression of the texts that `parse_filter` takes."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ChoiceField(FieldType):
    """A choice among `values`. A `reserved` one is shown and can be filtered by, but a client sets it in another way,
    which its sentence names."""

    values: tuple[str, ...]
    reserved: Mapping[str, str] = field(default_factory=dict)

    def parse_value(self, raw: object) -> Value:
        raw = trim_text(raw)
        if isinstance(raw, str) and raw in self.reserved:
            raise Rejected("reserved", self.reserved[raw])
        return None if raw == "" else self._one_of(raw)

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return self._one_of(text)

    def _one_of(self, raw: object) -> str:
        if isinstance(raw, str) and raw in self.values:
            return raw
        raise Rejected("unknown_value", f"must be one of {', '.join(self.values)}.")

    def json_schema(self) -> Json:
        return {"type": "string", "enum": list(self.values)}

    def input_schema(self) -> Json:
        return {"type": "string", "enum": [value for value in self.values if value not in self.reserved]}

    def operand_pattern(self) -> str:
        return "|".join(self.values)


@dataclass(frozen=True, kw_only=True)
class IntegerField(FieldType):
    operators: ClassVar[tuple[str, ...]] = EQUALITY + ORDERED
    form: ClassVar[re.Pattern[str]] = re.compile(r"-?[0-9]{1,15}")
    minimum: int
    maximum: int

    def parse_value(self, raw: object) -> Value:
        if is_empty(raw):
            return None
        if isinstance(raw, Decimal) and raw == raw.to_integral_value():  # to JSON, 3.0 is 3
            raw = int(raw)
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise Rejected("wrong_type", f"must be a whole number from {self.minimum} to {self.maximum}.")
        if not self.minimum <= raw <= self.maximum:
            raise Rejected("out_of_range", f"must be from {self.minimum} to {self.maximum}.")
        return raw

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        if not self.form.fullmatch(text):
            raise Rejected("wrong_type", "must be a whole number.")
        return int(text)

    def json_schema(self) -> Json:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def operand_pattern(self) -> str:
        return self.form.pattern


def _store_money(value: float | None) -> SqlValue:
    return None if value is None else int(Decimal(str(value)) * 10_000)


def _load_money(stored: int | None) -> Value:
    if stored is None:
        return None
    whole, rest = divmod(stored, 10_000)
    return whole if rest == 0 else float(Decimal(stored) / 10_000)


@dataclass(frozen=True, kw_only=True)
class MoneyField(FieldType):
    """An amount of at least 0 with up to four decimals, stored exactly, in ten-thousandths.

    With at most 15 digits in all it is also exact as a JSON number (RFC 8259, 6).
    """

    operators: ClassVar[tuple[str, ...]] = EQUALITY + ORDERED
    maximum: ClassVar[int] = 99_999_999_999
    form: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{1,14}(\.[0-9]{1,4})?")

    def parse_value(self, raw: object) -> Value:
        if is_empty(raw):
            return None
        if not isinstance(raw, int | Decimal) or isinstance(raw, bool):
            raise Rejected("wrong_type", "must be a number.")
        if not 0 <= raw <= self.maximum:
            raise Rejected("out_of_range", f"must be from 0 to {self.maximum:,}.")
        _, digits, exponent = Decimal(raw).as_tuple()  # arithmetic would round a long one first
        if isinstance(exponent, int) and exponent < -4 and any(digits[exponent + 4 :]):
            raise Rejected("too_precise", "must have at most four decimals.")
        return _load_money(int(raw * 10_000))

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        if not self.form.fullmatch(text):
            raise Rejected("wrong_type", "must be an amount such as 12000 or 99.50.")
        return int(Decimal(text) * 10_000)

    def to_column(self) -> Callable[[Any], SqlValue]:
        return _store_money

    def from_column(self) -> Callable[[Any], Value]:
        return _load_money

    def json_schema(self) -> Json:
        return {"type": "number", "minimum": 0, "maximum": self.maximum}

    def input_description(self) -> str:
        """States the limit in words, because `multipleOf` would refuse 0.3 and many more: validators divide in
        floating point."""
        return "At most four decimals."

    def operand_pattern(self) -> str:
        return self.form.pattern


@dataclass(frozen=True, kw_only=True)
class FlagField(FieldType):
    def parse_value(self, raw: object) -> Value:
        if is_empty(raw):
            return None
        if not isinstance(raw, bool):
            raise Rejected("wrong_type", "must be true or false.")
        return raw

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return read_truth(text)

    def to_column(self) -> Callable[[Any], SqlValue]:
        return {False: 0, True: 1}.get

    def from_column(self) -> Callable[[Any], Value]:
        return {0: False, 1: True}.get

    def json_schema(self) -> Json:
        return {"type": "boolean"}

    def operand_pattern(self) -> str:
        return "true|false"


def read_truth(text: str) -> bool:
    """Parses the `true` or `false` of a query string. Raises `Rejected`."""
    if text not in ("true", "false"):
        raise Rejected("wrong_type", "must be true or false.")
    return text == "true"
