"""A desk with live indexes, and a second worker on its data."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from leadline.app import App, build
from leadline.records.filters import Predicate
from leadline.records.kind import Kind
from tests.cast import Desk


@contextmanager
def worker(desk: Desk) -> Iterator[App]:
    """Another process's part, on the same data and the same clock."""
    app = build(desk.app.settings, desk.clock, desk.clock.monotonic)
    opened = app.open()
    desk.run(opened.__aenter__())
    try:
        yield app
    finally:
        desk.run(opened.__aexit__(None, None, None))


def wait_for_index(desk: Desk, kind: Kind, app: App | None = None) -> None:
    """Asks for the index of Acme's records until it is there."""
    its = app or desk.app

    async def wait() -> None:
        for _ in range(1_000):
            if await its.database.read(lambda tx: its.live.ask(tx, number, kind, Predicate(), lambda *_: True)):
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"no index of {kind.plural} within 10 seconds")

    number = desk.acme.workspace.number
    desk.run(wait())
