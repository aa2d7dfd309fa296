"""The header `Server-Timing`, which says where a list came from and what it waited for."""

from leadline.http.server.request_context import Header
from leadline.records.answer_trace import FROM_CACHE, FROM_INDEX, SQL, AnswerTrace

_SOURCES: dict[str | None, Header] = {
    source: f"server-timing: source;desc={source}\r\n".encode() for source in (FROM_CACHE, FROM_INDEX, SQL)
}


def server_timing(answering: AnswerTrace) -> Header | None:
    """Returns the header line, None if the trace names no source."""
    plain = _SOURCES.get(answering.source)
    if plain is None or not (answering.caught_up or answering.waited_for):
        return plain
    parts = [plain[:-2].decode()]
    if answering.caught_up:
        parts.append(f"caught-up;desc={answering.caught_up}")
    if answering.waited_for:
        parts.append(f"wait;desc={answering.waited_for};dur={answering.waited_seconds * 1000:.1f}")
    return f"{', '.join(parts)}\r\n".encode()
