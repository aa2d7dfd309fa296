"""What records and lists were like at a moment of the past (`asOf`)."""

import random

import pytest

from leadline.log import past
from tests.cast import Desk
from tests.records.random_life import Json, copy_all, get, newest_seq, write_something
from tests.size import Size

NEW_YEAR = 1_893_456_000_000


def test_a_lead_is_read_as_it_was(desk: Desk) -> None:
    lead = desk.lead(company="Startup IO")
    then = newest_seq(desk)
    path = f"/api/leads/{lead['id']}/"
    desk.team.patch(path, {"company": "Startup Inc", "leadScore": 9})
    desk.team.patch(path, {"company": None, "status": "contacted"})
    assert get(desk, f"{path}?asOf={then}") == lead
    assert get(desk, f"{path}?asOf={then + 1}")["company"] == "Startup Inc"
    assert get(desk, f"{path}?asOf={then + 2}") == get(desk, path)


def test_the_tag_of_a_past_lead_has_its_version_then(desk: Desk) -> None:
    lead = desk.lead()
    then = newest_seq(desk)
    path = f"/api/leads/{lead['id']}/"
    tag = desk.ada.get(path).headers["ETag"]
    desk.team.patch(path, {"leadScore": 9})
    answer = desk.ada.get(f"{path}?asOf={then}")
    assert answer.headers["ETag"] == tag
    assert desk.ada.get(f"{path}?asOf={then}", headers={"If-None-Match": tag}).status_code == 304


def test_a_time_stands_for_the_end_of_its_second(desk: Desk) -> None:
    desk.clock.at = NEW_YEAR + 500
    lead = desk.lead(company="Startup IO")
    path = f"/api/leads/{lead['id']}/"
    desk.clock.at += 1_000
    desk.team.patch(path, {"company": "Startup Inc"})
    assert get(desk, f"{path}?asOf={lead['createdAt']}", desk.team)["company"] == "Startup IO"
    assert get(desk, f"{path}?asOf=2030-01-01T00:00:01Z", desk.team)["company"] == "Startup Inc"
    assert desk.team.get(f"{path}?asOf=2029-12-31T23:59:59Z").status_code == 404
    assert get(desk, f"{path}?asOf=2099-01-01", desk.team)["company"] == "Startup Inc"


def test_a_deleted_lead_is_read_as_it_was(desk: Desk) -> None:
    lead = desk.lead(notes="Two\nlines")
    made, path = newest_seq(desk), f"/api/leads/{lead['id']}/"
    desk.team.delete(path)
    assert get(desk, f"{path}?asOf={made}") == lead
    assert desk.ada.get(f"{path}?asOf={made - 1}").status_code == 404
    assert desk.ada.get(f"{path}?asOf={made + 1}").status_code == 404
    assert get(desk, f"/api/leads/?asOf={made}")["results"][0]["id"] == lead["id"]
    assert get(desk, "/api/leads/")["count"] == 0


def test_names_and_counts_are_those_of_then(desk: Desk) -> None:
    account = desk.account(name="TechCorp", assignedTo=desk.ben.id)
    contact = desk.contact(accountId=account["id"])
    account = get(desk, f"/api/accounts/{account['id']}/")
    assert account["contactCount"] == 1
    then = newest_seq(desk)
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"firstName": "Benedict"})
    desk.team.patch(f"/api/accounts/{account['id']}/", {"name": "TechCorp Inc"})
    past_contact = get(desk, f"/api/contacts/{contact['id']}/?asOf={then}")
    assert past_contact["accountName"] == "TechCorp"
    past_account = get(desk, f"/api/accounts/{account['id']}/?asOf={then}")
    assert past_account == account
    assert get(desk, f"/api/contacts/?asOf={then}")["results"][0]["accountName"] == "TechCorp"
    desk.team.delete(f"/api/accounts/{account['id']}/")
    assert get(desk, f"/api/contacts/{contact['id']}/?asOf={then}") == contact
    assert get(desk, f"/api/accounts/{account['id']}/contacts/?asOf={then}")["count"] == 1


def test_a_list_of_the_past_is_filtered_sorted_and_counted_as_then(desk: Desk) -> None:
    leads = [desk.lead(company=name, leadScore=score) for name, score in (("B", 1), ("A", 5), ("C", 9))]
    then = newest_seq(desk)
    before = {
        query: get(desk, f"/api/leads/{query}") for query in ("?sort=company", "?leadScore[gte]=5", "?search=b")
    }
    facets = get(desk, "/api/leads/facets/?leadScore[gte]=5")
    desk.team.patch(f"/api/leads/{leads[0]['id']}/", {"company": "Z", "leadScore": 7})
    desk.team.delete(f"/api/leads/{leads[1]['id']}/")
    desk.lead(company="AA", leadScore=6)
    for query, page in before.items():
        found = get(desk, f"/api/leads/{query}&asOf={then}")
        assert (found["count"], found["results"]) == (page["count"], page["results"])
    assert get(desk, f"/api/leads/facets/?leadScore[gte]=5&asOf={then}") == facets
    page = get(desk, f"/api/leads/?limit=1&sort=company&asOf={then}")
    assert page["next"].endswith(f"?limit=1&sort=company&asOf={then}&page=2")


