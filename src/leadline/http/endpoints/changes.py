"""The endpoints of the change feed: a page that may wait for its first change, and a stream of events."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from leadline.access import Actor
from leadline.errors import BAD_TOKEN, LeadlineError, Unauthenticated
from leadline.http.endpoints.feed_query import (
    PAGE_PARAMETERS,
    STREAM_PARAMETERS,
    FeedQuery,
    parse_page_query,
    parse_stream_query,
)
from leadline.http.openapi import schemas
from leadline.http.server.change_view import show_change
from leadline.http.server.endpoint import LOG_SEQ, Endpoint, HandlerInput, Json, Response, encode_json
from leadline.http.server.streaming import HEARTBEAT_SECONDS, StreamedBody
from leadline.kit.db import Database, Transaction, Unavailable
from leadline.log.change_feed import FeedCursor, FeedPage, read_page, show_cursor
from leadline.log.feed import LogPosition
from leadline.log.operations import OperationHead, RecordChange
from leadline.log.signals import LogSignals
from leadline.people.authenticator import Authenticator

MAX_CHANGES_AT_ONCE = 500
"""The most changes that are encoded on the event loop. To encode more would hold other requests up."""
_SHARE = "changes"
_RETRY_EVENT = b"retry: 2000\n\n"
"""Tells a client to connect again 2 s after the stream was interrupted."""
_COMMENT = b":\n\n"
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Headers that keep a proxy from collecting events before it sends them on."""


