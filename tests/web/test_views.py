"""Saved views: a list that is kept under a name, and found again with its exact count."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see, see_no
from tests.web.pages import ConsoleWatch, Pages, in_two_looks, on_a_phone

FILTERS = "status=new,lost&leadScore[gte]=5"


def test_a_view_is_saved_renamed_updated_and_deleted(page: Page, team: WebTeam) -> None:
    save_view(page, FILTERS, "Warm")
    expect(view(page, "Warm")).to_have_attribute("aria-current", "page")
    expect(view(page, "Warm")).to_have_text(f"Warm{count(team, FILTERS)}")
    expect(page.get_by_role("button", name="Save view…")).to_be_hidden()

    choose(page, "Warm", "Rename…")
    page.get_by_role("textbox", name="Name").fill("Worth a call")
    press(page, "Enter")
    expect(view(page, "Worth a call")).to_be_visible()
    expect(view(page, "Warm")).to_be_hidden()

    page.get_by_role("button", name="Take the filter away: Score").click()
    expect(view(page, "Worth a call")).not_to_have_attribute("aria-current", "page")
    choose(page, "Worth a call", "Update to what is shown")
    expect(view(page, "Worth a call")).to_have_attribute("aria-current", "page")
    expect(view(page, "Worth a call")).to_have_text(f"Worth a call{count(team, 'status=new,lost')}")

    page.goto("/reports")
    view(page, "Worth a call").click()
    expect(page).to_have_url(re.compile(r"/leads\?status=new,lost$"))
    choose(page, "Worth a call", "Delete")
    expect(view(page, "Worth a call")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(view(page, "Worth a call")).to_have_text(f"Worth a call{count(team, 'status=new,lost')}")


def test_views_lead_to_lists_of_every_kind_and_count_what_others_change(page: Page, team: WebTeam) -> None:
    save_view(page, "sort=name", "By name", plural="accounts")
    page.goto("/operations")
    expect(view(page, "By name")).to_have_text(f"By name{count(team, '', 'accounts')}")
    expect(view(page, "New, nobody’s")).to_have_text(f"New, nobody’s{count(team, 'status=new&assignedTo=none')}")
    expect(view(page, "Mine")).to_have_text(f"Mine{count(team, f'assignedTo={team.ada.id}')}")
    team.ask(team.ben, "POST", "/api/accounts/", {"name": "Alder & Sons"})
    expect(view(page, "By name")).to_have_text(f"By name{count(team, '', 'accounts')}")
    press(page, "Control+k")
    page.get_by_role("combobox").fill("by na")
    expect(page.get_by_role("option", name="Go to By name")).to_be_visible()
    press(page, "Enter")
    expect(page).to_have_url(re.compile(r"/accounts\?sort=name$"))


def test_views_are_ones_own(page: Page, pages: Pages, team: WebTeam) -> None:
    save_view(page, FILTERS, "Ada’s")
    other = pages.sign_in(team.ben)
    other.goto("/leads")
    expect(view(other, "Mine")).to_be_visible()
    see_no(other, "Ada’s")


def test_a_view_needs_a_name_and_a_server(page: Page, console: ConsoleWatch) -> None:
    page.goto(f"/leads?{FILTERS}")
    page.get_by_role("button", name="Save view…").click()
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("Enter a name.")
    page.get_by_role("textbox", name="Name").fill("x" * 120)
    expect(page.get_by_role("textbox", name="Name")).to_have_value("x" * 100)
    page.route("**/api/views/", lambda route: route.abort())
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("The server does not answer. Leadline tries again by itself.")
    console.expect("ERR_FAILED")
    page.unroute("**/api/views/")
    press(page, "Enter")
    see(page, "It is in the sidebar.")


@in_two_looks
def test_saving_and_renaming_are_accessible(page: Page) -> None:
    page.goto(f"/leads?{FILTERS}")
    page.get_by_role("button", name="Save view…").click()
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    check_accessibility(page)
    no_sideways_scroll(page)


@on_a_phone
def test_a_view_is_renamed_on_a_phone(page: Page) -> None:
    save_view(page, FILTERS, "Warm")
    page.get_by_role("button", name="Menu").click()
    choose(page, "Warm", "Rename…")
    page.get_by_role("textbox", name="Name").fill("Cold")
    check_accessibility(page)
    press(page, "Enter")
    expect(view(page, "Cold")).to_be_visible()


def save_view(page: Page, filters: str, name: str, plural: str = "leads") -> None:
    page.goto(f"/{plural}?{filters}")
    page.get_by_role("button", name="Save view…").click()
    page.get_by_role("textbox", name="Name").fill(name)
    press(page, "Enter")
    see(page, f"“{name}” is saved.")


def choose(page: Page, name: str, action: str) -> None:
    button = page.get_by_role("button", name=f"Actions for the view {name}")
    button.focus()
    press(page, "Enter")
    page.get_by_role("menuitem", name=action).click()


def view(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Views").get_by_role("link", name=re.compile(f"^{re.escape(name)}"))


def count(team: WebTeam, filters: str, plural: str = "leads") -> int:
    found: int = team.ask(team.ada, "GET", f"/api/{plural}/?limit=1&{filters}")["count"]
    return found
