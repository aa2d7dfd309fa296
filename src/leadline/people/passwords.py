"""Passwords: the rules for choosing one, and Argon2id hashes (RFC 9106) computed off the event loop."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import argon2

from leadline.kit.db import Unavailable
from leadline.kit.text import fold_case
from leadline.records.types import FieldType, Json, Rejected, Value

T = TypeVar("T")

MIN_LENGTH = 10
MAX_LENGTH = 200
MAX_REPEATED = 4
"""The longest sequence of characters that must not, repeated, make up a whole password."""


@dataclass
class HashCost:
    """The cost of one hash: the number of passes over the memory, and the memory in KiB."""

    passes: int
    memory: int


COST = HashCost(passes=2, memory=19_456)
"""The first choice of OWASP (cheatsheetseries.owasp.org, Password Storage), about 30 ms a hash. Tests lower it."""

THREADS = 2
MAX_WAITING = 200


@dataclass(frozen=True, kw_only=True)
class PasswordField(FieldType):
    """A password as it is typed, blanks included. Only its hash is stored.

    A password that is being chosen (`is_chosen`) must not be short or easy to guess. A password that is only
    compared with a hash may be any text of 1 to `MAX_LENGTH` characters.
    """

    is_chosen: bool = True

    @property
    def min_length(self) -> int:
        return MIN_LENGTH if self.is_chosen else 1

    def parse_value(self, raw: object) -> Value:
        if not isinstance(raw, str):
            raise Rejected("wrong_type", "must be a text.")
        if not self.min_length <= len(raw) <= MAX_LENGTH:
            raise Rejected("out_of_range", f"must have {self.min_length} to {MAX_LENGTH} characters.")
        if self.is_chosen and is_easy_to_guess(raw):
            raise Rejected("too_simple", "is one of the first that anybody tries; choose another.")
        return raw

    def json_schema(self) -> Json:
        return {"type": "string", "format": "password", "minLength": self.min_length, "maxLength": MAX_LENGTH}


def is_easy_to_guess(password: str) -> bool:
    """Returns True for one of the 30,000 commonest passwords, a repetition of up to `MAX_REPEATED` characters, or
    blanks alone."""
    folded = fold_case(password.strip())
    return (folded * 2).find(folded, 1) in range(1, MAX_REPEATED + 1) or not folded or folded in _common_passwords()


@lru_cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # a large list, needed by few processes

    return frozenset(FREQUENCY_LISTS["passwords"])


class PasswordHasher:
    """A hasher of passwords that runs at most `THREADS` jobs at a time, because each takes a core and its memory.

    Hashing and verifying raise `Unavailable` while `MAX_WAITING` jobs are unfinished.
    """

    def __init__(self) -> None:
        self._hasher = argon2.PasswordHasher(time_cost=COST.passes, memory_cost=COST.memory, parallelism=1)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="leadline-passwords")
        self._waiting = 0
        self._dummy = ""

    async def hash_password(self, password: str) -> str:
        return await self._run_in_thread(lambda: self._hasher.hash(_password_bytes(password)))

    async def verify_password(self, hash_: str | None, password: str) -> bool:
        """Returns True if the password has this hash. Without a hash it takes as long and returns False, so that the
        time does not tell whether the user exists."""
        return await self._run_in_thread(lambda: self._verify_password(hash_, password))

    def is_outdated(self, hash_: str) -> bool:
        """Returns True if the hash was made at another cost than today's."""
        return self._hasher.check_needs_rehash(hash_)

    async def _run_in_thread(self, job: Callable[[], T]) -> T:
        if self._waiting >= MAX_WAITING:
            raise Unavailable("Too many people sign in at once; try again.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, job)
        finally:
            self._waiting -= 1

    def _verify_password(self, hash_: str | None, password: str) -> bool:
        dummy = self._dummy_hash()
        try:
            return self._hasher.verify(hash_ or dummy, _password_bytes(password)) and hash_ is not None
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False

    def _dummy_hash(self) -> str:
        if not self._dummy:
            self._dummy = self._hasher.hash(b"nobody's")
        return self._dummy


def _password_bytes(password: str) -> bytes:
    """Returns the bytes to hash, which are the same however a keyboard composes its accents.

    `surrogatepass` encodes half a surrogate pair too, which UTF-8 cannot.
    """
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
