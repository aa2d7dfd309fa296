"""Reads that wait for another thread hold nothing meanwhile, and see what is newest in the end."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from leadline.kit.db import Unavailable, retry
from tests.kit.later import Errand
from tests.kit.store import SLOW, FileStore, all_notes, fetch, note

WAITING = 20
"""Many more than there are threads, or connections."""


def test_reads_that_wait_leave_the_threads_to_others(store: FileStore) -> None:
    async def meet() -> tuple[Any, list[list[str]]]:
        errand = Errand()
        waiting = [asyncio.ensure_future(store.database.read(errand.read(all_notes))) for _ in range(WAITING)]
        await errand.awaited_by(WAITING)
        slow = await store.database.read(fetch(SLOW))
        await store.database.write(note("meanwhile"))
        errand.done.set_result(True)
        return slow, await asyncio.gather(*waiting)

    assert store.wait(meet()) == (200_000, [["meanwhile"]] * WAITING)


@pytest.mark.parametrize("slow", [True, False])
def test_a_read_that_waits_is_run_once_more(store: FileStore, slow: bool) -> None:
    async def meet() -> tuple[list[str], int]:
        errand = Errand()
        waiting = asyncio.ensure_future(store.database.read(errand.read(all_notes, slow=slow)))
        await errand.awaited_by(1)
        for _ in range(20):
            await store.database.read(fetch(SLOW))
        errand.done.set_result(True)
        return await waiting, errand.waiting

    assert store.wait(meet()) == ([], 1)


def fail(errand: Errand) -> None:
    errand.done.set_result(False)


def break_off(errand: Errand) -> None:
    errand.done.cancel()


@pytest.mark.parametrize("end", [fail, break_off])
def test_what_cannot_be_had_is_unavailable(store: FileStore, end: Callable[[Errand], None]) -> None:
    async def ask_in_vain() -> None:
        errand = Errand()
        asyncio.get_running_loop().call_later(0.01, end, errand)
        await store.database.read(errand.read(all_notes))

    with pytest.raises(Unavailable, match="takes long"):
        store.wait(ask_in_vain())


def test_what_takes_too_long_is_unavailable(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "MAX_SECONDS", 0.05)

    async def ask_too_early() -> None:
        await store.database.read(Errand().read(all_notes))

    with pytest.raises(Unavailable, match="takes long"):
        store.wait(ask_too_early())


def test_one_who_goes_leaves_it_to_the_others(store: FileStore) -> None:
    async def meet() -> list[str]:
        errand = Errand()
        leaving, waiting = (asyncio.ensure_future(store.database.read(errand.read(all_notes))) for _ in range(2))
        await errand.awaited_by(2)
        leaving.cancel()
        await asyncio.wait({leaving})
        errand.done.set_result(True)
        told: list[str] = await waiting
        return told

    assert store.wait(meet()) == []
