"""The endpoints that every kind of record has, written once."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from leadline import ids
from leadline.http import schemas
from leadline.http.endpoint import Call, Endpoint, Json, Reply, written
from leadline.http.kept_answers import KeptAnswers
from leadline.http.paging import NAMES as PAGING
from leadline.http.paging import envelope, read_window, without_paging
from leadline.http.query_string import refuse_all, unknown_parameters, with_own_id
from leadline.kit.db import Transaction, Work
from leadline.log.feed import WorkspaceVersion
from leadline.records.body import read_new, read_patch
from leadline.records.entity_tag import entity_tag
from leadline.records.filters import Condition
from leadline.records.kind import Kind
from leadline.records.query import read_query, refuse_parameters
from leadline.records.service import RecordService, WriteResult
from leadline.records.store import Record
from leadline.records.types import Value


def shown(kind: Kind, record: Record) -> dict[str, Value]:
    """The record as the API shows it."""
    values = record.values.copy()
    for name in kind.hidden_fields:
        del values[name]
    return values


@dataclass(frozen=True)
class Resource:
    """One kind of record under its own path, `/api/{plural}/`."""

    kind: Kind
    records: RecordService
    answers: KeptAnswers

    def list(self) -> Endpoint:
        return Endpoint(
            run=self._list,
            name=f"list_{self.kind.plural}",
            summary=f"List {self.kind.plural}",
            description="Newest first. Filters are combined with AND; a comma in a value means any of. "
            + schemas.BRACKETS,
            parameters=schemas.list_parameters(self.kind),
            reply=schemas.ref(f"{self.kind.name.title()}List"),
            tagged=self.kind.is_logged,
            refusals=(400, 414),
        )

    def _list(self, call: Call, *conditions: Condition) -> Work[Reply]:
        async def work(tx: Transaction) -> Reply:
            return await self._kept(tx, call, lambda state: self._page(tx, call, state, conditions))

        return work

    async def _kept(self, tx: Transaction, call: Call, make: Callable[[WorkspaceVersion], Awaitable[Json]]) -> Reply:
        """The answer, made anew only if it may be another than last time. What the log does not tell of a kind may
        change at any time."""
        state = await self.records.read_version(tx, call.actor)
        if not self.kind.is_logged:
            return Reply(await make(state))
        return await self.answers.reply(call, state, make)

    async def _page(
        self, tx: Transaction, call: Call, state: WorkspaceVersion, conditions: Sequence[Condition]
    ) -> Json:
        pairs = call.asked.pairs()
        filters, own_errors = with_own_id(without_paging(pairs), call.actor)
        query, query_errors = read_query(self.kind, filters, others=PAGING)
        window, window_errors = read_window(pairs)
        refuse_parameters([*own_errors, *query_errors, *window_errors])
        query = query.narrow_to(conditions) if conditions else query
        page = await self.records.list(
            tx, call.actor, self.kind, query, limit=window.limit, offset=window.offset, state=state
        )
        return envelope(page.count, page.items, window, call.asked.url(), pairs)

    def facets(self) -> Endpoint:
        return Endpoint(
            run=self._facets,
            name=f"{self.kind.name}_facets",
            summary=f"Count {self.kind.plural} by their values",
            description="Of those that the same filters list: how many have each value, the most frequent first. "
            + schemas.BRACKETS,
            parameters=schemas.filter_parameters(self.kind),
            reply=schemas.ref(f"{self.kind.name.title()}Facets"),
            tagged=self.kind.is_logged,
            refusals=(400, 414),
        )

    def _facets(self, call: Call) -> Work[Reply]:
        async def work(tx: Transaction) -> Reply:
            return await self._kept(tx, call, lambda state: self._spread(tx, call, state))

        return work

    async def _spread(self, tx: Transaction, call: Call, state: WorkspaceVersion) -> Json:
        pairs = call.asked.pairs()
        filters, own_errors = with_own_id(pairs, call.actor)
        query, errors = read_query(self.kind, filters)
        refuse_parameters(
            [*own_errors, *errors, *unknown_parameters([pair for pair in pairs if pair[0] == "sort"], ())]
        )
        count, facets = await self.records.facets(tx, call.actor, self.kind, query, state=state)
        return {"count": count, "facets": facets}

    def list_of(self, parent: Kind, *, by: str) -> Endpoint:
        """The list of those that point to one record of the `parent` kind with the field `by`."""
        return replace(
            self.list(),
            run=partial(self._list_of, parent, by),
            name=f"list_{self.kind.plural}_of_{parent.name}",
            summary=f"List the {self.kind.plural} of {schemas.a(parent.name)}",
            parameters=[schemas.id_parameter(parent), *schemas.list_parameters(self.kind)],
            refusals=(400, 404, 414),
        )

    def _list_of(self, parent: Kind, by: str, call: Call) -> Work[Reply]:
        list_them = self._list(call, Condition(by, "eq", (ids.parse(parent.prefix, call.asked.id),)))

        async def work(tx: Transaction) -> Reply:
            await self.records.get(tx, call.actor, parent, call.asked.id)
            return await list_them(tx)

        return work

    def create(self) -> Endpoint:
        return Endpoint(
            run=self._create,
            name=f"create_{self.kind.name}",
            summary=f"Create {schemas.a(self.kind.name)}",
            body=schemas.ref(f"{self.kind.name.title()}Create"),
            reply=schemas.ref(self.kind.name.title()),
            status=201,
            writes=True,
            refusals=(400, 413, 415, 422),
        )

    def _create(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())
        draft = read_new(self.kind, call.body)

        async def work(tx: Transaction) -> Reply:
            return self.created(call, await self.records.create(tx, call.actor, self.kind, draft))

        return work

    def created(self, call: Call, made: WriteResult) -> Reply:
        record, location = made.record, f"{call.asked.url()}{made.record['id']}/"
        tag = entity_tag(self.kind, record)
        return written(shown(self.kind, record), made.operation, status=201, Location=location, ETag=tag)

    def get(self) -> Endpoint:
        return Endpoint(
            run=self._get,
            name=f"get_{self.kind.name}",
            summary=f"Get {schemas.a(self.kind.name)}",
            parameters=[schemas.id_parameter(self.kind)],
            reply=schemas.ref(self.kind.name.title()),
            tagged=True,
            refusals=(400, 404),
        )

    def _get(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            record = await self.records.get(tx, call.actor, self.kind, call.asked.id)
            tag = entity_tag(self.kind, record)
            if (seen := call.asked.seen(tag)) is not None:
                return Reply(None, 304, {"ETag": seen})
            return Reply(shown(self.kind, record), headers={"ETag": tag})

        return work

    def patch(self) -> Endpoint:
        return Endpoint(
            run=self._patch,
            name=f"update_{self.kind.name}",
            summary=f"Update {schemas.a(self.kind.name)}",
            description="Changes the fields that are sent, and no others.",
            parameters=[schemas.id_parameter(self.kind), schemas.IF_MATCH],
            body=schemas.ref(f"{self.kind.name.title()}Update"),
            reply=schemas.ref(self.kind.name.title()),
            writes=True,
            refusals=(400, 404, 409, 412, 413, 415, 422),
        )

    def _patch(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())
        sent = read_patch(self.kind, call.body)

        async def work(tx: Transaction) -> Reply:
            made = await self.records.patch(
                tx, call.actor, self.kind, call.asked.id, sent, versions=call.asked.versions()
            )
            return self.updated(made)

        return work

    def updated(self, made: WriteResult) -> Reply:
        return written(shown(self.kind, made.record), made.operation, ETag=entity_tag(self.kind, made.record))

    def delete(self) -> Endpoint:
        return Endpoint(
            run=self._delete,
            name=f"delete_{self.kind.name}",
            summary=f"Delete {schemas.a(self.kind.name)}",
            parameters=[schemas.id_parameter(self.kind), schemas.IF_MATCH],
            reply=None,
            status=204,
            writes=True,
            refusals=(400, 404, 412),
        )

    def _delete(self, call: Call) -> Work[Reply]:
        refuse_all(call.asked.pairs())

        async def work(tx: Transaction) -> Reply:
            operation = await self.records.delete(
                tx, call.actor, self.kind, call.asked.id, versions=call.asked.versions()
            )
            return written(None, operation, status=204)

        return work

    def history(self) -> Endpoint:
        return Endpoint(
            run=self._history,
            name=f"{self.kind.name}_history",
            summary=f"What was done to {schemas.a(self.kind.name)}",
            description="Newest first; each entry has the operation, who did it, and each field before and after. "
            "Also of what was deleted, which is `gone`. Where entries are very long a page has fewer than `limit`: "
            "`next` goes on with the first that is missing.",
            parameters=[schemas.id_parameter(self.kind), *schemas.PAGING],
            reply=schemas.ref("HistoryPage"),
            refusals=(400, 404),
        )

    def _history(self, call: Call) -> Work[Reply]:
        pairs = call.asked.pairs()
        window, window_errors = read_window(pairs)
        refuse_parameters([*unknown_parameters(pairs, PAGING), *window_errors])

        async def work(tx: Transaction) -> Reply:
            page = await self.records.history(
                tx, call.actor, self.kind, call.asked.id, limit=window.limit, offset=window.offset
            )
            return Reply({"gone": page.gone, **envelope(page.count, page.items, window, call.asked.url(), pairs)})

        return work
