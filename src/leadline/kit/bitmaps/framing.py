"""Length-prefixed MessagePack frames, in which an index is written to a file and read again.

Decoding a frame holds the interpreter lock, so an index is written as many small frames.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

ReadBytes = Callable[[int], bytes]
"""A function that returns the given number of bytes, and advances by as many."""


def write_frame(content: object) -> bytes:
    payload = msgspec.msgpack.encode(content)
    return len(payload).to_bytes(8) + payload


def write_frames(parts: Iterable[object]) -> Iterator[bytes]:
    """Yields a frame for each of the parts, of which none is None, and then a frame that marks their end."""
    yield from map(write_frame, parts)
    yield write_frame(None)


def read_frame(read: ReadBytes) -> Any:
    return msgspec.msgpack.decode(read(int.from_bytes(read(8))))


def read_frames(read: ReadBytes) -> Iterator[Any]:
    while (part := read_frame(read)) is not None:
        yield part
