"""Workspaces: each holds the data of one team, and no query ever crosses from one into another."""

from dataclasses import dataclass

from leadline import ids
from leadline.access import Actor, Role
from leadline.auth import users
from leadline.auth.users import Users
from leadline.clock import Clock
from leadline.kit.db import Transaction
from leadline.log import Change, OperationLog


@dataclass(frozen=True)
class Workspace:
    """`number` is what other tables know it by; it never leaves the server."""

    number: int
    id: str
    name: str


class Workspaces:
    def __init__(self, operations: OperationLog, users: Users, now: Clock) -> None:
        self._operations = operations
        self._users = users
        self._now = now

    async def create(self, tx: Transaction, name: str) -> Workspace:
        """A workspace with its system user, as whom API keys and the command line act."""
        last = await tx.fetch_one("SELECT coalesce(max(number), 0) FROM workspaces")
        number = int(last[0] or 0) + 1 if last else 1
        workspace = Workspace(number, ids.new("ws", self._now(), number), name)
        await tx.execute(
            "INSERT INTO workspaces (number, id, name, seq, no, at, created_at) VALUES (?, ?, ?, 0, 0, ?, ?)",
            (number, workspace.id, name, self._now(), self._now() // 1000),
        )
        operation = await self._operations.begin(tx, number)
        system = await self._users.insert(
            tx, number, operation, email=None, first_name="System", last_name=None, role=Role.USER
        )
        actor = Actor(workspace=number, user_id=system.id, role=Role.ADMIN)
        made = Change(workspace.id, 1, {"name": [None, name]})
        await self._operations.append(tx, actor, operation, "workspace.created", [made, users.created(system)])
        return workspace

    async def find(self, tx: Transaction) -> list[Workspace]:
        """All of them, oldest first."""
        rows = await tx.fetch_all("SELECT number, id, name FROM workspaces ORDER BY number")
        return [Workspace(int(number or 0), str(id_), str(name)) for number, id_, name in rows]

    async def system_actor(self, tx: Transaction, workspace: int) -> Actor:
        """Who acts when the command line writes."""
        row = await tx.fetch_one("SELECT id FROM users WHERE workspace = ? AND email IS NULL", (workspace,))
        assert row is not None, "every workspace has a system user"
        return Actor(workspace=workspace, user_id=str(row[0]), role=Role.ADMIN)
