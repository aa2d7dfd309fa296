"""People at a server whose clock is stepped, who know what it must answer them."""

from dataclasses import dataclass, field

import httpx2

from leadline.people.login_throttle import MAX_FAILURES, WAIT_SECONDS
from tests.cast import PASSWORD
from tests.cli.test_commands import statuses_by_worker
from tests.e2e.server import Server
from tests.e2e.stepping import SteppedClock

ACCESS_SECONDS = 3600


@dataclass
class Person:
    server: Server
    clock: SteppedClock
    email: str

    def login(self, password: str = PASSWORD) -> httpx2.Response:
        return self.server.ask("POST", "/api/auth/login/", json={"email": self.email, "password": password})


@dataclass
class SignedIn(Person):
    """Has tokens, made when the clock showed `since`."""

    since: int = field(init=False)
    access: str = field(init=False)
    refresh: str = field(init=False)

    def __post_init__(self) -> None:
        self._take(self.login())

    def go_on(self) -> None:
        """The access token is good for its time, whichever way the clock was stepped; then the other gets two."""
        is_good = abs(self.clock.now - self.since) < ACCESS_SECONDS
        assert statuses_by_worker(self.server, self.access) == {200 if is_good else 401}
        if not is_good:
            self._take(self.server.ask("POST", "/api/auth/token/refresh/", json={"refresh": self.refresh}))
        assert statuses_by_worker(self.server, self.access) == {200}

    def client(self) -> httpx2.Client:
        client = self.server.client()
        client.headers["Authorization"] = f"Bearer {self.access}"
        return client

    def _take(self, answer: httpx2.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.since = self.clock.now
        self.access, self.refresh = answer.json()["access"], answer.json()["refresh"]


@dataclass
class Besieged(Person):
    """Somebody guesses at their password, so that they must wait, since the clock showed `since`."""

    since: int = field(init=False)

    def __post_init__(self) -> None:
        self.besiege()

    def besiege(self) -> None:
        assert [self.login("a guess").status_code for _ in range(MAX_FAILURES)] == [401] * MAX_FAILURES
        self.since = self.clock.now

    def go_on(self) -> None:
        """The wait ends whichever way the clock was stepped, and is never told to be longer than twice its time."""
        answer = self.login()
        if abs(self.clock.now - self.since) < WAIT_SECONDS:
            assert answer.status_code == 429
            assert 0 < int(answer.headers["retry-after"]) <= 2 * WAIT_SECONDS
        else:
            assert answer.status_code == 200, answer.text
            self.besiege()
