"""Login with e-mail and password. The slow step, verifying the password, runs between the transactions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from leadline.access import Actor, Role
from leadline.errors import FieldError, InvalidInput, Unauthenticated
from leadline.kit.db import Database, Row, Transaction, WrongCluster
from leadline.kit.text import fold_case
from leadline.log import OperationLog
from leadline.people.login_throttle import LoginThrottle
from leadline.people.passwords import PasswordHasher
from leadline.people.sessions import SessionService, TokenPair
from leadline.people.users import USERS, UserService
from leadline.records.operation import RecordOperation
from leadline.records.store import Record

MAX_USERS_TRIED = 10
"""The number of users with the same e-mail, each of another workspace, that a password is tried against."""


@dataclass(frozen=True)
class Credentials:
    """The credentials of a login. `workspace_id` names the user's workspace; None tries all users with that e-mail,
    oldest first."""

    email: str
    password: str
    workspace_id: str | None = None


@dataclass(frozen=True)
class SignedIn:
    pair: TokenPair
    user: Record
    workspace_id: str


@dataclass(frozen=True)
class _LoginCandidate:
    """A user with the e-mail of a login, and the database that has the user.

    `arriving_from` names the cluster that the user's workspace is being moved from, "" for none. `hash` is None for a
    user who may not sign in.
    """

    database: Database
    workspace: int
    workspace_id: str
    id: str
    role: Role
    hash: str | None
    arriving_from: str


class LoginService:
    """The login service. A refused login gets the same answer after the same work, whatever the reason.

    `databases` are all databases that hold users. The first one knows all workspaces, and counts the failures.
    """

    def __init__(
        self,
        databases: Sequence[Database],
        operations: OperationLog,
        users: UserService,
        sessions: SessionService,
        passwords: PasswordHasher,
        failures: LoginThrottle,
    ) -> None:
        self._databases = databases
        self._home = databases[0]
        self._operations = operations
        self._users = users
        self._sessions = sessions
        self._passwords = passwords
        self._failures = failures

    async def sign_in(self, given: Credentials, request_id: str | None) -> SignedIn:
        """Opens a session for the user with these credentials.

        Raises `Unauthenticated`, or `TooManyAttempts` after failures in a row.
        """
        candidates, tries = await self._find_everywhere(given)
        found = await self._match_password(candidates, tries, given.password)
        if found is None:
            await self._count_failure(given.email, given.workspace_id)
            raise _login_refused()
        outdated = found.hash is not None and self._passwords.is_outdated(found.hash)
        renewed = await self._passwords.hash_password(given.password) if outdated else None
        await self._clear_failures(given)
        return await found.database.write(partial(self._open_session, found, renewed, request_id), found.workspace)

    async def _find_everywhere(self, given: Credentials) -> tuple[list[_LoginCandidate], int]:
        """Returns the candidates of all databases, oldest first, and how many passwords to verify.

        Raises `WrongCluster` for a user whose workspace is just being moved.
        """
        found: list[_LoginCandidate] = []
        tries = 0
        for database in self._databases:
            there, most = await database.read(partial(self._find_candidates, database, given))
            found, tries = found + there, tries + most
        here = {one.id for one in found if not one.arriving_from}
        for one in found:
            if one.id not in here:
                raise WrongCluster(one.arriving_from)
        candidates = sorted((one for one in found if not one.arriving_from), key=lambda one: one.id)
        return candidates[:MAX_USERS_TRIED], min(tries, 1 if given.workspace_id is not None else MAX_USERS_TRIED)

    async def confirm_password(self, user: Record, workspace: int, password: str) -> None:
        """Checks the password of a user who is signed in. Raises `InvalidInput`, or `TooManyAttempts`."""
        email = str(user["email"])

        workspace_id = await self._home.read(partial(self._refuse_if_throttled, email, workspace))
        hash_ = user["password"]
        if not await self._passwords.verify_password(None if hash_ is None else str(hash_), password):
            await self._count_failure(email, workspace_id)
            raise InvalidInput([FieldError("currentPassword", "wrong", "currentPassword is not your password.")])

    async def _refuse_if_throttled(self, email: str, workspace: int, tx: Transaction) -> str:
        """Returns the workspace's id. Raises `TooManyAttempts`."""
        row = await tx.fetch_one("SELECT id FROM workspaces WHERE number = ?", (workspace,))
        assert row is not None, "the user is in it"
        await self._failures.refuse_too_many(tx, email, str(row[0]))
        return str(row[0])

    async def _find_candidates(
        self, database: Database, given: Credentials, tx: Transaction
    ) -> tuple[list[_LoginCandidate], int]:
        """Returns the users that the credentials may mean, and how many times to verify a password.

        Without a workspace id, the second number is the same for every e-mail: the number of users that the most
        common e-mail has. So the time does not tell how many workspaces know this e-mail. Raises `TooManyAttempts`.
        """
        await self._failures.refuse_too_many(tx, given.email, given.workspace_id)
        rows = await tx.fetch_all(
            "SELECT users.workspace, workspaces.id, users.id, role, active, password, coalesce(cluster, '')"
            " FROM users JOIN workspaces ON workspaces.number = users.workspace"
            " WHERE email_key = ? AND workspaces.id = coalesce(?, workspaces.id)"
            " AND (cluster IS NULL OR moving IS NOT NULL) ORDER BY users.id LIMIT ?",
            (fold_case(given.email), given.workspace_id, MAX_USERS_TRIED),
        )
        candidates = [_make_candidate(database, row) for row in rows]
        if given.workspace_id is not None:
            return candidates, 1
        most = await tx.fetch_one(
            "SELECT count(*) FROM users WHERE email IS NOT NULL GROUP BY email_key ORDER BY count(*) DESC LIMIT 1"
        )
        return candidates, min(int(most[0] or 1) if most else 1, MAX_USERS_TRIED)

    async def _match_password(
        self, candidates: list[_LoginCandidate], tries: int, password: str
    ) -> _LoginCandidate | None:
        for candidate in candidates:
            if await self._passwords.verify_password(candidate.hash, password):
                return candidate
        for _ in range(tries - len(candidates)):
            await self._passwords.verify_password(None, password)
        return None

    async def _count_failure(self, email: str, workspace_id: str | None) -> None:
        """Counts a failed login. Raises `TooManyAttempts` if other failures reached the limit first, so that many
        attempts at once learn no more than the same attempts one after the other."""
        await self._home.write(partial(self._failures.add_unless_too_many, email=email, workspace_id=workspace_id))

    async def _clear_failures(self, given: Credentials) -> None:
        """Clears the failures before a success. Raises `TooManyAttempts` if others reached the limit meanwhile.

        The clearing has a transaction of its own. Failures belong to no workspace, so no login waits for another
        workspace's writes.
        """
        email, workspace_id = given.email, given.workspace_id
        count = partial(self._failures.count_failures, email=email, workspace_id=workspace_id)
        if await self._home.read(count):
            clear = partial(self._failures.clear_unless_too_many, email=email, workspace_id=workspace_id)
            await self._home.write(clear)

    async def _open_session(
        self, found: _LoginCandidate, renewed: str | None, request_id: str | None, tx: Transaction
    ) -> SignedIn:
        actor = Actor(workspace=found.workspace, user_id=found.id, role=found.role, request_id=request_id)
        # From the beginning of the operation to the commit nobody else changes the user.
        async with RecordOperation(self._operations, tx, actor, "session.opened") as op:
            user = await self._users.find_user(tx, actor, found.id)
            if user["password"] != found.hash or not user["active"]:  # it changed while the password was verified
                raise _login_refused()
            pair = await self._sessions.open_session(op)
            if renewed is not None:
                await op.update(USERS, user, {"password": renewed})
        return SignedIn(pair, user, found.workspace_id)


def _make_candidate(database: Database, row: Row) -> _LoginCandidate:
    workspace, workspace_id, id_, role, active, hash_, cluster = row
    usable = str(hash_) if active and hash_ is not None else None
    return _LoginCandidate(
        database, int(workspace or 0), str(workspace_id), str(id_), Role(str(role)), usable, str(cluster)
    )


def _login_refused() -> Unauthenticated:
    return Unauthenticated("E-mail or password is wrong; try again, or ask an admin.", code="bad_credentials")
