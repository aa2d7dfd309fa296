"""The cookie that signs a browser in (RFC 6265, and the prefix `__Host-` of draft-ietf-httpbis-rfc6265bis).

A browser sends the cookies of a host to all of its ports. So the name has the port, and two servers on one machine do
not sign each other out. Over HTTPS the prefix binds the cookie to the host instead.
"""

import re
from typing import NamedTuple

HTTPS_NAME = "__Host-leadline"
_ATTRIBUTES = "Path=/; HttpOnly; SameSite=Strict"
_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@:\[\]]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]+))?", re.I)
"""Matches the beginning of a URL. It takes all that may be a Host header, where `urlsplit` refuses some of it."""


class SessionCookie(NamedTuple):
    name: str
    token: str


def find_session_cookie(header: str, asked: str) -> SessionCookie | None:
    """Returns the cookie of the session in a Cookie header, that of HTTPS first; None without one.

    `asked` is the Host header: the name of a cookie without HTTPS has its port.
    """
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    values = {name: value for name, _, value in pairs if value}
    for name in (HTTPS_NAME, choose_cookie_name(f"http://{asked}")):
        if name in values:
            return SessionCookie(name, values[name])
    return None


def choose_cookie_name(origin: str) -> str:
    """Returns the name of the cookie for an origin, such as `leadline-8000` for `http://127.0.0.1:8000`."""
    match = _ORIGIN.match(origin)
    assert match is not None, "it was checked"
    scheme = match["scheme"].lower()
    return HTTPS_NAME if scheme == "https" else f"leadline-{int(match['port'] or _PORTS[scheme])}"


def normalize_origin(url: str) -> str | None:
    """Returns the origin of a URL as a browser sends it (RFC 6454, 6.2): in lower case, and without the port that the
    scheme implies. None for a text that is no URL."""
    match = _ORIGIN.match(url)
    if match is None:
        return None
    scheme, host = match["scheme"].lower(), match["host"].lower()
    port = int(match["port"] or _PORTS[scheme])
    return f"{scheme}://{host}" if port == _PORTS[scheme] else f"{scheme}://{host}:{port}"


def set_cookie(name: str, token: str, seconds: int) -> dict[str, str]:
    """Returns the header that gives a browser the cookie for so many seconds."""
    secure = "; Secure" if name == HTTPS_NAME else ""
    return {"Set-Cookie": f"{name}={token}; Max-Age={seconds}; {_ATTRIBUTES}{secure}"}


def clear_cookie(name: str) -> dict[str, str]:
    """Returns the header that takes the cookie away."""
    return set_cookie(name, "", 0)
