"""The fixtures of tests in a browser. A story takes `page`, and `team` if it needs to know who and what is there."""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.cast import Place
from tests.web.chromium import MISSING, PausedBrowser, find_chromium, running_chromium
from tests.web.desk import NOT_BUILT, WebDesk, WebTeam, find_web_app, serving_desk
from tests.web.pages import ConsoleWatch, Look, Pages

FAILURES = Path(__file__).parent / "failures"
"""Where pictures of pages are left whose tests failed."""


@pytest.fixture(scope="session")
def paused_browser() -> Iterator[PausedBrowser]:
    program = find_chromium()
    if program is None:
        pytest.skip(MISSING)
    with running_chromium(program) as browser:
        paused = PausedBrowser(browser)
        yield paused
        paused.resume()


@pytest.fixture
def browser(paused_browser: PausedBrowser) -> Iterator[Browser]:
    yield paused_browser.resume()
    paused_browser.pause()


@pytest.fixture(scope="session", params=["sqlite"])
def web_place(request: pytest.FixtureRequest) -> Place:
    """The database of the server. `on_both_databases` runs a test on PostgreSQL, too."""
    found: Place = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture(scope="session")
def web_desk(web_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDesk]:
    """The server of all tests of a worker."""
    web_app = find_web_app()
    if web_app is None:
        pytest.skip(NOT_BUILT)
    with serving_desk(web_place, tmp_path_factory.mktemp("web"), web_app) as desk:
        yield desk


@pytest.fixture
def team(web_desk: WebDesk) -> WebTeam:
    """A new team, with leads, that only this test knows."""
    return web_desk.add_team()


@pytest.fixture
def look() -> Look:
    """Light, on a desktop; `in_every_look` and its kind give others."""
    return Look()


@pytest.fixture
def pages(browser: Browser, web_desk: WebDesk, look: Look) -> Iterator[Pages]:
    """Opens further pages, for another person or for nobody."""
    pages = Pages(browser, web_desk.url, look)
    yield pages
    pages.close()


@pytest.fixture
def console(pages: Pages) -> ConsoleWatch:
    """What the pages complain of: a test that provokes a refusal expects it here."""
    return pages.console


@pytest.fixture
def page(pages: Pages, team: WebTeam) -> Page:
    """An empty page where Ada has signed in."""
    return pages.sign_in(team.ada)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator[None]:
    """A test fails if a page complains, and leaves pictures when it fails."""
    pages = item.funcargs.get("pages")
    if not isinstance(pages, Pages):
        return (yield)
    try:
        yield
        pages.check_consoles()
    except (Exception, pytest.fail.Exception):
        name = re.sub(r"\W+", "-", item.nodeid.removeprefix("tests/web/")).strip("-")
        files = pages.photograph(FAILURES, name)
        item.add_report_section("call", "pictures", "\n".join(map(str, files)))
        raise
