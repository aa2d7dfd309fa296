"""How much the longest random tests do: all of it with `--long`, as `make check` runs them, and a part otherwise."""

from dataclasses import dataclass

from hypothesis import settings

PART = 6
EXAMPLES = 100
"""How many a property has that says nothing else."""


@dataclass(frozen=True)
class Size:
    is_full: bool

    def of(self, full: int) -> int:
        """How many of so many; at least one."""
        return full if self.is_full else max(1, full // PART)

    @property
    def pause(self) -> float:
        """Seconds that a client of a campaign waits before each request."""
        return 0 if self.is_full else 0.02

    def load_profile(self) -> None:
        """Lets all properties have so many examples."""
        settings.register_profile("sized", max_examples=self.of(EXAMPLES))
        settings.load_profile("sized")


def examples(full: int) -> int:
    """How many examples a property has instead, by the profile that is loaded."""
    assert settings.default is not None
    return max(1, full * settings.default.max_examples // EXAMPLES)
