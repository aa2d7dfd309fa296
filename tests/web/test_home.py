"""The first screen: the leads that wait for a person."""

import re

from playwright.sync_api import Page, expect

from tests.web.desk import WebTeam
from tests.web.looking import press, see


def test_the_groups_have_the_counts_of_their_lists(page: Page, team: WebTeam) -> None:
    page.goto("/")
    for title, query in (
        ("New, nobody’s", "status=new&assignedTo=none"),
        ("Mine, open", f"status=new,contacted,nurturing,qualified&assignedTo={team.ada.id}"),
    ):
        count = team.ask(team.ada, "GET", f"/api/leads/?{query}")["count"]
        group = page.get_by_role("region", name=title)
        expect(group.get_by_role("link", name=f"All {count}")).to_be_visible()


def test_a_lead_is_taken_and_given_back(page: Page, team: WebTeam) -> None:
    page.goto("/")
    group = page.get_by_role("region", name="New, nobody’s")
    take = group.get_by_role("button").first
    expect(take).to_be_visible()
    name = str(take.get_attribute("aria-label")).removeprefix("Take it: ")
    before = team.ask(team.ada, "GET", f"/api/leads/?assignedTo={team.ada.id}")["count"]
    take.click()
    see(page, "Owner: Ada Byron")
    assert team.ask(team.ada, "GET", f"/api/leads/?assignedTo={team.ada.id}")["count"] == before + 1
    expect(group.get_by_role("button", name=f"Take it: {name}", exact=True)).to_have_count(0)
    press(page, "Control+z")
    see(page, "Taken back")
    assert team.ask(team.ada, "GET", f"/api/leads/?assignedTo={team.ada.id}")["count"] == before


def test_keys_open_a_lead_over_the_list_of_its_group(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("region", name="New, nobody’s").get_by_role("button").first).to_be_visible()
    press(page, "j j Enter")
    expect(page).to_have_url(re.compile(r"/leads/ld_\w+\?status=new&assignedTo=none&sort=createdAt"))
