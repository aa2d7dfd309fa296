"""A list that is asked for again, while nothing changes and as soon as something does."""

import httpx2
import pytest

from leadline.app import build_app
from leadline.kit.cache import BoundedCache
from leadline.log.feed import LogPosition
from tests.cast import Caller, Desk


def ids(answer: httpx2.Response) -> list[str]:
    return [item["id"] for item in answer.json()["results"]]


def test_the_same_question_has_the_same_answer(desk: Desk) -> None:
    desk.lead()
    first, second = (desk.team.get("/api/leads/?status=new") for _ in range(2))
    assert second.content == first.content
    assert second.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", ["/api/leads/", "/api/leads/?search=dana", "/api/leads/?status=new&page=1"])
def test_every_change_is_seen_at_once(desk: Desk, path: str) -> None:
    lead = desk.lead()
    assert ids(desk.team.get(path)) == [lead["id"]]
    newer = desk.lead()
    assert ids(desk.team.get(path)) == [newer["id"], lead["id"]]
    desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "Acme"})
    assert desk.team.get(path).json()["results"][1]["company"] == "Acme"
    desk.team.delete(f"/api/leads/{newer['id']}/")
    assert ids(desk.team.get(path)) == [lead["id"]]


def test_a_change_by_another_process_is_seen_at_once(desk: Desk) -> None:
    other = build_app(desk.app.settings)
    opened = other.open()
    desk.run(opened.__aenter__())
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=other.http_app()), base_url="http://desk.example")
    elsewhere = Caller(desk.loop, client, desk.acme.key)
    for count in range(3):
        assert elsewhere.get("/api/leads/").json()["count"] == count
        desk.lead()
    desk.run(opened.__aexit__(None, None, None))


def test_a_name_that_changes_elsewhere_is_seen_at_once(desk: Desk) -> None:
    account = desk.account(name="TechCorp")
    desk.opportunity(accountId=account["id"])
    assert desk.team.get("/api/opportunities/").json()["results"][0]["accountName"] == "TechCorp"
    desk.team.patch(f"/api/accounts/{account['id']}/", {"name": "Initech"})
    assert desk.team.get("/api/opportunities/").json()["results"][0]["accountName"] == "Initech"


def test_the_last_use_of_a_key_is_seen_though_the_log_says_nothing_of_it(desk: Desk) -> None:
    assert desk.ada.get("/api/keys/").json()["results"][0]["lastUsedAt"] is None
    desk.team.get("/api/leads/")
    desk.run(desk.app.authenticator.write_uses([desk.app.database]))
    assert desk.ada.get("/api/keys/").json()["results"][0]["lastUsedAt"] is not None


def test_each_workspace_and_address_has_its_own(desk: Desk) -> None:
    for number in range(3):
        desk.lead(email=f"{number}@lead.example")
    path = "/api/leads/?limit=2"
    assert desk.team.get(path).json()["count"] == 3
    assert desk.stranger.get(path).json()["count"] == 0
    assert desk.team.get(path).json()["next"] == "http://desk.example/api/leads/?limit=2&page=2"
    other = desk.team.get(path, headers={"Host": "crm.example"})
    assert other.json()["next"] == "http://crm.example/api/leads/?limit=2&page=2"


def test_a_refused_question_stays_refused(desk: Desk) -> None:
    for _ in range(2):
        assert desk.team.get("/api/leads/?colour=red").status_code == 400


def test_a_history_written_anew_is_not_taken_for_the_one_before() -> None:
    answers: BoundedCache[str, bytes] = BoundedCache(3)
    answers.keep("leads", b"before", LogPosition(7, "op_before"))
    assert answers.find("leads", LogPosition(7, "op_before")) == b"before"
    assert answers.find("leads", LogPosition(7, "op_instead")) is None
