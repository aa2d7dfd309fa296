"""The cookie that signs a browser in (RFC 6265, and the prefix `__Host-` of draft-ietf-httpbis-rfc6265bis).

A browser sends the cookies of a host to all of its ports. So the name has the port, and two servers on one machine do
not sign each other out. Over HTTPS the prefix binds the cookie to the host instead.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

HTTPS_NAME = "__Host-leadline"
_ATTRIBUTES = "Path=/; HttpOnly; SameSite=Strict"
_HTTP_PORT = 80


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
    site = urlsplit(origin)
    return HTTPS_NAME if site.scheme == "https" else f"leadline-{site.port or _HTTP_PORT}"


def set_cookie(name: str, token: str, seconds: int) -> dict[str, str]:
    """Returns the header that gives a browser the cookie for so many seconds."""
    secure = "; Secure" if name == HTTPS_NAME else ""
    return {"Set-Cookie": f"{name}={token}; Max-Age={seconds}; {_ATTRIBUTES}{secure}"}


def clear_cookie(name: str) -> dict[str, str]:
    """Returns the header that takes the cookie away."""
    return set_cookie(name, "", 0)
