"""The cache of encoded lists and facets, whose entries are valid only at the log position they were made at."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Lock
from zlib import crc32

import leadline
from leadline.http.server.endpoint import LOG_SEQ, EncodedBody, HandlerInput, Json, Response, encode_json
from leadline.http.server.query_string import asks_for_me
from leadline.log.feed import LogPosition, WorkspaceVersion
from leadline.records.answer_trace import FROM_CACHE, current_trace
from leadline.records.filters import Predicate

MAX_CACHE_BYTES = 64 * 1024 * 1024
"""The maximum bytes that a process caches, over all workspaces and kinds."""
_ENTRY_OVERHEAD_BYTES = 500

CacheKey = tuple[str, str, bytes]
"""A cache key: the asker, the URL, and the query string. The asker is "" if the response is the same for all; else it
has the user's id, or the records that they see, or both."""


class _CachedResponse(EncodedBody, kw_only=True):
    """A cached response body; `tag` is its entity tag."""

    tag: str

    @property
    def memory_bytes(self) -> int:
        """The maximum bytes that the entry takes, its compressed form included."""
        return 2 * len(self.data) + _ENTRY_OVERHEAD_BYTES


@dataclass
class _WorkspaceCache:
    """The cached responses of one workspace, all made at `position`."""

    position: LogPosition
    entries: dict[CacheKey, _CachedResponse] = field(default_factory=dict)
    size: int = 0


class ResponseCache:
    """A cache of responses that is exact by construction: a response is used again only at the log position that it
    was made at. The first request at a later position evicts the workspace's older responses. Over `max_bytes` the
    workspaces whose position was cached first are evicted."""

    def __init__(self, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._max_bytes = max_bytes
        self._workspaces: dict[int, _WorkspaceCache] = {}
        self._lock = Lock()  # slow requests are answered in threads
        self.size = 0

    async def respond_cached(
        self,
        call: HandlerInput,
        version: WorkspaceVersion,
        make: Callable[[WorkspaceVersion], Awaitable[Json]],
        visible: Predicate | None = None,
    ) -> Response:
        """Returns 304 if the client has the response already, else the cached response, else what `make` returns.
        Without a log position nothing is cached. `visible` are the records that the actor sees: those who see the
        same share a response."""
        if version.position is None:
            return Response(await make(version))
        question = _cache_key(call, visible)
        answer = self._find_entry(version.workspace, version.position, question)
        tag = answer.tag if answer else _entity_tag(version.position, question)
        seen = call.request.find_seen_tag(tag)
        if answer is None and (seen is None or call.request.forbids_existing()):  # who sends the tag has the response
            answer = _CachedResponse(encode_json(await make(version)), tag=tag)
            self._keep_entry(version.workspace, version.position, question, answer)
        elif answer is not None:
            current_trace().source = FROM_CACHE
        headers = {"ETag": tag if seen is None else seen, LOG_SEQ: str(version.position.seq)}
        return Response(answer, headers=headers) if seen is None else Response(None, 304, headers)

    def _find_entry(self, workspace: int, position: LogPosition, question: CacheKey) -> _CachedResponse | None:
        with self._lock:
            own = self._workspaces.get(workspace)
            if own is None:
                return None
            if own.position == position:
                return own.entries.get(question)
            if own.position.seq <= position.seq:
                self._drop_workspace(workspace)
            return None

    def _keep_entry(self, workspace: int, position: LogPosition, question: CacheKey, answer: _CachedResponse) -> None:
        size = answer.memory_bytes + len(question[1]) + len(question[2])
        if size > self._max_bytes:
            return
        with self._lock:
            while self.size + size > self._max_bytes:
                self._drop_workspace(next(iter(self._workspaces)))
            own = self._workspaces.setdefault(workspace, _WorkspaceCache(position))
            if own.position == position and question not in own.entries:
                own.entries[question] = answer
                own.size += size
                self.size += size

    def _drop_workspace(self, workspace: int) -> None:
        self.size -= self._workspaces.pop(workspace).size


def _cache_key(call: HandlerInput, visible: Predicate | None) -> CacheKey:
    query = call.request.query_bytes()
    asker = call.actor.user_id if asks_for_me(query) else ""
    if visible is not None and visible.conditions:
        asker += repr(visible)
    return asker, call.request.own_url(), query


def _entity_tag(position: LogPosition, question: CacheKey) -> str:
    """Returns a tag that changes with the log position, the question and the version of the server."""
    asked = repr((position.operation, question, leadline.__version__)).encode()
    return f'"{position.seq}-{crc32(asked):08x}"'
