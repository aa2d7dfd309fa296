"""Budgets that stop a query.

SQLite regularly asks the budget, after a number of steps of its virtual machine, whether to go on.
"""

import time
from typing import Protocol


class WorkBudget(Protocol):
    """A budget for queries. `check_interval_steps` is the number of steps between two questions of SQLite."""

    check_interval_steps: int

    def restart(self) -> None: ...

    def is_passed(self) -> bool: ...


class StepBudget:
    """A budget of steps; 40,000 steps take about a millisecond."""

    def __init__(self, allowed: int) -> None:
        self.check_interval_steps = allowed // 6
        self._allowed = allowed
        self._left = 0.0

    def restart(self) -> None:
        self._left = self._allowed

    def lift(self) -> None:
        """Removes the limit until the next restart."""
        self._left = float("inf")

    def is_passed(self) -> bool:
        self._left -= self.check_interval_steps
        return self._left <= 0


class TimeBudget:
    """A budget of seconds since the last restart."""

    check_interval_steps = 100_000

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = 0.0

    def restart(self) -> None:
        self._end = time.monotonic() + self._seconds

    def is_passed(self) -> bool:
        return time.monotonic() > self._end
