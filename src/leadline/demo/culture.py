"""Cultures: the form in which names, companies and phone numbers of one part of the world are listed.

A name stands as `Γιώργος/giorgos`: how it is written, and how an e-mail address spells it. A name in plain Latin
letters stands alone. In a company, `*` stands for any family name, and in a phone number each `#` for any digit.
"""

from collections.abc import Sequence
from typing import NamedTuple


class SpelledName(NamedTuple):
    """A name as it is written, and the same in the letters of an e-mail address."""

    written: str
    latin: str


class Culture(NamedTuple):
    """The names of one part of the world. `weight` says how many leads come from there, compared with the others."""

    weight: int
    given: Sequence[SpelledName]
    family: Sequence[SpelledName]
    companies: Sequence[SpelledName]
    phones: Sequence[str]


FOUNDER = "*"
"""The sign for a family name in a company's name."""
INTERNATIONAL_PHONES = ("+44 7700 900###", "+44 20 7946 0###", "+1 415-555-01##", "+1 (646) 555-01##")
"""Numbers for people whose country keeps none for fiction."""


def list_culture(
    weight: int,
    given: str,
    family: str,
    companies: str,
    phones: Sequence[str] = INTERNATIONAL_PHONES,
) -> Culture:
    """Reads a culture from texts in which commas separate the names."""
    return Culture(weight, _split_names(given), _split_names(family), _split_names(companies), phones)


def _split_names(text: str) -> Sequence[SpelledName]:
    return tuple(_read_name(one.strip()) for one in text.split(","))


def _read_name(text: str) -> SpelledName:
    written, _, latin = text.partition("/")
    return SpelledName(written, latin or written.lower().replace(" ", "-"))