@pytest.mark.parametrize("text", ["yesterday", "-1", "2030-13-01", "1e3", ""])
def test_a_moment_that_is_none_is_refused(desk: Desk, text: str) -> None:
    lead = desk.lead()
    for path in (f"/api/leads/{lead['id']}/", "/api/leads/", "/api/leads/facets/"):
        answer = desk.ada.get(path, params={"asOf": text})
        assert answer.status_code == 400
        assert [error["field"] for error in answer.json()["errors"]] == ["asOf"]


def test_a_seq_that_is_not_there_yet_means_now(desk: Desk) -> None:
    desk.lead()
    assert get(desk, f"/api/leads/?asOf={newest_seq(desk) + 1}")["count"] == 1


def test_a_past_before_the_log_begins_is_gone(desk: Desk) -> None:
    lead = desk.lead()
    desk.execute("UPDATE workspaces SET log_from = ?", newest_seq(desk))
    path = f"/api/leads/{lead['id']}/"
    assert get(desk, f"{path}?asOf={newest_seq(desk)}")["id"] == lead["id"]
    answer = desk.ada.get(f"{path}?asOf={newest_seq(desk) - 2}")
    assert (answer.status_code, answer.json()["code"], answer.json()["seq"]) == (410, "log_trimmed", newest_seq(desk))


def test_too_many_changes_since_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    then = newest_seq(desk)
    for _ in range(4):
        desk.lead()
    monkeypatch.setattr(past, "MAX_CHANGES", 3)
    answer = desk.ada.get(f"/api/leads/?asOf={then}")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_far_back")
    assert get(desk, f"/api/leads/?asOf={then + 1}")["count"] == 1


def test_names_and_counts_filter_and_sort_as_then(desk: Desk) -> None:
    few, many = (desk.account(name=name, assignedTo=desk.ben.id) for name in ("Few", "Many"))
    contacts = [desk.contact(accountId=many["id"]) for _ in range(2)]
    then = newest_seq(desk)
    for contact in contacts:
        desk.team.patch(f"/api/contacts/{contact['id']}/", {"accountId": few["id"]})
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"firstName": "Benedict", "lastName": None})
    by_count = get(desk, f"/api/accounts/?sort=-contactCount&asOf={then}")
    assert [one["name"] for one in by_count["results"]] == ["Many", "Few"]
    assert get(desk, f"/api/accounts/?contactCount[gte]=2&asOf={then}")["results"][0]["name"] == "Many"
    assert get(desk, f"/api/accounts/?assignedToName[contains]=benedict&asOf={then}")["count"] == 0
    assert get(desk, "/api/accounts/?assignedToName[contains]=benedict")["count"] == 2
    [bucket] = get(desk, f"/api/accounts/facets/?asOf={then}")["facets"]["assignedTo"]
    assert bucket["name"] == few["assignedToName"]


def test_a_viewer_sees_no_past_and_a_stranger_sees_their_own(desk: Desk) -> None:
    lead = desk.lead()
    then = newest_seq(desk)
    assert desk.vic.get(f"/api/leads/?asOf={then}").status_code == 403
    assert desk.zoe.get(f"/api/leads/{lead['id']}/?asOf=1").status_code == 404
    assert get(desk, "/api/leads/?asOf=1", desk.zoe)["count"] == 0


def test_people_and_keys_have_no_past_to_read(desk: Desk) -> None:
    assert desk.ada.get("/api/users/?asOf=1").status_code == 400
    assert desk.ada.get(f"/api/users/{desk.ben.id}/?asOf=1").status_code == 400


@pytest.mark.makes_up_its_steps
def test_the_past_at_random_moments_is_what_was_there(desk: Desk, size: Size) -> None:
    dice = random.Random(19)
    moments: list[tuple[int, Json]] = []
    for _ in range(size.of(220)):
        write_something(desk, dice)
        if dice.random() < 0.5:
            moments.append((newest_seq(desk), copy_all(desk)))
    assert len(moments) >= size.of(100)
    for then, copy in moments:
        assert copy_all(desk, then) == copy, then
