"""What a client has already is not sent again, and what changed always is."""

from typing import Any

import httpx2
import pytest

from tests.cast import Caller, Desk

PLAIN = {"Accept-Encoding": "identity"}


def tag_of(caller: Caller, path: str, headers: dict[str, str] = PLAIN) -> str:
    answer = caller.get(path, headers=headers)
    assert answer.status_code == 200
    return str(answer.headers["ETag"])


def again(caller: Caller, path: str, tag: str, method: str = "GET") -> httpx2.Response:
    return caller.send(method, path, headers={**PLAIN, "If-None-Match": tag})


def is_known(caller: Caller, path: str, tag: str) -> bool:
    return again(caller, path, tag).status_code == 304


PATHS = [
    "leads/{lead}/",
    "leads/",
    "leads/?status=new&page=1",
    "leads/facets/",
    "accounts/{account}/contacts/",
    "people/",
]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("tail", PATHS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_known_is_not_sent_again(desk: Desk, tail: str, method: str) -> None:
    path = "/api/" + tail.format(lead=desk.lead()["id"], account=desk.account()["id"])
    tag = tag_of(desk.team, path)
    for header in (tag, f"W/{tag}", f'"other", {tag}', f'"other",, W/{tag} ,', "*"):
        answer = again(desk.team, path, header, method)
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
        assert "accept-encoding" in answer.headers["Vary"]
        assert "Content-Type" not in answer.headers
    for header in ('"other"', f'"{tag[1:-1]}x"'):
        assert again(desk.team, path, header, method).status_code == 200
    assert again(desk.team, path, tag[1:-1], method).status_code == 400


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("query", ["?colour=red", "?page=0", "?assignedTo=me"])
def test_a_refused_question_stays_refused_whatever_is_known(desk: Desk, query: str) -> None:
    known = tag_of(desk.team, "/api/leads/")
    for header in ("*", known):
        assert again(desk.team, f"/api/leads/{query}", header).status_code == 400
    assert again(desk.team, "/api/leads/ld_x/", "*").status_code == 404
    assert again(desk.vic, "/api/leads/", known).status_code == 403


def test_another_change_is_another_tag(desk: Desk) -> None:
    lead = desk.lead()
    path = f"/api/leads/{lead['id']}/"
    known = {url: tag_of(desk.team, url) for url in (path, "/api/leads/", "/api/leads/facets/")}
    desk.team.patch(path, {"leadScore": 7})
    assert not any(is_known(desk.team, url, tag) for url, tag in known.items())


def test_the_people_that_are_known_are_not_a_viewers(desk: Desk) -> None:
    path = "/api/people/"
    known = tag_of(desk.ben, path)
    assert is_known(desk.team, path, known)
    for header in (known, "*"):
        refused = again(desk.vic, path, header)
        assert (refused.status_code, refused.json()["code"]) == (403, "nothing_shared")
    desk.ada.patch(f"/api/users/{desk.cleo.id}/", {"lastName": "Hansen"})
    assert not is_known(desk.ben, path, known)
    names = [person["name"] for person in desk.ben.get(path).json()["results"]]
    assert "Cleo Hansen" in names


def test_every_record_list_and_facets_answer_has_a_tag(desk: Desk) -> None:
    account = desk.account()["id"]
    made = {
        "leads": desk.lead()["id"],
        "contacts": desk.contact()["id"],
        "accounts": account,
        "opportunities": desk.opportunity(accountId=account)["id"],
        "users": desk.ben.id,
    }
    for plural, id_ in made.items():
        tails = ("", f"{id_}/", *(("facets/",) if plural != "users" else ()))
        for path in (f"/api/{plural}/{tail}" for tail in tails):
            tag = tag_of(desk.ada, path)
            assert is_known(desk.ada, path, tag)


def test_a_tag_moves_with_the_names_and_counts_of_others(desk: Desk) -> None:
    account = desk.account(name="TechCorp", assignedTo=desk.ben.id)
    opportunity = desk.opportunity(accountId=account["id"])
    lead = desk.lead(assignedTo=desk.ben.id)
    paths = {
        "account": f"/api/accounts/{account['id']}/",
        "opportunity": f"/api/opportunities/{opportunity['id']}/",
        "lead": f"/api/leads/{lead['id']}/",
    }
    seen = {name: {tag_of(desk.team, path)} for name, path in paths.items()}

    def moved() -> set[str]:
        tags = {name: tag_of(desk.team, path) for name, path in paths.items()}
        new = {name for name, tag in tags.items() if tag not in seen[name]}
        for name, tag in tags.items():
            assert is_known(desk.team, paths[name], tag)
            seen[name].add(tag)
        return new

    assert moved() == set()
    contact = desk.contact(accountId=account["id"])
    assert moved() == {"account"}
    desk.opportunity(accountId=account["id"])
    assert moved() == {"account"}
    desk.team.delete(f"/api/contacts/{contact['id']}/")
    assert moved() == {"account"}
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"lastName": "Hansen"})
    assert moved() == {"account", "lead"}
    desk.team.patch(paths["account"], {"name": "Initech"})
    assert moved() == {"account", "opportunity"}


