"""The list of leads: scrolling, keys, selection, columns, and what others do meanwhile."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.accessibility import check_accessibility
from tests.web.desk import LEADS, Json, WebTeam
from tests.web.looking import no_sideways_scroll, press, see, see_no
from tests.web.pages import ConsoleWatch, in_two_looks, on_a_phone

MANY = 400
MAX_LOOKS = 100
"""How often a list that is scrolled is looked at until it rests."""
ROWS_IN_SIGHT = """grid => {
  const box = grid.getBoundingClientRect()
  const place = row => row.getBoundingClientRect()
  const isInSight = row => place(row).top >= box.top && place(row).bottom <= box.bottom
  const rows = [...grid.querySelectorAll('[data-index]')].filter(isInSight)
  rows.sort((one, other) => Number(one.dataset.index) - Number(other.dataset.index))
  return rows.map(row => [Number(row.dataset.index), row.querySelector('[data-field=email]')?.innerText ?? null])
}"""


def add_many_leads(team: WebTeam) -> None:
    team.add_leads([{"lastName": f"Lead {n}", "email": f"many{n}@startup.example"} for n in range(MANY)])


def open_list(page: Page, address: str = "/leads") -> Locator:
    """Opens a list and returns its grid."""
    page.goto(address)
    grid = page.get_by_role("grid")
    expect(grid).to_have_attribute("aria-busy", "false")
    return grid


def rows_in_sight(grid: Locator) -> list[tuple[int, str]]:
    """Returns the rows in sight, each with its index and e-mail, once the list rests and they are loaded."""
    shown: list[tuple[int, str | None]] = []
    for _ in range(MAX_LOOKS):
        expect(grid.locator("[data-index][aria-busy=true]")).to_have_count(0)
        before, shown = shown, [(index, email) for index, email in grid.evaluate(ROWS_IN_SIGHT)]
        loaded = [(index, email) for index, email in shown if email is not None]
        if shown and shown == before == loaded:
            return loaded
    raise AssertionError(f"the list does not come to rest: {shown}")


def check_rows(grid: Locator, team: WebTeam, query: str = "") -> None:
    """Raises `AssertionError` if the rows in sight are not those of the API at the same places."""
    shown = rows_in_sight(grid)
    first, _ = shown[0]
    page = team.ask(team.ada, "GET", f"/api/leads/?offset={first}&limit={len(shown)}&{query}")
    assert shown == [(first + at, lead["email"]) for at, lead in enumerate(page["results"])]


def active_row(page: Page) -> Locator:
    return page.locator("[data-active]")


def count_leads(team: WebTeam, query: str) -> int:
    count: int = team.ask(team.ada, "GET", f"/api/leads/?limit=1&{query}")["count"]
    return count


def test_rows_are_those_of_the_api_wherever_one_scrolls(page: Page, team: WebTeam) -> None:
    add_many_leads(team)
    grid = open_list(page)
    see(page, f"of {MANY + LEADS}")
    check_rows(grid, team)
    grid.hover()
    for _ in range(20):
        page.mouse.wheel(0, 300)
    check_rows(grid, team)
    press(page, "End")
    expect(active_row(page)).to_have_attribute("data-index", str(MANY + LEADS - 1))
    see(page, f"–{MANY + LEADS} of {MANY + LEADS}")
    check_rows(grid, team)
    press(page, "PageUp Home")
    see(page, "1–")
    check_rows(grid, team)


@pytest.mark.parametrize("sort", ["company", "-leadScore,lastName"])
def test_another_order_is_a_click_away(page: Page, team: WebTeam, sort: str) -> None:
    grid = open_list(page)
    headers = {"company": "Company", "-leadScore": "Score", "lastName": "Name"}
    for number, key in enumerate(sort.split(",")):
        header = page.get_by_role("columnheader", name=headers[key])
        header.get_by_role("button").click(modifiers=["Shift"] if number else [])
        expect(header).to_have_attribute("aria-sort", "descending" if key.startswith("-") else "ascending")
    expect(page).to_have_url(f"/leads?sort={sort}")
    check_rows(grid, team, f"sort={sort}")


def test_leads_are_triaged_by_keys_alone(page: Page, team: WebTeam) -> None:
    news = team.ask(team.ada, "GET", "/api/leads/?status=new&limit=3")
    open_list(page, "/leads?status=new")
    see(page, f"of {news['count']}")
    press(page, "j s")
    expect(page.get_by_role("menu", name="Status")).to_be_visible()
    page.keyboard.type("qual")
    press(page, "Enter")
    see(page, f"of {news['count'] - 1}")
    expect(active_row(page)).to_contain_text(news["results"][2]["email"])
    press(page, "a")
    expect(page.get_by_role("menu", name="Owner")).to_be_visible()
    page.keyboard.type("ben")
    press(page, "Enter")
    expect(active_row(page)).to_contain_text("Ben Okri")
    see(page, "Owner: Ben Okri")
    _, second, third = (team.ask(team.ada, "GET", f"/api/leads/{lead['id']}/") for lead in news["results"])
    assert (second["status"], third["assignedTo"]) == ("qualified", team.ben.id)


def test_a_selection_outlives_filters_and_is_changed_at_once(page: Page, team: WebTeam) -> None:
    team.add_leads([{"lastName": f"Pick {n}", "email": f"pick{n}@x.example", "status": "lost"} for n in range(3)])
    open_list(page)
    press(page, "x Shift+ArrowDown Shift+ArrowDown")
    bar = page.get_by_role("toolbar", name="What is selected")
    expect(bar).to_contain_text("3 selected")
    check_accessibility(page)
    page.get_by_role("searchbox").fill("Pick 1")
    see(page, "of 1")
    expect(bar.get_by_role("button", name="Status of 3")).to_be_visible()
    bar.get_by_role("button", name="Status of 3").click()
    page.get_by_role("menuitemradio", name="Nurturing").click()
    see(page, "3 leads: Status: Nurturing")
    expect(bar).to_be_hidden()
    assert count_leads(team, "search=Pick&status=nurturing") == 3
    page.get_by_role("button", name="Undo").click()
    see(page, "Taken back")
    assert count_leads(team, "search=Pick&status=lost") == 3


def test_all_that_match_are_counted_again_before_they_are_changed(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    team.add_leads([{"lastName": f"Pick {n}", "email": f"pick{n}@x.example"} for n in range(3)])
    open_list(page, "/leads?search=Pick")
    press(page, "Control+a")
    see(page, "All 3 that match")
    team.add_leads([{"lastName": "Pick 4", "email": "pick4@x.example"}])
    console.expect("status of 412")
    press(page, "a")
    page.get_by_role("menuitemradio", name="Ben Okri").click()
    see(page, "4 match now, and 3 did when you selected them.")
    assert count_leads(team, f"search=Pick&assignedTo={team.ben.id}") == 0
    page.get_by_text("Go on with 4").click()
    see(page, "4 leads: Owner: Ben Okri")
    assert count_leads(team, f"search=Pick&assignedTo={team.ben.id}") == 4


def test_what_others_changed_since_is_not_overwritten_unasked(
    page: Page, team: WebTeam, console: ConsoleWatch
) -> None:
    leads = team.add_leads([{"lastName": f"Pick {n}", "email": f"pick{n}@x.example"} for n in range(2)])
    open_list(page, "/leads?search=Pick")
    press(page, "x Shift+ArrowDown")
    page.route("**/api/leads/?*", lambda route: route.abort())  # the news comes too late
    console.expect("ERR_FAILED")
    team.ask(team.ben, "PATCH", f"/api/leads/{leads[0]['id']}/", {"status": "contacted"})
    console.expect("status of 422")
    press(page, "s")
    page.get_by_role("menuitemradio", name="Lost").click()
    see(page, "Others have changed 1 of them since you saw them.")
    assert count_leads(team, "search=Pick&status=lost") == 0
    page.unroute("**/api/leads/?*")
    page.get_by_text("Change them anyway").click()
    see(page, "2 leads: Status: Lost")


def test_too_many_are_refused_before_they_are_sent(page: Page, team: WebTeam) -> None:
    for batch in range(2):
        team.add_leads([{"lastName": f"Pick {n}", "email": f"pick{batch}-{n}@x.example"} for n in range(501)])
    open_list(page, "/leads?search=Pick")
    press(page, "Control+a")
    see(page, "All 1,002 that match")
    see(page, "At most 1,000 can be changed at once. Filter further.")
    press(page, "Delete Escape")
    see_no(page, "All 1,002 that match")
    assert count_leads(team, "search=Pick") == 1002


def test_a_lead_is_deleted_and_comes_back(page: Page, team: WebTeam) -> None:
    team.add_leads([{"lastName": "Gone", "email": "gone@x.example"}])
    open_list(page)
    press(page, "Delete")
    see(page, "Gone deleted")
    see(page, f"of {LEADS}")
    expect(active_row(page)).to_have_attribute("data-index", "0")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="gone@x.example")).to_be_visible()


def test_a_list_that_was_emptied_fills_again(page: Page, team: WebTeam) -> None:
    add_many_leads(team)
    grid = open_list(page, "/leads?search=many")
    team.ask(team.ben, "DELETE", f"/api/leads/?search=many&expectedCount={MANY}")
    expect(page.get_by_role("heading", name="No lead matches")).to_be_visible()
    add_many_leads(team)
    see(page, f"of {MANY}")
    press(page, "End")
    see(page, f"–{MANY} of {MANY}")
    check_rows(grid, team, "search=many")
    grid.hover()
    page.mouse.wheel(0, -3000)
    see_no(page, f"–{MANY} of {MANY}")
    check_rows(grid, team, "search=many")


def test_the_next_lead_is_opened_from_the_one_before(page: Page, team: WebTeam) -> None:
    leads: list[Json] = team.ask(team.ada, "GET", "/api/leads/?limit=3")["results"]
    open_list(page)
    press(page, "j Enter")
    expect(page).to_have_url(f"/leads/{leads[1]['id']}")
    press(page, "j")
    expect(page).to_have_url(f"/leads/{leads[2]['id']}")
    expect(active_row(page)).to_have_attribute("data-open", "true")
    page.go_back()
    expect(page).to_have_url("/leads")
    expect(active_row(page)).to_have_attribute("data-index", "2")
    press(page, "k e")
    expect(page.get_by_role("textbox", name="First name")).to_be_focused()
    press(page, "Escape Escape Shift+Enter")
    expect(page).to_have_url(f"/leads/{leads[1]['id']}?full=1")


def test_a_link_to_a_lead_shows_it_in_its_list(page: Page, team: WebTeam) -> None:
    lead = team.ask(team.ada, "GET", "/api/leads/?sort=email&offset=40&limit=1")["results"][0]
    open_list(page, f"/leads/{lead['id']}?sort=email")
    expect(active_row(page)).to_have_attribute("data-index", "40")
    expect(active_row(page)).to_be_in_viewport()


def test_back_shows_the_place_that_one_left(page: Page, team: WebTeam) -> None:
    add_many_leads(team)
    grid = open_list(page)
    grid.hover()
    page.mouse.wheel(0, 6000)
    check_rows(grid, team)
    before = rows_in_sight(grid)
    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(page).to_have_url("/leads?sort=lastName")
    see(page, "1–")
    page.go_back()
    see(page, f"{before[0][0]}–")
    assert rows_in_sight(grid) == before


def test_what_others_add_does_not_move_the_rows(page: Page, team: WebTeam) -> None:
    add_many_leads(team)
    grid = open_list(page)
    grid.hover()
    page.mouse.wheel(0, 6000)
    check_rows(grid, team)
    row = grid.locator("[data-index='170']")
    text, place = row.inner_text(), row.bounding_box()
    team.add_leads([{"lastName": f"News {n}", "email": f"news{n}@x.example"} for n in range(3)])
    see(page, "3 new")
    moved = grid.locator("[data-index='173']")
    assert (moved.inner_text(), moved.bounding_box()) == (text, place)
    page.get_by_role("button", name="3 new").click()
    expect(grid.get_by_role("row").filter(has_text="news2@x.example")).to_be_visible()
    see_no(page, "3 new")


def test_columns_are_chosen_and_kept(page: Page, team: WebTeam) -> None:
    open_list(page, "/leads?status=new")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Phone").click()
    page.get_by_role("checkbox", name="Company").click()
    page.get_by_role("checkbox", name="E-mail").click()
    page.get_by_role("button", name="Move Status to the left").click()
    check_accessibility(page)
    press(page, "Escape")
    page.reload()
    expect(page.get_by_role("columnheader", name="Phone")).to_be_visible()
    names = [name.strip() for name in page.get_by_role("columnheader").all_inner_texts()]
    assert names[1:3] == ["Status", "Name"]
    assert "Company" not in names
    expect(page).to_have_url("/leads?status=new&columns=status,record,assignedTo,leadScore,source,createdAt,phone")


@in_two_looks
def test_an_empty_list_says_what_to_do(page: Page, team: WebTeam) -> None:
    page.goto("/leads?search=nobody-has-this-name")
    expect(page.get_by_role("heading", name="No lead matches")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_role("grid")).to_be_visible()
    team.ask(team.ada, "DELETE", f"/api/leads/?all=true&expectedCount={LEADS}")
    expect(page.get_by_role("heading", name="There are no leads yet")).to_be_visible()
    check_accessibility(page)
    no_sideways_scroll(page)


@on_a_phone
def test_a_long_press_selects_on_a_phone(page: Page) -> None:
    open_list(page)
    rows = page.locator("[data-index]")
    rows.nth(1).dispatch_event("touchstart")
    bar = page.get_by_role("toolbar", name="What is selected")
    expect(bar).to_contain_text("1 selected")
    rows.nth(2).tap()
    expect(bar).to_contain_text("2 selected")
    check_accessibility(page)
    no_sideways_scroll(page)
    bar.get_by_role("button", name="Clear").click()
    rows.nth(2).tap()
    expect(page.get_by_role("heading", name="History")).to_be_visible()


def test_the_last_key_of_a_sequence_is_no_key_of_the_list(page: Page) -> None:
    open_list(page)
    press(page, "g a")
    expect(page.get_by_role("heading", name="Accounts", level=1)).to_be_visible()
    expect(page.get_by_role("menu")).to_have_count(0)


def test_the_list_becomes_a_board_and_keeps_its_filter(page: Page) -> None:
    open_list(page, "/leads?status=new")
    press(page, "v b")
    expect(page).to_have_url("/leads?status=new&view=board")
    expect(page.get_by_role("grid")).to_have_count(0)
    press(page, "v l")
    expect(page).to_have_url("/leads?status=new")
    expect(page.get_by_role("grid")).to_be_visible()
