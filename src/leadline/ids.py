"""Ids: a prefix that names the kind, and a ULID (`ld_01JZX3…`, github.com/ulid/spec).

A ULID has 48 bits of milliseconds and 80 free bits. Leadline fills the first 40 of the free bits with a running
number of the workspace, and the last 40 at random. So ids sort exactly in the order in which the records were made,
whichever process made them and whatever its clock did.

The last 40 bits are zero in the ids of a rehearsal, and in no others. So no record ever has such an id.
"""

import re
from functools import lru_cache
from random import Random

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
ULID_PATTERN = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_ID = re.compile(f"([a-z]+)_({ULID_PATTERN})", re.IGNORECASE | re.ASCII)
_random = Random()
"""A random generator, seeded once by the operating system. Asking the system for each id would cost more than the
rest of the id, and no id is a secret."""


def new_id(prefix: str, at: int, number: int, *, is_rehearsal: bool = False) -> str:
    """Makes the id of the workspace's `number`-th record, made at `at` (milliseconds since 1970)."""
    free = 0 if is_rehearsal else _random.getrandbits(40) or 1
    return f"{prefix}_{_encode_time(at)}{_encode_bits(number)}{_encode_bits(free)}"


@lru_cache(maxsize=64)
def _encode_time(at: int) -> str:
    """Encodes the time as the first ten characters of a ULID."""
    return _PAIRS[at >> 40] + _encode_bits(at & 0xFF_FFFF_FFFF)


def _encode_bits(bits: int) -> str:
    """Encodes 40 bits as eight characters."""
    return f"{_PAIRS[bits >> 30]}{_PAIRS[bits >> 20 & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"


def parse_id(prefix: str, text: str) -> str | None:
    """Returns the text in the form in which ids are stored, or None if it cannot be an id with this prefix."""
    match = _ID.fullmatch(text)
    if match is None or match[1] != prefix:
        return None
    return f"{prefix}_{match[2].upper()}"


def number_of(id_: str) -> int:
    """Returns the running number in an id that `new_id` made."""
    found = 0
    for character in id_[-16:-8]:
        found = found << 5 | _CROCKFORD.index(character)
    return found
