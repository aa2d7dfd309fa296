"""Ids: a prefix that names the kind, and a ULID (`ld_01JZX3…`).

A ULID is 48 bits of milliseconds and 80 free ones. Ours fills the first 40 of those with a running
number of the workspace, so that ids sort exactly as the records were made, whichever process made
them and whatever its clock did; the last 40 are random.
"""

import re
import secrets

from ulid import ULID

ULID_PATTERN = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_ID = re.compile(f"([a-z]+)_({ULID_PATTERN})", re.IGNORECASE | re.ASCII)


def new(prefix: str, at: int, number: int) -> str:
    """An id for what was made at `at` (milliseconds) as the workspace's `number`-th."""
    return f"{prefix}_{ULID.from_bytes(_pack(at, number))}"


def _pack(at: int, number: int) -> bytes:
    return at.to_bytes(6, "big") + number.to_bytes(5, "big") + secrets.token_bytes(5)


def parse(prefix: str, text: str) -> str | None:
    """`text` in the one form ids are stored in, or None if it cannot be an id with this prefix."""
    match = _ID.fullmatch(text)
    if match is None or match[1] != prefix:
        return None
    return f"{prefix}_{match[2].upper()}"
