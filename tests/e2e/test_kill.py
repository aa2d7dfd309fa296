"""The server is killed again and again in the middle of its work: nothing acknowledged is lost, nothing is half."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

from tests.e2e.invariants import broken
from tests.e2e.load import Bookkeeper, acknowledged, await_writes, check_books
from tests.e2e.server import Server, serving
from tests.size import Size

KILLS = 20
CLIENTS = 4


def test_nothing_acknowledged_is_lost_to_kill_9(tmp_path: Path, size: Size) -> None:
    folder, key, random = tmp_path / "data", "", Random(KILLS)
    books = [Bookkeeper(f"client{number}-") for number in range(CLIENTS)]
    for kill in range(size.of(KILLS)):
        with serving(folder, key=key, workers=1 + kill % 2) as server:
            key = server.key
            _kill_at_work(server, books, after=random.uniform(0.05, 0.5))
    assert broken(folder / "leadline.db") == {}

    with serving(folder, key=key) as server:
        happened = check_books(server, books)
    assert acknowledged(books).total() >= size.of(KILLS)
    if size.is_full:
        _check_that_it_was_hard(books, happened)


def _check_that_it_was_hard(books: list[Bookkeeper], happened: Counter[str]) -> None:
    """So many kills meet every kind of write, and cut some of them off on either side of the commit."""
    done = acknowledged(books)
    doubts = Counter(doubt.verb for book in books for doubt in book.doubts)
    assert done.total() > 100
    assert min(done[verb] for verb in ("create", "patch", "convert", "delete", "undo")) > 10
    assert doubts.total() > KILLS
    assert doubts["convert"] > 0
    assert 0 < happened.total() < doubts.total()


def _kill_at_work(server: Server, books: list[Bookkeeper], *, after: float) -> None:
    with ThreadPoolExecutor(len(books)) as clients:
        at_work = [clients.submit(book.work, server) for book in books]
        await_writes(books, at_work, 1)
        time.sleep(after)
        server.kill()
    for one in at_work:
        one.result()
