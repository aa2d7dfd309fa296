"""Signing in and out in a browser."""

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see
from tests.web.pages import ConsoleWatch, Pages, in_two_looks


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    press(page, "Enter")


@in_two_looks
def test_a_person_signs_in_and_comes_to_where_they_wanted(pages: Pages, team: WebTeam, console: ConsoleWatch) -> None:
    page = pages.open()
    console.expect("status of 401")
    page.goto("/reports?days=30")
    expect(page).to_have_url("/login?to=%2Freports%3Fdays%3D30")
    check_accessibility(page)
    no_sideways_scroll(page)
    fill_in(page, team.ada.email, PASSWORD)
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()
    assert page.url.endswith("/reports?days=30")


def test_a_wrong_password_is_told_under_its_field(pages: Pages, team: WebTeam, console: ConsoleWatch) -> None:
    page = pages.open()
    console.expect("status of 401")
    page.goto("/login")
    fill_in(page, team.ada.email, "not the password")
    expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong; try again, or ask an admin.")
    expect(page.get_by_label("Password")).to_be_focused()
    fill_in(page, team.ada.email, PASSWORD)
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()


def test_a_link_to_another_site_is_not_followed(pages: Pages, team: WebTeam) -> None:
    page = pages.open()
    page.goto("/login?to=//evil.example/")
    fill_in(page, team.ada.email, PASSWORD)
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()


def test_signing_out_ends_the_session_in_every_tab(page: Page, console: ConsoleWatch) -> None:
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto("/operations")
        expect(tab.get_by_role("heading", name="Operations")).to_be_visible()
    page.get_by_role("button", name="Ada Byron", exact=True).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    console.expect("status of 401")
    other.get_by_role("link", name="Reports").click()
    expect(other.get_by_label("Password")).to_be_visible()


def test_a_viewer_is_told_that_nothing_is_shared(pages: Pages, team: WebTeam) -> None:
    page = pages.sign_in(team.vic)
    page.goto("/leads")
    see(page, "Nothing is shared with you yet")
