"""The board in the browser: cards that are moved by mouse and by keys, and what cannot be moved."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see
from tests.web.pages import in_two_looks

ZOE = {"firstName": "Zoe", "lastName": "Weber", "email": "zoe@fjord.example", "status": "contacted"}


@pytest.fixture
def zoe(team: WebTeam) -> str:
    """A lead on top of its column."""
    (lead,) = team.add_leads([ZOE])
    return str(lead["id"])


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Leads by column").get_by_role("region", name=re.compile(f"^{name}, "))


def card_in(page: Page, column_name: str, name: str = "Zoe Weber") -> Locator:
    return column(page, column_name).get_by_role("link", name=name)


def status_of(team: WebTeam, lead_id: str) -> str:
    status: str = team.ask(team.ada, "GET", f"/api/leads/{lead_id}/")["status"]
    return status


def test_a_card_is_dragged_to_another_column_and_taken_back(page: Page, team: WebTeam, zoe: str) -> None:
    page.goto("/leads?view=board")
    card_in(page, "Contacted").drag_to(column(page, "New"))
    expect(card_in(page, "New")).to_be_visible()
    see(page, "Status: New")
    assert status_of(team, zoe) == "new"
    page.get_by_role("button", name="Undo").click()
    expect(card_in(page, "Contacted")).to_be_visible()
    assert status_of(team, zoe) == "contacted"


def test_what_is_told_before_toasts_are_loaded_is_not_lost(page: Page, zoe: str) -> None:
    held: list[Route] = []
    page.route("**/assets/Toasts-*.js", lambda route: held.append(route))
    page.goto("/leads?view=board")
    card_in(page, "Contacted").focus()
    counted = column(page, "Nurturing").get_attribute("aria-label") or ""
    press(page, "Shift+ArrowRight")
    expect(column(page, "Nurturing")).not_to_have_attribute("aria-label", counted)
    for route in held:
        route.continue_()
    see(page, "Status: Nurturing")


def test_shift_and_an_arrow_move_the_card_and_keep_the_focus(page: Page, team: WebTeam, zoe: str) -> None:
    page.goto("/leads?view=board")
    card_in(page, "Contacted").focus()
    press(page, "Shift+ArrowRight")
    expect(card_in(page, "Nurturing")).to_be_focused()
    see(page, "Status: Nurturing")
    press(page, "Shift+ArrowRight")
    see(page, "Status: Qualified")
    press(page, "Shift+ArrowRight")
    see(page, "Status: Unqualified")
    expect(card_in(page, "Unqualified")).to_be_focused()
    assert status_of(team, zoe) == "unqualified"


def test_keys_go_from_card_to_card_and_open_one(page: Page, zoe: str) -> None:
    page.goto("/leads?view=board&sort=-createdAt")
    card_in(page, "Contacted").focus()
    press(page, "ArrowDown")
    expect(column(page, "Contacted").get_by_role("link").nth(1)).to_be_focused()
    press(page, "l")
    expect(column(page, "Nurturing").get_by_role("link").nth(1)).to_be_focused()
    press(page, "h k")
    expect(card_in(page, "Contacted")).to_be_focused()
    press(page, "Enter")
    expect(page).to_have_url(f"/leads/{zoe}?view=board&sort=-createdAt")


def test_the_open_record_goes_through_its_column(page: Page, team: WebTeam, zoe: str) -> None:
    team.add_leads([{**ZOE, "firstName": "Elif"}])
    page.goto("/leads?view=board&sort=-createdAt")
    card_in(page, "Contacted", "Elif Weber").click()
    expect(page.get_by_role("heading", name="Elif Weber")).to_be_visible()
    press(page, "j")
    expect(page.get_by_role("heading", name="Zoe Weber")).to_be_visible()
    expect(page).to_have_url(f"/leads/{zoe}?view=board&sort=-createdAt")
    expect(card_in(page, "Contacted")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_role("heading", name="Elif Weber")).to_be_visible()


def test_a_converted_lead_stays_and_says_why(page: Page) -> None:
    page.goto("/leads?view=board")
    converted = column(page, "Converted").get_by_role("link").first
    converted.drag_to(column(page, "Qualified"))
    see(page, "A converted lead keeps its status.")
    expect(column(page, "Converted").get_by_role("link")).to_have_count(3)


def test_a_card_that_is_dropped_on_converted_is_converted_in_the_dialog(page: Page, team: WebTeam, zoe: str) -> None:
    page.set_viewport_size({"width": 2200, "height": 800})  # wide enough for all columns
    page.goto("/leads?view=board")
    card_in(page, "Contacted").drag_to(column(page, "Converted"))
    expect(page.get_by_role("dialog", name="Convert Zoe Weber")).to_be_visible()
    assert status_of(team, zoe) == "contacted"
    press(page, "Control+Enter")
    expect(card_in(page, "Converted")).to_be_visible()
    assert status_of(team, zoe) == "converted"


def test_a_column_loads_more_cards_as_it_is_scrolled(page: Page, team: WebTeam) -> None:
    team.add_leads([{**ZOE, "email": f"zoe{number}@fjord.example", "status": "lost"} for number in range(70)])
    page.goto("/leads?view=board&status=lost&search=fjord")
    expect(column(page, "Lost")).to_have_accessible_name("Lost, 70 leads")
    expect(column(page, "New")).to_have_count(0)
    cards = column(page, "Lost").get_by_role("link")
    for shown in (30, 60, 70):
        expect(cards.nth(shown - 1)).to_be_attached()
        cards.last.scroll_into_view_if_needed()
    expect(cards).to_have_count(70)


def test_what_others_do_shows_at_once(page: Page, team: WebTeam, zoe: str) -> None:
    page.goto("/leads?view=board")
    expect(card_in(page, "Contacted")).to_be_visible()
    see(page, "Live")
    team.ask(team.ben, "PATCH", f"/api/leads/{zoe}/", {"status": "lost"})
    expect(card_in(page, "Lost")).to_be_attached()
    expect(card_in(page, "Contacted")).to_have_count(0)


def test_opportunities_are_moved_by_stage(page: Page, team: WebTeam) -> None:
    page.goto("/opportunities?view=board")
    board = page.get_by_role("group", name="Opportunities by column")
    first = board.get_by_role("region", name=re.compile("^Qualification, ")).get_by_role("link").first
    first.focus()
    press(page, "Shift+ArrowRight")
    see(page, "Stage: Needs analysis")
    assert team.ask(team.ada, "GET", "/api/opportunities/?stage=needs_analysis")["count"] == 1


@in_two_looks
def test_the_board_is_accessible(page: Page, zoe: str) -> None:
    page.goto("/leads?view=board")
    expect(card_in(page, "Contacted")).to_be_attached()
    check_accessibility(page)
    no_sideways_scroll(page)
