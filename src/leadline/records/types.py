"""What a field may hold: how each type reads a value, keeps it in the database and describes itself.

    FieldType
    ├── Text                 in `texts.py`, with those that ask more of a text:
    │   ├── Email
    │   ├── Phone
    │   ├── Slug
    │   └── Reference        the id of another record
    ├── Choice               one of a list
    ├── Integer
    ├── Money                an exact decimal
    ├── Flag                 true or false
    ├── Moment               a time, in whole seconds
    ├── Date
    └── Structure            in `structures.py`: what a column holds as JSON
        ├── Tags             a list of short texts
        └── Address

A value is what JSON shows (a moment is the text `2025-03-10T08:00:00Z`); a column holds what SQL compares (seconds).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from leadline import clock
from leadline.kit.db import SqlValue
from leadline.kit.text import fold_case, is_empty, trim_text

Value = str | int | float | bool | list[str] | dict[str, str | None] | None
Json = dict[str, Any]

EQUALITY = ("eq", "ne", "in", "null")
ORDERED = ("gt", "gte", "lt", "lte")
SUBSTRING = ("contains", "startswith")
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_AFTER_ALL = datetime(9999, 1, 1, tzinfo=UTC)
"""No record has so late a time, nor a later one."""


class Rejected(Exception):
    """A value that a field does not take: a stable code, and a sentence that says what it would take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, kw_only=True)
class FieldType:
    """Base of the types. `operators` are the bracket filters it answers to; one that `folds` disregards case."""

    operators: ClassVar[tuple[str, ...]] = EQUALITY
    case_insensitive: ClassVar[bool] = False
    multi_valued: ClassVar[bool] = False
    """Whether a value is several, of which a filter looks for one."""

    def parse_value(self, raw: object) -> Value:
        """The value in its one form, None for an absent one. Raises `Rejected`."""
        raise NotImplementedError

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        """What SQL compares with, from the text of a query string. Raises `Rejected`."""
        store, value = self.to_column(), self.parse_value(text)
        operand: SqlValue = store(value) if store else value  # type: ignore[assignment]
        return operand

    def to_column(self) -> Callable[[Any], SqlValue] | None:
        """What makes of a value what the column holds; None where they are the same."""
        return None

    def from_column(self) -> Callable[[Any], Value] | None:
        """The reverse of `storer`."""
        return None

    def fold_key(self, value: Value) -> str | None:
        """What a field's key column holds: the value without regard to case."""
        return None if value is None else fold_case(str(value))

    def input_description(self) -> str:
        """What the schema of a value that is sent cannot say."""
        return ""

    def json_schema(self) -> Json:
        """JSON Schema (2020-12) of a value that is there."""
        raise NotImplementedError

    def input_schema(self) -> Json:
        """The same of a value that a client may send."""
        return self.json_schema()

    def operand_pattern(self) -> str:
        """A regular expression of what `operand` takes from a query string."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ChoiceField(FieldType):
    """One of `values`. A `reserved` one is shown and can be asked for, but is set through another door,
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
    """An amount of at least 0 with up to four decimals, kept exactly, in ten-thousandths.

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
        """`multipleOf` would refuse 0.3 and many more: validators divide as floating point does."""
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
    """`true` or `false` of a query string. Raises `Rejected`."""
    if text not in ("true", "false"):
        raise Rejected("wrong_type", "must be true or false.")
    return text == "true"


@lru_cache(maxsize=8192)
def _store_moment(value: str | None) -> SqlValue:
    return None if value is None else clock.from_text(value)


@lru_cache(maxsize=8192)
def _load_moment(stored: int | None) -> Value:
    return None if stored is None else clock.to_text(stored)


class Instant(NamedTuple):
    """A whole second (UTC), and whether a part of the next one has passed: not even microseconds could tell how
    much."""

    second: datetime
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class TimeField(FieldType):
    """A time as RFC 3339 writes it; without a zone it is UTC, without a time the day's first second."""

    operators: ClassVar[tuple[str, ...]] = EQUALITY + ORDERED
    form: ClassVar[re.Pattern[str]] = re.compile(
        r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
        r"(?:[Tt ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(\.[0-9]{1,9})?)?([Zz]|[+\- ][0-9]{2}:?[0-5][0-9])?)?"
    )

    def parse_value(self, raw: object) -> Value:
        raw = trim_text(raw)
        if not isinstance(raw, str):
            raise self._refuse_value()
        if not raw:
            return None
        instant = self.parse_instant(raw)
        if not 1970 <= instant.second.year <= 9998:
            raise Rejected("out_of_range", "must be a time from 1970 to 9998.")
        return clock.to_text(self._whole_second(instant))

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        """Records have whole seconds, so what is compared with a part of one is compared with the second before it or
        after it."""
        instant = self.parse_instant(text)
        if operator not in ORDERED:
            return self._whole_second(instant)
        second = min(instant.second, _AFTER_ALL)
        return _epoch_seconds(
            second + timedelta(seconds=1) if operator in ("gte", "lt") and instant.has_more else second
        )

    def parse_instant(self, text: str) -> Instant:
        """The time that a text means. Raises `Rejected`."""
        match = self.form.fullmatch(text.strip())
        if match is None:
            raise self._refuse_value()
        day, minute, second, fraction, zone = match.groups()
        is_leap = second == "60"
        # A raw `+` in a query string arrives as a space.
        zone = (zone or "Z").upper().replace(" ", "+")
        whole = f"{minute or '00:00'}:{'59' if is_leap else second or '00'}"
        try:
            moment = datetime.fromisoformat(f"{day}T{whole}{zone}").astimezone(UTC)
            moment = _after_leap(moment) if is_leap else moment
            return Instant(moment, has_more=bool((fraction or "").strip(".0")))
        except OverflowError:
            raise Rejected("out_of_range", "must be a time from the year 1 to 9999 (UTC).") from None
        except ValueError:
            raise self._refuse_value() from None

    def _whole_second(self, instant: Instant) -> int:
        if instant.has_more:
            raise Rejected("too_precise", "must be a whole second.")
        return _epoch_seconds(instant.second)

    def _refuse_value(self) -> Rejected:
        return Rejected("not_a_time", "must be a time such as 2025-03-10T08:00:00Z, or a date such as 2025-03-10.")

    def to_column(self) -> Callable[[Any], SqlValue]:
        return _store_moment

    def from_column(self) -> Callable[[Any], Value]:
        return _load_moment

    def json_schema(self) -> Json:
        return {"type": "string", "format": "date-time"}

    def input_schema(self) -> Json:
        return {"type": "string", "pattern": f"^({self.operand_pattern()})?$"}

    def input_description(self) -> str:
        return "A time such as 2025-03-10T08:00:00Z or a date such as 2025-03-10; without a zone it is UTC."

    def operand_pattern(self) -> str:
        time = r"([01][0-9]|2[0-3]):[0-5][0-9](:([0-5][0-9]|60)(\.[0-9]+)?)?"
        return rf"{_DAY}([Tt ]{time}([Zz]|[+\- ]([01][0-9]|2[0-3]):?[0-5][0-9])?)?"


