"""The client's IP address and scheme, also behind proxies."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from leadline.settings import Network

Address = IPv4Address | IPv6Address


class ClientAddresses:
    """Finds the client addresses of requests. X-Forwarded-For is believed only if a proxy in `proxies` sent it,
    because anybody can send that header."""

    def __init__(self, proxies: Iterable[Network]) -> None:
        self._proxies = list(proxies)

    def find_address(self, scope: Mapping[str, Any]) -> str:
        """Returns the client's address, "" if unknown. An IPv6 address is cut to its 64-bit network, which is what
        one client has."""
        client = _parse_ip(scope["client"][0]) if scope.get("client") else None
        for hop in reversed(_read_forwarded(scope)):
            if client is None or not self._is_proxy(client):
                break
            client = _parse_ip(hop)
        if isinstance(client, IPv6Address):
            return str(IPv6Network((client, 64), strict=False))
        return str(client or "")

    def find_scheme(self, scope: Mapping[str, Any]) -> str:
        """Returns the scheme that the client speaks, `https` or `http`. X-Forwarded-Proto is believed only if a
        trusted proxy sent it."""
        sender = _parse_ip(scope["client"][0]) if scope.get("client") else None
        if sender is not None and self._is_proxy(sender):
            given = next((value for name, value in scope["headers"] if name == b"x-forwarded-proto"), b"")
            scheme = given.decode("latin-1").partition(",")[0].strip().lower()
            if scheme in ("http", "https"):
                return scheme
        return str(scope["scheme"])

    def _is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)


def _read_forwarded(scope: Mapping[str, Any]) -> list[str]:
    """Returns the entries of X-Forwarded-For. The nearest proxy added the last one."""
    given = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
    return given.decode("latin-1").split(",") if given else []


def _parse_ip(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
