"""Every screen in every look: accessible, without complaints of the browser, and no wider than its window."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll
from tests.web.pages import LOOKS, Look

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
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("address", SCREENS)
def test_a_screen_is_accessible_and_fits(page: Page, address: str, look: Look) -> None:
    page.goto(address)
    wait_until_loaded(page, SCREENS[address])
    check_accessibility(page)
    no_sideways_scroll(page)


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("plural", ["leads", "contacts", "accounts", "opportunities"])
def test_a_record_is_accessible_and_fits(page: Page, team: WebTeam, plural: str, look: Look) -> None:
    (record, *_) = team.ask(team.ada, "GET", f"/api/{plural}/?limit=1")["results"]
    for full in ("", "?full=1"):
        page.goto(f"/{plural}/{record['id']}{full}")
        expect(page.get_by_role("heading", name="History")).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        check_accessibility(page)
        no_sideways_scroll(page)


@pytest.mark.parametrize("address", SCREENS)
def test_a_screen_fits_the_narrowest_phone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": NARROW_PX, "height": 640})
    page.goto(address)
    wait_until_loaded(page, SCREENS[address])
    no_sideways_scroll(page)
