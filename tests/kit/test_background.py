"""Work that is done again and again."""

import asyncio
from collections.abc import Iterator

import pytest

from leadline.kit.background import repeating_work


def test_a_failure_is_logged_and_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> int:
        enough = asyncio.Event()
        times: Iterator[int] = iter(range(100))

        async def work() -> None:
            if next(times) == 2:
                enough.set()
            raise ValueError

        async with repeating_work("counting", 0.001, work):
            await asyncio.wait_for(enough.wait(), 10)
        return next(times)

    assert asyncio.run(run()) >= 3
    assert "counting failed, and is tried again" in caplog.text
