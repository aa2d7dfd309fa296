"""Suggestions for a misspelt name."""

from collections.abc import Iterable
from difflib import SequenceMatcher


def find_nearest(name: str, known: Iterable[str], *, likeness: float) -> str | None:
    """Returns the name in `known` that is most like `name`, regardless of case; the first of several equally like.
    Returns None if no similarity reaches `likeness`, from 0 to 1."""
    found = None
    matcher = SequenceMatcher(b=name.lower())
    for one in known:
        matcher.set_seq1(one.lower())
        if matcher.real_quick_ratio() < likeness or matcher.quick_ratio() < likeness:
            continue
        ratio = matcher.ratio()
        if ratio > likeness or (ratio == likeness and found is None):
            likeness, found = ratio, one
    return found
