"""The clock. Code that needs the time is given a `Clock`, so that a test can give it another."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

Clock = Callable[[], int]
"""A function that returns the milliseconds since 1970 UTC."""


def system_clock() -> int:
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=8192)
def to_text(seconds: int) -> str:
    """Formats seconds since 1970 as the API shows a time: `2025-03-10T08:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> int:
    """Returns the seconds since 1970 of a text that `to_text` made."""
    return int(datetime.fromisoformat(text).timestamp())


class SettableClock:
    """A clock that stands still at `at`, in milliseconds since 1970, until it is set. Writes can be dated with it."""

    def __init__(self, at: int) -> None:
        self.at = at

    def __call__(self) -> int:
        return self.at
