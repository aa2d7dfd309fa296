"""Names of people."""


def full_name(first: object, last: object) -> str | None:
    """Returns the first and last name, joined by a blank. A missing one is left out; None without any."""
    return " ".join(str(name) for name in (first, last) if name) or None
