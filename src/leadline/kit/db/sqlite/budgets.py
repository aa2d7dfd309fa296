"""What stops a query: SQLite asks a limit every so many steps of its virtual machine whether to go on."""

import time
from typing import Protocol


class WorkBudget(Protocol):
    """`every` is how many steps lie between two questions."""

    every: int

    def restart(self) -> None: ...

    def is_passed(self) -> bool: ...


class StepBudget:
    """A number of steps; 40,000 of them are about a millisecond."""

    def __init__(self, allowed: int) -> None:
        self.every = allowed // 6
        self._allowed = allowed
        self._left = 0.0

    def restart(self) -> None:
        self._left = self._allowed

    def lift(self) -> None:
        """Lets everything pass until the next restart."""
        self._left = float("inf")

    def is_passed(self) -> bool:
        self._left -= self.every
        return self._left <= 0


class TimeBudget:
    """A time after the start."""

    every = 100_000

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = 0.0

    def restart(self) -> None:
        self._end = time.monotonic() + self._seconds

    def is_passed(self) -> bool:
        return time.monotonic() > self._end
