"""Which name was probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher


def find_nearest(name: str, known: Iterable[str], *, likeness: float) -> str | None:
    """The one of `known` that is most like `name`, whatever the case: of equals the first. None where none is as like
    as `likeness`, from 0 to 1."""
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
