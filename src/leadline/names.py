"""What a person is called."""


def full_name(first: object, last: object) -> str | None:
    """The names that there are, joined by a blank; None without any."""
    return " ".join(str(name) for name in (first, last) if name) or None
