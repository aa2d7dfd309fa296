"""Converting a lead in the browser: by keyboard, onto what is there, and after somebody else."""

from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, press_tab_until, see
from tests.web.pages import ConsoleWatch, in_two_looks

OMAR = {
    "firstName": "Omar",
    "lastName": "Moreau",
    "email": "omar.moreau@solstice.example",
    "company": "Solstice Robotics",
    "status": "qualified",
}


def open_conversion(page: Page, team: WebTeam, lead: dict[str, Any] = OMAR) -> tuple[str, Locator]:
    """Adds a lead, opens it and its conversion, and returns the id and the dialog."""
    (added,) = team.add_leads([lead])
    page.goto(f"/leads/{added['id']}")
    expect(page.get_by_role("heading", name="Omar Moreau").first).to_be_visible()
    press(page, "c")
    dialog = page.get_by_role("dialog", name="Convert Omar Moreau")
    expect(dialog.get_by_role("radio", checked=True).first).to_be_focused()
    return added["id"], dialog


def status_of(team: WebTeam, lead_id: str) -> str:
    status: str = team.ask(team.ada, "GET", f"/api/leads/{lead_id}/")["status"]
    return status


def test_a_lead_is_converted_by_keyboard_and_taken_back(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    console.expect("status of 404")  # what the record showed of it is gone when it is taken back
    lead_id, dialog = open_conversion(page, team)
    see(page, "Makes a contact, account Solstice Robotics and an opportunity.")
    press_tab_until(page, dialog.get_by_label("Value"))
    page.keyboard.type("12 500")
    press(page, "Control+Enter")
    see(page, "Omar Moreau is converted.")
    expect(dialog).to_have_count(0)
    assert status_of(team, lead_id) == "converted"
    (opportunity,) = team.ask(team.ada, "GET", "/api/opportunities/?search=Solstice")["results"]
    assert (opportunity["value"], opportunity["accountName"]) == (12500, "Solstice Robotics")
    expect(page.get_by_role("link", name="Solstice Robotics").first).to_be_visible()
    press(page, "Control+z")
    see(page, "Taken back")
    assert status_of(team, lead_id) == "qualified"
    assert team.ask(team.ada, "GET", "/api/opportunities/?search=Solstice")["count"] == 0


def test_the_contact_and_the_account_that_are_there_are_linked(page: Page, team: WebTeam) -> None:
    account = team.ask(team.ada, "POST", "/api/accounts/", {"name": "Solstice Robotics GmbH"})
    contact = team.ask(team.ada, "POST", "/api/contacts/", {"firstName": "O.", "email": OMAR["email"].upper()})
    lead_id, dialog = open_conversion(page, team)
    see(page, "Makes an opportunity, and links contact O. and account Solstice Robotics GmbH.")
    see(page, "Same e-mail")
    dialog.get_by_role("button", name="Convert").click()
    see(page, "Omar Moreau is converted.")
    lead = team.ask(team.ada, "GET", f"/api/leads/{lead_id}/")
    assert lead["convertedContactId"] == contact["id"]
    (opportunity,) = team.ask(team.ada, "GET", f"/api/opportunities/?accountId={account['id']}")["results"]
    assert opportunity["name"] == "Solstice Robotics GmbH"


def test_a_contact_alone_is_made(page: Page, team: WebTeam) -> None:
    lead_id, dialog = open_conversion(page, team)
    dialog.get_by_role("radio", name="None").click()
    dialog.get_by_role("checkbox", name="Opportunity").click()
    see(page, "Makes a contact.")
    press(page, "Control+Enter")
    see(page, "The contact is there.")
    assert status_of(team, lead_id) == "converted"
    assert team.ask(team.ada, "GET", "/api/accounts/?search=Solstice")["count"] == 0


def test_an_account_is_searched_for(page: Page, team: WebTeam) -> None:
    account = team.ask(team.ada, "POST", "/api/accounts/", {"name": "Northern Lights"})
    _, dialog = open_conversion(page, team)
    dialog.get_by_role("radio", name="Existing").nth(1).click()
    press(page, "Control+Enter")
    see(page, "Choose one, or go back to “New”.")
    press_tab_until(page, dialog.get_by_label("Existing account"))
    page.keyboard.type("north")
    expect(page.get_by_role("option", name="Northern Lights")).to_be_visible()
    press(page, "Enter")
    see(page, "links account Northern Lights")
    press(page, "Control+Enter")
    see(page, "Omar Moreau is converted.")
    assert team.ask(team.ada, "GET", f"/api/opportunities/?accountId={account['id']}")["count"] == 1


def test_a_refused_value_is_marked_and_nothing_is_made(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    console.expect("status of 422")
    lead_id, dialog = open_conversion(page, team)
    dialog.get_by_label("Value").fill("much")
    press(page, "Control+Enter")
    expect(dialog.get_by_label("Value")).to_have_attribute("aria-invalid", "true")
    see(page, "Not converted. Mend what is marked, then convert.")
    assert status_of(team, lead_id) == "qualified"
    dialog.get_by_label("Value").fill("100")
    press(page, "Control+Enter")
    see(page, "Omar Moreau is converted.")


def test_somebody_converted_the_lead_meanwhile(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    console.expect("status of 412")
    console.expect("status of 409")
    lead_id, _ = open_conversion(page, team)
    wishes = {"createAccount": True, "createOpportunity": True}
    do_before_conversion(page, team, "POST", f"/api/leads/{lead_id}/convert/", wishes)
    press(page, "Control+Enter")
    dialog = page.get_by_role("dialog", name="Omar Moreau is converted already")
    links = dialog.get_by_role("link")
    expect(links).to_have_count(3)
    expect(links.nth(1)).to_contain_text("Solstice Robotics")
    links.nth(2).click()
    (opportunity,) = team.ask(team.ada, "GET", "/api/opportunities/?search=Solstice")["results"]
    expect(page).to_have_url(f"/opportunities/{opportunity['id']}")
    expect(dialog).to_have_count(0)


def test_a_lead_that_is_converted_already_leads_to_what_it_became(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    console.expect("status of 409")
    (lead,) = team.add_leads([OMAR])
    team.convert_leads([lead])
    page.goto("/leads?view=board")
    page.get_by_role("link", name="Omar Moreau Solstice Robotics").focus()
    press(page, "c")
    expect(page.get_by_role("dialog", name="Omar Moreau is converted already").get_by_role("link")).to_have_count(3)
    check_accessibility(page)


def test_somebody_changed_the_lead_meanwhile(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    console.expect("status of 412")
    lead_id, _ = open_conversion(page, team)
    do_before_conversion(page, team, "PATCH", f"/api/leads/{lead_id}/", {"notes": "Wants a demo"})
    press(page, "Control+Enter")
    see(page, "Someone changed this lead meanwhile.")
    assert status_of(team, lead_id) == "qualified"
    see(page, "Wants a demo")
    press(page, "Control+Enter")
    see(page, "Omar Moreau is converted.")


def do_before_conversion(page: Page, team: WebTeam, method: str, path: str, body: dict[str, Any]) -> None:
    """Has Ben do something right before the page's conversion comes to the server."""

    def let_ben_go_first(route: Route) -> None:
        team.ask(team.ben, method, path, body)
        route.continue_()

    page.route("**/convert/", let_ben_go_first, times=1)


def test_a_match_is_taken_away_and_used_again(page: Page, team: WebTeam) -> None:
    team.ask(team.ada, "POST", "/api/accounts/", {"name": "Solstice Robotics"})
    _, dialog = open_conversion(page, team)
    expect(dialog.get_by_label("Existing account")).to_have_value("Solstice Robotics")
    dialog.get_by_role("button", name="Take away").click()
    see(page, "Makes a contact and an opportunity.")
    dialog.get_by_role("button", name="Use Solstice Robotics").click()
    expect(dialog.get_by_label("Existing account")).to_have_value("Solstice Robotics")
    see(page, "Makes a contact and an opportunity, and links account Solstice Robotics.")


def test_esc_gives_up_and_the_focus_returns(page: Page, team: WebTeam) -> None:
    lead_id, dialog = open_conversion(page, team)
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    assert status_of(team, lead_id) == "qualified"


@in_two_looks
def test_the_conversion_is_accessible(page: Page, team: WebTeam) -> None:
    open_conversion(page, team)
    see(page, "Makes a contact, account Solstice Robotics and an opportunity.")
    check_accessibility(page)
    no_sideways_scroll(page)
