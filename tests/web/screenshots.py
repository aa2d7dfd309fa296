"""Photographs the screens of the web app for people to look at, in both themes on both devices:

    python -m tests.web.screenshots FOLDER
    python -m tests.web.screenshots FOLDER --url http://127.0.0.1:8000 --email ada@example.com --password …

The first photographs a server of its own, with the team of the tests; the second one that runs.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD, OnSqlite
from tests.web import chromium
from tests.web.desk import NOT_BUILT, find_web_app, serving_desk
from tests.web.pages import LOOKS, Look, Pages, sign_in

SCREENS = {
    "today": "/",
    "leads": "/leads",
    "leads-filtered": "/leads?status=new,contacted&sort=-leadScore",
    "lead": "/leads/{lead}",
    "board": "/leads?view=board",
    "contacts": "/contacts",
    "accounts": "/accounts",
    "opportunities": "/opportunities",
    "operations": "/operations",
    "settings": "/settings/me",
    "people": "/settings/people",
}
"""The addresses that are photographed, by the names of their pictures. `{lead}` is the id of the newest lead."""
LOGIN = "/login"
SCALE = 2
"""Pixels of a picture for each pixel of the page, so that it is sharp in a README."""
SETTLING_MILLISECONDS = 500
"""How long a page has to come to rest when all that it loads is there."""


def main(arguments: list[str]) -> None:
    given = _read_arguments(arguments)
    program = chromium.find_chromium()
    if program is None:
        sys.exit(chromium.MISSING)
    with _running_desk(given) as (url, email, password), chromium.running_chromium(program) as browser:
        for look in LOOKS:
            photograph_screens(browser, url, look, email, password, given.folder)


def photograph_screens(browser: Browser, url: str, look: Look, email: str, password: str, folder: Path) -> None:
    """Writes a picture of each screen to the folder."""
    pages = Pages(browser, url, look)
    photograph(pages.open(device_scale_factor=SCALE), LOGIN, folder / f"login-{look}.png")
    page = pages.open(device_scale_factor=SCALE)
    sign_in(page, url, email, password)
    newest = page.context.request.get("/api/leads/?limit=1").json()["results"]
    for name, address in SCREENS.items():
        if newest or "{lead}" not in address:
            path = address.format(lead=newest[0]["id"] if newest else "")
            photograph(page, path, folder / f"{name}-{look}.png")
    pages.close()


def photograph(page: Page, path: str, file: Path) -> None:
    """Writes a picture of what a window shows at the address."""
    page.goto(path)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_timeout(SETTLING_MILLISECONDS)
    page.screenshot(path=file)
    print(file)  # noqa: T201


@contextmanager
def _running_desk(given: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """The address of a server, and the e-mail and the password of somebody there."""
    if given.url:
        yield given.url, given.email, given.password
        return
    web_app = find_web_app()
    if web_app is None:
        sys.exit(NOT_BUILT)
    with tempfile.TemporaryDirectory() as folder:
        place = OnSqlite(Path(folder) / "prepared")
        with serving_desk(place, Path(folder), web_app) as desk:
            yield desk.url, desk.add_team().ada.email, PASSWORD


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.web.screenshots", description="Photographs the web app.")
    parser.add_argument("folder", type=Path, help="where the pictures are written")
    parser.add_argument("--url", help="a server that runs; else one is started, with the team of the tests")
    parser.add_argument("--email", help="who signs in there")
    parser.add_argument("--password", help="their password")
    given = parser.parse_args(arguments)
    if given.url and not (given.email and given.password):
        parser.error("--url needs --email and --password, too")
    return given


if __name__ == "__main__":
    main(sys.argv[1:])
