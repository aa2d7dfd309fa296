"""The watch that ends connections whose time is over, with one timer for all of them (ADR 0025)."""

import asyncio
from typing import Protocol

WATCH_SECONDS = 0.5


class WatchedConnection(Protocol):
    def check_deadline(self, now: float) -> None:
        """Ends the connection if its time is over at `now`, in seconds of the event loop's clock."""


class ConnectionWatch:
    """Lets all connections of a process check their deadlines every `WATCH_SECONDS`, while there are any."""

    def __init__(self) -> None:
        self._connections: set[WatchedConnection] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add_connection(self, connection: WatchedConnection, loop: asyncio.AbstractEventLoop) -> None:
        self._connections.add(connection)
        if self._timer is None:
            self._timer = loop.call_later(WATCH_SECONDS, self._check_deadlines, loop)

    def remove_connection(self, connection: WatchedConnection) -> None:
        self._connections.discard(connection)

    def _check_deadlines(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for connection in list(self._connections):
            connection.check_deadline(now)
        again = loop.call_later(WATCH_SECONDS, self._check_deadlines, loop) if self._connections else None
        self._timer = again
