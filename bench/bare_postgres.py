"""What any Python server must spend on PostgreSQL: Leadline's uvicorn and settings, asyncpg, and the same queries.

`python -m bench.bare_postgres URL` answers GET with the row of a lead, and POST once the rows that a new lead needs
are committed: one commit for all that wait. It checks nothing, counts nothing and knows nobody.
"""

import asyncio
import sys
from itertools import count
from typing import Any

import asyncpg
import msgspec

from bench.bare import Receive, Send, serve
from leadline import clock, ids
from leadline.crm.leads import LEADS
from leadline.kit.db.postgres.connection import number_placeholders
from leadline.records.store import _statements_of
from leadline.settings import Settings

WORKSPACE = 2
"""One of its own, beside Leadline's."""
MAX_GROUP = 100

_FIND = number_placeholders(_statements_of(LEADS).find)
_INSERTS = (
    number_placeholders(_statements_of(LEADS).insert),
    "INSERT INTO operations (workspace, seq, id, kind, at, user_id, key_id, request_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "INSERT INTO changes (workspace, seq, record_id, version, fields) VALUES ($1, $2, $3, $4, $5)",
)
_MAKE = "INSERT INTO workspaces (number, id, name, seq, no, at, created_at) VALUES ($1, 'bare', 'Bare', 0, 0, 0, 0)"
_encode = msgspec.json.Encoder().encode

Rows = tuple[tuple[Any, ...], ...]


class BarePostgres:
    """The ASGI application."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool[asyncpg.Record]
        self._numbers = count(1)
        self._waiting: list[tuple[Rows, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["method"] == "POST":
            await _answer(send, 201, await self._create(msgspec.json.decode(await _body(receive))))
        elif scope["path"] == "/api/health/":
            await _answer(send, 200, None)
        else:
            row = await self._pool.fetchrow(_FIND, scope["path"].split("/")[-2], 1)
            assert row is not None
            await _answer(send, 200, dict(row))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(self._url, min_size=0, max_size=Settings().connections, reset=_keep)
        await self._pool.execute(f"{_MAKE} ON CONFLICT DO NOTHING", WORKSPACE)
        newest = await self._pool.fetchval(
            "SELECT coalesce(max(seq), 0) FROM operations WHERE workspace = $1", WORKSPACE
        )
        self._numbers = count(newest + 1)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _create(self, body: dict[str, Any]) -> dict[str, Any]:
        number, at = next(self._numbers), clock.system_clock()
        made = {"id": ids.new_id("ld", at, number), "createdAt": at // 1000, "updatedAt": at // 1000}
        lead = {**LEADS.default_values, **body, **made}
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((_rows(number, at, lead), done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        await done
        return lead

    async def _write_all(self) -> None:
        while group := self._waiting[:MAX_GROUP]:
            del self._waiting[:MAX_GROUP]
            async with self._pool.acquire() as connection, connection.transaction():
                for insert, rows in zip(_INSERTS, zip(*(rows for rows, _ in group), strict=True), strict=True):
                    await connection.executemany(insert, rows)
            for _, done in group:
                done.set_result(None)
            await asyncio.sleep(0)
        self._writing = None


def _rows(number: int, at: int, lead: dict[str, Any]) -> Rows:
    """One for each of the inserts."""
    fields = [lead[field.name] for field in LEADS.stored_fields]
    search_key = f"{lead['firstName']} {lead['lastName']}\x1f{lead['email']}\x1f{lead['company']}".lower()
    logged = _encode({name: [None, value] for name, value in lead.items() if value is not None}).decode()
    return (
        (WORKSPACE, number, 1, *fields, lead["email"], search_key),
        (WORKSPACE, number, ids.new_id("op", at, number), "lead.created", at, "nobody", None, None),
        (WORKSPACE, number, lead["id"], 1, logged),
    )


async def _keep(connection: object) -> None:
    """Saves asyncpg the question with which it resets a connection."""


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, value: object) -> None:
    body = _encode(value)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    serve(BarePostgres(sys.argv[1]))
