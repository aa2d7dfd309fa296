"""The header `Server-Timing`, which says where a list came from and what it waited for."""

from leadline.http.server.request_context import Header
from leadline.records.answer_trace import FROM_CACHE, FROM_INDEX, SQL, AnswerTrace

_SOURCES: dict[str | None, Header] = {
    source: f"server-timing: source;desc={source}\r\n".encode() for source in (FROM_CACHE, FROM_INDEX, SQL)
}


def server_timing(trace: AnswerTrace) -> Header | None:
    """Returns the header line, None if the trace names no source."""
    plain = _SOURCES.get(trace.source)
    if plain is None or not (trace.caught_up or trace.waited_for):
        return plain
    parts = [plain[:-2].decode()]
    if trace.caught_up:
        parts.append(f"caught-up;desc={trace.caught_up}")
    if trace.waited_for:
        parts.append(f"wait;desc={trace.waited_for};dur={trace.waited_seconds * 1000:.1f}")
    return f"{', '.join(parts)}\r\n".encode()
