"""uvicorn's HTTP/1.1 protocol, with limits on what one connection may cost.

URLs and heads are limited in size, heads and bodies in time, and the connections of a process in number. A
connection too many evicts the one that has waited longest and is not in the middle of a request. So clients that
open connections and send nothing, or send slowly, do not keep others out.
"""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from leadline.http.server import connection_refusals, heads
from leadline.http.server.config import ServerConfig
from leadline.http.server.connection_refusals import MAX_HEAD_BYTES, MAX_HEADERS, MAX_URL_BYTES, ConnectionRefusal
from leadline.http.server.connection_watch import ConnectionWatch
from leadline.http.server.observer import REFUSED
from leadline.http.server.pipelining import KnownHead, PausableFlow, RequestsSentAhead, end_of_heads, head_of_frame
from leadline.http.server.request import MAX_DRAINED_BYTES
from leadline.http.server.request_context import FAST_RESPONSE, IS_OPEN, STOPPING, STREAM, UPLOAD, Header
from leadline.http.server.transport import CoalescingTransport, is_under_way, new_cycle, send_fast_response
from leadline.http.server.uploads import LINGER_SECONDS, ArrivingUpload

MAX_CHUNK_OVERHEAD = 16 * 1024
MAX_QUEUED_REQUESTS = 16
"""The maximum number of pipelined requests that are parsed before their turn; further ones wait as bytes."""
_NEVER = float("inf")
_VERSIONS = ("1.1", "1.0")
_NO_VERSION = "0.0"
"""The version that the parser reports for a request that ended before its version."""


class _RequestRefused(Exception):
    """Raised in a parser callback, to stop the parser in the middle of a request."""


