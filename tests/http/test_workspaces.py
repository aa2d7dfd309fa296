"""Two workspaces on one server, with the same names and e-mails in both: neither ever meets the other."""

from collections.abc import Iterator
from typing import Any

import pytest

from leadline.crm.accounts import ACCOUNTS
from leadline.crm.contacts import CONTACTS
from leadline.crm.leads import LEADS
from leadline.crm.opportunities import OPPORTUNITIES
from leadline.records.kind import Kind
from leadline.records.texts import ReferenceField
from tests.answers import refusal
from tests.cast import PASSWORD, Desk, Place, SignedIn, Team, desk_on

NEVER = "01HXAAAAAAAAAAAAAAAAAAAAAA"
PERSON = {"firstName": "Dana", "lastName": "Lee"}
BODIES: dict[str, dict[str, Any]] = {
    "accounts": {"name": "Dana Lee & Co", "industry": "Oil", "tags": ["vip"]},
    "contacts": {**PERSON, "tags": ["vip"]},
    "opportunities": {"name": "Dana Lee's deal"},
    "leads": PERSON,
    "users": PERSON,
    "keys": {"name": "Dana Lee's form"},
}
Made = dict[str, list[str]]
"""The ids of what was made, by kind."""


def body(plural: str, made: Made) -> dict[str, Any]:
    """Of the next record of a kind: the same in both workspaces, but for the account that it is at."""
    email = {"email": f"dana{len(made[plural])}@startup.example"} if "firstName" in BODIES[plural] else {}
    account = {"accountId": made["accounts"][0]} if plural in ("contacts", "opportunities") else {}
    return {**BODIES[plural], **email, **account}


def make(admin: SignedIn, plural: str, made: Made) -> None:
    answer = admin.post(f"/api/{plural}/", body(plural, made))
    assert answer.status_code == 201, answer.text
    made[plural].append(answer.json()["id"])


def seed(admin: SignedIn) -> Made:
    """One record of each kind."""
    made: Made = {plural: [] for plural in BODIES}
    for plural in BODIES:
        make(admin, plural, made)
    return made


def found(admin: SignedIn, path: str) -> tuple[int, list[str]]:
    page = admin.get(path).json()
    return page["count"], sorted(item["id"] for item in page["results"])


@pytest.mark.parametrize("plural", BODIES)
def test_lists_searches_and_counts_are_of_one_workspace(desk: Desk, plural: str) -> None:
    """Both logs are equally long, so that no count is taken for the other workspace's."""
    ours, theirs = seed(desk.ada), seed(desk.zoe)
    make(desk.ada, plural, ours)
    desk.zoe.patch("/api/me/", {"firstName": "Zoe"})
    for query in ("search=dana", "search=Lee&sort=-createdAt", "search=dana&createdAt[gt]=2001-01-01"):
        for admin, made in ((desk.ada, ours), (desk.zoe, theirs), (desk.ada, ours)):
            assert found(admin, f"/api/{plural}/?{query}") == (len(made[plural]), sorted(made[plural]))


@pytest.fixture(scope="module")
def both(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Made, Made]]:
    """A desk with one record of each kind in each workspace; nothing is changed there."""
    with desk_on(place, tmp_path_factory.mktemp("both")) as desk:
        yield desk, seed(desk.ada), seed(desk.zoe)


@pytest.mark.parametrize(
    ("path", "plural"),
    [
        ("/api/leads/?email=dana0@startup.example", "leads"),
        ("/api/leads/?status=new", "leads"),
        ("/api/contacts/?tags=vip", "contacts"),
        ("/api/contacts/?stage=new&email=dana0@startup.example", "contacts"),
        ("/api/accounts/?industry=oil", "accounts"),
        ("/api/accounts/?name[startswith]=dana", "accounts"),
        ("/api/opportunities/?stage=qualification", "opportunities"),
        ("/api/users/?email=dana0@startup.example", "users"),
        ("/api/keys/?name[contains]=dana", "keys"),
    ],
)
def test_filters_find_in_one_workspace(both: tuple[Desk, Made, Made], path: str, plural: str) -> None:
    desk, ours, theirs = both
    assert found(desk.ada, path) == (1, ours[plural])
    assert found(desk.zoe, path) == (1, theirs[plural])


LINKS = [
    ("contacts", "accountId", "accounts"),
    ("opportunities", "accountId", "accounts"),
    ("opportunities", "contactId", "contacts"),
    ("leads", "assignedTo", "users"),
    ("accounts", "assignedTo", "users"),
]


def test_what_points_to_another_workspaces_record_is_not_found(desk: Desk) -> None:
    ours, theirs = seed(desk.ada), seed(desk.zoe)
    for plural, name, of in LINKS:
        for made, admin in ((ours, desk.ada), (theirs, desk.zoe)):
            changed = admin.patch(f"/api/{plural}/{made[plural][0]}/", {name: made[of][0]})
            assert changed.status_code == 200
        assert found(desk.ada, f"/api/{plural}/?{name}={ours[of][0]}") == (1, ours[plural])
        assert found(desk.ada, f"/api/{plural}/?{name}={theirs[of][0]}") == (0, [])


