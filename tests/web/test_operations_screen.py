"""What was done, and taking back, on the screen."""

from playwright.sync_api import Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import press, see
from tests.web.pages import ConsoleWatch, in_two_looks


def change_lead(team: WebTeam, **fields: object) -> str:
    """Ben changes a new lead; returns its id."""
    (lead,) = team.add_leads([{"firstName": "Kim", "lastName": "Novak", "email": "kim@x.example"}])
    team.ask(team.ben, "PATCH", f"/api/leads/{lead['id']}/", fields)
    return str(lead["id"])


@in_two_looks
def test_an_operation_tells_what_its_undo_would_do(page: Page, team: WebTeam) -> None:
    change_lead(team, leadScore=7)
    page.goto("/operations")
    page.get_by_role("link", name="Ben Okri changed a lead").click()
    see(page, "Undo will: change 1 record.")
    expect(page.get_by_role("row", name="Score empty 7")).to_be_visible()
    check_accessibility(page)


def test_an_operation_is_taken_back_and_again(page: Page, team: WebTeam) -> None:
    lead = change_lead(team, leadScore=7)
    page.goto("/operations")
    page.get_by_role("button", name="Undo: Ben Okri changed a lead").click()
    see(page, "Taken back")
    assert team.ask(team.ada, "GET", f"/api/leads/{lead}/")["leadScore"] is None
    see(page, "Ada Byron took an operation back")
    page.get_by_role("button", name="Undo: Ada Byron took an operation back").click()
    expect(page.get_by_role("link", name="took an operation back")).to_have_count(2)
    assert team.ask(team.ada, "GET", f"/api/leads/{lead}/")["leadScore"] == 7


def test_what_others_wrote_since_is_shown_before_it_is_lost(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    lead = change_lead(team, leadScore=7, company="Old & Co")
    team.ask(team.cleo, "PATCH", f"/api/leads/{lead}/", {"leadScore": 9})
    console.expect("status of 409")
    page.goto("/operations")
    page.get_by_role("button", name="Undo: Ben Okri changed a lead").click()
    dialog = page.get_by_role("dialog", name="Others have written since")
    expect(dialog).to_contain_text("Lead Score: now 9, would be empty (Cleo)")
    check_accessibility(page)
    dialog.get_by_role("button", name="Take back the rest").click()
    see(page, "Taken back")
    now = team.ask(team.ada, "GET", f"/api/leads/{lead}/")
    assert (now["leadScore"], now["company"]) == (9, None)


def test_filters_are_in_the_address(page: Page, team: WebTeam) -> None:
    change_lead(team, leadScore=7)
    page.goto("/operations")
    page.get_by_role("button", name="Who").click()
    page.get_by_role("menuitemradio", name="Ben Okri").click()
    rows = page.get_by_role("listitem")
    expect(rows.filter(has_text="Ada Byron")).to_have_count(0)
    expect(rows.filter(has_text="Ben Okri changed a lead")).to_have_count(1)
    page.reload()
    expect(rows.filter(has_text="Ben Okri changed a lead")).to_have_count(1)
    expect(rows.filter(has_text="Ada Byron")).to_have_count(0)


def test_keys_walk_through_the_operations(page: Page, team: WebTeam) -> None:
    change_lead(team, leadScore=7)
    page.goto("/operations")
    expect(page.get_by_role("link", name="Ben Okri changed a lead")).to_be_visible()
    press(page, "j Enter")
    expect(page.get_by_role("complementary", name="Operations").get_by_role("heading", level=2)).to_have_text(
        "Ben Okri changed a lead"
    )
    press(page, "Escape")
    expect(page).to_have_url("/operations")
