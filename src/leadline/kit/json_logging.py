"""The server's log: JSON objects on standard error, one per line.

A line contains only text that the server wrote itself. The text of an error, and messages of libraries, may quote a
name, a search or a token. The log therefore has only the type and the place in the code of an error, and only the
fixed beginning of a library's message.
"""

import asyncio
import atexit
import logging
import os
import re
import select
import stat
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any

import msgspec

from leadline.kit.db import DatabaseError

OURS = "leadline"
REQUEST_ID = "request_id"
"""The name, in `extra` of a call of a logger, of the id of the request in which something happened."""
FLUSH_SECONDS = 0.02
MAX_BATCH_LINES = 256
ATOMIC_BYTES = 4096
"""Bytes that a pipe takes in one piece (POSIX: PIPE_BUF), so that the lines of several processes do not mix."""
MAX_WAITING_BYTES = 1024 * 1024
"""Bytes of log lines that may wait for a reader of standard error. Further lines are dropped and counted."""
DRAIN_SECONDS = 1.0
"""Seconds that the end of a process waits until its last lines are written."""
MAX_FRAMES = 15
MAX_CAUSES = 3
_QUOTING = re.compile(r"[\n<({\['\"%]")


class LogLine(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    """A line of the log.

    `time` is UTC, and `event` says what happened. `requestId` is the request in which it happened, if it was in one.
    `error` says what went wrong, and `trace` where in the code.
    """

    time: str
    level: str
    event: str
    requestId: str | None = None  # noqa: N815
    error: str | None = None
    trace: list[str] | None = None


_encode = msgspec.json.Encoder().encode


class DroppedLine(LogLine, kw_only=True):
    """A line that stands for `dropped` other lines, for which there was no room."""

    dropped: int


class LogWriter:
    """A thread that writes the log to a file descriptor, so that a full pipe or a slow disk delays nobody else."""

    def __init__(self, descriptor: int, max_waiting_bytes: int = MAX_WAITING_BYTES) -> None:
        self._descriptor = descriptor
        self._max_waiting_bytes = max_waiting_bytes
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._waiting_bytes = 0
        self._dropped_lines = 0
        self._thread: threading.Thread | None = None

    def write(self, *pieces: bytes) -> None:
        """Hands over whole lines and returns at once. Lines for which there is no room are counted instead. Pieces
        that are handed over together wake the thread only once."""
        with self._changed:
            is_idle = not self._waiting
            for piece in pieces:
                self._keep_or_count(piece)
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="log writer", daemon=True)
                self._thread.start()
            if is_idle:  # otherwise the thread is busy, and takes these pieces next
                self._changed.notify_all()

    def drain(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Waits until every line is written, `seconds` at most. Returns True if every line is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, seconds)

    def _keep_or_count(self, piece: bytes) -> None:
        if self._waiting_bytes + len(piece) > self._max_waiting_bytes:
            self._dropped_lines += piece.count(b"\n")
            return
        self._waiting.append(piece)
        self._waiting_bytes += len(piece)

    def _write_all(self) -> None:
        is_pipe = stat.S_ISFIFO(os.fstat(self._descriptor).st_mode)
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                taken = list(self._waiting)
            for data in taken if is_pipe else [b"".join(taken)]:  # writers that share a pipe must not mix lines
                self._write_or_count(data)
            with self._changed:
                for _ in taken:
                    self._waiting_bytes -= len(self._waiting.popleft())
                self._changed.notify_all()

    def _write_or_count(self, data: bytes) -> None:
        is_written = self._write_to_descriptor(data)
        with self._changed:
            if not is_written:
                self._dropped_lines += data.count(b"\n")
            dropped_lines = self._dropped_lines
        if is_written and dropped_lines > 0 and self._report_dropped(dropped_lines):
            with self._changed:
                self._dropped_lines -= dropped_lines

    def _report_dropped(self, lines: int) -> bool:
        line = DroppedLine(time=format_now(), level="warning", event="lines dropped", dropped=lines)
        return self._write_to_descriptor(_encode(line) + b"\n")

    def _write_to_descriptor(self, data: bytes) -> bool:
        """Writes the data, waiting until the descriptor has taken all of them. Returns False if it cannot take them,
        for example on a full disk."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:  # another user of the pipe or terminal may have made it non-blocking
                select.select([], [self._descriptor], [])
            except OSError:
                return False
        return True


STANDARD_ERROR = LogWriter(2)
atexit.register(STANDARD_ERROR.drain)


class LogBuffer:
    """A buffer of lines that are written in batches, at most `FLUSH_SECONDS` later. Only the event loop's thread may
    use it."""

    def __init__(self, write: Callable[..., None] = STANDARD_ERROR.write) -> None:
        self._write = write
        self._waiting: list[LogLine] = []

    def add_line(self, line: LogLine) -> None:
        if not self._waiting:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)
        self._waiting.append(line)
        if len(self._waiting) >= MAX_BATCH_LINES:
            self.flush()

    def flush(self) -> None:
        self._write(*_join_pieces([_encode(line) for line in self._waiting]))
        self._waiting.clear()


def _join_pieces(lines: list[bytes]) -> Iterator[bytes]:
    """Yields the lines in pieces, each with as many lines as a pipe takes in one piece (`ATOMIC_BYTES`)."""
    start, size = 0, 0
    for index, line in enumerate(lines):
        if size + len(line) >= ATOMIC_BYTES and index > start:
            yield b"\n".join(lines[start:index]) + b"\n"
            start, size = index, 0
        size += len(line) + 1
    if lines:
        yield b"\n".join(lines[start:]) + b"\n"


class JsonHandler(logging.Handler):
    """A handler of the standard library that writes each record as JSON at once, of Leadline and of libraries."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        own = record.name.partition(".")[0] == OURS
        line = LogLine(
            time=format_now(),
            level=record.levelname.lower(),
            event=record.getMessage() if own else f"{record.name}: {_cut_before_quote(str(record.msg))}",
            requestId=getattr(record, REQUEST_ID, None),
            error=None if error is None else describe_error(error),
            trace=None if error is None else describe_trace(error),
        )
        STANDARD_ERROR.write(_encode(line) + b"\n")


