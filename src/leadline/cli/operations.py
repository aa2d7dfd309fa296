"""`leadline operations`: list what was done, show one operation, and take one back."""

import msgspec
import typer

from leadline import clock
from leadline.access import Actor
from leadline.app import App
from leadline.cli.target import CommandTarget, read_as_system, run_as_system, tell_as_json
from leadline.crm.record_undo import Force
from leadline.crm.undoing import UndoResult, find_operation
from leadline.errors import Conflict, LeadlineError, NotFound
from leadline.kit.db import Transaction
from leadline.log import operations
from leadline.log.operations import Json, OperationFilter, OperationHead, RecordChange

MAX_FIELD_CHARACTERS = 60


def list_operations(place: CommandTarget, *, limit: int, kind: str | None, record: str | None, as_json: bool) -> None:
    chosen = OperationFilter(kinds=[kind] if kind else [], record_id=record)

    async def read_list(app: App, tx: Transaction, actor: Actor) -> list[OperationHead]:
        found, before = await operations.list_operations(tx, actor.workspace, chosen, limit)
        while before and len(found) < limit:
            older = chosen._replace(before=before)
            more, before = await operations.list_operations(tx, actor.workspace, older, limit - len(found))
            found += more
        return found

    found = read_as_system(place, read_list)
    if as_json:
        tell_as_json([one.show_head() | {"size": one.size} for one in found])
        return
    for one in found:
        typer.echo(describe_operation(one))


def describe_operation(operation: OperationHead) -> str:
    by = operation.key_name or operation.user_name or operation.user_id
    undoes = f"  undoes {operation.undoes}" if operation.undoes else ""
    size = "" if operation.size is None else f"  {operation.size} changed"
    at = clock.to_text(operation.at // 1000)
    return f"{operation.seq}  {at}  {operation.id}  {operation.kind}{size}  {by}{undoes}"


def show_operation(operation_id: str, place: CommandTarget, *, as_json: bool) -> None:
    async def read_operation(
        app: App, tx: Transaction, actor: Actor
    ) -> tuple[OperationHead, list[RecordChange], str | None]:
        found = await find_operation(tx, actor, operation_id)
        changes = await operations.read_changes(tx, actor.workspace, found)
        return found, changes, await operations.find_undoing(tx, actor.workspace, found.id)

    try:
        found, changes, undone_by = read_as_system(place, read_operation)
    except NotFound:
        raise _unknown(operation_id) from None
    if as_json:
        body = {**found.show_head(), "undoneBy": undone_by, "changes": [change.show_change() for change in changes]}
        typer.echo(msgspec.json.format(msgspec.json.encode(body)).decode())
        return
    typer.echo(describe_operation(found) + (f"  undone by {undone_by}" if undone_by else ""))
    for change in changes:
        typer.echo(f"  {change.record_id} {change.action}, version {change.version}")
        for name, (before, after) in change.fields.items():
            typer.echo(f"    {name}: {_short(before)} -> {_short(after)}")


def undo_operation(operation_id: str, place: CommandTarget, *, force: str | None) -> None:
    chosen = _read_force(force)

    async def undo(app: App, tx: Transaction, actor: Actor) -> UndoResult:
        return await app.undoing.undo_operation(tx, actor, operation_id, chosen)

    try:
        done = run_as_system(place, undo)
    except NotFound:
        raise _unknown(operation_id) from None
    except Conflict as conflict:
        raise _tell_conflicts(conflict) from None
    typer.echo(
        f"{done.restored} restored, {done.changed} changed, {done.deleted} deleted; left as they are because others"
        f" have written since: {len(done.skipped)}.",
        err=True,
    )
    typer.echo(done.operation.id)


def _read_force(force: str | None) -> Force | None:
    if force is None:
        return None
    if force not in list(Force):
        raise LeadlineError(f"--force is {' or '.join(Force)}.")
    return Force(force)


def _tell_conflicts(conflict: Conflict) -> LeadlineError:
    """Returns the error in the words of the command line, with a line for each conflict."""
    conflicts = conflict.facts.get("conflicts")
    if not isinstance(conflicts, list):
        return conflict
    sentence = (
        "others have written since, so nothing was taken back; --force skip takes back the rest, --force overwrite"
        " all that can be:"
    )
    return LeadlineError("\n".join([sentence, *map(_conflict_line, conflicts)]))


def _conflict_line(conflict: Json) -> str:
    by = f", by {conflict['by']['operationId']}" if conflict["by"] else ""
    about = f"{conflict['id']} {conflict['field'] or ''}".rstrip()
    return f"  {conflict['code']}: {about}: {_short(conflict['now'])} now, {_short(conflict['back'])} before{by}"


def _short(value: object) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= MAX_FIELD_CHARACTERS else text[:MAX_FIELD_CHARACTERS] + "…"


def _unknown(operation_id: str) -> LeadlineError:
    return LeadlineError(f"there is no operation {operation_id}; see `leadline operations list`.")
