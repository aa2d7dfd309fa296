"""Ids: a prefix that names the kind, and a ULID (`ld_01JZX3…`, github.com/ulid/spec).

A ULID is 48 bits of milliseconds and 80 free ones. Ours fills the first 40 of those with a running
number of the workspace, so that ids sort exactly as the records were made, whichever process made
them and whatever its clock did; the last 40 are random.
"""

import re
from functools import lru_cache
from random import Random

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
ULID_PATTERN = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_ID = re.compile(f"([a-z]+)_({ULID_PATTERN})", re.IGNORECASE | re.ASCII)
_random = Random()
"""Seeded by the system once: to ask it for each id costs more than the rest of the id, and no id is a secret."""


def new_id(prefix: str, at: int, number: int) -> str:
    """An id for what was made at `at` (milliseconds) as the workspace's `number`-th."""
    return f"{prefix}_{_encode_time(at)}{_encode_bits(number)}{_encode_bits(_random.getrandbits(40))}"


@lru_cache(maxsize=64)
def _encode_time(at: int) -> str:
    """The first ten characters."""
    return _PAIRS[at >> 40] + _encode_bits(at & 0xFF_FFFF_FFFF)


def _encode_bits(bits: int) -> str:
    """40 bits as so many characters."""
    return f"{_PAIRS[bits >> 30]}{_PAIRS[bits >> 20 & 1023]}{_PAIRS[bits >> 10 & 1023]}{_PAIRS[bits & 1023]}"


def parse_id(prefix: str, text: str) -> str | None:
    """`text` in the one form ids are stored in, or None if it cannot be an id with this prefix."""
    match = _ID.fullmatch(text)
    if match is None or match[1] != prefix:
        return None
    return f"{prefix}_{match[2].upper()}"


def number_of(id_: str) -> int:
    """The running number in an id of ours."""
    found = 0
    for character in id_[-16:-8]:
        found = found << 5 | _CROCKFORD.index(character)
    return found
