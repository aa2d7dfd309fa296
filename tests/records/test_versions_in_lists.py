"""Items of a list show their versions if they are asked to, so that a change from a list needs no other read."""

from typing import Any

import pytest

from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS
from leadline.index import live_indexes
from tests.answers import refusal
from tests.cast import Desk
from tests.index.desks import wait_for_index

PLURALS = [kind.plural for kind in KINDS]


def make(desk: Desk, plural: str) -> dict[str, Any]:
    makers = {"leads": desk.lead, "contacts": desk.contact, "accounts": desk.account}
    return makers.get(plural, desk.opportunity)()


def only_item(desk: Desk, path: str) -> dict[str, Any]:
    answer = desk.team.get(path)
    assert answer.status_code == 200, answer.text
    [item] = answer.json()["results"]
    found: dict[str, Any] = item
    return found


@pytest.mark.parametrize("plural", PLURALS)
def test_an_item_shows_its_version_if_asked(desk: Desk, plural: str) -> None:
    path = f"/api/{plural}/{make(desk, plural)['id']}/"
    plain = only_item(desk, f"/api/{plural}/")
    assert only_item(desk, f"/api/{plural}/?include=version") == plain | {"version": 1}
    desk.team.patch(path, {"assignedTo": desk.ben.id})
    assert only_item(desk, f"/api/{plural}/?include=version&sort=-assignedTo&limit=1")["version"] == 2
    assert "version" not in only_item(desk, f"/api/{plural}/")


@pytest.mark.parametrize("plural", PLURALS)
def test_the_version_of_an_item_is_all_that_a_change_needs(desk: Desk, plural: str) -> None:
    make(desk, plural)
    desk.team.patch(f"/api/{plural}/{only_item(desk, f'/api/{plural}/')['id']}/", {"assignedTo": desk.ben.id})
    item = only_item(desk, f"/api/{plural}/?include=version")
    path, known = f"/api/{plural}/{item['id']}/", {"If-Match": f'"{item["version"]}"'}
    assert desk.team.patch(path, {"assignedTo": desk.cleo.id}, headers=known).status_code == 200
    assert desk.team.patch(path, {"assignedTo": None}, headers=known).status_code == 412
    assert desk.team.delete(path, headers=known).status_code == 412
    known = {"If-Match": f'"{only_item(desk, f"/api/{plural}/?include=version")["version"]}"'}
    assert desk.team.delete(path, headers=known).status_code == 204


def test_a_lead_is_converted_at_the_version_of_its_item(desk: Desk) -> None:
    path = f"/api/leads/{desk.lead()['id']}/"
    desk.team.patch(path, {"assignedTo": desk.ben.id})
    assert desk.team.post(f"{path}convert/", {}, headers={"If-Match": '"1"'}).status_code == 412
    version = only_item(desk, "/api/leads/?include=version")["version"]
    assert desk.team.post(f"{path}convert/", {}, headers={"If-Match": f'"{version}"'}).status_code == 200


def test_the_contacts_of_an_account_show_theirs(desk: Desk) -> None:
    account = desk.account()["id"]
    desk.contact(accountId=account)
    assert only_item(desk, f"/api/accounts/{account}/contacts/?include=version")["version"] == 1


def test_users_show_theirs(desk: Desk) -> None:
    users = desk.ada.get("/api/users/?include=version").json()["results"]
    assert [user["version"] for user in users] == [1, 1, 1, 1]


def test_a_list_of_the_past_shows_the_versions_of_then(desk: Desk) -> None:
    lead = desk.lead()
    then = desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 1}).headers["Log-Seq"]
    desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 2})
    for sort in ("", "&sort=leadScore"):
        assert only_item(desk, f"/api/leads/?include=version&asOf={then}{sort}")["version"] == 2


def test_the_live_index_changes_nothing_about_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_indexes, "MIN_INDEXED_RECORDS", 0)
    for name in ("Adams", "Baker"):
        lead = desk.lead(lastName=name)
    desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 2})
    wait_for_index(desk, LEADS)
    for sort in ("lastName", "createdAt", "phone,lastName"):
        items = desk.team.get(f"/api/leads/?include=version&sort={sort}").json()["results"]
        assert [item["version"] for item in items] == [1, 2]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("wish", ["tags", "", "version,notes", "Version"])
def test_nothing_else_can_be_included(desk: Desk, wish: str) -> None:
    assert refusal(desk.team.get(f"/api/leads/?include={wish}")) == (400, [("include", "unknown_value")])


@pytest.mark.at_the_shared_desk
def test_only_lists_include_anything(desk: Desk) -> None:
    lead = desk.lead()
    for path in (f"/api/leads/{lead['id']}/", "/api/leads/facets/"):
        assert refusal(desk.team.get(f"{path}?include=version")) == (400, [("include", "unknown_parameter")])
