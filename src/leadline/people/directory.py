"""The directory of a workspace: its people, with what every member may see of them, to assign records to."""

from leadline.access import AREAS, Actor, sees_records
from leadline.errors import Forbidden
from leadline.kit.db import SqlValue, Transaction
from leadline.kit.text import fold_case
from leadline.names import full_name
from leadline.records.service import RecordPage
from leadline.records.types import Json

_FULL_NAME = "trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))"


def refuse_viewers(actor: Actor) -> None:
    """Raises `Forbidden` for an actor who may see no records, and so has none to assign."""
    if not any(sees_records(actor, area) for area in AREAS):
        raise Forbidden("A viewer gives records to nobody; ask an admin.", code="nothing_shared")


async def list_people(
    tx: Transaction, workspace: int, *, active: bool, search: str | None, limit: int, offset: int
) -> RecordPage[Json]:
    """Returns a page of people, ordered by name. `search` keeps those whose name contains it, ignoring case."""
    folded = tx.dialect.fold_case(_FULL_NAME)
    where = "workspace = ? AND email IS NOT NULL AND active = ?"
    parameters: list[SqlValue] = [workspace, int(active)]
    if search is not None:
        where += f" AND {tx.dialect.contains_text(folded)}"
        parameters.append(fold_case(search))
    count = await tx.fetch_one(f"SELECT count(*) FROM users WHERE {where}", parameters)
    rows = await tx.fetch_all(
        f"SELECT id, first_name, last_name, active FROM users WHERE {where} ORDER BY {folded}, id LIMIT ? OFFSET ?",
        (*parameters, limit, offset),
    )
    people = [{"id": id_, "name": full_name(first, last), "active": bool(is_)} for id_, first, last, is_ in rows]
    return RecordPage(int(count[0] or 0) if count else 0, people)


async def describe_actor(tx: Transaction, actor: Actor) -> Json:
    """Returns the actor's user and workspace, and the API key that they act through, if any."""
    row = await tx.fetch_one(
        "SELECT users.id, users.email, users.first_name, users.last_name, users.role,"
        " workspaces.id, workspaces.name, keys.id, keys.name"
        " FROM users JOIN workspaces ON workspaces.number = users.workspace"
        " LEFT JOIN keys ON keys.id = ? WHERE users.id = ?",
        (actor.key_id, actor.user_id),
    )
    assert row is not None, "the actor was found"
    user, email, first, last, role, workspace, workspace_name, key, key_name = row
    return {
        "user": {
            "id": user,
            "email": email,
            "firstName": first,
            "lastName": last,
            "name": full_name(first, last),
            "role": role,
        },
        "workspace": {"id": workspace, "name": workspace_name},
        "key": {"id": key, "name": key_name} if key else None,
    }
