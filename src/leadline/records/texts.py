"""Field types whose values are texts."""

import re
from dataclasses import dataclass
from typing import ClassVar

from leadline import ids
from leadline.kit.db import SqlValue
from leadline.kit.text import BLANKS, fold_case
from leadline.records.email import normalize_email
from leadline.records.types import EQUALITY, ORDERED, SUBSTRING, FieldType, Json, Rejected, Value

TEXT_OPERAND = r"[^\x00-\x08\x0e-\x1b\x7f]*"
"""A pattern of the texts that a filter takes. Blanks around a text are trimmed, also tabs and line breaks. Inside it
tabs and line breaks are refused, but no pattern says so that validators match in predictable time."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROL_BUT_LINE_BREAKS = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNSEEN = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Blanks, and characters that show nothing (Unicode 15.1, DerivedCoreProperties: Default_Ignorable_Code_Point)."""


@dataclass(frozen=True, kw_only=True)
class TextField(FieldType):
    """A text, which is trimmed; without visible characters it is absent. Filters and sorting disregard case.

    lines: it may have line breaks.
    low_cardinality: many records share each value.
    """

    operators: ClassVar[tuple[str, ...]] = EQUALITY + ORDERED + SUBSTRING
    case_insensitive: ClassVar[bool] = True
    max_length: int = 200
    lines: bool = False
    low_cardinality: bool = False

    def parse_value(self, raw: object) -> Value:
        if not isinstance(raw, str):
            raise Rejected("wrong_type", "must be a text.")
        text = raw.strip(BLANKS)
        if not text.isprintable() and (_CONTROL_BUT_LINE_BREAKS if self.lines else _CONTROL).search(text):
            raise Rejected("control_character", "must not contain control characters.")
        text = text.strip()
        if len(text) > self.max_length:
            raise Rejected("too_long", f"must have at most {self.max_length:,} characters; it has {len(text):,}.")
        if not text or (not text.isascii() and _UNSEEN.fullmatch(text)):
            return None
        return self.check_text(text)

    def check_text(self, text: str) -> str:
        """Checks the form of a trimmed text and returns its stored form. Raises `Rejected`."""
        return text

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return fold_case(text)

    def json_schema(self) -> Json:
        forbidden = r"\x00-\x09\x0b\x0c\x0e-\x1f" if self.lines else r"\x00-\x1f"
        return {
            "type": "string",
            "maxLength": self.max_length,
            "pattern": rf"^[^{forbidden}\x7f-\x9f]*$",
        }

    def input_schema(self) -> Json:
        schema = self.json_schema()
        if not re.match(schema.get("pattern", ""), ""):  # an absent value may also be sent as an empty text
            schema["pattern"] = f"^$|{schema['pattern']}"
        return schema

    def operand_pattern(self) -> str:
        return TEXT_OPERAND


@dataclass(frozen=True, kw_only=True)
class EmailField(TextField):
    """An e-mail address, stored as typed but for the case of its domain. Its form is checked, but never by DNS."""

    max_length: int = 254

    def check_text(self, text: str) -> str:
        try:
            return normalize_email(text)
        except ValueError as error:
            raise Rejected("not_an_email", f"must be an e-mail address such as dana@example.com. {error}") from None

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        """Parses an operand. A raw `+` in a query string arrives as a blank, which no address has: it is put back."""
        return super().parse_filter(operator, text.replace(" ", "+"))

    def json_schema(self) -> Json:
        return {"type": "string", "maxLength": self.max_length}

    def input_schema(self) -> Json:
        return {**self.json_schema(), "format": "idn-email"}


@dataclass(frozen=True, kw_only=True)
class PhoneField(TextField):
    """A phone number, stored as typed. It must have 3 to 20 digits; its form may otherwise be any."""

    max_length: int = 50

    def check_text(self, text: str) -> str:
        digits = sum(map(str.isdecimal, text))
        if not 3 <= digits <= 20:
            raise Rejected("not_a_phone_number", f"must have 3 to 20 digits; it has {digits}.")
        return text

    def input_schema(self) -> Json:
        other = r"[^0-9\x00-\x1f\x7f-\x9f]*"
        return {**self.json_schema(), "pattern": rf"^$|^{other}([0-9]{other}){{3,20}}$"}


@dataclass(frozen=True, kw_only=True)
class SlugField(TextField):
    """A word of lower-case letters, digits and underscores; `known` are the documented words."""

    case_insensitive: ClassVar[bool] = False
    form: ClassVar[re.Pattern[str]] = re.compile(r"[a-z0-9_]{1,50}")
    known: tuple[str, ...]

    def check_text(self, text: str) -> str:
        if not self.form.fullmatch(text):
            raise Rejected(
                "not_a_slug",
                f"must be one of {', '.join(self.known)}, or other lower-case letters, digits and underscores "
                "(at most 50).",
            )
        return text

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return text if operator in SUBSTRING else self.check_text(text)

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": "^[a-z0-9_]{1,50}$", "examples": list(self.known)}

    def operand_pattern(self) -> str:
        return self.form.pattern


@dataclass(frozen=True, kw_only=True)
class ReferenceField(TextField):
    """The id of a record of the same workspace: `to` is its kind, `prefix` that of its ids."""

    case_insensitive: ClassVar[bool] = False
    operators: ClassVar[tuple[str, ...]] = EQUALITY
    to: str
    prefix: str

    def check_text(self, text: str) -> str:
        id_ = ids.parse_id(self.prefix, text)
        if id_ is None:
            raise self.unknown_reference()
        return id_

    def unknown_reference(self) -> Rejected:
        """Returns the refusal of an id, either malformed or unknown in this workspace: a client cannot tell which."""
        sentence = f"names an unknown {self.to}; give the id of one of this workspace ({self.prefix}_…)."
        return Rejected(f"unknown_{self.to}", sentence)

    def parse_filter(self, operator: str, text: str) -> SqlValue:
        return self.check_text(text)

    def json_schema(self) -> Json:
        return {"type": "string", "pattern": f"^{self.prefix}_{ids.ULID_PATTERN}$"}

    def input_schema(self) -> Json:
        return {**super().input_schema(), "format": f"{self.to}-id"}

    def operand_pattern(self) -> str:
        return f"{self.prefix}_{ids.ULID_PATTERN}"