def test_writes_and_reads_name_the_same_tag(desk: Desk) -> None:
    account = desk.account()["id"]
    for plural, body in (
        ("leads", {"lastName": "Lee", "email": "dana@startup.example"}),
        ("contacts", {"lastName": "Smith", "email": "john@acme.example", "accountId": account}),
        ("accounts", {"name": "Initech"}),
        ("opportunities", {"name": "Big deal", "accountId": account}),
    ):
        made = desk.team.post(f"/api/{plural}/", body | {"assignedTo": desk.ben.id})
        path = f"/api/{plural}/{made.json()['id']}/"
        assert made.headers["ETag"] == tag_of(desk.team, path)
        changed = desk.team.patch(path, {"assignedTo": desk.cleo.id}, headers={"If-Match": made.headers["ETag"]})
        assert changed.headers["ETag"] == tag_of(desk.team, path) != made.headers["ETag"]


def test_if_match_is_about_the_record_alone(desk: Desk) -> None:
    """A name beside it that changes is no change of it."""
    lead = desk.lead(assignedTo=desk.ben.id)
    path = f"/api/leads/{lead['id']}/"
    before = tag_of(desk.team, path)
    desk.ada.patch(f"/api/users/{desk.ben.id}/", {"lastName": "Hansen"})
    changed = desk.team.patch(path, {"leadScore": 7}, headers={"If-Match": before})
    assert changed.status_code == 200
    stale = desk.team.patch(path, {"leadScore": 8}, headers={"If-Match": before})
    assert (stale.status_code, stale.json()["version"]) == (412, 2)
    assert stale.headers["ETag"] == changed.headers["ETag"] == tag_of(desk.team, path)
    assert desk.team.delete(path, headers={"If-Match": stale.headers["ETag"]}).status_code == 204


def test_the_compressed_answer_has_a_tag_of_its_own_that_serves_as_well(desk: Desk) -> None:
    lead = desk.lead(notes="Call back. " * 500)
    gzip = {"Accept-Encoding": "gzip"}
    for path in (f"/api/leads/{lead['id']}/", "/api/leads/facets/"):
        plain, packed = tag_of(desk.team, path), tag_of(desk.team, path, gzip)
        if len(desk.team.get(path, headers=PLAIN).content) >= 1_400:
            assert plain != packed
        assert is_known(desk.team, path, packed)
        assert desk.team.get(path, headers={**gzip, "If-None-Match": packed}).headers["ETag"] == packed
    packed = tag_of(desk.team, f"/api/leads/{lead['id']}/", gzip)
    changed = desk.team.patch(f"/api/leads/{lead['id']}/", {"leadScore": 7}, headers={"If-Match": packed})
    assert changed.status_code == 200


def test_the_last_use_of_a_key_moves_no_log_so_its_list_has_no_tag(desk: Desk) -> None:
    assert "ETag" not in desk.ada.get("/api/keys/").headers


def test_who_asks_for_their_own_is_not_given_anothers(desk: Desk) -> None:
    owned: dict[str, Any] = {
        name: desk.lead(assignedTo=person.id)["id"] for name, person in (("ben", desk.ben), ("cleo", desk.cleo))
    }
    unowned = desk.lead()["id"]
    for parameter in (
        "assignedTo=me",
        "assignedTo=%6De",
        "%61ssignedTo[eq]=me",
        "assignedTo=%20me",
        "assignedTo[in]=me",
    ):
        path = f"/api/leads/?{parameter}"
        for name, person in (("ben", desk.ben), ("cleo", desk.cleo), ("ben", desk.ben)):
            assert [lead["id"] for lead in person.get(path).json()["results"]] == [owned[name]]
        assert not is_known(desk.ben, path, tag_of(desk.cleo, path))
    both = desk.ben.get("/api/leads/?assignedTo=me,none").json()["results"]
    assert [lead["id"] for lead in both] == [unowned, owned["ben"]]
    others = desk.ben.get("/api/leads/?assignedTo[ne]=me&limit=1").json()
    assert [lead["id"] for lead in others["results"]] == [unowned]
    assert others["next"] == "http://desk.example/api/leads/?assignedTo%5Bne%5D=me&limit=1&page=2"
    assert desk.ben.get("/api/leads/facets/?assignedTo=me").json()["count"] == 1


def test_me_is_nobody_to_a_key(desk: Desk) -> None:
    for path in ("/api/leads/?assignedTo=me", "/api/leads/facets/?assignedTo=me"):
        answer = desk.team.get(path)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_a_person")
        assert "/api/people/" in answer.json()["detail"]
