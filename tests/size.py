"""How much the longest random tests do: all of it with `--long`, as `make check` runs them, and a part otherwise."""

from dataclasses import dataclass

PART = 6


@dataclass(frozen=True)
class Size:
    is_full: bool

    def of(self, full: int) -> int:
        """How many of so many; at least one."""
        return full if self.is_full else max(1, full // PART)
