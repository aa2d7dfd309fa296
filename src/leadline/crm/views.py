"""Saved views: lists that a person keeps under a name, and that nobody else sees."""

from leadline.access import Actor
from leadline.crm.fields import OWNER
from leadline.errors import Conflict
from leadline.kit.db import Transaction
from leadline.log import lock_counters
from leadline.log.feed import WorkspaceVersion
from leadline.records import store
from leadline.records.body import ParsedBody
from leadline.records.filters import Predicate, SortOrder
from leadline.records.item_store import Item
from leadline.records.kind import Field, Kind
from leadline.records.query import ListQuery
from leadline.records.service import RecordService, WriteResult
from leadline.records.texts import TextField
from leadline.records.types import ChoiceField, IntegerField
from leadline.records.visibility import visible_records

MAX_VIEWS = 200
"""Most views of one person."""
MAX_QUERY_CHARACTERS = 2_000
MAX_POSITION = 1_000_000

VIEWS = Kind(
    name="view",
    plural="views",
    prefix="vw",
    own_fields=(
        OWNER,
        Field("name", TextField(max_length=100), required=True),
        Field("kind", ChoiceField(values=("lead", "contact", "account", "opportunity")), required=True),
        Field("query", TextField(max_length=MAX_QUERY_CHARACTERS)),
        Field("position", IntegerField(minimum=0, maximum=MAX_POSITION)),
    ),
    listed=("id", "name", "kind", "query", "position", "createdAt", "updatedAt"),
    search=(("name",),),
    own_filters={"kind": ("kind", "in")},
    owner=OWNER.name,
)
"""The kind of record for saved views. `kind` says whose list it is, and `query` is the query string of that list."""


class ViewService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def create(self, tx: Transaction, actor: Actor, draft: ParsedBody) -> WriteResult:
        """Creates a view of the actor's. Raises `InvalidInput`, and `Conflict` if they have `MAX_VIEWS` already."""
        await lock_counters(tx, actor.workspace)  # until the commit nobody else creates one
        own = ParsedBody({**draft.values, OWNER.name: actor.user_id}, draft.errors)
        await self._records.check_new(tx, actor, VIEWS, own)
        if await store.count_records(tx, VIEWS, actor.workspace, _own_views(actor)) >= MAX_VIEWS:
            raise Conflict(f"You have {MAX_VIEWS} views, which is the most; delete one first.", code="too_many_views")
        return await self._records.create(tx, actor, VIEWS, own)

    async def list_all(self, tx: Transaction, actor: Actor, version: WorkspaceVersion) -> list[Item]:
        """Returns all views of the actor, newest first."""
        query = ListQuery(Predicate(), SortOrder())
        page = await self._records.list(tx, actor, VIEWS, query, limit=MAX_VIEWS, offset=0, version=version)
        return page.items


def _own_views(actor: Actor) -> Predicate:
    visible = visible_records(actor, VIEWS)
    assert visible is not None, "everybody sees their own views"
    return visible
