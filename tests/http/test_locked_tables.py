"""Somebody locks a table of the PostgreSQL database for as long as they like: the other resources answer on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx2
import pytest

from tests.cast import BASE_URL, Desk

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)

LEAD = {"lastName": "Lee", "email": "dana@startup.example"}
CLIENTS = 60
"""Far more than the process has connections."""


@asynccontextmanager
async def locked(desk: Desk, table: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(desk.app.settings.database)
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {table}")
            yield
    finally:
        await connection.close()


def asking(desk: Desk) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {desk.ada.access}"}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(desk.app.http_app()), base_url=BASE_URL, headers=headers)


def test_a_locked_table_takes_no_other_down(desk: Desk) -> None:
    """Lists of leads and creates of leads wait, all that fit; contacts, accounts and health do not."""

    async def meanwhile() -> tuple[list[int], set[int]]:
        client = asking(desk)
        async with locked(desk, "leads"):
            lists = [asyncio.create_task(client.get(f"/api/leads/?leadScore[eq]={n}")) for n in range(CLIENTS)]
            creates = [asyncio.create_task(client.post("/api/leads/", json=LEAD)) for _ in range(3)]
            await asyncio.sleep(0.2)
            paths = "/api/contacts/", "/api/accounts/", "/api/health/"
            others = [(await client.get(path)).status_code for path in paths]
            assert not any(task.done() for task in lists)
        answers = [await task for task in (*lists, *creates)]
        return others, {answer.status_code for answer in answers}

    assert desk.run(meanwhile()) == ([200, 200, 200], {200, 201})
