"""Clients that stay at work while the data are away, and what they saw of it."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event

import httpx2

from tests.e2e.load import Bookkeeper, Json, check_books
from tests.e2e.server import Address

CLIENTS = 4
PAUSE = 0.05
HANGS = 60.0
"""Seconds after which a client gives up, which is a failure."""


class Away(Exception):
    """An answer that says: not now."""

    def __init__(self, answer: httpx2.Response) -> None:
        super().__init__(answer.status_code)
        self.status = answer.status_code
        self.changed_nothing = "nothing was changed" in answer.text
        self.retry_after = answer.headers.get("retry-after")


def raise_away(answer: httpx2.Response) -> None:
    if answer.status_code in (502, 503, 504):
        answer.read()
        raise Away(answer)


@dataclass
class PatientBookkeeper(Bookkeeper):
    """Tries again until it is told to stop. `answered` are the moments at which something was done, `writes` those of
    acknowledged writes; `refused` counts what was answered meanwhile; `longest` is the slowest request of all, in
    seconds. Before each it waits `pause` seconds."""

    stopping: Event = field(default_factory=Event)
    answered: list[float] = field(default_factory=list)
    writes: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    pause: float = 0.0

    def work(self, server: Address) -> None:
        with server.client(timeout=HANGS, event_hooks={"response": [raise_away]}) as client:
            while not self.stopping.wait(self.pause):
                self._work_once(client)

    def _work_once(self, client: httpx2.Client) -> None:
        started, acknowledged = time.monotonic(), self.acknowledged.total()
        try:
            self._random.choice(self._choices())(client)
            self.answered.append(time.monotonic())
        except Away as away:
            self._note(away)
        except httpx2.TimeoutException:
            raise
        except httpx2.TransportError:
            self._note(None)
        ended = time.monotonic()
        self.longest = max(self.longest, ended - started)
        if self.acknowledged.total() > acknowledged:
            self.writes.append(ended)

    def _note(self, away: Away | None) -> None:
        self.refused[f"{away.status}" if away else "connection"] += 1
        assert away is None or away.status != 503 or away.retry_after, "a 503 says when to come again"
        if self._pending and not (away and away.changed_nothing):
            self._doubt(self._pending)
        self._pending = None
        self.stopping.wait(PAUSE)


class Load:
    """Clients at work, each on one of the addresses."""

    def __init__(self, books: list[PatientBookkeeper]) -> None:
        self._books = books

    @property
    def acknowledged(self) -> int:
        return sum(book.acknowledged.total() for book in self._books)

    @property
    def refused(self) -> Counter[str]:
        return sum((book.refused for book in self._books), Counter())

    @property
    def longest(self) -> float:
        return max(book.longest for book in self._books)

    @property
    def leads(self) -> list[list[Json]]:
        """Those of each client as its books have them, in the order in which it made them."""
        return [list(book.leads.values()) for book in self._books]

    def seconds_to_write(self, since: float, *, within: float) -> float:
        """How long after the moment `since` the first write was acknowledged."""
        while time.monotonic() < since + within:
            later = [moment for book in self._books for moment in book.writes[-20:] if moment > since]
            if later:
                return min(later) - since
            time.sleep(0.02)
        raise AssertionError(f"no write within {within} s")

    def silence(self, since: float) -> float:
        """The longest time from then to now in which nobody was answered, in seconds."""
        moments = sorted(moment for book in self._books for moment in book.answered if moment > since)
        return max(later - earlier for earlier, later in pairwise([since, *moments, time.monotonic()]))

    def check(self, server: Address) -> str:
        """Compares all books with what is there; answers what they add up to."""
        happened = check_books(server, list(self._books))
        doubts = sum(len(book.doubts) for book in self._books)
        return (
            f"{self.acknowledged} writes acknowledged, 0 lost, 0 doubled; {doubts} in doubt, of which"
            f" {happened.total()} happened; refused {dict(self.refused)}; slowest request {self.longest:.2f} s"
        )


@contextmanager
def under_load(servers: Sequence[Address], *, pause: float = 0) -> Iterator[Load]:
    """Clients are at work until the block ends, each with a pause of so many seconds before a request; whatever they
    met that must not be fails there."""
    stopping = Event()
    books = [PatientBookkeeper(f"client{number}-", stopping=stopping, pause=pause) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        at_work = [clients.submit(book.work, servers[number % len(servers)]) for number, book in enumerate(books)]
        try:
            yield Load(books)
        finally:
            stopping.set()
    for one in at_work:
        one.result()
