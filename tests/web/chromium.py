"""The machine's Chromium, which Playwright drives."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

VARIABLE = "CHROMIUM"
"""Names a Chromium in the environment. It begins without LEADLINE_, which every command refuses for what is no
setting."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
MISSING = f"there is no Chromium here; install it with `apt install chromium`, or name one in {VARIABLE}"


def find_chromium() -> str | None:
    """Returns the path of the machine's Chromium, None if there is none."""
    return os.environ.get(VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def running_chromium(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class PausedBrowser:
    """A browser that stands still but for the tests that use it.

    Playwright's event loop counts as running for as long as there is a Playwright. No other event loop may run in the
    thread then, so no other test that has one.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._loop = asyncio.get_running_loop()
        self.pause()

    def resume(self) -> Browser:
        asyncio.events._set_running_loop(self._loop)
        return self._browser

    def pause(self) -> None:
        asyncio.events._set_running_loop(None)


@contextmanager
def other_event_loops() -> Iterator[None]:
    """Lets other event loops run in this thread, while the browser does nothing."""
    loop = asyncio.events._get_running_loop()
    asyncio.events._set_running_loop(None)
    try:
        yield
    finally:
        asyncio.events._set_running_loop(loop)
