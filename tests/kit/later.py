"""A piece of work that another thread must finish before a read can be answered."""

import asyncio
from concurrent.futures import Future
from typing import Any

from leadline.kit.db import Transaction, Work
from leadline.kit.db.retry import RetryWhenDone


class Errand:
    """`waiting` is how many reads have found that it is not done."""

    def __init__(self) -> None:
        self.done: Future[bool] = Future()
        self.waiting = 0

    def read(self, then: Work[Any], *, slow: bool = True) -> Work[Any]:
        """Does what comes `then`, once this is done. `slow` is not for the event loop."""

        async def work(tx: Transaction) -> Any:
            await tx.fetch_all("SELECT count(*) FROM notes")
            if slow:
                tx.expect_slow()
            if not self.done.done():
                self.waiting += 1
                raise RetryWhenDone(self.done, "The errand takes long.")
            return await then(tx)

        return work

    async def awaited_by(self, reads: int) -> None:
        while self.waiting < reads:  # noqa: ASYNC110  (they may run in other threads)
            await asyncio.sleep(0.001)
