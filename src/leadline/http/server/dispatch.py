"""The dispatch of requests: finds the route, checks caller and right, reads the body, runs the handler."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from functools import partial

from msgspec import structs

from leadline.access import Actor, Right, Role, require_right
from leadline.clock import Clock
from leadline.errors import BAD_TOKEN, MergedAway, NotFound, Unauthenticated
from leadline.http.server.client_ip import ClientAddresses
from leadline.http.server.compression import compress_response
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.http.server.errors import HttpError, method_not_allowed, problem_of
from leadline.http.server.idempotency import KeyedWrite, TwinGate
from leadline.http.server.observer import CLIENT_GONE, REFUSED, RequestObserver
from leadline.http.server.previews import DRY_RUN, preview_write
from leadline.http.server.query_string import reject_all_parameters
from leadline.http.server.rate_limits import RateLimits
from leadline.http.server.request import NO_TOKEN, Body, ClientGone, Receive, Request, Scope, Send, allow_header
from leadline.http.server.request_context import (
    FAST_RESPONSE,
    STREAM,
    Header,
    RequestContext,
    make_request_ids,
)
from leadline.http.server.response_encoding import encode_response, response_start, send_response
from leadline.http.server.router import Router
from leadline.http.server.static_files import StaticFiles
from leadline.http.server.streaming import PartSender, StreamedBody, StreamSlots, refuse_old_versions
from leadline.http.server.strict_json import read_object
from leadline.kit.db import Database, Transaction, Work
from leadline.log import lock_counters
from leadline.people.authenticator import Authenticator
from leadline.records.answer_trace import AnswerTrace

_NOBODY = Actor(workspace=0, user_id="", role=Role.VIEWER)
_NO_BODY: Body = {}
MAX_INLINE_BODY_BYTES = 64 * 1024
"""A larger body is read as JSON in a thread, for about a millisecond would delay other requests."""
_BAD_TOKENS = "token"
"""The rate-limit bucket of requests whose token is not valid."""
_FILE_ROUTE = "/{file}"
"""The route of every static file, in the log and the metrics."""


class Dispatch:
    """The ASGI application.

    authenticator: finds the actor of a token.
    open_app: entered before the first request, and left after the last.
    public_url: the beginning of links in responses; "" takes the request's own host.
    max_body: the largest body, in bytes.
    static_files: the web app, None without one.
    """

    def __init__(
        self,
        database: Database,
        table: Sequence[Route],
        *,
        authenticator: Authenticator,
        open_app: Callable[[], AbstractAsyncContextManager[object]],
        public_url: str,
        max_body: int,
        limits: RateLimits,
        client_addresses: ClientAddresses,
        observer: RequestObserver,
        stream_slots: StreamSlots,
        now: Clock,
        static_files: StaticFiles | None = None,
    ) -> None:
        self._database = database
        self._twins = TwinGate(database)
        self._now = now
        self._router = Router(table)
        self._open_app = open_app
        self._public_url = public_url.rstrip("/")
        self._max_body = max_body
        self._limits = limits
        self._client_addresses = client_addresses
        self._observer = observer
        self._stream_slots = stream_slots
        self._static_files = static_files
        self._authenticator = authenticator
        self._request_ids = make_request_ids()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._run_lifespan(scope, receive, send)
            return
        context = self._observer.begin_request(next(self._request_ids), scope["method"])
        status = CLIENT_GONE
        try:
            try:
                response = await self._respond(scope, receive, context)
                if isinstance(response.body, StreamedBody):
                    status = await self._send_stream(response, response.body, scope, receive, send, context)
                    return
                headers, body = encode_response(response, context)
            except ClientGone:
                return
            except Exception as error:
                response, headers, body = self._encode_error_response(error, scope, context)
            planned = int(response.status)
            at_once = scope.get("extensions", {}).get(FAST_RESPONSE)
            is_sent = at_once is not None and at_once(planned, headers, body)
            if is_sent or await send_response(scope, send, planned, headers, body):
                status = planned
        finally:
            self._observer.end_request(context, status)

    async def _send_stream(
        self,
        response: Response,
        body: StreamedBody,
        scope: Scope,
        receive: Receive,
        send: Send,
        context: RequestContext,
    ) -> int:
        """Sends a streamed response, and returns the status to log. Raises `HttpError` before anything was sent."""
        refuse_old_versions(scope)
        with self._take_slot(context):
            headers, _ = encode_response(response, context)
            await send(response_start(response.status, headers))
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return response.status
            begin_stream = scope.get("extensions", {}).get(STREAM, asyncio.Event)
            is_sent = await PartSender(body, send, context.request_id).send_parts(receive, begin_stream())
        return response.status if is_sent else CLIENT_GONE

    async def _run_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Starts and stops the application (ASGI lifespan). An error at the start stops the server."""
        await receive()
        async with self._open_app():
            scope.setdefault("state", {})[REFUSED] = self._observer.count_refused
            await send({"type": "lifespan.startup.complete"})
            await receive()
        self._observer.flush()
        await send({"type": "lifespan.shutdown.complete"})

    async def _respond(self, scope: Scope, receive: Receive, context: RequestContext) -> Response:
        methods, parameters = self._router.find_route(scope["path"])
        if methods is None:
            return self._answer_outside_api(scope, receive, context)
        method = scope["method"]
        route = methods.get("GET" if method == "HEAD" else method)
        context.route = (route or next(iter(methods.values()))).path
        if method == "OPTIONS":
            return Response(None, 204, {"Allow": allow_header(methods)})
        if route is None:
            raise method_not_allowed(allow_header(methods))
        if route.endpoint.bucket:
            self._limits.count_address(context, route.endpoint.bucket, self._client_addresses.find_address(scope))
        request = Request(scope, receive, parameters, self._public_url, self._client_addresses)
        endpoint = route.endpoint
        answer = self._run_alone if endpoint.run_alone else self._run_write if endpoint.writes else self._run_read
        response = await answer(route, request, context)
        accepted = request.accepted_encodings()
        if accepted is None or isinstance(response.body, StreamedBody):
            return response
        return await compress_response(response, accepted)

    def _answer_outside_api(self, scope: Scope, receive: Receive, context: RequestContext) -> Response:
        """Answers a request without a route: with a file of the web app, if there is one. Raises `NotFound`."""
        path = scope["path"]
        if self._static_files is not None and path != "/api" and not path.startswith("/api/"):
            request = Request(scope, receive, {}, self._public_url, self._client_addresses)
            response = self._static_files.answer_request(request, scope["method"], path)
            if response is not None:
                context.route = _FILE_ROUTE
                return response
        raise NotFound("There is nothing under this address; /api/docs/ has all that there is.")

    async def _run_read(self, route: Route, request: Request, context: RequestContext) -> Response:
        """Answers a request that only reads. Caller, right and response come from one snapshot."""
        context.trace = AnswerTrace()
        work = partial(self._read_response, route, request, context, context.trace)
        try:
            return await self._database.read(work, route.share)
        except MergedAway as merged:
            return Response(merged.facts, 308, {"Location": request.url_of(merged.survivor)})

    async def _read_response(
        self, route: Route, request: Request, context: RequestContext, trace: AnswerTrace, tx: Transaction
    ) -> Response:
        trace.begin_run()
        call = HandlerInput(await self._authorize_caller(route, request, context, tx), request)
        _parse_request(route.endpoint, call)
        return await _run_handler(route.endpoint, tx, call)

    async def _run_alone(self, route: Route, request: Request, context: RequestContext) -> Response:
        """Answers a request whose handler begins its own transactions."""
        assert route.endpoint.run_alone is not None, "it has such a handler"
        if route.endpoint.upload is None:
            return await route.endpoint.run_alone(await self._admit_call(route, request, context))
        request.begin_upload()
        call = await self._admit_call(route, request, context)
        with self._take_slot(context):
            call.upload = request.read_upload(route.endpoint.upload.max_bytes)
            return await route.endpoint.run_alone(call)

    def _take_slot(self, context: RequestContext) -> AbstractContextManager[None]:
        """Takes a place among the streams and uploads of the process. Raises `HttpError` if there is none."""
        context.is_paced_by_client = True
        return self._stream_slots.take_slot(context.actor and (context.actor.user_id, context.actor.key_id))

    async def _run_write(self, route: Route, request: Request, context: RequestContext) -> Response:
        """Answers a request that writes. Caller and JSON are checked first, so that a caller who may not write, or a
        body that is no JSON, costs no write transaction."""
        actor, keyed = await self._database.read(partial(self._authorize_write, route, request, context), route.share)
        is_preview = request.take_flag(DRY_RUN)
        call = await self._read_call(route, request, context, actor)
        write = partial(self._database.write, is_slow=route.endpoint.is_slow)
        work: Work[Response] = partial(self._write_response, route, context, call)
        if is_preview:
            return await self._prepare_and_run(
                route, call, partial(preview_write, call, work), self._database.rehearse
            )
        if keyed is None:
            return await self._prepare_and_run(route, call, work, write)
        keyed.describe_request(route, request)
        work = partial(keyed.write_and_keep, work, self._now)
        run = partial(self._prepare_and_run, route, call, work, write)
        return await self._twins.answer_once(keyed, run)

    async def _authorize_write(
        self, route: Route, request: Request, context: RequestContext, tx: Transaction
    ) -> tuple[Actor, KeyedWrite | None]:
        """Authorizes the caller, and looks up the reply that their Idempotency-Key may have."""
        actor = await self._authorize_caller(route, request, context, tx)
        key = request.idempotency_key()
        if key is None:
            return actor, None
        keyed = KeyedWrite(key, actor)
        await keyed.look_up(tx)
        return actor, keyed

    async def _prepare_and_run(
        self,
        route: Route,
        call: HandlerInput,
        work: Work[Response],
        run: Callable[[Work[Response], int], Awaitable[Response]],
    ) -> Response:
        if route.endpoint.prepare is not None:
            call.parsed = await route.endpoint.prepare(call)
        return await run(work, call.actor.workspace)

    async def _admit_call(self, route: Route, request: Request, context: RequestContext) -> HandlerInput:
        """Authorizes the caller, and reads and parses the request, outside of the handler's transactions."""
        actor = await self._database.read(partial(self._authorize_caller, route, request, context), route.share)
        return await self._read_call(route, request, context, actor)

    async def _read_call(self, route: Route, request: Request, context: RequestContext, actor: Actor) -> HandlerInput:
        call = HandlerInput(actor, request, await self._read_body(route, request), partial(self._take_slot, context))
        _parse_request(route.endpoint, call)
        if route.endpoint.weigh is not None:
            self._limits.count_more(context, actor, route.endpoint.weigh(call) - 1)
        return call

    async def _write_response(
        self, route: Route, context: RequestContext, call: HandlerInput, tx: Transaction
    ) -> Response:
        """Runs the handler in a write transaction of the actor's workspace. Authorizes the caller again if they may
        have lost rights since: the body may have arrived slowly, and a write waits its turn."""
        counters = await lock_counters(tx, call.actor.workspace)  # first, so that writers lock rows in one order
        if self._authenticator.may_do_less(call.actor, counters.access_seq):
            call = structs.replace(call, actor=await self._authorize_caller(route, call.request, context, tx))
        return await _run_handler(route.endpoint, tx, call)

    async def _authorize_caller(
        self, route: Route, request: Request, context: RequestContext, tx: Transaction
    ) -> Actor:
        """Returns the actor who asks. Raises `Unauthenticated` without a valid token, `HttpError` (429) over the rate
        limit, and `Forbidden` without the right or scope of the route, or for a cookie that another site sends."""
        if route.right is Right.PUBLIC:
            return structs.replace(_NOBODY, request_id=context.request_id)
        token = request.sent_token()
        context.by_cookie = token.is_cookie
        actor = await self._authenticator.find_actor(tx, token, context.request_id)
        if actor is None:
            context.actor, context.limit_headers = None, ()  # an earlier run may have found an actor
            raise Unauthenticated("The token is not, or no longer, valid; use another one.", code=BAD_TOKEN)
        context.actor = actor
        self._limits.count_caller(context, actor)
        require_right(actor, route.right, route.scopes)
        return actor

    async def _read_body(self, route: Route, request: Request) -> Body:
        if route.endpoint.body is None:
            return _NO_BODY
        data = await request.read_json_bytes(route.endpoint.max_body or self._max_body)
        if len(data) > MAX_INLINE_BODY_BYTES:
            return await asyncio.to_thread(read_object, data)
        return read_object(data) if data or route.endpoint.body_required else _NO_BODY

    def _encode_error_response(
        self, error: Exception, scope: Scope, context: RequestContext
    ) -> tuple[Response, list[Header], bytes]:
        """Returns the error response, its headers and its body. If it cannot be encoded, returns a 500 instead."""
        try:
            response = self._make_error_response(error, scope, context)
            return response, *encode_response(response, context)
        except Exception as defect:
            response = self._make_error_response(defect, scope, context)
            return response, *encode_response(response, context)

    def _make_error_response(self, error: Exception, scope: Scope, context: RequestContext) -> Response:
        if isinstance(error, Unauthenticated) and error.code != NO_TOKEN:
            error = self._count_bad_token(error, scope, context)
        context.error = error
        status, body, headers = problem_of(error, context.request_id)
        return Response(body, status, headers, "application/problem+json")

    def _count_bad_token(self, error: Exception, scope: Scope, context: RequestContext) -> Exception:
        """Counts a bad token, and returns the error to answer: 429 for a client address that tries many tokens.
        Only bad tokens are counted, so a valid token always works."""
        try:
            self._limits.count_address(context, _BAD_TOKENS, self._client_addresses.find_address(scope))
        except HttpError as over:
            return over
        return error


def _run_handler(endpoint: Endpoint, tx: Transaction, call: HandlerInput) -> Awaitable[Response]:
    assert endpoint.run is not None, f"{endpoint.name} has no handler"
    return endpoint.run(tx, call)


def _parse_request(endpoint: Endpoint, call: HandlerInput) -> None:
    """Checks what can be checked without the data, and fills in `call.parsed`.

    Raises as the endpoint's `parse` does, and `MalformedRequest` for query parameters if the endpoint takes none.
    """
    if not endpoint.takes_query:
        reject_all_parameters(call.request.query_pairs())
    if endpoint.parse is not None:
        call.parsed = endpoint.parse(call)
