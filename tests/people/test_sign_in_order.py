"""Sign-in beside other writes on PostgreSQL: in which order they are done, and who waits for whom."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx2
import pytest

from leadline.app import App, build_app
from leadline.kit.db import Transaction
from tests.cast import BASE_URL, PASSWORD, Desk

pytestmark = pytest.mark.parametrize("place", ["postgres"], indirect=True)

DEADLOCK = 10.0
"""Seconds after which whoever waits for another is stuck."""
LOGIN = "/api/auth/login/"
REFRESH = "/api/auth/token/refresh/"


@pytest.fixture
def elsewhere(desk: Desk) -> Iterator[App]:
    """Another node on the same data."""
    app = build_app(desk.app.settings)
    opened = app.open()
    desk.run(opened.__aenter__())
    yield app
    desk.run(opened.__aexit__(None, None, None))


@asynccontextmanager
async def held_workspace(desk: Desk, team: str) -> AsyncIterator[None]:
    """Nobody else writes in the workspace meanwhile."""
    connection = await asyncpg.connect(desk.app.settings.database)
    try:
        async with connection.transaction():
            name = {"acme": "Acme", "zoes": "Zoe's own"}[team]
            await connection.execute("SELECT 1 FROM workspaces WHERE name = $1 FOR UPDATE", name)
            yield
    finally:
        await connection.close()


async def until_waiting(desk: Desk, many: int) -> None:
    """Returns once so many connections wait for a lock."""
    connection = await asyncpg.connect(desk.app.settings.database)
    sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    try:
        while await connection.fetchval(sql) < many:  # noqa: ASYNC110 - the event is the database's
            await asyncio.sleep(0.005)
    finally:
        await connection.close()


def asking(app: App, token: str | None = None) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app.http_app()), base_url=BASE_URL, headers=headers)


def credentials(desk: Desk, password: str = PASSWORD) -> dict[str, str]:
    return {"email": "ben@acme.example", "password": password, "workspaceId": desk.acme.workspace.id}


@pytest.mark.parametrize("change", [{"password": "quite another one"}, {"active": False}])
def test_a_login_that_waits_for_a_change_of_its_user_is_refused(
    desk: Desk, elsewhere: App, change: dict[str, object]
) -> None:
    async def race() -> tuple[int, int]:
        async with held_workspace(desk, "acme"):
            patch = asyncio.create_task(
                asking(desk.app, desk.ada.access).patch(f"/api/users/{desk.ben.id}/", json=change)
            )
            await until_waiting(desk, 1)
            login = asyncio.create_task(asking(elsewhere).post(LOGIN, json=credentials(desk)))
            await until_waiting(desk, 2)
        return (await patch).status_code, (await login).status_code

    assert desk.run(race()) == (200, 401)


def test_a_create_that_waits_for_the_end_of_its_key_is_refused(desk: Desk, elsewhere: App) -> None:
    made = desk.ada.post("/api/keys/", {"name": "short-lived"}).json()
    lead = {"lastName": "Lee", "email": "dana@startup.example"}

    async def race() -> tuple[int, int]:
        async with held_workspace(desk, "acme"):
            revoke = asyncio.create_task(asking(desk.app, desk.ada.access).delete(f"/api/keys/{made['id']}/"))
            await until_waiting(desk, 1)
            create = asyncio.create_task(asking(elsewhere, made["secret"]).post("/api/leads/", json=lead))
            await until_waiting(desk, 2)
        return (await revoke).status_code, (await create).status_code

    assert desk.run(race()) == (204, 401)
    assert desk.team.get("/api/leads/").json()["count"] == 0


def test_sign_in_waits_for_no_other_workspace(desk: Desk) -> None:
    async def meanwhile() -> list[int]:
        async with held_workspace(desk, "acme"):
            stuck = asyncio.create_task(asking(desk.app).post(LOGIN, json=credentials(desk)))
            await until_waiting(desk, 1)
            other = credentials(desk) | {"email": "ada@acme.example", "workspaceId": desk.zoes.workspace.id}
            client = asking(desk.app)
            answers = [
                await client.post(LOGIN, json=other),
                await client.post(REFRESH, json={"refresh": desk.zoe.refresh}),
                await client.post(LOGIN, json=other | {"password": "not the password"}),
                await asking(desk.app, desk.zoes.key).post("/api/accounts/", json={"name": "Other"}),
            ]
            assert not stuck.done()
        answers.append(await stuck)
        return [answer.status_code for answer in answers]

    assert desk.run(meanwhile()) == [200, 200, 401, 201, 200]


def test_failed_logins_and_uses_of_keys_wait_for_no_revocation(desk: Desk) -> None:
    """What belongs to no workspace is noted while one of them is slow to commit that a used key is revoked."""
    made = desk.ada.post("/api/keys/", {"name": "short-lived"}).json()
    assert desk.caller(made["secret"]).get("/api/me/").is_success
    wrong = credentials(desk, "not the password") | {"workspaceId": desk.zoes.workspace.id}

    async def meanwhile() -> tuple[int, int | None]:
        is_revoked, may_commit = asyncio.Event(), asyncio.Event()

        async def revoke_slowly(tx: Transaction) -> None:
            await desk.app.keys.revoke(tx, desk.acme.system, made["id"])
            is_revoked.set()
            await may_commit.wait()

        revoking = asyncio.ensure_future(desk.app.database.write(revoke_slowly, desk.acme.system.workspace))
        await is_revoked.wait()
        noting = asyncio.create_task(desk.app.authenticator.write_uses([desk.app.database]))
        await asyncio.sleep(0)
        login = asyncio.create_task(asking(desk.app).post(LOGIN, json=wrong))
        done, _ = await asyncio.wait([noting, login], timeout=DEADLOCK)
        may_commit.set()
        await asyncio.gather(revoking, noting)
        return len(done), (await login).status_code

    assert desk.run(meanwhile()) == (2, 401)


def test_refreshes_and_creates_for_one_person_do_not_block_each_other(desk: Desk, elsewhere: App) -> None:
    body = {"lastName": "Lee", "email": "dana@startup.example", "assignedTo": desk.ben.id}

    async def refresh(app: App) -> list[int]:
        client = asking(app)
        token = (await client.post(LOGIN, json=credentials(desk))).json()["refresh"]
        statuses = []
        for _ in range(10):
            answer = await client.post(REFRESH, json={"refresh": token})
            statuses.append(answer.status_code)
            token = answer.json().get("refresh", token)
        return statuses

    async def create(app: App) -> list[int]:
        client = asking(app, desk.acme.key)
        return [(await client.post("/api/leads/", json=body)).status_code for _ in range(10)]

    async def together() -> list[list[int]]:
        works: list[Callable[[App], Awaitable[list[int]]]] = [refresh, create]
        tasks: list[Any] = [work(app) for app in (desk.app, elsewhere) for work in works for _ in range(2)]
        return list(await asyncio.gather(*tasks))

    assert {status for statuses in desk.run(together()) for status in statuses} == {200, 201}


def test_two_doors_leave_an_admin(desk: Desk, elsewhere: App) -> None:
    """One admin is demoted over one node while the other is disabled over another: the last one stays."""
    assert desk.ada.patch(f"/api/users/{desk.ben.id}/", {"role": "admin"}).is_success

    async def race() -> list[int]:
        async with held_workspace(desk, "acme"):
            demote = asyncio.create_task(
                asking(desk.app, desk.ada.access).patch(f"/api/users/{desk.ben.id}/", json={"role": "user"})
            )
            await until_waiting(desk, 1)
            disable = asyncio.create_task(
                asking(elsewhere, desk.ben.access).patch(f"/api/users/{desk.ada.id}/", json={"active": False})
            )
            await until_waiting(desk, 2)
        return [(await demote).status_code, (await disable).status_code]

    assert desk.run(race()) == [200, 403]
    admins = desk.ada.get("/api/users/?role=admin&active=true").json()
    assert admins["count"] == 1