def logging_config(level: str) -> dict[str, Any]:
    """Returns the configuration for `logging.config.dictConfig`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"json": {"class": f"{__name__}.{JsonHandler.__name__}"}},
        "loggers": {OURS: {"level": level.upper()}},
        "root": {"level": "WARNING", "handlers": ["json"]},
    }


def log_thread_failure(failure: threading.ExceptHookArgs) -> None:
    """Logs the failure of a thread. As `threading.excepthook` it replaces the default, which prints the text of the
    error."""
    name = failure.thread.name if failure.thread else "unknown"
    error = failure.exc_value
    logging.getLogger(OURS).error("thread %s failed", name, exc_info=error)


def format_now() -> str:
    """Returns the present time in UTC, to the millisecond."""
    seconds, rest = divmod(int(time.time() * 1000), 1000)
    return f"{_to_text(seconds)}.{rest:03d}Z"


@lru_cache(maxsize=4)
def _to_text(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def describe_error(error: BaseException) -> str:
    """Returns the type of an error. It adds the message only for a `DatabaseError`, whose message is Leadline's own,
    for the person who runs the server."""
    return f"{type(error).__name__}: {error}" if isinstance(error, DatabaseError) else type(error).__name__


def describe_trace(error: BaseException) -> list[str]:
    """Returns the calls that led to an error, the innermost last, and then those that led to its causes."""
    trace = _describe_frames(error.__traceback__)
    for _ in range(MAX_CAUSES):
        cause = error.__cause__ or error.__context__
        if cause is None:
            break
        trace += [f"after {describe_error(cause)}", *_describe_frames(cause.__traceback__)]
        error = cause
    return trace


def _describe_frames(traceback: TracebackType | None) -> list[str]:
    frames = []
    while traceback is not None:
        module = traceback.tb_frame.f_globals.get("__name__")
        frames.append(f"{module}:{traceback.tb_lineno} {traceback.tb_frame.f_code.co_name}")
        traceback = traceback.tb_next
    return frames[-MAX_FRAMES:]


def _cut_before_quote(message: str) -> str:
    """Returns the beginning of a message, up to the first character after which it may quote something."""
    return _QUOTING.split(message, 1)[0].strip(" :")
