"""Adding records in the browser: a refusal, another one at once, a signature, and somebody who is there already."""

from playwright.sync_api import Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see
from tests.web.pages import ConsoleWatch, in_two_looks

SIGNATURE = (
    "Kind regards\\nZoe Weber\\nHead of Buying\\nFjord Robotics SA\\nTel: +41 22 555 01 42\\nzoe@fjord.example"
)
PASTE = """(field, text) => {
  const data = new DataTransfer()
  data.setData('text/plain', text)
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
}"""


def open_form(page: Page, address: str = "/leads") -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    press(page, "n")
    expect(page.get_by_role("dialog").locator("input").first).to_be_focused()


def test_a_lead_is_refused_mended_added_and_taken_back(page: Page, team: WebTeam, console: ConsoleWatch) -> None:
    console.expect("status of 422")
    console.expect("status of 404")  # the page of the lead that is taken back
    open_form(page)
    page.keyboard.type("Zoe")
    page.get_by_label("E-mail").fill("zoe.weber")
    press(page, "Control+Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("E-mail").fill("zoe.weber@fjord.example")
    press(page, "Control+Enter")
    see(page, "Zoe is added.")
    (lead,) = team.ask(team.ada, "GET", "/api/leads/?email=zoe.weber@fjord.example")["results"]
    assert lead["assignedTo"] == team.ada.id
    expect(page).to_have_url(f"/leads/{lead['id']}")
    expect(page.get_by_role("heading", name="Zoe", exact=True)).to_be_visible()
    press(page, "Control+z")
    see(page, "Taken back")
    assert team.ask(team.ada, "GET", "/api/leads/?email=zoe.weber@fjord.example")["count"] == 0


def test_one_lead_after_the_other_is_added(page: Page, team: WebTeam) -> None:
    open_form(page)
    for name in ("Zoe", "Elif"):
        expect(page.get_by_label("First name")).to_be_focused()
        expect(page.get_by_label("First name")).to_have_value("")
        page.keyboard.type(name)
        page.get_by_label("E-mail").fill(f"{name}@fjord.example".lower())
        press(page, "Control+Shift+Enter")
        see(page, f"{name} is added.")
    expect(page.get_by_label("First name")).to_have_value("")
    press(page, "Escape")
    assert team.ask(team.ada, "GET", "/api/leads/?search=fjord.example")["count"] == 2


def test_a_signature_fills_the_form(page: Page, team: WebTeam) -> None:
    open_form(page)
    page.get_by_label("First name").evaluate(PASTE, SIGNATURE.replace("\\n", "\n"))
    see(page, "Filled from what you pasted.")
    for label, value in (("First name", "Zoe"), ("Last name", "Weber"), ("Company", "Fjord Robotics SA")):
        expect(page.get_by_label(label)).to_have_value(value)
    expect(page.get_by_label("Phone")).to_have_value("+41 22 555 01 42")
    expect(page.get_by_label("E-mail")).to_have_value("zoe@fjord.example")


def test_somebody_with_the_e_mail_is_shown(page: Page, team: WebTeam) -> None:
    (lead,) = team.add_leads([{"firstName": "Zoe", "lastName": "Weber", "email": "zoe@fjord.example"}])
    open_form(page)
    page.get_by_label("E-mail").fill("Zoe@Fjord.example")
    page.get_by_role("dialog").get_by_role("link", name="Zoe Weber").click()
    expect(page).to_have_url(f"/leads/{lead['id']}")
    expect(page.get_by_role("dialog", name="New lead")).to_have_count(0)


def test_an_opportunity_is_added_to_an_account(page: Page, team: WebTeam) -> None:
    account = team.ask(team.ada, "POST", "/api/accounts/", {"name": "Northern Lights"})
    page.goto("/opportunities/new")
    page.get_by_role("dialog").get_by_label("Name").fill("Forty seats")
    page.get_by_role("dialog").get_by_label("Account").fill("north")
    page.get_by_role("option", name="Northern Lights").click()
    page.get_by_role("dialog").get_by_label("Value").fill("4000.5")
    press(page, "Control+Enter")
    see(page, "Forty seats is added.")
    (opportunity,) = team.ask(team.ada, "GET", f"/api/opportunities/?accountId={account['id']}")["results"]
    assert opportunity["value"] == 4000.5
    expect(page).to_have_url(f"/opportunities/{opportunity['id']}")


def test_closing_the_form_of_an_address_leads_to_the_list(page: Page) -> None:
    page.goto("/contacts/new?stage=new")
    expect(page.get_by_role("dialog").locator("input").first).to_be_focused()
    press(page, "Escape")
    expect(page).to_have_url("/contacts?stage=new")


@in_two_looks
def test_the_form_is_accessible(page: Page, team: WebTeam) -> None:
    team.add_leads([{"firstName": "Zoe", "lastName": "Weber", "email": "zoe@fjord.example"}])
    page.goto("/leads/new")
    page.get_by_label("E-mail").fill("zoe@fjord.example")
    see(page, "Zoe Weber")
    check_accessibility(page)
    no_sideways_scroll(page)
