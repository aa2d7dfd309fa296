"""The settings: one's own, people and keys."""

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, see
from tests.web.pages import ConsoleWatch, Pages, in_two_looks

NEW_PASSWORD = "seven quiet rivers"


def test_a_person_changes_their_name_and_password(page: Page, pages: Pages, team: WebTeam) -> None:
    page.goto("/settings/me")
    page.get_by_label("First name").fill("Augusta")
    page.get_by_role("button", name="Save").click()
    see(page, "Saved")
    expect(page.get_by_role("button", name="Augusta Byron", exact=True)).to_be_visible()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    see(page, "The password is changed. Other sessions have ended.")
    again = pages.open()
    again.goto("/login")
    again.get_by_label("E-mail").fill(team.ada.email)
    again.get_by_label("Password").fill(NEW_PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(again.get_by_role("heading", name="Hello, Augusta")).to_be_visible()


def test_a_wrong_password_is_refused_at_its_field(page: Page, console: ConsoleWatch) -> None:
    console.expect("status of 422")
    page.goto("/settings/me")
    page.get_by_label("Current password").fill("not the password")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("alert")).to_have_text("currentPassword is not your password.")


@in_two_looks
def test_an_admin_adds_a_person_who_can_sign_in(page: Page, pages: Pages) -> None:
    page.goto("/settings/people")
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("eve@new.example")
    dialog.get_by_label("First name").fill("Eve")
    check_accessibility(page)
    no_sideways_scroll(page)
    password = dialog.get_by_label("Password").input_value()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_text(password)).to_be_visible()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row", name="Eve")).to_be_visible()
    eves = pages.open()
    eves.goto("/login")
    eves.get_by_label("E-mail").fill("eve@new.example")
    eves.get_by_label("Password").fill(password)
    eves.get_by_role("button", name="Sign in").click()
    expect(eves.get_by_role("heading", name="Hello, Eve")).to_be_visible()


def test_a_disabled_person_is_signed_out(page: Page, pages: Pages, team: WebTeam, console: ConsoleWatch) -> None:
    bens = pages.sign_in(team.ben)
    bens.goto("/operations")
    expect(bens.get_by_role("heading", name="Operations")).to_be_visible()
    page.goto("/settings/people")
    page.get_by_role("button", name="Actions for Ben Okri").click()
    page.get_by_role("menuitem", name="Disable…").click()
    page.get_by_role("dialog", name="Disable Ben Okri?").get_by_role("button", name="Disable").click()
    see(page, "Ben Okri is changed")
    console.expect("status of 401")
    bens.reload()
    expect(bens.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_last_admin_stays_one(page: Page, console: ConsoleWatch) -> None:
    console.expect("status of 409")
    page.goto("/settings/people")
    page.get_by_role("button", name="Actions for Ada Byron").click()
    page.get_by_role("menuitem", name="Make user").click()
    see(page, "Not saved")
    expect(page.get_by_role("row", name="Ada Byron")).to_contain_text("Admin")


def test_a_key_is_made_shown_once_and_revoked(page: Page, team: WebTeam) -> None:
    page.goto("/settings/keys")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Website form")
    dialog.get_by_role("radio", name="only what is chosen").click()
    expect(dialog.get_by_role("checkbox", name="write leads")).to_be_checked()
    check_accessibility(page)
    dialog.get_by_role("button", name="Make a key").click()
    secret = dialog.locator("code").first.inner_text()
    assert secret.startswith("pk_live_")
    dialog.get_by_role("button", name="Done").click()
    answer = team.server.ask(
        "POST",
        "/api/leads/",
        headers={"Authorization": f"Bearer {secret}"},
        json={"lastName": "Lee", "email": "lee@form.example"},
    )
    assert answer.status_code == 201
    row = page.get_by_role("row", name="Website form")
    row.get_by_role("button", name="Revoke…").click()
    page.get_by_role("dialog", name="Revoke Website form?").get_by_role("button", name="Revoke").click()
    expect(row).to_contain_text("Revoked")
    gone = team.server.ask("GET", "/api/me/", headers={"Authorization": f"Bearer {secret}"})
    assert gone.status_code == 401


def test_who_is_no_admin_sees_their_own_settings(pages: Pages, team: WebTeam) -> None:
    page = pages.sign_in(team.ben)
    page.goto("/settings/people")
    see(page, "Only admins see this")
    expect(page.get_by_role("navigation", name="Settings").get_by_role("link")).to_have_text(["Me", "Workspace"])