@dataclass(frozen=True)
class ChangeEndpoints:
    database: Database
    authenticator: Authenticator
    signals: LogSignals

    def list_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._list_changes,
            parse=parse_page_query,
            name="list_changes",
            summary="List changes in order",
            description="What was done in the workspace since a cursor, oldest first, without gaps: for programs "
            "that keep in step. All up to `through` was considered, so ask again with `after` set to it. Operations "
            "without a change that you may see are left out. 409 `other_history` (the data were restored) and 410 "
            "`log_trimmed` mean that you must read all records anew.",
            parameters=PAGE_PARAMETERS,
            response_schema=schemas.ref("ChangeList"),
            error_statuses=(400, 409, 410),
        )

    def stream_endpoint(self) -> Endpoint:
        return Endpoint(
            run_alone=self._stream_changes,
            parse=parse_stream_query,
            name="stream_changes",
            summary="Follow changes as they happen",
            description="Server-sent events, one for each operation: `id` is the cursor, `event` the kind of "
            "operation, `data` the operation as `GET /api/changes/` has it. An event with an `id` alone moves the "
            "cursor. The stream ends when your rights change or end.",
            parameters=STREAM_PARAMETERS,
            response_schema={"type": "string"},
            media_type="text/event-stream",
            error_statuses=(400, 409, 410),
        )

    async def _list_changes(self, call: HandlerInput) -> Response:
        query: FeedQuery = call.parsed
        _, page = await self._look(call, query.after)
        if query.wait and page.is_quiet:
            with call.take_slot():
                page = await self._wait_for_changes(call, query.wait, page)
        headers = {LOG_SEQ: str(page.newest)}
        if len(page.changes) <= MAX_CHANGES_AT_ONCE:
            return Response(_encode_page(call, page), headers=headers)
        return Response(await asyncio.to_thread(_encode_page, call, page), headers=headers)

    async def _look(self, call: HandlerInput, after: FeedCursor | None) -> tuple[Actor, FeedPage]:
        """Returns the caller as it is now, and the page after a cursor. Raises as `read_page` does, `Unauthenticated`
        if the token is no longer valid, and `Forbidden`."""
        return await self.database.read(partial(self._read_page, call, after), _SHARE)

    async def _read_page(
        self, call: HandlerInput, after: FeedCursor | None, tx: Transaction
    ) -> tuple[Actor, FeedPage]:
        token, request_id = call.request.sent_token(), call.actor.request_id or ""
        actor = await self.authenticator.find_actor(tx, token, request_id)
        if actor is None:
            raise Unauthenticated("The token is no longer valid; use another one.", code=BAD_TOKEN)
        query: FeedQuery = call.parsed
        return actor, await read_page(tx, actor.workspace, after, query.filter_for(actor), query.limit)

    async def _wait_for_changes(self, call: HandlerInput, seconds: int, page: FeedPage) -> FeedPage:
        """Returns the first page that tells something new, or what there is after so many seconds or when the server
        stops."""
        loop, stopping = asyncio.get_running_loop(), call.request.stopping()
        end = loop.time() + seconds
        while page.is_quiet and not stopping.is_set() and (left := end - loop.time()) > 0:
            await self.signals.wait_beyond(call.actor.workspace, page.through.seq, left, stopping)
            _, page = await self._look(call, page.cursor)
        return page

    async def _stream_changes(self, call: HandlerInput) -> Response:
        query: FeedQuery = call.parsed
        _, page = await self._look(call, query.after)  # refuses what is to be refused before the stream begins
        body = StreamedBody(self._send_events(call, page), heartbeat=_COMMENT)
        return Response(body, headers=_STREAM_HEADERS, media_type="text/event-stream")

    async def _send_events(self, call: HandlerInput, page: FeedPage | None) -> AsyncGenerator[bytes, None]:
        yield _RETRY_EVENT
        while page is not None:
            for event in _encode_events(call, page):
                yield event
            page = await self._next_page(call, page)

    async def _next_page(self, call: HandlerInput, page: FeedPage) -> FeedPage | None:
        """Waits for the next page. Returns None if the stream ends, because the caller's rights are no longer what
        they were, the data were restored, or nothing was new for as long as the caller wants to wait.

        The rights are looked at again after each signal, and at least every `HEARTBEAT_SECONDS`.
        """
        query: FeedQuery = call.parsed
        loop = asyncio.get_running_loop()
        end = float("inf") if query.wait is None else loop.time() + query.wait
        while True:
            left = end - loop.time()
            if page.is_newest and left <= 0:
                return None
            if page.is_newest:
                seconds = min(HEARTBEAT_SECONDS, left)
                await self.signals.wait_beyond(call.actor.workspace, page.through.seq, seconds)
            try:
                actor, following = await self._look(call, page.cursor)
            except Unavailable as error:
                await asyncio.sleep(error.retry_after)
                continue
            except LeadlineError:  # the client connects again, and is told why it is refused
                return None
            if (actor.role, actor.scopes) != (call.actor.role, call.actor.scopes):
                return None
            if following.through.seq > page.through.seq:
                return following


def _encode_page(call: HandlerInput, page: FeedPage) -> bytes:
    through = show_cursor(page.through)
    results = [_show_operation(call, *one) for one in page.operations()]
    following = None
    if not page.is_newest:
        pairs = [pair for pair in call.request.query_pairs() if pair[0] != "after"]
        following = f"{call.request.own_url()}?{urlencode([*pairs, ('after', through)])}"
    return encode_json({"results": results, "through": through, "next": following})


def _encode_events(call: HandlerInput, page: FeedPage) -> Iterator[bytes]:
    last = 0
    for operation, changes in page.operations():
        last = operation.seq
        cursor = show_cursor(LogPosition(operation.seq, operation.id))
        data = encode_json(_show_operation(call, operation, changes))
        yield b"id: %b\nevent: %b\ndata: %b\n\n" % (cursor.encode(), operation.kind.encode(), data)
    if page.through.seq > last:
        yield b"id: %b\n\n" % show_cursor(page.through).encode()


def _show_operation(call: HandlerInput, operation: OperationHead, changes: list[RecordChange]) -> Json:
    query: FeedQuery = call.parsed
    shown = []
    for change in changes:
        one = show_change(change)
        if query.fields is not None:
            one["fields"] = {name: values for name, values in change.fields.items() if name in query.fields}
        shown.append(one)
    return operation.show_head() | {"changes": shown}
