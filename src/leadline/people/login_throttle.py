"""Failed logins, counted by what was named: the e-mail and, if given, the workspace. Whether there is such a user
makes no difference, so waiting tells nothing.

They are bookkeeping, kept in the database so that they hold on every worker, and no part of the operation log.
"""

import hashlib

from leadline.clock import Clock
from leadline.errors import TooManyAttempts
from leadline.kit.db import Transaction
from leadline.kit.text import fold_case

MAX_FAILURES = 10
WAIT_SECONDS = 15 * 60


class LoginThrottle:
    def __init__(self, now: Clock) -> None:
        self._now = now

    async def refuse_too_many(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """Raises `TooMany` after `MAX_FAILURES` in a row, until `WAIT_SECONDS` after the last of them; if the clock
        is set back meanwhile, for twice that at most."""
        failures, last_at = await self._find_failures(tx, email, workspace_id)
        wait = last_at + WAIT_SECONDS - self._now() // 1000
        if failures >= MAX_FAILURES and 0 < wait < 2 * WAIT_SECONDS:
            raise TooManyAttempts(
                f"Too many failed logins with this e-mail; wait {-(-wait // 60)} minutes.",
                retry_after=wait,
                code="too_many_failures",
            )

    async def count_failures(self, tx: Transaction, email: str, workspace_id: str | None) -> int:
        """How many there are that a success would clear, or that might refuse it."""
        return (await self._find_failures(tx, email, workspace_id))[0]

    async def add_failure(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """One more. Forgets all, of whomever, that do not count any more."""
        now = self._now() // 1000
        await tx.execute(
            "DELETE FROM login_failures WHERE last_at <= ? OR last_at >= ?", (now - WAIT_SECONDS, now + WAIT_SECONDS)
        )
        await tx.execute(
            "INSERT INTO login_failures (email_hash, failures, last_at) VALUES (?, 1, ?)"
            " ON CONFLICT (email_hash)"
            " DO UPDATE SET failures = login_failures.failures + 1, last_at = excluded.last_at",
            (_hash_email(email, workspace_id), now),
        )

    async def clear_failures(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """Forgets those before a success. Where there are several workspaces, one that named none forgets nothing:
        else whoever runs one could guess the passwords of another's people without end, and clear by a namesake."""
        if workspace_id is None:
            row = await tx.fetch_one("SELECT count(*) FROM workspaces")
            if row is not None and row[0] != 1:
                return
        await tx.execute("DELETE FROM login_failures WHERE email_hash = ?", (_hash_email(email, workspace_id),))

    async def _find_failures(self, tx: Transaction, email: str, workspace_id: str | None) -> tuple[int, int]:
        row = await tx.fetch_one(
            "SELECT failures, last_at FROM login_failures WHERE email_hash = ?", (_hash_email(email, workspace_id),)
        )
        return (int(row[0] or 0), int(row[1] or 0)) if row else (0, 0)


def _hash_email(email: str, workspace_id: str | None) -> str:
    named = f"{fold_case(email)} {workspace_id}" if workspace_id else fold_case(email)
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
