"""Text as searches compare it, and as clients send it."""

import unicodedata

SEPARATOR = "\x1f"
"""Separator between texts that are stored as one text. No stored text and no search text contains it."""
BLANKS = " \t\r\n"
"""Blanks that are trimmed. `strip()` also removes control characters, but these are refused."""


def fold_case(text: str) -> str:
    """Returns `text` without differences of case and of composed accents (Unicode case folding, then NFC)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.casefold())


def trim_text(raw: object) -> object:
    """Returns a text without the blanks around it, and any other value unchanged."""
    return raw.strip(BLANKS) if isinstance(raw, str) else raw


def is_empty(raw: object) -> bool:
    """Returns True for an empty or blank text, which stands for an absent value of any type."""
    return isinstance(raw, str) and not raw.strip()
