"""A page of the server in a browser under its Content Security Policy, and what the tests of the web app rely on."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.cast import Place
from tests.web import accessibility
from tests.web.accessibility import check_accessibility
from tests.web.desk import LEADS, WebDesk, WebTeam, on_both_databases, serving_desk
from tests.web.looking import no_sideways_scroll, press, press_tab_until, see, see_no
from tests.web.pages import ConsoleWatch, Look, Pages, in_two_looks, on_both_devices

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta name="viewport" content="width=device-width" />
    <title>Leads</title>
    <link rel="icon" href="data:," />
    <script>document.documentElement.dataset.theme = 'set inline'</script>
    <link rel="stylesheet" href="/assets/app-1a2b.css" />
    <script type="module" src="/assets/app-1a2b.js"></script>
  </head>
  <body>
    <main><h1>Leads</h1><p></p><button>First</button> <button>Second</button></main>
  </body>
</html>
"""
SCRIPT = "document.querySelector('p').textContent = `You are at ${location.pathname}`"
STYLE = """:root { color-scheme: light dark; color: CanvasText; background: Canvas }
.wide { width: 2000px }
"""
FILES = {"index.html": PAGE, "assets/app-1a2b.js": SCRIPT, "assets/app-1a2b.css": STYLE}
PAINT = "() => document.body.insertAdjacentElement('beforeend', document.createElement('img'))"
needs_axe = pytest.mark.skipif(not accessibility.AXE.exists(), reason=accessibility.MISSING)


@pytest.fixture(scope="module")
def web_desk(web_place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebDesk]:
    """A server whose web app is one small page."""
    folder = tmp_path_factory.mktemp("static")
    for name, text in FILES.items():
        (folder / "app" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "app" / name).write_text(text)
    with serving_desk(web_place, folder, folder / "app") as desk:
        yield desk


@pytest.fixture
def page(pages: Pages) -> Page:
    return pages.open()


@on_both_devices
def test_a_deep_address_shows_the_page(page: Page) -> None:
    page.goto("/leads/lead_1?status=new")
    see(page, "You are at /leads/lead_1")
    expect(page.locator("html")).to_have_attribute("data-theme", "set inline")
    no_sideways_scroll(page)


@needs_axe
@in_two_looks
def test_axe_runs_under_the_policy(page: Page) -> None:
    page.goto("/")
    check_accessibility(page)


@needs_axe
def test_axe_finds_a_picture_without_words(page: Page) -> None:
    page.goto("/")
    page.evaluate(PAINT)
    with pytest.raises(AssertionError, match=r"image-alt \(critical\): .*\n.*<img>"):
        check_accessibility(page)


def test_the_theme_and_the_width_are_those_of_the_look(pages: Pages) -> None:
    page = pages.open(Look("dark", "phone"))
    page.goto("/")
    assert page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, True]


@pytest.mark.parametrize(
    "complaint",
    ["console.error('broken')", "console.warn('soon')", "setTimeout(() => { throw new Error('nobody catches') })"],
)
def test_what_the_console_says_is_noticed(page: Page, pages: Pages, console: ConsoleWatch, complaint: str) -> None:
    page.goto("/")
    page.evaluate(f"() => {{ {complaint} }}")
    with pytest.raises(AssertionError, match=r"broken|soon|nobody catches"):
        pages.check_consoles()
    console.expect("")


@pytest.mark.parametrize(
    ("violation", "directive"),
    [
        ("document.body.setAttribute('style', 'color: red')", "style-src"),
        (
            "document.body.append(document.createElement('iframe')); document.querySelector('iframe').src = '/'",
            "'none'",
        ),
        ("try { document.body.innerHTML = '<p>' } catch {}", "TrustedHTML"),
        ("fetch('http://elsewhere.example/').catch(() => null)", "connect-src"),
    ],
)
def test_what_the_policy_forbids_is_noticed(
    page: Page, pages: Pages, console: ConsoleWatch, violation: str, directive: str
) -> None:
    page.goto("/")
    page.evaluate(f"async () => {{ {violation} }}")
    with pytest.raises(AssertionError, match=directive):
        pages.check_consoles()
    console.expect("")


def test_a_complaint_that_was_expected_must_come(page: Page, console: ConsoleWatch) -> None:
    page.goto("/")
    console.expect("status of 404")
    with pytest.raises(AssertionError, match="no page complains of"):
        console.check()
    page.evaluate("() => fetch('/api/nothing/')")


def test_a_page_that_is_too_wide_is_noticed(page: Page) -> None:
    page.goto("/")
    page.evaluate("() => document.querySelector('p').classList.add('wide')")
    with pytest.raises(AssertionError, match=r"p\.wide to 20\d\d px"):
        no_sideways_scroll(page)


def test_keys_reach_the_page(page: Page) -> None:
    page.goto("/")
    press_tab_until(page, page.get_by_role("button", name="Second"))
    press(page, "Shift+Tab")
    expect(page.get_by_role("button", name="First")).to_be_focused()
    with pytest.raises(AssertionError, match="Tab does not come to"):
        press_tab_until(page, page.get_by_role("heading"))
    see_no(page, "Third")


@on_both_databases
def test_each_test_has_a_team_of_its_own(team: WebTeam, web_desk: WebDesk) -> None:
    other = web_desk.add_team()
    (lead,) = team.add_leads([{"firstName": "Dana", "email": "dana@startup.example"}])
    assert team.ask(team.ben, "GET", "/api/leads/")["results"][0]["id"] == lead["id"]
    assert team.ask(team.ben, "GET", "/api/leads/")["count"] == LEADS + 1
    assert other.ask(other.ada, "GET", "/api/leads/")["count"] == LEADS
