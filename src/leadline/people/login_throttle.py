"""The login throttle: counts failed logins by e-mail and, if the login named one, workspace.

Failures are counted even if no user has the e-mail, so having to wait does not tell whether one does. The counts are
in the database, so that they hold in every worker process. They are no part of the operation log.
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
        """Raises `TooManyAttempts` after `MAX_FAILURES` in a row, until `WAIT_SECONDS` after the last of them.

        If the clock is set back meanwhile, the wait is at most twice as long.
        """
        failures, last_at = await self._find_failures(tx, email, workspace_id)
        wait = last_at + WAIT_SECONDS - self._now() // 1000
        if failures >= MAX_FAILURES and 0 < wait < 2 * WAIT_SECONDS:
            raise TooManyAttempts(
                f"Too many failed logins with this e-mail; wait {-(-wait // 60)} minutes.",
                retry_after=wait,
                code="too_many_failures",
            )

    async def count_failures(self, tx: Transaction, email: str, workspace_id: str | None) -> int:
        """Returns the number of failures that a success would clear, or that might refuse it."""
        return (await self._find_failures(tx, email, workspace_id))[0]

    async def add_failure(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """Counts one more failure, and deletes all failures, of any e-mail, that no longer count."""
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
        """Deletes the failures before a success, unless the login named no workspace and there are several.

        Otherwise the admin of one workspace could guess passwords of another workspace's users without limit: logins
        as a user of their own with the same e-mail would clear the failures.
        """
        if workspace_id is None:
            row = await tx.fetch_one("SELECT count(*) FROM workspaces")
            if row is not None and row[0] != 1:
                return
        await tx.execute("DELETE FROM login_failures WHERE email_hash = ?", (_hash_email(email, workspace_id),))

    async def add_unless_too_many(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """Counts a failure. Raises `TooManyAttempts` if there are too many already."""
        await self.refuse_too_many(tx, email, workspace_id)
        await self.add_failure(tx, email, workspace_id)

    async def clear_unless_too_many(self, tx: Transaction, email: str, workspace_id: str | None) -> None:
        """Clears the failures before a success. Raises `TooManyAttempts` if there are too many already."""
        await self.refuse_too_many(tx, email, workspace_id)
        await self.clear_failures(tx, email, workspace_id)

    async def _find_failures(self, tx: Transaction, email: str, workspace_id: str | None) -> tuple[int, int]:
        row = await tx.fetch_one(
            "SELECT failures, last_at FROM login_failures WHERE email_hash = ?", (_hash_email(email, workspace_id),)
        )
        return (int(row[0] or 0), int(row[1] or 0)) if row else (0, 0)


def _hash_email(email: str, workspace_id: str | None) -> str:
    named = f"{fold_case(email)} {workspace_id}" if workspace_id else fold_case(email)
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()
