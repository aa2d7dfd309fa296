"""Sessions: a session lasts from a login to a logout, and has one valid refresh token at a time."""

import hashlib
from dataclasses import dataclass

from msgspec import structs

from leadline import clock
from leadline.access import Actor, Role
from leadline.clock import Clock
from leadline.errors import NotFound
from leadline.kit.cache import BoundedCache
from leadline.kit.db import Transaction, WrongCluster
from leadline.log import Change, Operation, OperationLog, lock_counters
from leadline.log.builder import OperationBuilder
from leadline.people.tokens import TokenSigner, TokenType

MAX_KEPT_SESSIONS = 10_000


@dataclass(frozen=True)
class TokenPair:
    """The two tokens of a session, and the operation that made them."""

    access: str
    refresh: str
    session_id: str
    operation: Operation


@dataclass(frozen=True)
class BrowserToken:
    """A token for the cookie of a browser, and the seconds for which it is valid."""

    text: str
    seconds: int


class SessionService:
    def __init__(self, operations: OperationLog, tokens: TokenSigner, now: Clock) -> None:
        self._operations = operations
        self._tokens = tokens
        self._now = now

    async def open_session(self, op: OperationBuilder) -> TokenPair:
        """Opens a session for the operation's actor, as part of the operation."""
        operation, actor = op.operation, op.actor
        id_ = operation.new_id("ses", operation.seq)
        pair, expires = self._sign_pair(actor.user_id, id_, operation)
        await op.tx.execute(
            "INSERT INTO sessions (id, workspace, user_id, version, refresh_hash, created_at, expires_at)"
            " VALUES (?, ?, ?, 1, ?, ?, ?)",
            (id_, actor.workspace, actor.user_id, _hash_token(pair.refresh), operation.seconds, expires),
        )
        op.note(Change(id_, 1, {"userId": [None, actor.user_id], "expiresAt": [None, clock.to_text(expires)]}))
        return pair

    async def workspace_of(self, tx: Transaction, token: str) -> int | None:
        """Returns the number of the workspace that a refresh token's session is in, or None if the token is not valid
        or this database has no such session. Raises `WrongCluster`."""
        claims = self._tokens.read_for(TokenType.REFRESH, token, self._now() // 1000)
        row = claims and await tx.fetch_one(
            "SELECT cluster, number FROM sessions JOIN workspaces ON workspaces.number = sessions.workspace"
            " WHERE sessions.id = ?",
            (claims.session_id,),
        )
        if not row:
            return None
        if row[0] is not None:
            raise WrongCluster(str(row[0]))
        return int(row[1] or 0)

    async def refresh_tokens(
        self, tx: Transaction, workspace: int, token: str, request_id: str | None
    ) -> TokenPair | None:
        """Returns new tokens in exchange for a valid refresh token, or None if the token is not valid.

        A token that was used before may have been stolen, so using it again ends its session. The caller must
        commit even if the result is None.
        """
        claims = self._tokens.read_for(TokenType.REFRESH, token, self._now() // 1000)
        if not claims:
            return None
        await lock_counters(tx, workspace)  # until the commit nobody else changes the workspace's users and sessions
        row = await tx.fetch_one(
            "SELECT users.id, users.role, sessions.version, refresh_hash, expires_at"
            " FROM sessions JOIN users ON users.id = sessions.user_id"
            " WHERE sessions.id = ? AND sessions.workspace = ? AND ended_at IS NULL AND users.active = 1",
            (claims.session_id, workspace),
        )
        if not row:
            return None
        user_id, role, version, hash_, expired = row
        actor = Actor(
            workspace=workspace,
            user_id=str(user_id),
            role=Role(str(role)),
            session_id=claims.session_id,
            request_id=request_id,
        )
        if hash_ != _hash_token(token):
            await self.end_session(tx, actor)
            return None
        return await self._rotate_tokens(tx, actor, int(version or 0), int(expired or 0))

    async def _rotate_tokens(self, tx: Transaction, actor: Actor, version: int, expired: int) -> TokenPair:
        id_ = str(actor.session_id)
        async with self._begin(tx, actor, "session.refreshed") as op:
            pair, expires = self._sign_pair(actor.user_id, id_, op.operation)
            await tx.execute(
                "UPDATE sessions SET refresh_hash = ?, expires_at = ?, version = ? WHERE id = ?",
                (_hash_token(pair.refresh), expires, version + 1, id_),
            )
            times = [clock.to_text(expired), clock.to_text(expires)]
            op.note(Change(id_, version + 1, {"expiresAt": times}))
        return pair

    async def end_session(self, tx: Transaction, actor: Actor) -> Operation:
        """Ends the actor's own session. Raises `NotFound` if it has ended already."""
        async with self._begin(tx, actor, "session.ended") as op:
            if not await _end_sessions(op, "id = ?", str(actor.session_id)):
                raise NotFound
        return op.operation

    def sign_browser_token(self, user_id: str, session_id: str) -> BrowserToken:
        text, _ = self._tokens.sign_token(TokenType.BROWSER, user_id, session_id, self._now() // 1000)
        return BrowserToken(text, self._tokens.lifetime(TokenType.BROWSER))

    def renew_browser_token(self, actor: Actor) -> BrowserToken | None:
        """Returns a new token for a browser that is signed in, or None while half of its token's time is left.

        The old token stays valid, so that two tabs that renew at the same moment do not sign each other out.
        """
        half = self._tokens.lifetime(TokenType.BROWSER) // 2
        if actor.session_id is None or actor.expires is None or actor.expires - self._now() // 1000 > half:
            return None
        return self.sign_browser_token(actor.user_id, actor.session_id)

    async def end_all(self, op: OperationBuilder, user_id: str, *, but: str | None) -> None:
        """Ends all sessions of a user, except the session `but`, as part of an operation."""
        await _end_sessions(op, "user_id = ? AND id <> ?", user_id, but or "")

    def _begin(self, tx: Transaction, actor: Actor, action: str) -> OperationBuilder:
        return OperationBuilder(self._operations, tx, actor, action)

    def _sign_pair(self, user_id: str, session_id: str, operation: Operation) -> tuple[TokenPair, int]:
        """Returns the tokens, and when the refresh token expires (seconds since 1970)."""
        now = self._now() // 1000
        access, _ = self._tokens.sign_token(TokenType.ACCESS, user_id, session_id, now)
        refresh, expires = self._tokens.sign_token(TokenType.REFRESH, user_id, session_id, now)
        return TokenPair(access, refresh, session_id, operation), expires


async def _end_sessions(op: OperationBuilder, which: str, *parameters: str) -> int:
    """Ends the sessions for which the condition `which` holds, and returns how many."""
    condition = f"{which} AND ended_at IS NULL"
    rows = await op.tx.fetch_all(
        f"SELECT id, version FROM sessions WHERE {condition}{op.tx.dialect.lock_clause}", parameters
    )
    await op.tx.execute(
        f"UPDATE sessions SET ended_at = ?, version = version + 1 WHERE {condition}",
        (op.operation.seconds, *parameters),
    )
    for id_, version in rows:
        op.note(Change(str(id_), int(version or 0) + 1, {"endedAt": [None, op.operation.time_text]}))
    return len(rows)


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SessionAuthenticator:
    """An authenticator for the tokens of sessions. The token names only user and session: the role, and whether the
    session is still open, are what the data say now."""

    def __init__(self, tokens: TokenSigner, now: Clock) -> None:
        self._tokens = tokens
        self._now = now
        self._found: BoundedCache[str, Actor] = BoundedCache(MAX_KEPT_SESSIONS)

    async def find_actor(self, tx: Transaction, token: str, use: TokenType, request_id: str) -> Actor | None:
        """Returns the actor of a token of this type, or None if the token is not valid. Raises `WrongCluster`."""
        claims = self._tokens.read_for(use, token, self._now() // 1000)
        if claims is None:
            return None
        found = self._found.find(claims.session_id, tx.data_version) or await self._find_session(
            tx, claims.session_id
        )
        if found is None:
            return None
        return structs.replace(found, expires=claims.expires, request_id=request_id)

    async def _find_session(self, tx: Transaction, session_id: str) -> Actor | None:
        """Returns the actor of a session that is open, of no token and request yet. Raises `WrongCluster`."""
        row = await tx.fetch_cached(
            "SELECT workspaces.number, users.id, users.role, workspaces.cluster, workspaces.id, workspaces.access_seq"
            " FROM sessions JOIN users ON users.id = sessions.user_id"
            " JOIN workspaces ON workspaces.number = users.workspace"
            " WHERE sessions.id = ? AND sessions.ended_at IS NULL AND users.active = 1",
            (session_id,),
        )
        if row is None:
            return None
        workspace, user_id, role, cluster, workspace_id, access_seq = row
        if cluster is not None:
            raise WrongCluster(str(cluster))
        found = Actor(
            workspace=int(workspace or 0),
            workspace_id=str(workspace_id),
            access_seq=int(access_seq or 0),
            user_id=str(user_id),
            role=Role(str(role)),
            session_id=session_id,
        )
        self._found.keep(session_id, found, tx.data_version)
        return found