class LimitedProtocol(HttpToolsProtocol):
    flow: PausableFlow
    transport: CoalescingTransport  # type: ignore[assignment]
    _waiting: ClassVar["dict[LimitedProtocol, None]"] = {}
    """The process's connections that are not in the middle of a request, the longest waiting first."""
    _watch: ClassVar[ConnectionWatch] = ConnectionWatch()
    _sent_ahead: ClassVar[RequestsSentAhead] = RequestsSentAhead()

    def __init__(self, config: ServerConfig, *arguments: Any, **options: Any) -> None:
        super().__init__(config, *arguments, **options)
        self._limits = config.limits
        self._refusal = connection_refusals.INVALID
        self._deadline = 0.0
        self._flush_by = _NEVER
        self._has_begun = False
        self._in_head = True
        self._head_size = 0
        self._body_size = 0
        self._payload_size = 0
        self._body_parts: list[bytes] = []
        self._in_one_request = True
        self._unread = b""
        self._read_to = 0
        self._has_ended = False
        self._piece = b""
        self._newest_cycle: RequestResponseCycle | None = None
        self._stop_stream = asyncio.Event()
        # shared by all requests of the connection, so that no request refers to itself (ADR 0025)
        self._extensions: dict[str, Any] = {
            FAST_RESPONSE: self._send_fast_response,
            IS_OPEN: self._is_open,
            STREAM: self._begin_stream,
            STOPPING: self._stop_stream,
            UPLOAD: self._begin_upload,
        }
        self._is_streaming = False
        self._upload: ArrivingUpload | None = None

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.flow = PausableFlow(transport)
        self.transport = CoalescingTransport(transport, self.loop)
        self._watch.add_connection(self, self.loop)
        self._await_head()
        if len(self.connections) > self._limits.max_connections:
            self._evict_longest_idle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.remove_connection(self)
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._is_streaming:  # nothing may follow on the connection of a stream
            self.transport.close()
            return
        if self._unread:
            self._unread = self._unread[self._read_to :] + data  # at most one packet is left: reading is paused
        else:
            self._unread = data
        self._read_to = 0
        self._read_requests()

    def _read_requests(self) -> None:
        """Parses as many requests as may be queued, and keeps the rest as bytes until some are answered."""
        data, start = self._unread, self._read_to
        while start < len(data) and not self.transport.is_closing():
            room = MAX_QUEUED_REQUESTS - len(self.pipeline)
            if room <= 0:
                break
            end = end_of_heads(data, start, room)
            self._read_piece(data[start:end])
            start = end
        self._unread, self._read_to = (data, start) if start < len(data) else (b"", 0)
        self._pace_reading()

    def _read_kept(self) -> None:
        """Parses the bytes that were kept while the queue of requests was full."""
        if self.transport.is_closing() or not self._unread:
            return
        self._read_requests()
        if not self._unread and self._has_ended:
            self._end_input()

    def _pace_reading(self) -> None:
        """Pauses reading while whole requests wait, so that a connection holds at most one packet of them, and while
        the handler has much of the body to read."""
        self.flow.pace_reading(self._newest_cycle, holds_back=bool(self._unread or self.pipeline))

    def _read_piece(self, data: bytes) -> None:
        in_head, self._in_one_request = self._in_head, True
        self._parse_piece(data)
        if self.transport.is_closing() or not self._in_one_request:  # unknown which request the bytes belong to
            return
        if self._in_head and in_head:
            self._head_size += len(data)
            if self._head_size > 2 * MAX_HEAD_BYTES:  # one endless header, which the parser does not report
                self._answer_and_close(connection_refusals.LARGE_HEAD)
        elif not self._in_head and not in_head:
            self._body_size += len(data)
            self._check_body()

    def _parse_piece(self, data: bytes) -> None:
        self._piece = self._piece + data if self._has_begun and self._in_head else data
        try:
            self.parser.feed_data(data)
            self._hand_over_body()
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade()
            self._parse_piece(data[upgrade.args[0] :])
        except httptools.HttpParserInvalidURLError:
            self._answer_and_close(connection_refusals.ODD_URL)
        except httptools.HttpParserError:
            is_odd = self._in_head and self.parser.get_http_version() not in (_NO_VERSION, *_VERSIONS)
            self._answer_and_close(connection_refusals.ODD_VERSION if is_odd else self._refusal)

    def _ignore_upgrade(self) -> None:
        """Parses the rest of a message that asks for an upgrade. The upgrade is ignored (RFC 9110, 7.8).
        The parser stops at such a head, so a new parser is told how the body is framed."""
        self.parser = httptools.HttpRequestParser(KnownHead(self))
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.parser.feed_data(head_of_frame(self.headers, keep_alive=self.cycle.keep_alive))

    def eof_received(self) -> bool:  # type: ignore[override]
        """Returns True if responses are due: a client may close its own half (RFC 9293, 3.6), but not of a stream."""
        self._has_ended = True
        if self._is_streaming:
            self.transport.close()
        elif not self._unread:
            self._end_input()
        return not self.transport.is_closing()

    def _end_input(self) -> None:
        """Drops a request that will never be complete, and closes the connection if no response is under way."""
        if self._has_begun and not self._in_head:
            if self.pipeline:
                self.pipeline.popleft()
            else:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
        if not self.pipeline and not is_under_way(self._newest_cycle):
            self.transport.close()

    def _evict_longest_idle(self) -> None:
        """Closes the longest waiting connection. If that is this new one, all others being at work, answers 503."""
        longest = next(iter(self._waiting))
        if longest is self:
            self._answer_and_close(connection_refusals.FULL)
        else:
            longest.transport.close()
            self._waiting.pop(longest)

    # Callbacks of the parser. They do what uvicorn's do, without features that Leadline does not use: upgrades,
    # mounting, a state for each request, and a limit on the number of requests

    def on_message_begin(self) -> None:
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self.scope = {  # type: ignore[typeddict-item]
            "type": "http",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,  # type: ignore[typeddict-item]
            "headers": self.headers,
            "extensions": self._extensions,
        }
        self._has_begun = True
        self._in_one_request = False
        self._head_size = self._body_size = self._payload_size = 0
        self._await_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_URL_BYTES:
            self._refuse_request(connection_refusals.LONG_URL)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_head:  # a trailer is not a header (RFC 9110, 6.5.1)
            super().on_header(name, value)
        self._head_size += len(name) + len(value)
        if len(self.headers) > MAX_HEADERS or self._head_size > MAX_HEAD_BYTES:
            self._refuse_request(connection_refusals.LARGE_HEAD)

    def on_headers_complete(self) -> None:
        is_http = self.url + b" HTTP/" in self._piece  # the parser accepts RTSP and ICE as well
        if not is_http or self.parser.get_http_version() not in _VERSIONS:
            self._refuse_request(connection_refusals.ODD_VERSION)
        if not heads.is_sound(self.headers, self.parser.get_method(), self.parser.get_http_version()):
            self._refuse_request(connection_refusals.INVALID)
        self._in_head = False
        self._waiting.pop(self, None)
        self._deadline = self.loop.time() + self._limits.body_seconds
        self._begin_request()

    def _begin_request(self) -> None:
        version, method = self.parser.get_http_version(), self.parser.get_method()
        self.scope["http_version"] = version
        self.scope["method"] = method.decode("ascii")
        if not heads.fill_target(self.url, self.scope, self.headers):
            self._refuse_request(connection_refusals.ODD_SCHEME)
        before = self.cycle
        self.cycle = new_cycle(self, keep_alive=version != "1.0" and self.parser.should_keep_alive())
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.pipeline.appendleft((self.cycle, self.app))

    def on_body(self, body: bytes) -> None:
        self._body_parts.append(body)  # joined once per packet, which may have tens of thousands of them

    def _hand_over_body(self) -> None:
        if self._body_parts:
            body = b"".join(self._body_parts)
            self._body_parts.clear()
            self._payload_size += len(body)
            super().on_body(body)
            if self._upload is not None and self._upload.note_bytes(self._payload_size):
                self._deadline = self.loop.time() + self._limits.body_seconds

    def _check_body(self) -> None:
        if self._upload is None and self._payload_size > MAX_DRAINED_BYTES + 1024 * 1024:
            self.transport.close()  # answered long ago, and the client still sends
        elif self._body_size > MAX_CHUNK_OVERHEAD + 9 * self._payload_size:
            self._answer_and_close(connection_refusals.ODD_CHUNKS)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():  # the message goes on, see _ignore_upgrade
            return
        self._hand_over_body()
        self._has_begun = False
        self._in_one_request = False
        self._in_head = True
        if self._upload is not None:
            self._upload.note_end(is_stopping=self._stop_stream.is_set())
            self._upload = None
        if self.cycle.response_complete:  # the request was refused before its body was complete
            self._await_another()
            return
        self._deadline = _NEVER
        self.cycle.more_body = False
        self.cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Overrides uvicorn's method, which sets a timer after each response: here one watches all (ADR 0025)."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            if self._upload is not None:  # the connection lingers
                self._deadline = self.loop.time() + LINGER_SECONDS
                self._waiting[self] = None
                self._pace_reading()
            return
        if self._unread and len(self.pipeline) <= MAX_QUEUED_REQUESTS // 2:
            self.loop.call_soon(self._read_kept)
        if self.pipeline:
            self._sent_ahead.add_request(self._begin_following, self.loop)
            return
        self._pace_reading()
        if self._has_ended and not self._unread:
            self.transport.close()
            return
        self._waiting[self] = None
        if not self._has_begun:
            self._await_another()

    def _begin_following(self) -> None:
        if self.transport.is_closing() or not self.pipeline:  # the client has left in the middle of it
            return
        following = self.pipeline.pop()
        self._pace_reading()
        self._start_asgi_task(*following)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._newest_cycle = cycle
        super()._start_asgi_task(cycle, app)

    def _send_fast_response(self, status: int, headers: Iterable[Header], body: bytes) -> bool:
        assert self._newest_cycle is not None, "an answer has its request"
        return send_fast_response(self._newest_cycle, status, headers, body)

    def _begin_stream(self) -> asyncio.Event:
        """Makes the stream the last response of the connection: whatever was sent ahead is dropped."""
        self.pipeline.clear()
        self._unread, self._has_begun, self.cycle = b"", False, self._newest_cycle  # type: ignore[assignment]
        self._waiting.pop(self, None)
        self._deadline, self._is_streaming = _NEVER, True
        return self._stop_stream

    def _begin_upload(self) -> None:
        """Gives the body more time whenever enough of it has arrived, unless the whole body has arrived by now."""
        cycle = self._newest_cycle
        if cycle is not None and cycle is self.cycle and self._has_begun and not self._in_head:
            seconds = self._limits.body_seconds
            self._upload = ArrivingUpload(cycle, self.transport, seconds, self._payload_size)

    def shutdown(self) -> None:
        self._stop_stream.set()
        super().shutdown()

    def _is_open(self) -> bool:
        return not self.transport.is_closing()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._flush_by = self.loop.time() + self._limits.body_seconds

    def resume_writing(self) -> None:
        super().resume_writing()
        self._flush_by = _NEVER

    # Time

    def _await_head(self) -> None:
        self._in_head = True
        self._waiting[self] = None
        self._deadline = self.loop.time() + self._limits.header_seconds

    def _await_another(self) -> None:
        self._deadline = self.loop.time() + self.timeout_keep_alive

    def check_deadline(self, now: float) -> None:
        if self._upload is not None and self.flow.read_paused:  # the handler is at work, not the client
            self._deadline = now + self._limits.body_seconds
        if self._flush_by < now or (self._deadline < now and self.transport.is_closing()):
            self.transport.abort()  # the client does not read the response
        elif self._deadline < now:
            self._deadline = now + self._limits.header_seconds
            self._end_if_late()

    def _end_if_late(self) -> None:
        """Closes the connection; answers 408 first, unless the client was answered and has begun nothing since."""
        if self._has_begun or self.cycle is None:
            self._answer_and_close(connection_refusals.SLOW)
        else:
            self.transport.close()

    # Refusals

    def _refuse_request(self, refusal: ConnectionRefusal) -> None:
        """Stops the parser from within one of its callbacks. Raises `_RequestRefused`."""
        self._refusal = refusal
        raise _RequestRefused

    def _answer_and_close(self, refusal: ConnectionRefusal) -> None:
        """Writes the refusal and closes the connection. If earlier requests still wait for their responses, answers
        those instead: the client would take the refusal for the response to the first of them."""
        if self.transport.is_closing():
            return
        if self.pipeline or (self._in_head and self.cycle is not None and not self.cycle.response_complete):
            self.cycle.keep_alive = False
            return
        request_id = f"req_{secrets.token_hex(9)}"
        if REFUSED in self.app_state:
            self.app_state[REFUSED](request_id, refusal.status.value)
        self.transport.write(refusal.encode_response(request_id))
        self.transport.lingers = False
        self.transport.close()
