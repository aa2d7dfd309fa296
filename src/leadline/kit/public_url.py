"""The address with which links in responses begin. It must be safe in a header and in a URL without escaping."""

import re

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9a-f:.]+\]"
_URL = re.compile(
    rf"https?://(?:{_HOST})(?::(?P<port>[0-9]{{1,5}}))?(?:/(?:[a-z0-9._~!$&'()*+,;=:@/-]|%[0-9a-f]{{2}})*)?",
    re.ASCII | re.IGNORECASE,
)
_BEGINNING = re.compile(r"(?P<scheme>https?://)(?P<host>[^/?#@:\s]+)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
MOST_CHARACTERS = 1_000
FORM = "https://host, or https://host:port/path, in letters, digits and signs of ASCII"


def check_public_url(url: str) -> None:
    """Raises `ValueError` if the address cannot stand in a header or a link. An empty address is allowed."""
    match = _URL.fullmatch(url)
    if url and (match is None or len(url) > MOST_CHARACTERS or int(match["port"] or 0) > 65_535):
        raise ValueError(f"must be {FORM}{_guess_form(url)}")


def _guess_form(url: str) -> str:
    """Returns a hint with the ASCII form (IDNA) of a host in letters of other languages, or an empty text."""
    match = _BEGINNING.fullmatch(url)
    if match is None or match["host"].isascii():
        return ""
    try:
        meant = match["scheme"] + match["host"].encode("idna").decode() + match["rest"]
    except UnicodeError:
        return ""
    return f"; {meant} may be meant" if _URL.fullmatch(meant) else ""
