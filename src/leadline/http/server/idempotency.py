"""Writes that can be sent again: with the same Idempotency-Key, a write is made once, and answered alike each time.

After draft-ietf-httpapi-idempotency-key-header-07. Only effects are kept: a refused write leaves nothing, and is
tried anew. ADR 0037 has the reasons.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from msgspec import structs

from leadline import ids
from leadline.access import Actor
from leadline.clock import Clock
from leadline.errors import Conflict, InvalidInput, NotFound, StaleVersion
from leadline.http.server.endpoint import Response, Route, encode_json
from leadline.http.server.errors import HttpError
from leadline.http.server.request import Request
from leadline.kit.db import ConstraintViolation, Database, Transaction, Work
from leadline.log.replies import KeptReply, ReplyKey, find_reply, keep_reply

TWIN_SECONDS = 5.0
"""The time that a request waits for another one with its key."""
KEPT_HEADERS = ("Operation-Id", "ETag", "Location")
_HASH_CHARACTERS = 32
_MAY_BE_BY_A_TWIN = (Conflict, InvalidInput, NotFound, StaleVersion, ConstraintViolation)
"""Refusals of a write that has been made already: by the same request, on another process."""


class KeyedWrite:
    """A write with an Idempotency-Key. `reply` is the answer that it had before, None if it had none.

    The key itself is not stored. Its hash is that of one caller, a user or an API key. The fingerprint of the request
    is salted with the key, because bodies have passwords.
    """

    def __init__(self, key: str, actor: Actor) -> None:
        self._text = key
        self.key = ReplyKey(actor.workspace, _hash_bytes(f"{actor.key_id or actor.user_id}\0{key}".encode()))
        self.reply: KeptReply | None = None
        self._fingerprint = ""

    async def look_up(self, tx: Transaction) -> None:
        self.reply = await find_reply(tx, self.key)

    def describe_request(self, route: Route, request: Request) -> None:
        """Takes the fingerprint of the request, whose body is read by now."""
        head = (
            self._text,
            route.method,
            route.path,
            sorted(request.path_parameters.items()),
            request.query_bytes(),
            request.condition_headers(),
        )
        self._fingerprint = _hash_bytes(repr(head).encode() + request.json_bytes)

    def replay_answer(self) -> Response | None:
        """Returns the reply again, None if there is none. Raises `InvalidInput` if it is that of another request, and
        `Conflict` if it had a secret."""
        if self.reply is None:
            return None
        if self.reply.fingerprint != self._fingerprint:
            raise InvalidInput(
                [],
                "This Idempotency-Key came with another request; use a new key for each write.",
                code="idempotency_key_reused",
            )
        if self.reply.body is None:
            raise Conflict(
                "This was done, and its answer had a secret, which is shown only once; make a new one.",
                code="secret_shown_once",
                facts={"operationId": self.reply.headers["Operation-Id"]},
            )
        headers = {**self.reply.headers, "Idempotency-Replayed": "true"}
        return Response(self.reply.body.encode() or None, self.reply.status, headers)

    async def write_and_keep(self, work: Work[Response], now: Clock, tx: Transaction) -> Response:
        """Runs a write, and keeps its answer in the same transaction if it had an effect."""
        response = await work(tx)
        operation_id = response.headers.get("Operation-Id")
        if operation_id is None:
            return response
        body = b"" if response.body is None else encode_json(response.body)
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        kept = None if response.secrets else body.decode()
        reply = KeptReply(self._fingerprint, response.status, headers, kept)
        await keep_reply(tx, self.key, ids.number_of(operation_id), now(), reply)
        return structs.replace(response, body=body or None)


class TwinGate:
    """The gate for writes with the same key: one of a process runs at a time, and the others wait for its answer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._under_way: dict[ReplyKey, asyncio.Event] = {}

    async def answer_once(self, keyed: KeyedWrite, write: Callable[[], Awaitable[Response]]) -> Response:
        """Returns the reply that there is already, else that of `write`. If a write on another process was faster,
        what it left refuses this one: by the unique key at the latest. Its reply is then there.

        Raises as `KeyedWrite.replay_answer` does, and `HttpError` (409) if the write takes too long elsewhere.
        """
        await self._await_twin(keyed)
        if (reply := keyed.replay_answer()) is not None:
            return reply
        done = self._under_way[keyed.key] = asyncio.Event()
        try:
            return await write()
        except _MAY_BE_BY_A_TWIN:
            await self._database.read(keyed.look_up)
            if (reply := keyed.replay_answer()) is None:
                raise
            return reply
        finally:
            del self._under_way[keyed.key]
            done.set()

    async def _await_twin(self, keyed: KeyedWrite) -> None:
        """Waits until no other request with the key runs here."""
        try:
            async with asyncio.timeout(TWIN_SECONDS):
                while keyed.reply is None and (twin := self._under_way.get(keyed.key)) is not None:
                    await twin.wait()
                    await self._database.read(keyed.look_up)
        except TimeoutError:
            detail = "A request with this Idempotency-Key is still running; send it again in a moment."
            raise HttpError(HTTPStatus.CONFLICT, "in_progress", detail, {"Retry-After": "1"}) from None


def _hash_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_HASH_CHARACTERS]
