"""Previews: what a write would answer and change, if it were made."""

from leadline.access import Actor, Right
from leadline.crm.kinds import KINDS
from leadline.http.server.change_view import show_change, word_of
from leadline.http.server.endpoint import HandlerInput, Json, Response
from leadline.kit.db import Transaction, Work
from leadline.log.operations import find_operation, read_changes

DRY_RUN = "dryRun"
"""The parameter that asks for a preview of a write."""
_SHOWN_HEADERS = ("ETag", "Location")
_AREAS = {kind.name: kind.plural for kind in KINDS}


async def preview_write(call: HandlerInput, work: Work[Response], tx: Transaction) -> Response:
    """Runs a write in a transaction that will be undone, and returns what it would answer, and what its operation
    would change."""
    response = await work(tx)
    answer = response.body
    if isinstance(answer, dict) and response.secrets:
        answer = {name: value for name, value in answer.items() if name not in response.secrets}
    return Response(
        {
            DRY_RUN: True,
            "status": response.status,
            "headers": {name: response.headers[name] for name in _SHOWN_HEADERS if name in response.headers},
            "answer": answer,
            "operation": await _show_operation(tx, call.actor, response.headers.get("Operation-Id")),
        }
    )


async def _show_operation(tx: Transaction, actor: Actor, operation_id: str | None) -> Json | None:
    operation = operation_id and await find_operation(tx, actor.workspace, operation_id)
    if not operation:
        return None
    changes = await read_changes(tx, actor.workspace, operation)
    shown = [show_change(change) for change in changes if _may_see(actor, word_of(change.record_id))]
    return {"kind": operation.kind, "changes": shown}


def _may_see(actor: Actor, word: str) -> bool:
    """Returns True for a kind of record that the actor may read, or whose records the answers to its own writes
    contain."""
    area = _AREAS.get(word)
    if actor.scopes is None or area is None:
        return True
    return not actor.scopes.isdisjoint({f"{area}:{Right.READ}", f"{area}:{Right.WRITE}"})
