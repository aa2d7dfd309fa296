"""The filters of a list: the address is what is shown, and every count is the API's."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import LEADS, WebTeam
from tests.web.looking import no_sideways_scroll, press
from tests.web.pages import ConsoleWatch, in_two_looks

NARROW: ViewportSize = {"width": 320, "height": 640}


def test_the_funnel_and_an_owner_filter_with_the_counts_of_the_api(page: Page, team: WebTeam) -> None:
    page.goto("/leads")
    expect_count(page, LEADS)
    facets = team.ask(team.ada, "GET", "/api/leads/facets/")["facets"]
    counts = {one["value"]: one["count"] for one in facets["status"]}
    for status, label in (("new", "New"), ("qualified", "Qualified"), ("lost", "Lost")):
        expect(funnel(page, label)).to_have_text(f"{label}{counts[status]}")

    funnel(page, "New").click()
    expect_shown(page, team, "status=new")
    funnel(page, "Lost").click(modifiers=["Shift"])
    expect_shown(page, team, "status=new,lost")
    open_filter(page, "Owner")
    page.get_by_role("checkbox", name="Me").check()
    page.get_by_role("checkbox", name="Nobody").check()
    expect_shown(page, team, "status=new,lost&assignedTo=me,none")
    press(page, "Escape")
    expect(chips(page).get_by_role("button", name="Owner Me, Nobody")).to_be_focused()
    expect(funnel(page, "New")).to_have_attribute("aria-pressed", "true")
    expect(funnel(page, "Qualified")).to_contain_text(re.compile(r"[1-9]"))

    funnel(page, "New").click()
    expect_shown(page, team, "status=new&assignedTo=me,none")
    funnel(page, "New").click()
    expect_shown(page, team, "assignedTo=me,none")
    chips(page).get_by_role("button", name="Clear all").click()
    expect_shown(page, team, "")


def test_an_address_shows_the_same_after_a_reload_and_after_going_back(page: Page, team: WebTeam) -> None:
    filters = "status=new,contacted&leadScore[gte]=5&company[contains]=ridge&source[null]=false"
    page.goto(f"/leads?{filters}")
    expect_shown(page, team, filters)
    texts = ["Status New, Contacted", "Score ≥ 5", "Company contains ridge", "Source has a value"]
    for text in texts:
        expect(chips(page).get_by_role("button", name=text, exact=True)).to_be_visible()
    page.reload()
    expect_shown(page, team, filters)
    chips(page).get_by_role("button", name="Take the filter away: Score").click()
    expect_shown(page, team, filters.replace("&leadScore[gte]=5", ""))
    page.go_back()
    expect_shown(page, team, filters)
    for text in texts:
        expect(chips(page).get_by_role("button", name=text, exact=True)).to_be_visible()


def test_any_field_is_filtered_by_keys_alone(page: Page, team: WebTeam) -> None:
    page.goto("/leads")
    expect_count(page, LEADS)
    press(page, "f")
    expect(page.get_by_role("searchbox", name="Find a field")).to_be_focused()
    page.keyboard.type("comp")
    press(page, "Enter")
    expect(page.get_by_role("textbox", name="Value")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("Enter a value.")
    page.keyboard.type("tech")
    press(page, "Enter")
    expect_shown(page, team, "company[contains]=tech")

    chip = chips(page).get_by_role("button", name="Company contains tech", exact=True)
    chip.focus()
    press(page, "Enter")
    expect(page.get_by_label("How", exact=True)).to_be_visible()
    page.get_by_label("How", exact=True).select_option("has a value")
    page.get_by_role("button", name="Apply").press("Enter")
    expect_shown(page, team, "company[null]=false")

    press(page, "f")
    page.keyboard.type("score")
    press(page, "ArrowDown Enter")
    page.get_by_label("How", exact=True).select_option("is at most")
    page.get_by_role("textbox", name="Value").fill("4.5")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("Enter a whole number.")
    page.get_by_role("textbox", name="Value").fill("4")
    press(page, "Enter")
    expect_shown(page, team, "company[null]=false&leadScore[lte]=4")

    press(page, "f")
    page.keyboard.type("owner")
    press(page, "Enter")
    expect(page.get_by_role("checkbox", name="Me")).to_be_focused()
    press(page, "ArrowDown Space Enter")
    expect_shown(page, team, "company[null]=false&leadScore[lte]=4&assignedTo=none")


def test_the_search_follows_the_typing_without_steps_for_going_back(page: Page, team: WebTeam) -> None:
    page.goto("/leads")
    page.goto("/leads?status=new")
    expect_shown(page, team, "status=new")
    press(page, "/")
    page.keyboard.type("ines")
    expect_shown(page, team, "status=new&search=ines")
    press(page, "Escape")
    expect_shown(page, team, "status=new")
    expect(page.get_by_role("searchbox", name="Search")).not_to_be_focused()
    press(page, "/")
    page.keyboard.type("omar")
    expect_shown(page, team, "status=new&search=omar")
    page.go_back()
    expect_shown(page, team, "")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("")


def test_a_parameter_that_nobody_knows_is_shown_and_taken_away(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    page.goto("/leads?colour=red&status=new")
    expect(page.get_by_text("colour is not a parameter here.")).to_be_visible()
    console.expect("status of 400")
    chips(page).get_by_role("button", name="Take the filter away: colour").click()
    expect_shown(page, team, "status=new")


def test_records_are_filtered_by_what_they_refer_to(page: Page, team: WebTeam) -> None:
    (account, *_) = team.ask(team.ada, "GET", "/api/accounts/?limit=1")["results"]
    page.goto("/contacts")
    expect(chips(page)).to_be_visible()
    press(page, "f")
    page.keyboard.type("account")
    press(page, "Enter")
    page.get_by_role("searchbox", name="Find a value").fill(account["name"][:4])
    page.get_by_role("radio", name=account["name"]).first.check()
    page.get_by_role("button", name="Add the filter").click()
    expect(chips(page).get_by_role("button", name=f"Account is {account['name']}")).to_be_visible()
    (chosen,) = re.findall(r"accountId\[eq\]=(\w+)", page.url)
    expect_shown(page, team, f"accountId[eq]={chosen}", "contacts")


def test_a_period_is_chosen_by_name_or_by_days(page: Page, team: WebTeam) -> None:
    page.goto("/leads")
    open_filter(page, "Created")
    page.get_by_role("button", name="Last 7 days").click()
    expect(chips(page).get_by_role("button", name="Created Last 7 days")).to_be_visible()
    expect_count(page, LEADS)
    open_filter(page, "Created Last 7 days")
    page.get_by_label("From").fill("2020-02-01")
    page.get_by_label("To").fill("2020-01-31")
    press(page, "Enter")
    expect(page.get_by_role("alert")).to_have_text("The first day is after the last.")
    page.get_by_label("To").fill("2020-02-29")
    press(page, "Enter")
    expect(chips(page).get_by_role("button", name="Created 1 Feb 2020 – 29 Feb 2020")).to_be_visible()
    expect_shown(page, team, "createdAt[gte]=2020-02-01&createdAt[lt]=2020-03-01")
    expect_count(page, 0)


@in_two_looks
def test_what_filters_open_is_accessible_and_fits(page: Page) -> None:
    page.goto("/leads?status=new&company[contains]=a")
    expect(chips(page)).to_be_visible()
    for name in ("Status New", "Owner", "Score", "Created", "Company contains a", "Add a filter"):
        open_filter(page, name)
        expect(page.get_by_role("dialog")).to_be_visible()
        check_accessibility(page)
        no_sideways_scroll(page)
        press(page, "Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_what_filters_open_fits_the_narrowest_phone(page: Page) -> None:
    page.set_viewport_size(NARROW)
    page.goto("/leads?company[contains]=a")
    for name in ("Owner", "Created", "Company contains a", "Add a filter"):
        open_filter(page, name)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        box = dialog.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= NARROW["width"]
        no_sideways_scroll(page)
        press(page, "Escape")
        expect(dialog).to_be_hidden()


def chips(page: Page) -> Locator:
    return page.get_by_role("group", name="Filters")


def open_filter(page: Page, name: str) -> None:
    chips(page).get_by_role("button", name=name, exact=True).click()


def funnel(page: Page, label: str) -> Locator:
    return page.get_by_role("group", name="By status").get_by_role("button", name=re.compile(f"^{label}"))


def expect_count(page: Page, count: int) -> None:
    expect(page.get_by_role("main").get_by_role("status").first).to_have_text(re.compile(rf"^{count}\b"))


def expect_shown(page: Page, team: WebTeam, filters: str, plural: str = "leads") -> None:
    """The address has these filters, and the page tells as many records as the API finds."""
    expect(page).to_have_url(re.compile(f"{re.escape(f'/{plural}' + (f'?{filters}' if filters else ''))}$"))
    expect_count(page, team.ask(team.ada, "GET", f"/api/{plural}/?limit=1&{filters}")["count"])
    assert urlsplit(page.url).path == f"/{plural}"
