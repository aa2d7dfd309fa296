"""The documentation of the API, as a reader sees it."""

from playwright.sync_api import expect

from tests.web.accessibility import check_accessibility
from tests.web.looking import no_sideways_scroll
from tests.web.pages import Pages, in_two_looks


@in_two_looks
def test_the_documentation_is_searched_as_one_types(pages: Pages) -> None:
    page = pages.open()
    page.goto("/api/docs/")
    search = page.get_by_role("searchbox", name="Search routes, fields and codes")
    expect(search).to_be_visible()
    no_sideways_scroll(page)
    search.fill("opportunityCloseDate")
    expect(page.get_by_role("heading", name="Convert a lead", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="List leads", exact=True)).to_be_hidden()
    check_accessibility(page)
    search.fill("")
    expect(page.get_by_role("heading", name="List leads", exact=True)).to_be_visible()
