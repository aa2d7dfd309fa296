"""Users: the people of a workspace, and the system user that its API keys act as."""

from dataclasses import dataclass

from leadline import ids
from leadline.access import Actor, Role
from leadline.kit.db import Transaction
from leadline.log import Change, Operation, OperationLog
from leadline.names import full_name


@dataclass(frozen=True, kw_only=True)
class User:
    """`email` is None for the system user alone."""

    id: str
    email: str | None
    first_name: str | None
    last_name: str | None
    role: Role
    active: bool

    @property
    def name(self) -> str | None:
        return full_name(self.first_name, self.last_name)


class Users:
    def __init__(self, operations: OperationLog) -> None:
        self._operations = operations

    async def create(
        self,
        tx: Transaction,
        actor: Actor,
        *,
        email: str,
        first_name: str | None = None,
        last_name: str | None = None,
        role: Role = Role.USER,
    ) -> User:
        operation = await self._operations.begin(tx, actor.workspace)
        user = await self.insert(
            tx, actor.workspace, operation, email=email, first_name=first_name, last_name=last_name, role=role
        )
        await self._operations.append(tx, actor, operation, "user.created", [created(user)])
        return user

    async def insert(
        self,
        tx: Transaction,
        workspace: int,
        operation: Operation,
        *,
        email: str | None,
        first_name: str | None,
        last_name: str | None,
        role: Role,
    ) -> User:
        """A new user as part of an operation; the caller appends `created(…)` to the log with it."""
        user = User(
            id=ids.new("usr", operation.at, operation.seq),
            email=email,
            first_name=first_name,
            last_name=last_name,
            role=role,
            active=True,
        )
        await tx.execute(
            "INSERT INTO users (id, workspace, email, first_name, last_name, role, active, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, 1, ?)",
            (user.id, workspace, email, first_name, last_name, role, operation.seconds),
        )
        return user

    async def find(self, tx: Transaction, workspace: int, id_: str) -> User | None:
        row = await tx.fetch_one(
            "SELECT id, email, first_name, last_name, role, active FROM users WHERE id = ? AND workspace = ?",
            (id_, workspace),
        )
        if row is None:
            return None
        found, email, first, last, role, active = row
        return User(
            id=str(found),
            email=_text(email),
            first_name=_text(first),
            last_name=_text(last),
            role=Role(str(role)),
            active=bool(active),
        )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def created(user: User) -> Change:
    fields = {
        "email": user.email,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "role": user.role.value,
        "active": user.active,
    }
    return Change(user.id, 1, {name: [None, value] for name, value in fields.items() if value is not None})
