"""Strict parsing of a PostgreSQL address, so that no part of a password is mistaken for anything else."""

import re
from typing import NamedTuple
from urllib.parse import urlsplit

_HOST = r"(?:[\w.%-]*|\[[0-9A-Fa-f:.%]+\])(?::[0-9]{1,5})?"
_ADDRESS = re.compile(
    rf"(?P<scheme>postgres(?:ql)?://)(?P<user>[^/?#@\s]*@)?(?P<hosts>{_HOST}(?:,{_HOST})*)"
    r"(?P<path>(?:/[^/?#@\s]*)?)(?:\?(?P<query>[^?#@\s]*))?"
)
FORM = (
    "postgresql://user:password@host/name; in user and password write / as %2F, @ as %40, ? as %3F, # as %23,"
    " % as %25 and a blank as %20"
)


class PostgresAddress(NamedTuple):
    """The parts of a PostgreSQL address.

    `user` includes the password and ends in @. `query` may contain a password, too.
    """

    scheme: str
    user: str
    hosts: tuple[str, ...]
    path: str
    query: str

    @property
    def without_password(self) -> str:
        """The address without the user, the password and the query."""
        return f"{self.scheme}{','.join(self.hosts)}{self.path}"


def parse_address(address: str) -> PostgresAddress:
    """Parses an address. Raises `ValueError` if it is invalid; the message does not quote the address."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not _can_be_split(address):
        raise ValueError(f"must be {FORM}")
    return PostgresAddress(
        match["scheme"], match["user"] or "", tuple(match["hosts"].split(",")), match["path"], match["query"] or ""
    )


def _can_be_split(address: str) -> bool:
    """Returns True if the drivers can split the address. Their own error messages quote the password."""
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True
