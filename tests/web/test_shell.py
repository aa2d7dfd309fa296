"""The frame around every screen: places, keys, palette, theme, and the stream of changes."""

from playwright.sync_api import Page, Route, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import WebTeam
from tests.web.looking import no_sideways_scroll, press, see, see_no
from tests.web.pages import ConsoleWatch, Pages, in_two_looks, on_a_phone

TABS = 9


def test_keys_go_to_every_place(page: Page) -> None:
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    for keys, heading in (("g r", "Reports"), ("g l", "Leads"), ("g c", "Contacts"), ("g a", "Accounts")):
        press(page, keys)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    press(page, "g t")
    expect(page.get_by_role("heading", name="Hello, Ada")).to_be_visible()


def test_keys_are_told_and_do_nothing_while_somebody_types(page: Page) -> None:
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    press(page, "?")
    dialog = page.get_by_role("dialog", name="All keys")
    expect(dialog.get_by_text("Switch light and dark")).to_be_visible()
    check_accessibility(page)
    press(page, "Escape")
    expect(dialog).to_be_hidden()
    press(page, "Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("g r")
    expect(page.get_by_role("combobox")).to_have_value("g r")
    expect(page).to_have_url("/operations")


@in_two_looks
def test_the_palette_finds_leads_and_commands(page: Page, team: WebTeam) -> None:
    team.add_leads([{"firstName": "Zaïre", "lastName": "Quill", "email": "zq@x.example", "company": "Quill & Co"}])
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    press(page, "Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("quill")
    expect(page.get_by_role("option", name="Zaïre Quill")).to_be_visible()
    check_accessibility(page)
    no_sideways_scroll(page)
    page.get_by_role("combobox").fill("go to rep")
    expect(page.get_by_role("option", name="Go to Reports")).to_be_visible()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()


def test_the_theme_is_kept(page: Page) -> None:
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    press(page, "t d")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_others_do_arrives_by_itself(page: Page, team: WebTeam) -> None:
    page.goto("/operations")
    see(page, "Live")
    see_no(page, "Ben Okri added a lead")
    team.ask(team.ben, "POST", "/api/leads/", {"lastName": "News", "email": "news@x.example"})
    see(page, "Ben Okri added a lead")


def test_nine_tabs_share_one_stream(page: Page, team: WebTeam) -> None:
    tabs = [page, *(page.context.new_page() for _ in range(TABS - 1))]
    streams: list[str] = []
    page.context.on("request", lambda request: streams.append(request.url) if "stream" in request.url else None)
    for tab in tabs:
        tab.goto("/operations")
        expect(tab.get_by_role("heading", name="Operations")).to_be_visible()
    for tab in tabs:
        see(tab, "Live")
    team.ask(team.ben, "POST", "/api/leads/", {"lastName": "News", "email": "news@x.example"})
    for tab in tabs:
        see(tab, "Ben Okri added a lead")
    tabs[-1].close()  # whichever had the stream, another takes it
    tabs[0].close()
    team.ask(team.cleo, "POST", "/api/leads/", {"lastName": "Later", "email": "later@x.example"})
    for tab in tabs[1:-1]:
        see(tab, "Cleo added a lead")


def test_without_the_server_what_was_read_stays_and_comes_back_up_to_date(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    page.goto("/operations")
    see(page, "Live")
    console.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    see(page, "Offline, trying again")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    team.ask(team.ben, "POST", "/api/leads/", {"lastName": "News", "email": "news@x.example"})
    page.context.set_offline(False)
    see(page, "Live")
    see(page, "Ben Okri added a lead")


def test_a_tab_that_is_older_than_the_server_loads_itself_anew(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    """After an upgrade, the parts that an open tab has not loaded yet are gone."""
    page.goto("/operations")
    expect(page.get_by_role("heading", name="Operations")).to_be_visible()
    console.expect("status of 404")
    console.allow("Failed to fetch dynamically imported module")  # unless the page is loading anew before it is said
    gone: list[str] = []

    def refuse_once(route: Route) -> None:
        if gone:
            route.continue_()
        else:
            gone.append(route.request.url)
            route.fulfill(status=404, content_type="application/problem+json", body="{}")

    page.route("**/assets/Reports-*.js", refuse_once)
    press(page, "g r")
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    assert len(gone) == 1


@on_a_phone
def test_on_a_phone_the_places_slide_in(page: Page) -> None:
    page.goto("/operations")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_role("heading", name="Reports", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Operations")).to_be_hidden()


def test_an_address_that_is_none_says_so(page: Page) -> None:
    page.goto("/nowhere/at/all")
    see(page, "There is no such page")


def test_two_teams_see_their_own_desk(pages: Pages, team: WebTeam, page: Page) -> None:
    page.goto("/")
    see(page, "Acme")
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name="Mine")).to_be_visible()
    bens = pages.sign_in(team.ben)
    bens.goto("/")
    expect(bens.get_by_role("heading", name="Hello, Ben")).to_be_visible()
