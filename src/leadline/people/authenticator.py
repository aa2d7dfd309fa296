"""Authentication by token: a program sends an API key, a person an access token, and a browser its cookie."""

import logging
from collections.abc import AsyncIterator, Awaitable, Collection
from contextlib import asynccontextmanager
from typing import NamedTuple

from leadline.access import Actor
from leadline.clock import Clock
from leadline.kit.background import repeating_work
from leadline.kit.db import Database, DatabaseError, Transaction
from leadline.people.keys import PREFIX, ApiKeyAuthenticator, write_uses
from leadline.people.sessions import SessionAuthenticator
from leadline.people.tokens import TokenType

logger = logging.getLogger("leadline")

WRITE_SECONDS = 10.0


class SentToken(NamedTuple):
    """A token as a request sent it: in the header Authorization, or in the cookie of a browser."""

    text: str
    is_cookie: bool = False


class Authenticator:
    def __init__(self, keys: ApiKeyAuthenticator, sessions: SessionAuthenticator, now: Clock) -> None:
        self._keys = keys
        self._sessions = sessions
        self._now = now

    def find_actor(self, tx: Transaction, token: SentToken, request_id: str) -> Awaitable[Actor | None]:
        """Returns the actor of a token, or None if it is not valid where it was sent. A cookie takes no API key and
        no access token, and the header takes no token of a browser. Raises `WrongCluster`."""
        if token.is_cookie:
            return self._sessions.find_actor(tx, token.text, TokenType.BROWSER, request_id)
        if token.text.startswith(PREFIX):
            return self._keys.find_actor(tx, token.text, request_id)
        return self._sessions.find_actor(tx, token.text, TokenType.ACCESS, request_id)

    def may_do_less(self, actor: Actor, access_seq: int) -> bool:
        """Returns True if the actor may have lost rights since it was authenticated. `access_seq` is the workspace's
        value now."""
        if access_seq != actor.access_seq:
            return True
        return actor.expires is not None and actor.expires <= self._now() // 1000

    @asynccontextmanager
    async def recording_uses(self, databases: Collection[Database]) -> AsyncIterator[None]:
        """Writes the last uses of keys every `WRITE_SECONDS` while the context is open, and once when it closes."""
        try:
            async with repeating_work(
                "keeping the last uses of keys", WRITE_SECONDS, lambda: self.write_uses(databases)
            ):
                yield
        finally:
            await self.write_uses(databases)

    async def write_uses(self, databases: Collection[Database]) -> None:
        if not (uses := self._keys.take_uses()):
            return
        for database in databases:
            try:
                await database.write(lambda tx: write_uses(tx, uses))
            except DatabaseError as error:
                logger.warning("The last use of %d keys is not kept: %s", len(uses), error)
