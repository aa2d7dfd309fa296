"""Answers to questions about a workspace, kept as they were sent for as long as its log stands still."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Lock
from zlib import crc32

import leadline
from leadline.http.server.endpoint import EncodedBody, HandlerInput, Json, Response, encode_json
from leadline.http.server.query_string import asks_for_me
from leadline.log.feed import LogPosition, WorkspaceVersion
from leadline.records.answer_trace import FROM_CACHE, current_trace

MAX_KEPT_BYTES = 64 * 1024 * 1024
"""What a process keeps at most, over all workspaces and kinds."""
_ENTRY_OVERHEAD_BYTES = 500

Question = tuple[str, str, bytes]
"""The person if the answer depends on them, the address, and the query string."""


class _CachedResponse(EncodedBody, kw_only=True):
    """`tag` is its entity tag."""

    tag: str

    @property
    def memory_bytes(self) -> int:
        """Of what it comes to at most, once it is compressed too."""
        return 2 * len(self.data) + _ENTRY_OVERHEAD_BYTES


@dataclass
class _WorkspaceCache:
    """The answers of one state of a workspace."""

    position: LogPosition
    answers: dict[Question, _CachedResponse] = field(default_factory=dict)
    size: int = 0


class ResponseCache:
    """Exact by construction: an answer is given again only at the position in the log that it was made at. The first
    question at a later place drops those of the position before; over `max_bytes` the workspaces go whose state is
    the oldest."""

    def __init__(self, max_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_bytes = max_bytes
        self._workspaces: dict[int, _WorkspaceCache] = {}
        self._lock = Lock()  # slow questions are answered in threads
        self.size = 0

    async def respond_cached(
        self, call: HandlerInput, state: WorkspaceVersion, make: Callable[[WorkspaceVersion], Awaitable[Json]]
    ) -> Response:
        """304 if the client has the answer, and else that, made anew only if it may be another than last time."""
        if state.position is None:
            return Response(await make(state))
        question = _cache_key(call)
        answer = self._find_entry(state.workspace, state.position, question)
        tag = answer.tag if answer else _entity_tag(state.position, question)
        seen = call.request.find_seen_tag(tag)
        if answer is None and (seen is None or call.request.wants_none()):  # who names the tag has had the answer
            answer = _CachedResponse(encode_json(await make(state)), tag=tag)
            self._keep_entry(state.workspace, state.position, question, answer)
        elif answer is not None:
            current_trace().source = FROM_CACHE
        return Response(answer, headers={"ETag": tag}) if seen is None else Response(None, 304, {"ETag": seen})

    def _find_entry(self, workspace: int, position: LogPosition, question: Question) -> _CachedResponse | None:
        with self._lock:
            own = self._workspaces.get(workspace)
            if own is None:
                return None
            if own.position == position:
                return own.answers.get(question)
            if own.position.seq <= position.seq:
                self._drop_workspace(workspace)
            return None

    def _keep_entry(self, workspace: int, position: LogPosition, question: Question, answer: _CachedResponse) -> None:
        size = answer.memory_bytes + len(question[1]) + len(question[2])
        if size > self._max_bytes:
            return
        with self._lock:
            while self.size + size > self._max_bytes:
                self._drop_workspace(next(iter(self._workspaces)))
            own = self._workspaces.setdefault(workspace, _WorkspaceCache(position))
            if own.position == position and question not in own.answers:
                own.answers[question] = answer
                own.size += size
                self.size += size

    def _drop_workspace(self, workspace: int) -> None:
        self.size -= self._workspaces.pop(workspace).size


def _cache_key(call: HandlerInput) -> Question:
    query = call.request.query_bytes()
    return call.actor.user_id if asks_for_me(query) else "", call.request.own_url(), query


def _entity_tag(position: LogPosition, question: Question) -> str:
    """Another for each state, question and version of the server."""
    asked = repr((position.operation, question, leadline.__version__)).encode()
    return f'"{position.seq}-{crc32(asked):08x}"'
