"""Field types whose values are times and dates."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from leadline import clock
from leadline.kit.db import SqlValue
from leadline.kit.text import trim_text
from leadline.records.types import EQUALITY, ORDERED, FieldType, Json, Rejected, Value

_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_AFTER_ALL = datetime(9999, 1, 1, tzinfo=UTC)
"""A time later than that of any record."""


@lru_cache(maxsize=8192)
def _store_moment(value: str | None) -> SqlValue:
    return None if value is None else clock.from_text(value)


@lru_cache(maxsize=8192)
def _load_moment(stored: int | None) -> Value:
    return None if stored is None else clock.to_text(stored)


class Instant(NamedTuple):
    """A whole second (UTC); `has_more` is True if a part of the next one has passed. The part itself is left out,
    because even microseconds could not hold it exactly."""

    second: datetime
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class TimeField(FieldType):
    """A time in the form of RFC 3339. Without a zone it is in UTC; without a time it is the day's first second."""

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
        """Parses an operand. Records have whole seconds, so a comparison with a fraction of a second becomes one with
        the second before or after it."""
        instant = self.parse_instant(text)
        if operator not in ORDERED:
            return self._whole_second(instant)
        second = min(instant.second, _AFTER_ALL)
        return _epoch_seconds(
            second + timedelta(seconds=1) if operator in ("gte", "lt") and instant.has_more else second
        )

    def parse_instant(self, text: str) -> Instant:
        """Returns the time that a text means. Raises `Rejected`."""
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
    """Returns the time a second later: computers count a leap second, which ends a day (RFC 3339, 5.7), as the next
    second. Raises `ValueError` if that does not begin a day."""
    moment = before + timedelta(seconds=1)
    if moment.hour or moment.minute or moment.second:
        raise ValueError
    return moment


def _epoch_seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@dataclass(frozen=True, kw_only=True)
class DateField(FieldType):
    """A date. A filter may give a time instead: a date is then compared by its first second (UTC)."""

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
