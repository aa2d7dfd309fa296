"""Kept replies: the answers of writes, for clients that send a write again with the same Idempotency-Key.

A reply is written in the transaction of its write, so that both are there or neither.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

import msgspec

from leadline.clock import Clock
from leadline.kit.background import repeating_work
from leadline.kit.db import Database, Transaction

PURGE_SECONDS = 60.0
PURGED_AT_ONCE = 500
_HOUR_MILLISECONDS = 3_600_000
_decode_headers = msgspec.json.Decoder(dict[str, str]).decode


class ReplyKey(NamedTuple):
    """The place of a reply: its workspace, and the hash of its caller and the caller's key."""

    workspace: int
    hash: str


class KeptReply(NamedTuple):
    """The answer of a write. `fingerprint` is that of the request. `body` is "" for an answer without a body, and
    None for one with a secret."""

    fingerprint: str
    status: int
    headers: Mapping[str, str]
    body: str | None


async def find_reply(tx: Transaction, key: ReplyKey) -> KeptReply | None:
    row = await tx.fetch_one(
        "SELECT fingerprint, status, headers, body FROM replies WHERE workspace = ? AND key_hash = ?", key
    )
    if row is None:
        return None
    fingerprint, status, headers, body = row
    return KeptReply(
        str(fingerprint), int(status or 0), _decode_headers(str(headers)), None if body is None else str(body)
    )


async def keep_reply(tx: Transaction, key: ReplyKey, seq: int, at: int, reply: KeptReply) -> None:
    """Keeps the reply of operation `seq`, given at `at` (milliseconds since 1970). The write fails with
    `ConstraintViolation`, now or at its commit, if the key has a reply already."""
    headers = msgspec.json.encode(reply.headers).decode()
    await tx.defer_insert(
        "INSERT INTO replies (workspace, seq, key_hash, fingerprint, at, status, headers, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (key.workspace, seq, key.hash, reply.fingerprint, at, reply.status, headers, reply.body),
    )


@asynccontextmanager
async def purging_replies(databases: Collection[Database], hours: int, now: Clock) -> AsyncIterator[None]:
    """Removes replies that are older than `hours` every `PURGE_SECONDS` while the context is open."""
    async with repeating_work("removing old replies", PURGE_SECONDS, partial(purge_replies, databases, hours, now)):
        yield


async def purge_replies(databases: Collection[Database], hours: int, now: Clock) -> None:
    for database in databases:
        before = now() - hours * _HOUR_MILLISECONDS
        while await database.read(partial(_has_old, before)):
            if not await database.write(partial(_purge_some, before)):
                break


_OLDEST = (
    "SELECT row FROM (SELECT row, replies.at FROM replies JOIN workspaces ON workspaces.number = replies.workspace"
    " WHERE cluster IS NULL OR moving IS NULL ORDER BY row LIMIT ?) AS oldest WHERE oldest.at < ?"
)
"""The query for old replies among those that were kept first. A workspace that is just arriving from another cluster
keeps its own, because the copy is compared in the end."""


async def _has_old(before: int, tx: Transaction) -> bool:
    return await tx.fetch_one(f"{_OLDEST} LIMIT 1", (PURGED_AT_ONCE, before)) is not None


async def _purge_some(before: int, tx: Transaction) -> int:
    """Removes some old replies, and returns how many."""
    return await tx.execute(f"DELETE FROM replies WHERE row IN ({_OLDEST})", (PURGED_AT_ONCE, before))
