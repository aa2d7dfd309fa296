"""An index on the disk: magic, the length of the head, the head in JSON, the dump of the index, and a CRC-32 of all
that.

A file is ignored if it is incomplete or damaged, or was made for other fields or another history.
"""

import os
import tempfile
import time
import unicodedata
import zlib
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import msgspec

from leadline.index.kind_index import IncompatibleDump, KindIndex
from leadline.log.feed import LogPosition
from leadline.records.kind import Kind

_MAGIC = b"Leadline live index 1\n"
_NUMBER_BYTES = 4
_CHUNK_BYTES = 1 << 20
ABANDONED_SECONDS = 3600


class UnusableFile(Exception):
    """Raised if a file has no index that can be used; the message says why."""


class FileHead(msgspec.Struct, frozen=True):
    """The head of a file: the index for which it was made, and the log position (`seq`, `operation`) of that.

    `workspace` is the workspace's id; `shape` is a digest of all that determines how records are indexed.
    """

    workspace: str
    kind: str
    shape: str
    seq: int
    operation: str


class IndexFile:
    """The file of one kind in one `workspace`, which is given by its id. The folder is made when it is needed."""

    def __init__(self, folder: Path, kind: Kind, workspace: str) -> None:
        self._path = folder / f"{workspace}.{kind.plural}"
        self._kind = kind
        self._workspace = workspace

    def __str__(self) -> str:
        return str(self._path)

    def write_index(self, index: KindIndex, position: LogPosition) -> None:
        """Writes the file. An older one is replaced atomically. Raises `OSError`."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._remove_abandoned()
        descriptor, name = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                head = msgspec.json.encode(self._make_head(position))
                _write_file(file, [_MAGIC, len(head).to_bytes(_NUMBER_BYTES), head], index.dump_parts())
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(self._path)
        finally:
            Path(name).unlink(missing_ok=True)

    def _remove_abandoned(self) -> None:
        """Removes the partial files of processes that were killed while they wrote."""
        for partial in self._path.parent.glob(f".{self._path.name}.*"):
            with suppress(FileNotFoundError):  # another process may do the same
                if time.time() - partial.stat().st_mtime > ABANDONED_SECONDS:
                    partial.unlink()

    def read_index(self) -> tuple[KindIndex, LogPosition]:
        """Reads the index and its log position. Raises `UnusableFile`."""
        try:
            with self._path.open("rb") as file:
                _check_file(file)
                position = self._read_head(file)
                return KindIndex.load_dump(self._kind, file.read), position
        except (OSError, IncompatibleDump) as error:
            raise UnusableFile(str(error)) from error

    def _make_head(self, position: LogPosition) -> FileHead:
        return FileHead(self._workspace, self._kind.name, _shape_of(self._kind), *position)

    def _read_head(self, file: BinaryIO) -> LogPosition:
        file.seek(len(_MAGIC))
        length = int.from_bytes(file.read(_NUMBER_BYTES))
        try:
            head = msgspec.json.decode(file.read(length), type=FileHead)
        except msgspec.DecodeError as error:
            raise UnusableFile(str(error)) from error
        position = LogPosition(head.seq, head.operation)
        if head != self._make_head(position):
            raise UnusableFile("it was made for something else")
        return position


def _write_file(file: BinaryIO, *parts: Iterable[bytes]) -> None:
    checksum = 0
    for part in chain.from_iterable(parts):
        checksum = zlib.crc32(part, checksum)
        file.write(part)
    file.write(checksum.to_bytes(_NUMBER_BYTES))


def _check_file(file: BinaryIO) -> None:
    """Checks the magic and the checksum, before anything is decoded. Raises `UnusableFile`."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise UnusableFile("it is none")
    left = os.fstat(file.fileno()).st_size - len(_MAGIC) - _NUMBER_BYTES
    checksum = zlib.crc32(_MAGIC)
    while left > 0 and (part := file.read(min(left, _CHUNK_BYTES))):
        checksum = zlib.crc32(part, checksum)
        left -= len(part)
    if left or file.read() != checksum.to_bytes(_NUMBER_BYTES):
        raise UnusableFile("it is damaged")


@lru_cache
def _shape_of(kind: Kind) -> str:
    """Returns a digest that changes with the kind's fields, and with the way in which Python folds text."""
    made_from = (kind.own_fields, kind.search, KindIndex(kind).row_columns, unicodedata.unidata_version)
    return blake2b(repr(made_from).encode(), digest_size=16).hexdigest()
