"""A record beside the list: reading it, changing its fields, and taking things back."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see
from tests.web.pages import ConsoleWatch, Look, Pages, in_two_looks

Json = dict[str, Any]


@pytest.fixture
def lead(team: WebTeam) -> Json:
    """Nora, a lead that nobody owns."""
    nora = {"firstName": "Nora", "lastName": "Lind", "email": "nora@lind.example", "company": "TechCorp"}
    return team.add_leads([nora])[0]


def test_fields_are_edited_by_keys_alone(page: Page, team: WebTeam, lead: Json) -> None:
    open_lead(page, lead)
    press(page, "e Control+a")
    page.keyboard.type("Norah")
    press(page, "Tab")
    expect(page.get_by_role("textbox", name="Last name")).to_be_focused()
    press(page, "Control+a")
    page.keyboard.type("Linde")
    press(page, "Enter")
    expect(page.get_by_role("button", name="Last name Linde")).to_be_focused()
    see(page, "Last name: Linde")
    press(page, "Enter")
    page.keyboard.type("not this")
    press(page, "Escape")
    expect(page.get_by_role("button", name="Last name Linde")).to_be_focused()
    assert names(team, lead) == ("Norah", "Linde")


def test_a_refused_value_comes_back_with_what_is_wrong(page: Page, lead: Json, console: ConsoleWatch) -> None:
    console.expect("status of 422")
    open_lead(page, lead)
    page.get_by_role("button", name="Edit E-mail").click()
    press(page, "Control+a")
    page.keyboard.type("nora")
    press(page, "Enter")
    field = page.get_by_role("textbox", name="E-mail")
    see(page, "must be an e-mail address")
    expect(field).to_have_value("nora")
    expect(field).to_be_focused()
    press(page, "Escape")
    see(page, "nora@lind.example")


def test_status_and_owner_are_chosen_by_keys(page: Page, team: WebTeam, lead: Json) -> None:
    open_lead(page, lead)
    press(page, "s q Enter")
    expect(page.get_by_role("radio", name="Qualified", exact=True)).to_be_checked()
    see(page, "Status: Qualified")
    ben = team.ask(team.ada, "GET", f"/api/users/{team.ben.id}/")["firstName"]
    press(page, "a")
    page.keyboard.type(ben)
    press(page, "Enter")
    see(page, "gave it to")
    found = team.ask(team.ada, "GET", f"/api/leads/{lead['id']}/")
    assert (found["status"], found["assignedTo"]) == ("qualified", team.ben.id)


@pytest.mark.parametrize(("choice", "kept"), [("Use mine", "Mine"), ("Keep theirs", "Theirs")])
def test_two_who_change_the_same_field_choose(page: Page, team: WebTeam, lead: Json, choice: str, kept: str) -> None:
    open_lead(page, lead)
    page.get_by_role("button", name="First name").click()
    press(page, "Control+a")
    page.keyboard.type("Mine")
    team.ask(team.ben, "PATCH", f"/api/leads/{lead['id']}/", {"firstName": "Theirs"})
    expect(page.get_by_role("heading", name="Theirs Lind")).to_be_visible()
    expect(page.get_by_role("textbox", name="First name")).to_have_value("Mine")
    press(page, "Enter")
    page.get_by_role("button", name=choice).click()
    expect(page.get_by_role("button", name=choice)).to_have_count(0)
    expect(page.get_by_role("heading", name=f"{kept} Lind")).to_be_visible()
    see(page, f"set first name to {kept}")
    assert names(team, lead)[0] == kept


def test_a_deleted_lead_comes_back_by_the_toast(page: Page, team: WebTeam, lead: Json) -> None:
    open_lead(page, lead)
    press(page, "Delete")
    expect(panel(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    see(page, "Taken back")
    assert names(team, lead) == ("Nora", "Lind")


def test_a_change_is_taken_back_in_the_history(page: Page, team: WebTeam, lead: Json) -> None:
    team.ask(team.ben, "PATCH", f"/api/leads/{lead['id']}/", {"company": "Nova"})
    open_lead(page, lead)
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("set company to Nova (was TechCorp)")
    history.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Company TechCorp")).to_be_visible()
    expect(history).to_contain_text("took a change back: set company to TechCorp (was Nova)")
    expect(history).to_contain_text("taken back")


def test_a_lead_that_another_deletes_says_so(
    page: Page, pages: Pages, team: WebTeam, lead: Json, console: ConsoleWatch
) -> None:
    console.expect("status of 404")
    open_lead(page, lead)
    bens = pages.sign_in(team.ben)
    open_lead(bens, lead)
    team.ask(team.ada, "DELETE", f"/api/leads/{lead['id']}/")
    see(bens, "This lead is gone")
    see(bens, "Only they, or an admin, can bring it back.")
    see(page, "This lead is gone")
    page.get_by_role("button", name="Undo").click()
    see(bens, "nora@lind.example")


def test_a_merged_lead_leads_to_the_one_that_stayed(page: Page, team: WebTeam, lead: Json) -> None:
    other = team.add_leads([{"firstName": "Eleonora", "lastName": "Lind", "email": "e@lind.example"}])[0]
    team.ask(team.ada, "POST", f"/api/leads/{other['id']}/merge/", {"duplicates": [lead["id"]]})
    page.goto(f"/leads/{lead['id']}")
    expect(page.get_by_role("heading", name="Eleonora Lind")).to_be_visible()
    assert page.url.endswith(other["id"])


@in_two_looks
def test_a_record_is_accessible_and_fits(page: Page, lead: Json, look: Look) -> None:
    open_lead(page, lead)
    see(page, "added this lead")
    check_accessibility(page)
    no_sideways_scroll(page)
    page.goto(f"/leads/{lead['id']}?full=1")
    see(page, "added this lead")
    check_accessibility(page)
    no_sideways_scroll(page)


def open_lead(page: Page, lead: Json) -> None:
    """Opens a lead by its address, and waits until all of it is there."""
    page.goto(f"/leads/{lead['id']}")
    expect(panel(page)).to_be_visible()
    expect(page.get_by_role("region", name="History").get_by_role("listitem").first).to_be_visible()


def panel(page: Page) -> Locator:
    """The record beside the list."""
    return page.get_by_role("complementary", name="Lind")


def names(team: WebTeam, lead: Json) -> tuple[str, str]:
    """Returns the names of the lead as the server has them."""
    found = team.ask(team.ada, "GET", f"/api/leads/{lead['id']}/")
    return found["firstName"], found["lastName"]
