"""The endpoints of operations: their list, one of them with its changes, and its undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from leadline import ids
from leadline.access import Actor, Right, Role, require_records
from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.crm.record_undo import Force
from leadline.crm.undoing import UndoService, find_operation
from leadline.errors import FieldError, NotFound
from leadline.http.endpoints.as_of import parse_moment
from leadline.http.openapi import schemas
from leadline.http.server.change_view import show_change, word_of
from leadline.http.server.endpoint import Endpoint, HandlerInput, Json, Response, write_response
from leadline.http.server.paging import read_window
from leadline.http.server.query_string import unknown_parameters
from leadline.kit.db import Transaction
from leadline.log import operations, past
from leadline.log.operations import OperationFilter
from leadline.records.past import Moment
from leadline.records.query import Pairs, refuse_parameters
from leadline.records.types import Rejected

NAMES = ("before", "after", "limit", "kind", "actor", "record")
_OF_ADMINS = ("user", "key", "session", "workspace")
"""The kinds whose operations only admins see."""
_MOMENT = "A `seq`, or a time."
MAX_KINDS = 20


class _OperationQuery(NamedTuple):
    """The parameters of a list of operations."""

    limit: int
    before: Moment | None = None
    after: Moment | None = None
    kinds: Sequence[str] = ()
    actor: str | None = None
    record: str | None = None


@dataclass(frozen=True)
class OperationEndpoints:
    undoing: UndoService

    def list_endpoint(self) -> Endpoint:
        return Endpoint(
            run=_list_operations,
            parse=_parse_query,
            name="list_operations",
            summary="List operations",
            description="What was done in the workspace, newest first. There is no count: follow `next` as long as "
            "it is there. Where few operations match, a page may have fewer than `limit`, or none. Users see "
            "operations of records; admins also those of users, keys and sessions. Nobody sees those of views and "
            "preferences.",
            parameters=[
                schemas.query_parameter("before", f"Only older operations. {_MOMENT}", {"type": "string"}),
                schemas.query_parameter("after", f"Only newer operations. {_MOMENT}", {"type": "string"}),
                schemas.LIMIT,
                schemas.query_parameter("kind", "Kinds such as `lead.converted`, by commas.", {"type": "string"}),
                schemas.query_parameter("actor", "The id of a user or an API key.", {"type": "string"}),
                schemas.query_parameter("record", "The id of a record that they changed.", {"type": "string"}),
            ],
            response_schema=schemas.ref("OperationList"),
            error_statuses=(400,),
        )

    def get_endpoint(self) -> Endpoint:
        return Endpoint(
            run=_get_operation,
            name="get_operation",
            summary="Get an operation with its changes",
            description="An API key sees the changes of the kinds that it may read.",
            parameters=[_ID],
            response_schema=schemas.ref("Operation"),
            error_statuses=(400, 404),
        )

    def undo_endpoint(self) -> Endpoint:
        return Endpoint(
            run=self._undo_operation,
            parse=_parse_force,
            name="undo_operation",
            summary="Take an operation back",
            description="Everything that the operation changed is as it was before: as a new operation, which can be "
            "taken back like any. If others have written since, nothing is taken back, and the answer lists the "
            "conflicts; `force` goes past them. You take back your own operations, an admin anybody's.",
            parameters=[
                _ID,
                schemas.query_parameter(
                    "force",
                    "`skip` leaves what is in conflict as it is; `overwrite` takes back all that can be.",
                    {"type": "string", "enum": list(Force)},
                ),
            ],
            response_schema=schemas.ref("Undone"),
            writes=True,
            error_statuses=(400, 404, 409, 410),
        )

    async def _undo_operation(self, tx: Transaction, call: HandlerInput) -> Response:
        done = await self.undoing.undo_operation(tx, call.actor, call.request.id, call.parsed)
        head = await find_operation(tx, call.actor, done.operation.id)
        body = {
            "operation": head.show_head(),
            "restored": done.restored,
            "changed": done.changed,
            "deleted": done.deleted,
            "skipped": [conflict.show_conflict() for conflict in done.skipped],
        }
        return write_response(body, done.operation)


def _parse_query(call: HandlerInput) -> _OperationQuery:
    pairs = call.request.query_pairs()
    errors = unknown_parameters(pairs, NAMES)
    window, limit_errors = read_window([pair for pair in pairs if pair[0] == "limit"])
    found: dict[str, Moment | None] = {}
    given = {name: text.strip() for name, text in pairs}
    for name in ("before", "after"):
        try:
            found[name] = parse_moment(given[name]) if name in given else None
        except Rejected as rejected:
            errors.append(FieldError(name, rejected.code, f"{name} {rejected.message}"))
    kinds = [kind.strip() for kind in given["kind"].split(",")] if "kind" in given else []
    if len(kinds) > MAX_KINDS:
        errors.append(FieldError("kind", "too_long", f"kind takes at most {MAX_KINDS} kinds."))
    refuse_parameters([*errors, *limit_errors])
    return _OperationQuery(
        window.limit, found["before"], found["after"], kinds, given.get("actor"), given.get("record")
    )


def _parse_force(call: HandlerInput) -> Force | None:
    pairs = call.request.query_pairs()
    errors = unknown_parameters(pairs, ("force",))
    force = dict(pairs).get("force")
    if force is not None and force not in list(Force):
        errors.append(FieldError("force", "unknown_value", f"force must be one of {', '.join(Force)}."))
    refuse_parameters(errors)
    return None if force is None else Force(force)


async def _list_operations(tx: Transaction, call: HandlerInput) -> Response:
    query: _OperationQuery = call.parsed
    require_records(call.actor)
    chosen = OperationFilter(
        after=await _newest_until(tx, call.actor, query.after) if query.after else 0,
        before=await _first_from(tx, call.actor, query.before) if query.before else None,
        kinds=query.kinds,
        actor=query.actor,
        record_id=_canonical_id(query.record),
        hidden=_hidden_words(call.actor),
    )
    found, before = await operations.list_operations(tx, call.actor.workspace, chosen, query.limit)
    results = [one.show_head() | {"size": one.size} for one in found]
    return Response({"results": results, "next": _next_link(call, before)})


async def _newest_until(tx: Transaction, actor: Actor, moment: Moment) -> int:
    """Returns the newest operation that is not after the moment."""
    if moment.second is None:
        return moment.seq or 0
    return await past.find_seq(tx, actor.workspace, moment.second * 1000 + 999)


async def _first_from(tx: Transaction, actor: Actor, moment: Moment) -> int:
    """Returns the first operation that is not before the moment."""
    if moment.second is None:
        return moment.seq or 0
    return await past.find_seq(tx, actor.workspace, moment.second * 1000 - 1) + 1


def _canonical_id(record_id: str | None) -> str | None:
    """Returns the id in the form in which ids are stored, if it is one."""
    return record_id and (ids.parse_id(record_id.partition("_")[0], record_id) or record_id)


def _next_link(call: HandlerInput, before: int | None) -> str | None:
    if before is None:
        return None
    pairs: Pairs = [pair for pair in call.request.query_pairs() if pair[0] != "before"]
    return f"{call.request.own_url()}?{urlencode([*pairs, ('before', str(before))])}"


def _hidden_words(actor: Actor) -> list[str]:
    """Returns the first words of the kinds of operations that the actor does not see."""
    words = [kind.name for kind in PRIVATE_KINDS]
    words += [] if actor.role is Role.ADMIN else _OF_ADMINS
    if actor.scopes is not None:
        words += [kind.name for kind in KINDS if not _may_read(actor, kind.plural)]
    return words


def _may_read(actor: Actor, area: str) -> bool:
    return actor.scopes is None or f"{area}:{Right.READ}" in actor.scopes


async def _get_operation(tx: Transaction, call: HandlerInput) -> Response:
    require_records(call.actor)
    operation, hidden = await find_operation(tx, call.actor, call.request.id), _hidden_words(call.actor)
    if operation.kind.partition(".")[0] in hidden:
        raise NotFound
    undone_by = await operations.find_undoing(tx, call.actor.workspace, operation.id)
    changes = await operations.read_changes(tx, call.actor.workspace, operation)
    shown = [show_change(change) for change in changes if word_of(change.record_id) not in hidden]
    return Response(operation.show_head() | {"undoneBy": undone_by, "changes": shown})


_ID: Json = {
    "name": "id",
    "in": "path",
    "required": True,
    "description": "The operation's id.",
    "schema": {"type": "string", "pattern": f"^{operations.PREFIX}_{ids.ULID_PATTERN}$"},
}
