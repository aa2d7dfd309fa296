"""The tokens of a session: JSON Web Tokens (RFC 7519) with one fixed algorithm, HS256."""

import secrets
from enum import StrEnum

import jwt
import msgspec

from leadline.kit.cache import BoundedCache
from leadline.kit.db import Database, Transaction

_ALGORITHM = "HS256"
_REQUIRED = ["exp", "user_id", "session_id", "type"]
_HEADER = jwt.encode({}, "0" * 64, _ALGORITHM).partition(".")[0] + "."
"""The header that every token of Leadline starts with. A token with any other header is not decoded."""
MAX_LENGTH = 1_000
MAX_KEPT_TOKENS = 10_000


class TokenType(StrEnum):
    """The use of a token: an access token makes requests, a refresh token gets new tokens, and a browser token makes
    requests from the cookie of a browser."""

    ACCESS = "access"
    REFRESH = "refresh"
    BROWSER = "browser"


class TokenClaims(msgspec.Struct, frozen=True):
    """The claims of a token. `expires` is in seconds since 1970; the ids have their prefixes."""

    use: str
    user_id: str
    session_id: str
    expires: int


class TokenSigner:
    """A signer and reader of tokens, with the secret that all processes share. `load_secret` reads it from the data.

    `access_seconds` is the lifetime of an access token, `refresh_seconds` that of the two other types.
    """

    def __init__(self, *, access_seconds: int, refresh_seconds: int) -> None:
        self._seconds = {
            TokenType.ACCESS: access_seconds,
            TokenType.REFRESH: refresh_seconds,
            TokenType.BROWSER: refresh_seconds,
        }
        self._secret = ""
        self._read: BoundedCache[str, TokenClaims] = BoundedCache(MAX_KEPT_TOKENS)

    async def load_secret(self, database: Database) -> None:
        """Reads the secret from the data, or makes one of 256 bits if there is none yet."""
        found = await database.read(_read_secret)
        self._secret = found or await database.write(_make_secret)

    def sign_token(self, use: TokenType, user_id: str, session_id: str, now: int) -> tuple[str, int]:
        """Returns a token signed at `now`, and when it expires; both times are in seconds since 1970."""
        expires = now + self._seconds[use]
        payload = {
            "user_id": user_id.removeprefix("usr_"),
            "session_id": session_id.removeprefix("ses_"),
            "type": use,
            "exp": expires,
            "jti": secrets.token_urlsafe(12),
        }
        return jwt.encode(payload, self._secret, _ALGORITHM), expires

    def lifetime(self, use: TokenType) -> int:
        """Returns the seconds for which a new token of this type is valid."""
        return self._seconds[use]

    def read_for(self, use: TokenType, token: str, now: int) -> TokenClaims | None:
        """Returns the claims of a token that is valid for this use at `now` (seconds since 1970), or None.

        A process whose clock is ahead may have signed it. A token signed more than a lifetime ahead is refused: it
        would live too long.
        """
        claims = self._read_claims(token)
        if claims is None or claims.use != use:
            return None
        return claims if 0 < claims.expires - now < 2 * self._seconds[use] else None

    def _read_claims(self, token: str) -> TokenClaims | None:
        """Returns the claims of a token that this signer's secret signed, expired or not; None for any other text."""
        claims = self._read.find(token)
        if claims is None and (claims := self._decode_token(token)) is not None:
            self._read.keep(token, claims)
        return claims

    def _decode_token(self, token: str) -> TokenClaims | None:
        if len(token) > MAX_LENGTH or not token.startswith(_HEADER) or not token.isascii():
            return None
        if "=" in token:  # padding, which a token must not have (RFC 7515, 2)
            return None
        options: jwt.types.Options = {"require": _REQUIRED, "verify_exp": False}  # `read_for` checks the expiry
        try:
            claims = jwt.decode(token, self._secret, [_ALGORITHM], options)
        except jwt.InvalidTokenError:
            return None
        return TokenClaims(claims["type"], f"usr_{claims['user_id']}", f"ses_{claims['session_id']}", claims["exp"])


async def _read_secret(tx: Transaction) -> str:
    row = await tx.fetch_one("SELECT value FROM secrets WHERE name = 'tokens'")
    return str(row[0]) if row else ""


async def _make_secret(tx: Transaction) -> str:
    made = await _read_secret(tx)  # another process may have made one first
    if not made:
        made = secrets.token_hex(32)
        await tx.execute("INSERT INTO secrets (name, value) VALUES ('tokens', ?)", (made,))
    return made
