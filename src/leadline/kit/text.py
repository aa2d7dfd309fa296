"""Text as searching sees it, and as clients send it."""

import unicodedata

SEPARATOR = "\x1f"
"""Stands between texts that are kept as one; none of them contains it, nor any that is searched for."""
BLANKS = " \t\r\n"
"""What `strip()` takes besides them are control characters, which are refused."""


def fold_case(text: str) -> str:
    """`text` without regard to case and to the way accents are composed (Unicode case folding, then NFC)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.casefold())


def trim_text(raw: object) -> object:
    """A text without the blanks around it; anything else as it is."""
    return raw.strip(BLANKS) if isinstance(raw, str) else raw


def is_empty(raw: object) -> bool:
    """Whether it is a text without characters, which stands for an absent value of any type."""
    return isinstance(raw, str) and not raw.strip()
