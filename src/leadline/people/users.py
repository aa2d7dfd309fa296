"""Users: the people of a workspace, and the system user that its API keys act as."""

from leadline.access import Actor, Role
from leadline.errors import Conflict, FieldError
from leadline.kit.db import Transaction
from leadline.kit.text import fold_case
from leadline.log import lock_counters
from leadline.people.passwords import PasswordField, PasswordHasher
from leadline.people.sessions import SessionService
from leadline.records.body import ParsedBody
from leadline.records.kind import Field, Kind, Values
from leadline.records.service import RecordService, VersionConditions, WriteResult
from leadline.records.store import Record
from leadline.records.texts import EmailField, TextField
from leadline.records.types import ChoiceField, FlagField, Value

EMAIL = Field("email", EmailField(), required=True, key_column="email_key")
FIRST_NAME = Field("firstName", TextField())
LAST_NAME = Field("lastName", TextField())
PASSWORD = Field("password", PasswordField(), shown=False, secret=True)

USERS = Kind(
    name="user",
    plural="users",
    prefix="usr",
    own_fields=(
        EMAIL,
        FIRST_NAME,
        LAST_NAME,
        Field("role", ChoiceField(values=tuple(role.value for role in Role)), required=True, default=Role.USER.value),
        Field("active", FlagField(), required=True, default=True),
        PASSWORD,
    ),
    listed=("id", "email", "firstName", "lastName", "role", "active", "createdAt", "updatedAt"),
    search=(("firstName", "lastName"), ("email",)),
    own_filters={"email": ("email", "in"), "role": ("role", "in"), "active": ("active", "eq")},
    within="workspace = ? AND email IS NOT NULL",
)
"""The kind of record for people. The system user has no e-mail, and `within` leaves that user out."""


class UserService:
    def __init__(self, records: RecordService, sessions: SessionService, passwords: PasswordHasher) -> None:
        self._records = records
        self._sessions = sessions
        self._passwords = passwords

    async def hash_password(self, draft: ParsedBody, email: Value) -> ParsedBody:
        """Returns the draft with its password, if any, replaced by the hash that `create` and `patch` store.

        `email` is the e-mail that the user will have. Call this outside of a transaction: hashing is slow, and a
        transaction may await nothing but its own statements.
        """
        password = draft.values.get("password")
        if password is None:
            return draft
        if draft.errors:  # the draft will be refused, so hashing would be wasted work
            return ParsedBody(draft.values | {"password": None}, draft.errors)
        if fold_case(str(password)) == fold_case(str(email)):
            error = FieldError("password", "too_simple", "password must not be the e-mail.")
            return ParsedBody(draft.values | {"password": None}, [*draft.errors, error])
        return ParsedBody(
            draft.values | {"password": await self._passwords.hash_password(str(password))}, draft.errors
        )

    async def create(self, tx: Transaction, actor: Actor, draft: ParsedBody) -> WriteResult:
        """Creates a user. Raises `InvalidInput`."""
        errors = [*draft.errors, *await _find_taken_email(tx, actor.workspace, draft.values)]
        return await self._records.create(tx, actor, USERS, ParsedBody(draft.values, errors))

    async def patch(
        self, tx: Transaction, actor: Actor, id_: str, sent: ParsedBody, *, versions: VersionConditions | None = None
    ) -> WriteResult:
        """Changes a user. Disabling a user or setting a password ends the user's sessions, except the actor's own.

        Raises `InvalidInput`, `NotFound`, `StaleVersion`, and `Conflict` if the workspace would be left without an
        active admin or the actor disables themselves.
        """
        await lock_counters(tx, actor.workspace)  # until the commit nobody else can change who is an admin
        before = await self._records.get(tx, actor, USERS, id_, lock=True, versions=versions)
        user_id = str(before["id"])
        errors = [*sent.errors, *await _find_taken_email(tx, actor.workspace, sent.values, but=user_id)]
        if not errors:
            await _refuse_to_lose_the_admin(tx, actor, before, sent.values)
        changes = await self._records.check_patch(tx, actor, USERS, before, ParsedBody(sent.values, errors))
        after = before
        async with self._records.begin(tx, actor, "user.updated") as op:
            if changes:
                after = await op.update(USERS, before, changes)
            if "password" in changes or changes.get("active") is False:
                await self._sessions.end_all(op, user_id, but=actor.session_id)
        return WriteResult(after, op.operation)

    async def find_user(self, tx: Transaction, actor: Actor, id_: str) -> Record:
        """Returns the user with this id. Raises `NotFound`."""
        return await self._records.get(tx, actor, USERS, id_)

    async def find_by_email(self, tx: Transaction, workspace: int, email: str) -> str | None:
        """Returns the id of the user with this e-mail, ignoring case, or None."""
        row = await tx.fetch_one(
            "SELECT id FROM users WHERE workspace = ? AND email_key = ?", (workspace, fold_case(email))
        )
        return str(row[0]) if row else None


async def _find_taken_email(tx: Transaction, workspace: int, values: Values, *, but: str = "") -> list[FieldError]:
    """Returns an error if a user other than `but` has the e-mail; otherwise an empty list."""
    if values.get("email") is None:
        return []
    row = await tx.fetch_one(
        "SELECT 1 FROM users WHERE workspace = ? AND email_key = ? AND id <> ?",
        (workspace, fold_case(str(values["email"])), but),
    )
    return [FieldError("email", "taken", "email is another user's; change that one, or give another.")] if row else []


async def _refuse_to_lose_the_admin(tx: Transaction, actor: Actor, user: Record, sent: Values) -> None:
    """Raises `Conflict` if the actor disables themselves or the workspace would lose its last active admin."""
    after = {**user.values, **sent}
    if user["id"] == actor.user_id and not after["active"]:
        raise Conflict("Nobody disables themselves; ask another admin.", code="yourself")
    if not _is_admin(user.values) or _is_admin(after):
        return
    others = await tx.fetch_one(
        "SELECT 1 FROM users WHERE workspace = ? AND role = ? AND active = 1 AND email IS NOT NULL AND id <> ?",
        (actor.workspace, Role.ADMIN.value, str(user["id"])),
    )
    if others is None:
        raise Conflict("This is the last active admin; make another user one first.", code="last_admin")


def _is_admin(user: Values) -> bool:
    return user["role"] == Role.ADMIN and bool(user["active"])
