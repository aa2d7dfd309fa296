"""Pages of the web app in a browser, and what their consoles say."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect

from tests.cast import PASSWORD, Person

Theme = Literal["light", "dark"]
Device = Literal["desktop", "phone"]
DEVICES: dict[Device, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
EXPECT_MILLISECONDS = 15_000
"""How long a locator is waited for, on a machine that is busy with other tests."""
SURROUNDINGS: dict[str, Any] = {"locale": "en-GB", "timezone_id": "UTC", "reduced_motion": "reduce"}

expect.set_options(timeout=EXPECT_MILLISECONDS)


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    theme: Theme = "light"
    device: Device = "desktop"

    def __str__(self) -> str:
        return f"{self.theme}-{self.device}"


LOOKS = (Look(), Look("dark"), Look("light", "phone"), Look("dark", "phone"))
in_every_look = pytest.mark.parametrize("look", LOOKS, ids=str)
"""Marks a test that is run in both themes on both devices."""
in_two_looks = pytest.mark.parametrize("look", [Look(), Look("dark", "phone")], ids=str)
"""Marks a story that is told in both themes and on both devices, but not in each theme on each device:
test_every_screen.py does that."""
on_both_devices = pytest.mark.parametrize("look", [Look(), Look("light", "phone")], ids=str)
on_a_phone = pytest.mark.parametrize("look", [Look("light", "phone")], ids=str)


class ConsoleWatch:
    """Collects what pages complain of: errors and warnings on the console, which reports of the Content Security
    Policy are among, and exceptions that nobody catches."""

    def __init__(self) -> None:
        self._complaints: list[str] = []
        self._expected: list[str] = []
        self._allowed: list[str] = []

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._note_message)
        context.on("weberror", self._note_exception)

    def expect(self, part: str) -> None:
        """Allows complaints with this text, such as "status of 412", and demands that there is one."""
        self._expected.append(part)

    def allow(self, part: str) -> None:
        """Allows complaints with this text, which may come or not."""
        self._allowed.append(part)

    def check(self) -> None:
        """Raises `AssertionError` for complaints that nobody expected, and for expected ones that did not come."""
        known = (*self._expected, *self._allowed)
        unexpected = [said for said in self._complaints if not any(part in said for part in known)]
        assert not unexpected, "the pages complain:\n" + "\n".join(unexpected)
        missing = [part for part in self._expected if not any(part in said for said in self._complaints)]
        assert not missing, f"no page complains of {missing}"

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _note_exception(self, error: WebError) -> None:
        self._complaints.append(f"exception: {error.error.stack or error.error.message}")


class Pages:
    """Opens the pages of one test. Each has cookies and a storage of its own, as if it were another person's."""

    def __init__(self, browser: Browser, url: str, look: Look) -> None:
        self.console = ConsoleWatch()
        self._browser = browser
        self._url = url
        self._look = look
        self._contexts: list[BrowserContext] = []

    def open(self, look: Look | None = None, **options: Any) -> Page:
        """Opens an empty page, which nobody has signed in at. Its addresses may begin with the path."""
        seen = look or self._look
        settings = {**SURROUNDINGS, **DEVICES[seen.device], "color_scheme": seen.theme, **options}
        context = self._browser.new_context(base_url=self._url, **settings)
        self._contexts.append(context)
        self.console.follow(context)
        return context.new_page()

    def sign_in(self, person: Person, look: Look | None = None, **options: Any) -> Page:
        """Opens an empty page that has the cookie of a person who signed in."""
        page = self.open(look, **options)
        sign_in(page, self._url, person.email, PASSWORD)
        return page

    def check_consoles(self) -> None:
        for page in self._all():
            page.title()  # whatever it said before is known when it has answered
        self.console.check()

    def photograph(self, folder: Path, name: str) -> list[Path]:
        """Writes a picture of each page, and returns the files."""
        files = [folder / f"{name}-{number}.png" for number, _ in enumerate(self._all(), 1)]
        for file, page in zip(files, self._all(), strict=True):
            page.screenshot(path=file)
        return files

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _all(self) -> Iterator[Page]:
        return (page for context in self._contexts for page in context.pages)


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Signs in as the login page does, so that the page has the cookie."""
    credentials = {"email": email, "password": password}
    answer = page.context.request.post(f"{url}/api/auth/session/", data=credentials, headers={"Origin": url})
    assert answer.status == 200, f"{email} cannot sign in: {answer.status} {answer.text()}"
