"""Waiting for what other processes do."""

import time
from collections.abc import Callable

SECONDS = 60


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)
