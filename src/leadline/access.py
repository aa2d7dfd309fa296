"""What a role, a right and a scope allow, as pure functions.

Which workspace a caller reaches is decided elsewhere: by the workspace in the WHERE of each query
(`records/store.py`). What a record's state forbids, its kind says (`Kind.guards`); `people/users.py` keeps the
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
    """What a route needs of its caller: PUBLIC nothing, not even a token; SELF to be a person, who changes what is
    their own; MANAGE to be an admin, who sees to users and keys."""

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
"""What a key can be limited to, by their paths."""

SCOPES = tuple(f"{area}:{right}" for area in AREAS for right in (Right.READ, Right.WRITE))
"""What a key may be allowed. To write is not to read, though a write answers the record that it wrote."""

NOTHING_SHARED = (
    "Your role is viewer, who sees only what is shared with them, and nothing can be shared yet; ask an admin to"
    " make you a user."
)


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: a user of one workspace, through an API key or a session, within one request.

    `workspace` is its number in the data, `workspace_id` its id as the log shows it; `scopes` is all that a key may
    do; None sets no limit. `access_seq` is the newest operation after which somebody may do less than before, as of
    when the actor was let in; `expires` is when the key or token ends, in seconds since 1970, or None for never.
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
    """What a key must be allowed for a right in these areas."""
    return frozenset(f"{area}:{right}" for area in areas)


def require_right(actor: Actor, right: Right, scopes: frozenset[str] = frozenset()) -> None:
    """Raises `Forbidden` unless the actor's role carries the right, and its key all of the scopes. A viewer has none
    of them: until there is sharing, all they could see of the desk's records is nothing."""
    if right not in _RIGHTS[actor.role]:
        raise Forbidden(f"Your role is {actor.role}, and this needs the right to {right}; ask an admin.")
    if actor.role is Role.VIEWER and scopes:
        raise Forbidden(NOTHING_SHARED, code="nothing_shared")
    if right is Right.SELF and actor.session_id is None:
        raise Forbidden("This is for people; sign in with e-mail and password.", code="not_a_person")
    if actor.scopes is not None and not scopes <= actor.scopes:
        missing = ", ".join(sorted(scopes - actor.scopes))
        raise Forbidden(f"This key lacks {missing}; use one with that scope.", code="missing_scope")


def may_report(actor: Actor) -> bool:
    """Whether the actor may set what programs find out, such as that an e-mail bounced: a key may, and an admin."""
    return actor.key_id is not None or actor.role is Role.ADMIN


def sees_records(actor: Actor, kind: str) -> bool:
    """Whether any record of a kind (its plural) is visible, once its route let the actor in: of what the desk works
    with, a viewer sees only what was shared, and sharing does not exist yet."""
    return actor.role is not Role.VIEWER or kind not in AREAS
