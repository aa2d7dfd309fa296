"""The time. Everything that needs it is given a `Clock`, so that a test can give another."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

Clock = Callable[[], int]
"""Answers the milliseconds since 1970 UTC."""


def system_clock() -> int:
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=8192)
def to_text(seconds: int) -> str:
    """Seconds since 1970 as the API shows a time: `2025-03-10T08:00:00Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> int:
    """The reverse of `to_text`, for texts that `to_text` made."""
    return int(datetime.fromisoformat(text).timestamp())
