"""Every screen in every look: accessible, without complaints of the browser, and no wider than its window."""

from playwright.sync_api import Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll
from tests.web.pages import in_every_look

SCREENS = {
    "/": "Hello, Ada",
    "/leads": "Leads",
    "/leads?status=new&sort=-leadScore": "Leads",
    "/leads?view=board": "Leads",
    "/contacts": "Contacts",
    "/accounts": "Accounts",
    "/opportunities": "Opportunities",
    "/opportunities?view=board": "Opportunities",
    "/reports": "Reports",
    "/operations": "Operations",
    "/settings/me": "Settings",
    "/settings/people": "Settings",
    "/settings/keys": "Settings",
    "/settings/workspace": "Settings",
}
"""The addresses of screens, and their headings."""
NARROW_PX = 320


def wait_until_loaded(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]").filter(visible=True)).to_have_count(0)


def check_look(page: Page) -> None:
    """Raises `AssertionError` with the address of a screen that is not accessible or does not fit."""
    try:
        check_accessibility(page)
        no_sideways_scroll(page)
    except AssertionError as error:
        raise AssertionError(f"{page.url}: {error}") from error


@in_every_look
def test_every_screen_is_accessible_and_fits(page: Page) -> None:
    for address, heading in SCREENS.items():
        page.goto(address)
        wait_until_loaded(page, heading)
        check_look(page)


@in_every_look
def test_every_kind_of_record_is_accessible_and_fits(page: Page, team: WebTeam) -> None:
    for plural in ("leads", "contacts", "accounts", "opportunities"):
        (record, *_) = team.ask(team.ada, "GET", f"/api/{plural}/?limit=1")["results"]
        for full in ("", "?full=1"):
            page.goto(f"/{plural}/{record['id']}{full}")
            expect(page.get_by_role("heading", name="History")).to_be_visible()
            expect(page.locator("[aria-busy=true]").filter(visible=True)).to_have_count(0)
            check_look(page)


def test_every_screen_fits_the_narrowest_phone(page: Page) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 640})
    for address, heading in SCREENS.items():
        page.goto(address)
        wait_until_loaded(page, heading)
        no_sideways_scroll(page)
