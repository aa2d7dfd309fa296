"""Connections to the servers that an address names. There may be several, and a PgBouncer in front of them.

Beyond libpq's URIs (PostgreSQL 15, 34.1.1.2) an address may have the option `pgbouncer=true`. It says that there is a
PgBouncer in transaction mode, which keeps neither prepared statements nor settings from one transaction to the next.
"""

import socket
from typing import Any
from urllib.parse import parse_qsl, urlencode

import asyncpg

from leadline.kit.db.postgres.connection import Connection
from leadline.kit.db.postgres.errors import TRANSIENT_ERRORS
from leadline.kit.postgres_address import parse_address

CONNECT_SECONDS = 3.0
STATEMENT_SECONDS = 10.0
LOCK_SECONDS = 5.0
PEER_SECONDS = 3.0
"""Seconds that a server may leave a packet unacknowledged before it is considered gone."""

_SETTINGS = {
    "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
    "lock_timeout": f"{LOCK_SECONDS:.0f}s",
    "idle_in_transaction_session_timeout": f"{STATEMENT_SECONDS:.0f}s",
    "jit": "off",
    "default_transaction_isolation": "read committed",
}
_LOCAL_SETTINGS = "".join(
    f" SET LOCAL {name} = '{value}';" for name, value in _SETTINGS.items() if name != "default_transaction_isolation"
)
"""Settings of a single transaction. Its BEGIN sets the isolation."""
_KEEPALIVE_SETTINGS = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "1", "tcp_user_timeout": "5s"}
"""Settings with which the server closes the connections of a node that is gone."""


class ServerList:
    """The servers of an address. The server that was reached last is tried first.

    `role` is the role that a server must have if the address does not say one: `standby`, or "" for the one of
    several that accepts writes. `is_pooled` is True if there is a PgBouncer. `at` says where the servers are, without
    secrets.
    """

    def __init__(self, url: str, role: str = "") -> None:
        """Raises `ValueError` if the address is invalid."""
        address = parse_address(url)
        options = dict(parse_qsl(address.query, keep_blank_values=True))
        self.is_pooled = _is_true(options.pop("pgbouncer", "false"))
        hosts = address.hosts
        self.at = f" at {','.join(hosts)}" if any(hosts) else ""
        role = role or ("read-write" if len(hosts) > 1 and not self.is_pooled else "")
        if role:
            options.setdefault("target_session_attrs", role)
        before, after = address.scheme + address.user, f"{address.path}?{urlencode(options)}"
        self._urls = [f"{before}{host}{after}" for host in hosts]

    async def connect(self, *, is_patient: bool = False) -> Connection:
        """Opens a connection. `is_patient` removes the limits on the time of a statement and between two statements.

        Each server has an equal part of the time, so that a silent one leaves enough for the next.
        """
        failure: BaseException | None = None
        for url in list(self._urls):
            try:
                connection: Connection = await asyncpg.connect(url, **self._connect_options(is_patient=is_patient))
            except TRANSIENT_ERRORS as error:
                failure = error
                continue
            self._urls.sort(key=lambda other: other != url)
            return connection
        assert failure is not None, "there is one server at least"
        raise failure

    def _connect_options(self, *, is_patient: bool) -> dict[str, Any]:
        settings = _KEEPALIVE_SETTINGS | ({} if is_patient else _SETTINGS)
        return {
            "timeout": CONNECT_SECONDS / len(self._urls),
            "connection_class": _PooledConnection if self.is_pooled and not is_patient else _GuardedConnection,
            "command_timeout": None if is_patient else STATEMENT_SECONDS + 1,
            "statement_cache_size": 0 if self.is_pooled else 100,
            "server_settings": {"application_name": "leadline", **({} if self.is_pooled else settings)},
        }


def _is_true(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("pgbouncer must be true or false")
    return text == "true"


class _GuardedConnection(asyncpg.Connection):
    """A connection that ends when the server is silent for too long, whatever it waits for."""

    def __init__(self, protocol: Any, transport: Any, *others: Any) -> None:
        super().__init__(protocol, transport, *others)
        _notice_silence(transport.get_extra_info("socket"))


class _PooledConnection(_GuardedConnection):
    """A connection through PgBouncer, on which each transaction sets its own settings."""

    async def execute(self, query: str, *arguments: Any, **options: Any) -> str:
        if query.startswith("BEGIN"):
            begin, _, rest = query.partition(";")
            query = f"{begin};{_LOCAL_SETTINGS}{rest}"
        status: str = await super().execute(query, *arguments, **options)
        return status


def _notice_silence(link: socket.socket) -> None:
    """Sets the socket options that detect a silent server (tcp(7)). Some systems lack some of them."""
    if link.family == socket.AF_UNIX:
        return
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    milliseconds = int(PEER_SECONDS * 1000)
    for name, value in (("TCP_KEEPIDLE", 1), ("TCP_KEEPINTVL", 1), ("TCP_USER_TIMEOUT", milliseconds)):
        if hasattr(socket, name):
            link.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