def test_an_account_counts_its_own_workspaces_records(desk: Desk) -> None:
    for made, admin in ((seed(desk.ada), desk.ada), (seed(desk.zoe), desk.zoe)):
        account = admin.get(f"/api/accounts/{made['accounts'][0]}/").json()
        assert (account["contactCount"], account["openOpportunityCount"]) == (1, 1)
        assert found(admin, f"/api/accounts/{account['id']}/contacts/") == (1, made["contacts"])


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param(kind, name, id=f"{kind.name}-{name}")
        for kind in (LEADS, CONTACTS, ACCOUNTS, OPPORTUNITIES)
        for name in kind.reference_fields
    ],
)
def test_nothing_can_be_linked_across_workspaces(both: tuple[Desk, Made, Made], kind: Kind, name: str) -> None:
    desk, ours, theirs = both
    [reference] = [field.type for field in kind.own_fields if field.name == name]
    assert isinstance(reference, ReferenceField)
    path, new = f"/api/{kind.plural}/", body(kind.plural, ours)
    before = desk.dump()
    for id_ in (theirs[f"{reference.to}s"][0], f"{reference.prefix}_{NEVER}"):
        refused = (422, [(name, f"unknown_{reference.to}")])
        assert refusal(desk.ada.post(path, new | {name: id_})) == refused
        assert refusal(desk.ada.patch(f"{path}{ours[kind.plural][0]}/", {name: id_})) == refused
    assert desk.dump() == before


@pytest.mark.parametrize(("name", "of"), [("accountId", "accounts"), ("contactId", "contacts")])
def test_a_lead_is_not_converted_into_another_workspaces_records(
    both: tuple[Desk, Made, Made], name: str, of: str
) -> None:
    desk, ours, theirs = both
    path = f"/api/leads/{ours['leads'][0]}/convert/"
    before = desk.dump()
    hidden, unknown = (desk.ada.post(path, {name: id_}) for id_ in (theirs[of][0], f"{ours[of][0][:4]}{NEVER}"))
    assert hidden.status_code == unknown.status_code == 422
    assert hidden.json()["errors"] == unknown.json()["errors"]
    assert desk.dump() == before


def test_what_becomes_of_a_record_touches_no_namesake(desk: Desk) -> None:
    ours, theirs = seed(desk.ada), seed(desk.zoe)
    workspace = desk.zoes.workspace.number
    stored = {plural: f"SELECT * FROM {plural} WHERE workspace = ?" for plural in (*BODIES, "operations", "changes")}
    before = {plural: desk.rows(sql, workspace) for plural, sql in stored.items()}
    assert desk.ada.post(f"/api/leads/{ours['leads'][0]}/convert/", {"createAccount": False}).status_code == 200
    for plural in ("contacts", "accounts", "opportunities", "leads", "keys"):
        assert desk.ada.delete(f"/api/{plural}/{ours[plural][0]}/").status_code == 204
    assert desk.ada.patch(f"/api/users/{ours['users'][0]}/", {"active": False}).status_code == 200
    assert {plural: desk.rows(sql, workspace) for plural, sql in stored.items()} == before
    assert [found(desk.zoe, f"/api/{plural}/?search=dana") for plural in BODIES] == [(1, theirs[of]) for of in BODIES]


# Sessions: Ben works at Acme, and his namesake, with the same e-mail and password, in Zoe's workspace


def credentials(desk: Desk, team: Team) -> dict[str, str]:
    return {"email": desk.ben.email, "password": PASSWORD, "workspaceId": team.workspace.id}


def sign_in_at_zoes(desk: Desk) -> dict[str, Any]:
    answer = desk.nobody.post("/api/auth/login/", credentials(desk, desk.zoes))
    done: dict[str, Any] = answer.json()
    return done


def refresh(desk: Desk, token: str) -> int:
    return desk.nobody.post("/api/auth/token/refresh/", {"refresh": token}).status_code


def test_coming_and_going_touches_no_namesakes_session(desk: Desk) -> None:
    namesake = sign_in_at_zoes(desk)
    assert (refresh(desk, namesake["refresh"]), refresh(desk, namesake["refresh"])) == (200, 401)
    assert desk.caller(sign_in_at_zoes(desk)["access"]).post("/api/auth/logout/").status_code == 204
    assert (desk.ben.get("/api/me/").status_code, refresh(desk, desk.ben.refresh)) == (200, 200)


@pytest.mark.parametrize("change", [{"password": "quite another password"}, {"active": False}, {"role": "viewer"}])
def test_what_happens_to_a_user_happens_to_no_namesake(desk: Desk, change: dict[str, Any]) -> None:
    namesake = desk.zoes.sellers[0]
    assert desk.zoe.patch(f"/api/users/{namesake.id}/", change).status_code == 200
    assert desk.ben.get("/api/me/").json()["user"]["role"] == "user"
    assert refresh(desk, desk.ben.refresh) == 200
    assert desk.nobody.post("/api/auth/login/", credentials(desk, desk.acme)).status_code == 200
