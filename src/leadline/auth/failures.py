"""Failed logins, counted by e-mail, whether or not there is a user with it: so waiting tells nothing.

They are bookkeeping, kept in the database so that they hold on every worker, and no part of the operation log.
"""

import hashlib

from leadline.clock import Clock
from leadline.errors import TooMany
from leadline.kit.db import Transaction
from leadline.kit.text import fold

MAX_FAILURES = 10
WAIT_SECONDS = 15 * 60


class Failures:
    def __init__(self, now: Clock) -> None:
        self._now = now

    async def refuse_too_many(self, tx: Transaction, email: str) -> None:
        """Raises `TooMany` after `MAX_FAILURES` in a row, until `WAIT_SECONDS` after the last of them."""
        failures, last_at = await self._find(tx, email)
        wait = last_at + WAIT_SECONDS - self._now() // 1000
        if failures >= MAX_FAILURES and wait > 0:
            raise TooMany(
                f"Too many failed logins with this e-mail; wait {-(-wait // 60)} minutes.",
                retry_after=wait,
                code="too_many_failures",
            )

    async def add(self, tx: Transaction, email: str) -> None:
        """One more. Forgets all, of whomever, that are too old to count."""
        now = self._now() // 1000
        await tx.execute("DELETE FROM login_failures WHERE last_at <= ?", (now - WAIT_SECONDS,))
        await tx.execute(
            "INSERT INTO login_failures (email_hash, failures, last_at) VALUES (?, 1, ?)"
            " ON CONFLICT (email_hash)"
            " DO UPDATE SET failures = login_failures.failures + 1, last_at = excluded.last_at",
            (_hash(email), now),
        )

    async def clear(self, tx: Transaction, email: str) -> None:
        await tx.execute("DELETE FROM login_failures WHERE email_hash = ?", (_hash(email),))

    async def _find(self, tx: Transaction, email: str) -> tuple[int, int]:
        row = await tx.fetch_one("SELECT failures, last_at FROM login_failures WHERE email_hash = ?", (_hash(email),))
        return (int(row[0] or 0), int(row[1] or 0)) if row else (0, 0)


def _hash(email: str) -> str:
    return hashlib.sha256(fold(email).encode("utf-8", "surrogatepass")).hexdigest()
