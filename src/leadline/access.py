"""Access: the rules of roles, rights and scopes, as pure functions.

Three rules are elsewhere. Each query has the workspace in its WHERE, so a caller reaches only its own
(`records/store.py`). `Kind.guards` refuses the changes that a record's state forbids. `people/users.py` keeps the
last admin.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from leadline.errors import Forbidden


class Role(StrEnum):
    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


class Right(StrEnum):
    """The right that a route needs of its caller. PUBLIC needs nothing, not even a token. SELF needs a person, who
    changes their own data. MANAGE needs an admin, who manages users and keys."""

    PUBLIC = "public"
    READ = "read"
    WRITE = "write"
    SELF = "self"
    MANAGE = "manage"


_RIGHTS = {
    Role.ADMIN: frozenset(Right),
    Role.USER: frozenset(Right) - {Right.MANAGE},
    Role.VIEWER: frozenset({Right.PUBLIC, Right.READ, Right.SELF}),
}

AREAS = ("leads", "contacts", "accounts", "opportunities")
"""The kinds of records that a key can be limited to, by their paths."""

SCOPES = tuple(f"{area}:{right}" for area in AREAS for right in (Right.READ, Right.WRITE))
"""All scopes that a key may have. The scope to write does not allow reading, although a write returns the record that
it wrote."""

NOTHING_SHARED = (
    "Your role is viewer, who sees only what is shared with them, and nothing can be shared yet; ask an admin to"
    " make you a user."
)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """An actor: a user of one workspace who acts through an API key or a session, within one request.

    `workspace` is the workspace's number in the data, `workspace_id` its id as the log shows it. `scopes` is all that
    a key may do; None sets no limit. `access_seq` is the newest operation after which somebody may do less than
    before, read when the actor was authenticated. `expires` is when the key or token ends, in seconds since 1970, or
    None for never.
    """

    workspace: int
    user_id: str
    role: Role
    key_id: str | None = None
    scopes: frozenset[str] | None = None
    session_id: str | None = None
    workspace_id: str | None = None
    access_seq: int = 0
    expires: int | None = None
    request_id: str | None = None


def scopes_of(areas: Iterable[str], right: Right) -> frozenset[str]:
    """Returns the scopes that a key needs for a right in these areas."""
    return frozenset(f"{area}:{right}" for area in areas)


def require_right(actor: Actor, right: Right, scopes: frozenset[str] = frozenset()) -> None:
    """Raises `Forbidden` unless the actor's role has the right, and its key all of the scopes.

    A viewer has no scopes: a viewer sees only shared records, and records cannot be shared yet.
    """
    if right not in _RIGHTS[actor.role]:
        raise Forbidden(f"Your role is {actor.role}, and this needs the right to {right}; ask an admin.")
    if scopes:
        require_records(actor)
    if right is Right.SELF and actor.session_id is None:
        raise Forbidden("This is for people; sign in with e-mail and password.", code="not_a_person")
    if actor.scopes is not None and not scopes <= actor.scopes:
        missing = ", ".join(sorted(scopes - actor.scopes))
        raise Forbidden(f"This key lacks {missing}; use one with that scope.", code="missing_scope")


def require_records(actor: Actor) -> None:
    """Raises `Forbidden` for a viewer, who sees only what is shared."""
    if actor.role is Role.VIEWER:
        raise Forbidden(NOTHING_SHARED, code="nothing_shared")


def may_report(actor: Actor) -> bool:
    """Returns True if the actor may set fields that programs report, such as a bounced e-mail: a key or an admin."""
    return actor.key_id is not None or actor.role is Role.ADMIN


def may_read(actor: Actor, kind: str) -> bool:
    """Returns True if the scopes of the actor let it read records of a kind, given by its plural."""
    return actor.scopes is None or kind not in AREAS or f"{kind}:{Right.READ}" in actor.scopes


def sees_records(actor: Actor, kind: str) -> bool:
    """Returns True if the actor, whom the route has let in, may see any record of a kind, given by its plural.

    A viewer sees only shared records of the kinds in `AREAS`, and records cannot be shared yet.
    """
    return actor.role is not Role.VIEWER or kind not in AREAS
