"""Text as searching sees it."""

import unicodedata

SEPARATOR = "\x1f"
"""Stands between texts that are kept as one; none of them contains it, nor any that is searched for."""


def fold(text: str) -> str:
    """`text` without regard to case and to the way accents are composed (Unicode case folding, then NFC)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.casefold())
