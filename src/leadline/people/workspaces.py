"""Workspaces: each holds the data of one team, and no query ever crosses from one into another."""

from dataclasses import dataclass, replace

from leadline import ids
from leadline.access import Actor, Role
from leadline.clock import Clock
from leadline.errors import FieldError, InvalidInput, LeadlineError
from leadline.kit.db import Transaction, WrongCluster
from leadline.log import Change
from leadline.people.users import USERS
from leadline.records.service import RecordService

MAX_NAME = 100


@dataclass(frozen=True)
class Workspace:
    """A workspace. Other tables refer to it by `number`, which never leaves the server. `cluster` names the cluster
    where it lives, "" for the database that was asked."""

    number: int
    id: str
    name: str
    cluster: str = ""


class WorkspaceService:
    def __init__(self, records: RecordService, now: Clock) -> None:
        self._records = records
        self._now = now

    async def create(self, tx: Transaction, name: str) -> Workspace:
        """Creates a workspace and its system user. API keys and the command line act as that user.

        Raises `InvalidInput`.
        """
        name = _check_name(name)
        last = await tx.fetch_one("SELECT coalesce(max(number), 0) FROM workspaces")
        number = int(last[0] or 0) + 1 if last else 1
        workspace = Workspace(number, ids.new_id("ws", self._now(), number), name)
        await tx.execute(
            "INSERT INTO workspaces (number, id, name, seq, no, at, created_at) VALUES (?, ?, ?, 0, 0, ?, ?)",
            (number, workspace.id, name, self._now(), self._now() // 1000),
        )
        nobody = Actor(workspace=number, user_id="", role=Role.ADMIN)
        async with self._records.begin(tx, nobody, "workspace.created", records=1) as op:
            op.note(Change(workspace.id, 1, {"name": [None, name]}))
            await op.insert(USERS, {"firstName": "System"})
            op.actor = await self.system_actor(tx, number)
        return workspace

    async def rename(self, tx: Transaction, workspace: Workspace, name: str) -> Workspace:
        """Renames a workspace, by one operation. Raises `InvalidInput`."""
        name = _check_name(name)
        actor = await self.system_actor(tx, workspace.number)
        async with self._records.begin(tx, actor, "workspace.updated") as op:
            found = await tx.fetch_one(
                "SELECT name, (SELECT max(version) FROM changes WHERE record_id = workspaces.id) FROM workspaces"
                " WHERE number = ?",
                (workspace.number,),
            )
            assert found is not None, "it has been chosen"
            await tx.execute("UPDATE workspaces SET name = ? WHERE number = ?", (name, workspace.number))
            op.note(Change(workspace.id, int(found[1] or 0) + 1, {"name": [found[0], name]}))
        return replace(workspace, name=name)

    async def note_name(self, tx: Transaction, workspace: Workspace) -> None:
        """Writes the new name to the row that a database keeps of a workspace which lives in another cluster."""
        sql = "UPDATE workspaces SET name = ? WHERE id = ? AND cluster IS NOT NULL AND name <> ?"
        await tx.execute(sql, (workspace.name, workspace.id, workspace.name))

    async def find_all(self, tx: Transaction) -> list[Workspace]:
        """Returns all workspaces, oldest first."""
        rows = await tx.fetch_all("SELECT number, id, name, coalesce(cluster, '') FROM workspaces ORDER BY number")
        return [Workspace(int(number or 0), str(id_), str(name), str(cluster)) for number, id_, name, cluster in rows]

    async def choose_workspace(self, tx: Transaction, id_: str | None) -> Workspace | None:
        """Returns the workspace with this id or, without an id, the only workspace. None if there is none yet.

        Raises `LeadlineError` for an unknown id, and for no id if there are several workspaces. Raises `WrongCluster`
        if the workspace lives in another cluster.
        """
        existing = await self.find_all(tx)
        if not existing and id_ is None:
            return None
        for workspace in existing:
            if workspace.id == id_ or (id_ is None and len(existing) == 1):
                return _require_here(workspace)
        known = ", ".join(f"{workspace.id} ({workspace.name})" for workspace in existing) or "none yet"
        raise LeadlineError(f"choose one of these workspaces with --workspace: {known}.")

    async def get(self, tx: Transaction, id_: str) -> Workspace | None:
        """Returns the workspace with this id, or None. Raises `WrongCluster` if it lives in another cluster."""
        for workspace in await self.find_all(tx):
            if workspace.id == id_:
                return _require_here(workspace)
        return None

    async def system_actor(self, tx: Transaction, workspace: int) -> Actor:
        """Returns the system user as an actor, for the writes of the command line."""
        row = await tx.fetch_one("SELECT id FROM users WHERE workspace = ? AND email IS NULL", (workspace,))
        assert row is not None, "every workspace has a system user"
        return Actor(workspace=workspace, user_id=str(row[0]), role=Role.ADMIN)


def _require_here(workspace: Workspace) -> Workspace:
    """Returns the workspace. Raises `WrongCluster` if it lives in another cluster."""
    if workspace.cluster:
        raise WrongCluster(workspace.cluster)
    return workspace


def _check_name(name: str) -> str:
    """Returns the name without the blanks around it. Raises `InvalidInput`."""
    name = name.strip()
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        sentence = f"name must have 1 to {MAX_NAME} printable characters."
        raise InvalidInput([FieldError("name", "out_of_range", sentence)])
    return name
