"""Who may see and do what."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from leadline.access import AREAS, Actor, Right, Role, require_right, sees_records
from leadline.crm.contacts import CONTACTS
from leadline.crm.conversion import read_request
from leadline.crm.leads import LEADS
from leadline.errors import Forbidden, NotFound
from leadline.http.routes import all_routes
from leadline.http.server.endpoint import Endpoint, HandlerInput, Response, Route
from leadline.kit.db import Transaction
from leadline.records.body import read_new, read_patch
from leadline.records.filters import Predicate, SortOrder
from leadline.records.query import ListQuery
from tests.cast import BASE_URL, Desk, Person, SignedIn, Team

MAY = {
    Role.ADMIN: {Right.PUBLIC, Right.READ, Right.WRITE, Right.SELF, Right.MANAGE},
    Role.USER: {Right.PUBLIC, Right.READ, Right.WRITE, Right.SELF},
    Role.VIEWER: {Right.PUBLIC, Right.READ, Right.SELF},
}
ALL = ListQuery(Predicate(), SortOrder())
ZED = {"lastName": "Zed", "email": "zed@x.example"}


def acting(team: Team, user: Person | SignedIn, role: Role) -> Actor:
    return Actor(workspace=team.workspace.number, user_id=user.id, role=role, session_id="ses_1")


def done(desk: Desk, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
    return desk.run(desk.app.database.write(work))


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_a_role_carries_its_rights_and_no_others(desk: Desk, role: Role, right: Right) -> None:
    actor = acting(desk.acme, desk.ben, role)
    if right in MAY[role]:
        require_right(actor, right)
    else:
        with pytest.raises(Forbidden, match=f"Your role is {role}, and this needs the right to {right}"):
            require_right(actor, right)


def test_only_a_viewer_sees_no_records(desk: Desk) -> None:
    seen = {role: sees_records(acting(desk.acme, desk.ben, role), "leads") for role in Role}
    assert seen == {Role.ADMIN: True, Role.USER: True, Role.VIEWER: False}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.USER])
def test_admins_and_users_read_and_write_all_records_of_their_workspace(desk: Desk, role: Role) -> None:
    lead, actor = desk.lead(assignedTo=desk.cleo.id), acting(desk.acme, desk.ben, role)
    records = desk.app.records

    async def work(tx: Transaction) -> tuple[int, object]:
        await records.create(tx, actor, LEADS, read_new(LEADS, ZED))
        await records.patch(tx, actor, LEADS, lead["id"], read_patch(LEADS, {"company": "Acme"}))
        converted = await desk.app.conversion.convert_lead(tx, actor, lead["id"], read_request({}))
        contact = await records.get(tx, actor, CONTACTS, str(converted.contact["id"]))
        await records.delete(tx, actor, LEADS, lead["id"])
        page = await records.list(tx, actor, LEADS, ALL, limit=20, offset=0)
        return page.count, contact["lastName"]

    assert done(desk, work) == (1, "Lee")


def test_a_viewer_sees_no_records_until_some_are_shared(desk: Desk) -> None:
    lead = desk.lead(assignedTo=desk.ben.id)
    contact = desk.team.post(f"/api/leads/{desk.lead()['id']}/convert/").json()["contact"]
    viewer, records = acting(desk.acme, desk.ben, Role.VIEWER), desk.app.records

    async def listed(tx: Transaction) -> tuple[int, int]:
        page = await records.list(tx, viewer, LEADS, ALL, limit=20, offset=0)
        return page.count, len(page.items)

    assert done(desk, listed) == (0, 0)
    for refused in (
        lambda tx: records.get(tx, viewer, LEADS, lead["id"]),
        lambda tx: records.get(tx, viewer, CONTACTS, contact["id"]),
        lambda tx: records.history(tx, viewer, LEADS, lead["id"], limit=20, offset=0),
    ):
        with pytest.raises(NotFound):
            done(desk, refused)


def strangers(desk: Desk) -> dict[str, Actor]:
    return {
        "viewer": acting(desk.acme, desk.ben, Role.VIEWER),
        "stranger": acting(desk.zoes, desk.zoes.admin, Role.ADMIN),
    }


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_who_does_not_see_a_record_cannot_change_it(desk: Desk, who: str) -> None:
    id_, actor = desk.lead()["id"], strangers(desk)[who]
    before = desk.dump()
    for refused in (
        lambda tx: desk.app.records.patch(tx, actor, LEADS, id_, read_patch(LEADS, {"company": "Acme"})),
        lambda tx: desk.app.records.delete(tx, actor, LEADS, id_),
        lambda tx: desk.app.conversion.convert_lead(tx, actor, id_, read_request({})),
    ):
        with pytest.raises(NotFound):
            done(desk, refused)
    assert desk.dump() == before


def test_every_route_that_writes_needs_the_right_to(desk: Desk) -> None:
    table = all_routes(desk.app.make_services())
    for route in table:
        writes = route.method not in ("GET", "HEAD")
        assert route.endpoint.writes is writes, route.path
        assert not writes or route.right is not Right.READ, route.path
    public = {route.path for route in table if route.right is Right.PUBLIC}
    doors = {"/api/auth/login/", "/api/auth/token/refresh/", "/api/auth/session/"}
    assert public == {"/api/health/", "/api/openapi.json", "/api/docs/", *doors}


async def endpoint(tx: Transaction, call: HandlerInput) -> Response:
    return Response({"role": call.actor.role})


DOOR = Endpoint(run=endpoint, name="door", summary="", response_schema=None)


@pytest.mark.parametrize(
    ("path", "right", "missing"),
    [("/api/leads/", None, "right"), ("/api/door/", Right.READ, "area"), ("/api/door/", Right.WRITE, "area")],
)
def test_a_route_must_say_who_may_come(path: str, right: Any, missing: str) -> None:
    with pytest.raises(TypeError, match=f"GET {path} declares no {missing}"):
        Route("GET", path, right, DOOR)


def test_a_route_needs_the_scopes_of_its_areas(desk: Desk) -> None:
    needs = {(route.method, route.path): route.scopes for route in all_routes(desk.app.make_services())}
    assert needs["GET", "/api/leads/{id}/history/"] == {"leads:read"}
    assert needs["PATCH", "/api/leads/{id}/"] == {"leads:write"}
    assert needs["POST", "/api/leads/{id}/convert/"] == {f"{area}:write" for area in AREAS}
    assert needs["GET", "/api/me/"] == set()


def test_a_key_acts_as_the_system_user_of_its_workspace(desk: Desk) -> None:
    me = desk.team.get("/api/me/").json()
    names = {"firstName": "System", "lastName": None, "name": "System"}
    assert me["user"] == {"id": desk.acme.system.user_id, "email": None, **names, "role": "user"}
    assert (me["workspace"], me["key"]["name"]) == ({"id": desk.acme.workspace.id, "name": "Acme"}, "tests")
    [entry] = desk.team.get(f"/api/leads/{desk.lead()['id']}/history/").json()["results"]
    assert entry["user"] == {"id": desk.acme.system.user_id, "name": "System"}
    assert entry["key"] == me["key"]


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize(
    ("right", "status"),
    [(Right.PUBLIC, 200), (Right.READ, 200), (Right.WRITE, 200), (Right.SELF, 403), (Right.MANAGE, 403)],
)
def test_a_key_has_a_users_rights(desk: Desk, right: Right, status: int) -> None:
    door = Route("GET", "/api/door/", right, DOOR, areas=())
    client = httpx2.AsyncClient(transport=httpx2.ASGITransport(desk.app.make_dispatch([door])), base_url=BASE_URL)
    headers = {"Authorization": f"Bearer {desk.acme.key}"}
    got: httpx2.Response = desk.run(client.get("/api/door/", headers=headers))
    assert got.status_code == status
    assert status == 200 or got.json()["code"] in ("forbidden", "not_a_person")