def _after_leap(before: datetime) -> datetime:
    """The time a second later, which is how computers count the leap seconds (RFC 3339, 5.7) that end a day. Raises
    `ValueError` at any other time."""
    moment = before + timedelta(seconds=1)
    if moment.hour or moment.minute or moment.second:
        raise ValueError
    return moment


def _epoch_seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@dataclass(frozen=True, kw_only=True)
class DateField(FieldType):
    """A day. A filter may give a time instead: a day is then compared by its first second (UTC)."""

    operators: ClassVar[tuple[str, ...]] = EQUALITY + ORDERED
    form: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

    def parse_value(self, raw: object) -> Value:
        raw = trim_text(raw)
        return None if raw == "" else self._parse_day(raw)

    def _parse_day(self, raw: object) -> str:
        try:
            if not isinstance(raw, str) or not self.form.fullmatch(raw):
                raise ValueError
            return date.fromisoformat(raw).isoformat()
        except ValueError:
            raise Rejected("not_a_date", "must be a date such as 2025-03-10.") from None

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        if self.form.fullmatch(text.strip()) or operator not in ORDERED:
            return self._parse_day(text.strip())
        instant = TimeField().parse_instant(text)
        day = instant.second.date()
        if operator in ("gt", "lte") or (instant.second.time() == time.min and not instant.has_more):
            return day.isoformat()
        if day == date.max:
            raise Rejected("out_of_range", "must be a time before the last day of 9999.")
        return (day + timedelta(days=1)).isoformat()

    def json_schema(self) -> Json:
        return {"type": "string", "format": "date"}

    def input_schema(self) -> Json:
        return {"type": "string", "pattern": f"^({_DAY})?$"}

    def input_description(self) -> str:
        return "A date such as 2025-03-10."

    def operand_pattern(self) -> str:
        return TimeField().operand_pattern()
