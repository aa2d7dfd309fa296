"""A desk with live indexes, and a second worker on its data."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import httpx2

from leadline.app import App, build_app
from leadline.index.replica import Question
from leadline.index.subprocess_builder import StartProcess
from leadline.kit.db import Transaction
from leadline.log import feed
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from leadline.records.query import read_query
from tests.cast import BASE_URL, Desk


@contextmanager
def worker(desk: Desk, *, indexing: StartProcess | None = None) -> Iterator[App]:
    """Another process's part, on the same data and the same clock."""
    app = build_app(desk.app.settings, desk.clock, desk.clock.monotonic, indexing=indexing)
    opened = app.open()
    desk.run(opened.__aenter__())
    try:
        yield app
    finally:
        desk.run(opened.__aexit__(None, None, None))


async def ask(
    app: App, tx: Transaction, workspace: int, kind: Kind, predicate: Predicate, question: Question[Any]
) -> Any:
    """What the index of a worker answers."""
    return await app.live.ask_index(tx, await feed.read_version(tx, workspace), kind, predicate, question)


def wait_for_index(desk: Desk, kind: Kind, app: App | None = None) -> None:
    """Asks for the index of Acme's records until it is there."""
    its = app or desk.app

    async def wait() -> None:
        for _ in range(1_000):
            if await its.database.read(lambda tx: ask(its, tx, number, kind, Predicate(), lambda *_: True)):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"no index of {kind.plural} within 10 seconds")

    number = desk.acme.workspace.number
    desk.run(wait())


def is_told(desk: Desk, app: App, kind: Kind, query: str = "") -> bool:
    """Whether the index answers, rather than the tables."""
    number = desk.acme.workspace.number
    asked, errors = read_query(kind, parse_qsl(query))
    assert not errors
    told = app.database.read(lambda tx: ask(app, tx, number, kind, asked.predicate, lambda *_: True))
    return desk.run(told) is not None


def count(desk: Desk, app: App, query: str = "", plural: str = "leads") -> int:
    """How many of Acme's records a worker lists."""
    transport = httpx2.ASGITransport(app=app.http_app(), raise_app_exceptions=True)
    client = httpx2.AsyncClient(transport=transport, base_url=BASE_URL)
    answer = desk.run(client.get(f"/api/{plural}/?{query}", headers={"Authorization": f"Bearer {desk.acme.key}"}))
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["count"]
    return found
