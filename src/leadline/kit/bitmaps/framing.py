"""What an index tells of itself, in parts: to take one in keeps the interpreter, and so none is large."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

Read = Callable[[int], bytes]
"""Answers that many bytes, from where it stands on."""


def write_frame(content: object) -> bytes:
    payload = msgspec.msgpack.encode(content)
    return len(payload).to_bytes(8) + payload


def write_frames(parts: Iterable[object]) -> Iterator[bytes]:
    """Parts, none of which is None, and a mark of their end."""
    yield from map(write_frame, parts)
    yield write_frame(None)


def read_frame(read: Read) -> Any:
    return msgspec.msgpack.decode(read(int.from_bytes(read(8))))


def read_frames(read: Read) -> Iterator[Any]:
    while (part := read_frame(read)) is not None:
        yield part
