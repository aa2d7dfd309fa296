"""Who may do what, as pure functions. Nothing else in Leadline decides it."""

from enum import StrEnum

import msgspec

from leadline.errors import Forbidden


class Role(StrEnum):
    ADMIN = "admin"
    USER = "user"
    VIEWER = "viewer"


class Right(StrEnum):
    """What a route needs of its caller."""

    READ = "read"
    WRITE = "write"
    MANAGE = "manage"


_RIGHTS = {
    Role.ADMIN: frozenset(Right),
    Role.USER: frozenset({Right.READ, Right.WRITE}),
    Role.VIEWER: frozenset({Right.READ}),
}


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: a user of one workspace, perhaps through an API key, within one request."""

    workspace: int
    user_id: str
    role: Role
    key_id: str | None = None
    request_id: str | None = None


def require(actor: Actor, right: Right) -> None:
    """Raises `Forbidden` unless the actor's role carries the right."""
    if right not in _RIGHTS[actor.role]:
        raise Forbidden(f"Your role is {actor.role}, and this needs the right to {right}; ask an admin.")


def sees_records(actor: Actor) -> bool:
    """Whether any record is visible: a viewer sees only what was shared, and sharing does not exist yet."""
    return actor.role is not Role.VIEWER
