"""Workspaces that live in different clusters, and their way from one to another while they are served."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from leadline.app import build_app, database_of, up_to_date
from leadline.cli.main import app as command_line
from leadline.clock import system_clock
from leadline.kit.db import DatabaseError, Transaction, Unavailable
from leadline.maintenance import moving
from leadline.maintenance.copying import OtherData
from leadline.maintenance.verify import verify_data
from leadline.settings import Settings
from tests.cast import PASSWORD, Desk, OnPostgres, OnSqlite, Place, desk_on
from tests.e2e.campaigns.moving import moves
from tests.http.test_changes import meanwhile, write_elsewhere
from tests.maintenance.transcript import transcript
from tests.size import Size
from tests.test_log_is_complete import Doors
from tests.waiting import until


@pytest.fixture(scope="module")
def empty(on_postgres: OnPostgres) -> Iterator[str]:
    """The name of a database that has the schema, and nothing in it."""

    async def make(url: str) -> None:
        async with up_to_date(database_of(Settings(database=url))):
            pass

    with on_postgres.cluster.copy() as name:
        asyncio.run(make(on_postgres.cluster.url(name)))
        yield name


@pytest.fixture
def us(place: Place, on_sqlite: OnSqlite, on_postgres: OnPostgres, empty: str, tmp_path: Path) -> Iterator[str]:
    """The address of another cluster, in the same kind of database."""
    if place is on_sqlite:
        yield f"sqlite:///{tmp_path}/us/leadline.db"
    else:
        with on_postgres.cluster.copy(empty) as name:
            yield on_postgres.cluster.url(name)


@pytest.fixture
def eu(on_postgres: OnPostgres, empty: str) -> Iterator[str]:
    """The address of a third one, which is in PostgreSQL."""
    with on_postgres.cluster.copy(empty) as name:
        yield on_postgres.cluster.url(name)


@pytest.fixture
def clusters(us: str, eu: str) -> str:
    return f"us={us},eu={eu}"


@pytest.fixture
def desk(place: Place, clusters: str, tmp_path: Path) -> Iterator[Desk]:
    with desk_on(place, tmp_path / "data", clusters=clusters) as desk:
        yield desk


@pytest.fixture
def second(desk: Desk, place: Place) -> Iterator[Desk]:
    """Another node on the same clusters."""
    with asyncio.Runner() as runner:
        app = build_app(desk.app.settings, desk.clock, desk.clock.monotonic)
        opened = app.open()
        runner.run(opened.__aenter__())
        try:
            yield Desk(runner.get_loop(), app, desk.clock, place.cast)
        finally:
            runner.run(opened.__aexit__(None, None, None))


def move(desk: Desk, to: str) -> list[str]:
    """Moves Acme. Answers what was said."""
    said: list[str] = []
    desk.run(moving.move_workspace(desk.app.members, desk.acme.workspace.id, to, said.append))
    return said


def rows_in(desk: Desk, cluster: str, sql: str, *parameters: Any) -> list[Any]:
    async def work(tx: Transaction) -> list[Any]:
        return await tx.fetch_all(sql, parameters)

    found: list[Any] = desk.run(desk.app.members[cluster].read(work))
    return found


def seq_in(desk: Desk, cluster: str) -> int:
    """How far Acme's log goes in a cluster."""
    ((seq,),) = rows_in(desk, cluster, "SELECT seq FROM workspaces WHERE id = ?", desk.acme.workspace.id)
    return int(seq)


def broken(desk: Desk) -> list[str]:
    async def check(cluster: str) -> list[str]:
        async with desk.app.members[cluster].snapshot() as tx:
            return [f"{cluster}: {finding}" for finding in (await verify_data(tx)).findings]

    return [finding for cluster in desk.app.members for finding in desk.run(check(cluster))]


def test_it_answers_the_same_from_the_other_cluster(desk: Desk) -> None:
    doors = Doors(desk, seed=5)
    for _ in range(60):
        doors.step()
    before = transcript(desk)
    move(desk, "us")
    assert transcript(desk) == before
    reached = seq_in(desk, "home")
    lead = desk.lead()
    assert desk.team.get(f"/api/leads/{lead['id']}/").json() == lead
    assert (seq_in(desk, "home"), seq_in(desk, "us")) == (reached, reached + 1)
    assert broken(desk) == []


def test_every_node_serves_it_from_there_without_a_restart(desk: Desk, second: Desk) -> None:
    lead = desk.lead()
    assert second.team.get(f"/api/leads/{lead['id']}/").status_code == 200
    for to in ("us", "eu", "home"):
        move(desk, to)
        for writer, reader in ((desk, second), (second, desk)):
            made = writer.lead()
            assert reader.team.get(f"/api/leads/{made['id']}/").json() == made
            assert reader.ben.patch(f"/api/leads/{lead['id']}/", {"notes": made["id"]}).status_code == 200
            assert reader.stranger.get(f"/api/leads/{made['id']}/").status_code == 404
    assert second.stranger.get("/api/leads/").json()["count"] == 0
    assert broken(desk) == []


def test_a_write_that_is_sent_again_after_the_move_is_answered_again(desk: Desk, second: Desk) -> None:
    sent: dict[str, Any] = {
        "json": {"lastName": "Lee", "email": "dana@startup.example"},
        "headers": {"Idempotency-Key": "the-first-order"},
    }
    first = desk.team.post("/api/leads/", **sent)
    for to in ("us", "eu", "home"):
        move(desk, to)
        again = second.team.post("/api/leads/", **sent)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers["Operation-Id"] == first.headers["Operation-Id"]
        assert desk.team.post("/api/leads/?dryRun=true", **sent).json()["dryRun"] is True
    assert desk.team.get("/api/leads/").json()["count"] == 1
    assert broken(desk) == []


def test_keys_and_people_of_it_are_known_wherever_it_lives(desk: Desk, second: Desk) -> None:
    old = desk.ada.post("/api/keys/", {"name": "before"}).json()
    move(desk, "us")
    new = desk.ada.post("/api/keys/", {"name": "after"}).json()
    for key in (old, new):
        program = second.caller(key["secret"])
        assert program.get("/api/leads/").status_code == 200
        assert desk.ada.delete(f"/api/keys/{key['id']}/").status_code == 204
        assert program.get("/api/leads/").status_code == 401
    assert second.caller("pk_live_" + "0" * 32).get("/api/leads/").status_code == 401


def test_people_sign_in_refresh_and_sign_out_there(desk: Desk, second: Desk) -> None:
    move(desk, "us")
    for credentials in ({}, {"workspaceId": desk.acme.workspace.id}):
        body = {"email": desk.ben.email, "password": PASSWORD, **credentials}
        signed_in = second.nobody.post("/api/auth/login/", body).json()
        assert signed_in["user"]["workspaceId"] == desk.acme.workspace.id
    renewed = desk.nobody.post("/api/auth/token/refresh/", {"refresh": signed_in["refresh"]}).json()
    ben = second.caller(renewed["access"])
    assert ben.get("/api/me/").json()["workspace"]["name"] == "Acme"
    assert desk.nobody.post("/api/auth/token/refresh/", {"refresh": desk.cleo.refresh}).status_code == 200
    changed = ben.patch("/api/me/", {"password": "another good one", "currentPassword": PASSWORD})
    assert changed.status_code == 200
    assert ben.post("/api/auth/logout/").status_code == 204
    assert ben.get("/api/me/").status_code == 401
    assert desk.nobody.post("/api/auth/token/refresh/", {"refresh": renewed["refresh"]}).status_code == 401


def test_failed_logins_count_wherever_somebody_is(desk: Desk, second: Desk) -> None:
    move(desk, "us")
    desk.clock.at = second.clock.at = system_clock()  # which says how long to wait, to the second
    wrong = {"email": desk.ben.email, "password": "wrong", "workspaceId": desk.acme.workspace.id}
    for _ in range(5):
        assert desk.nobody.post("/api/auth/login/", wrong).status_code == 401
        assert second.nobody.post("/api/auth/login/", wrong).status_code == 401
    right = wrong | {"password": PASSWORD}
    assert desk.nobody.post("/api/auth/login/", right).status_code == 429


def test_the_last_use_of_a_key_is_kept_where_it_lives(desk: Desk) -> None:
    move(desk, "us")
    desk.team.get("/api/leads/")
    desk.run(desk.app.authenticator.write_uses(desk.app.members.values()))
    assert len(rows_in(desk, "us", "SELECT * FROM key_uses")) == 1
    assert rows_in(desk, "home", "SELECT * FROM key_uses") == []


def test_while_its_last_part_is_carried_it_is_read_and_not_written(desk: Desk) -> None:
    lead = desk.lead()
    number = desk.acme.workspace.number
    assert desk.run(moving._set_whereabouts(desk.app.members["home"], number, None, "move_x", "cluster IS NULL"))
    before = desk.dump()
    for refused in (
        desk.team.post("/api/leads/", {"lastName": "Lee", "email": "lee@startup.example"}),
        desk.ben.patch(f"/api/leads/{lead['id']}/", {"notes": "x"}),
        desk.ben.post("/api/auth/logout/"),
        desk.nobody.post("/api/auth/token/refresh/", {"refresh": desk.ben.refresh}),
        desk.nobody.post("/api/auth/login/", {"email": desk.ben.email, "password": PASSWORD}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        assert "being moved" in refused.json()["detail"]
        assert int(refused.headers["retry-after"]) > 0
    assert desk.dump() == before
    assert desk.team.get(f"/api/leads/{lead['id']}/").json() == lead
    assert desk.zoe.post("/api/leads/", {"lastName": "Lee", "email": "lee@startup.example"}).status_code == 201
    move(desk, "us")
    assert desk.ben.patch(f"/api/leads/{lead['id']}/", {"notes": "x"}).status_code == 200


def test_between_the_two_places_it_is_refused_by_both_and_the_next_move_finishes(desk: Desk, second: Desk) -> None:
    """As if the mover was killed after the old place had said that it is gone."""
    lead = desk.lead()
    settle = moving._WorkspaceMove._settle_target

    async def die(_: object) -> None:
        raise KeyError

    moving._WorkspaceMove._settle_target = die  # type: ignore[method-assign,assignment]
    try:
        with pytest.raises(KeyError):
            move(desk, "us")
    finally:
        moving._WorkspaceMove._settle_target = settle  # type: ignore[method-assign]
    for node in (desk, second):
        for refused in (
            node.team.get(f"/api/leads/{lead['id']}/"),
            node.ben.get("/api/me/"),
            node.team.post("/api/leads/", {"lastName": "Lee", "email": "lee@startup.example"}),
            node.nobody.post("/api/auth/login/", {"email": desk.ben.email, "password": PASSWORD}),
        ):
            assert refused.status_code == 503, refused.text
    assert "An earlier move to us is finished first." in move(desk, "eu")
    for node in (desk, second):
        assert node.team.get(f"/api/leads/{lead['id']}/").json() == lead
    assert broken(desk) == []


def test_a_server_that_does_not_know_the_cluster_refuses(desk: Desk, place: Place, us: str) -> None:
    lead = desk.lead()
    move(desk, "us")
    with asyncio.Runner() as runner:
        settings = desk.app.settings.model_copy(update={"clusters": ""})
        app = build_app(settings, desk.clock, desk.clock.monotonic)
        opened = app.open()
        runner.run(opened.__aenter__())
        alone = Desk(runner.get_loop(), app, desk.clock, place.cast)
        before = alone.dump()
        assert alone.team.get(f"/api/leads/{lead['id']}/").status_code == 503
        assert alone.ben.patch(f"/api/leads/{lead['id']}/", {"notes": "x"}).status_code == 503
        assert alone.dump() == before
        runner.run(opened.__aexit__(None, None, None))


def test_a_write_that_was_authorized_before_the_move_is_done_in_the_new_place(desk: Desk) -> None:
    actor = desk.acme.system
    home = desk.app.members["home"]
    move(desk, "us")
    reached = seq_in(desk, "home")

    async def work(tx: Transaction) -> int:
        return (await desk.app.records.operations.begin(tx, actor.workspace)).seq

    with pytest.raises(Unavailable):
        desk.run(_awaited(home.write(work, actor.workspace)))

    async def log(tx: Transaction) -> int:
        operations = desk.app.records.operations
        operation = await operations.begin(tx, actor.workspace)
        await operations.append(tx, actor, operation, "lead.updated", [])
        return operation.seq

    assert desk.run(_awaited(desk.app.database.write(log, actor.workspace))) == reached + 1
    assert (seq_in(desk, "home"), seq_in(desk, "us")) == (reached, reached + 1)


async def _awaited(answer: Any) -> Any:
    return await answer


def test_of_two_moves_at_once_one_takes_over_and_nothing_is_lost(desk: Desk) -> None:
    leads = [desk.lead()["id"] for _ in range(20)]

    async def both() -> list[object]:
        ways = [
            moving.move_workspace(desk.app.members, desk.acme.workspace.id, to, lambda _: None)
            for to in ("us", "us", "eu")
        ]
        return await asyncio.gather(*ways, return_exceptions=True)

    outcomes = desk.run(both())
    assert all(outcome is None or isinstance(outcome, DatabaseError) for outcome in outcomes), outcomes
    move(desk, "us")
    assert all(desk.team.get(f"/api/leads/{id_}/").status_code == 200 for id_ in leads)
    assert desk.team.post("/api/leads/", {"lastName": "Lee", "email": "lee@startup.example"}).status_code == 201
    assert broken(desk) == []


def test_a_move_that_is_overtaken_writes_nothing_more_and_ends_nothing(desk: Desk) -> None:
    number, id_ = desk.acme.workspace.number, desk.acme.workspace.id
    first, second = (
        moving._WorkspaceMove(desk.app.members, number, id_, "home", "us", name, print)
        for name in ("first", "second")
    )
    arriving = desk.run(first._announce_workspace())
    desk.run(second._announce_workspace())
    before = rows_in(desk, "us", "SELECT * FROM workspaces")

    async def rename(tx: Transaction) -> int:
        return await tx.execute("UPDATE workspaces SET name = 'Late'")

    with pytest.raises(moving.TakenOver):
        desk.run(_awaited(arriving.write(rename)))
    with pytest.raises(moving.TakenOver):
        desk.run(first._settle_target())
    assert rows_in(desk, "us", "SELECT * FROM workspaces") == before


def test_a_move_to_where_it_lives_changes_nothing(desk: Desk) -> None:
    move(desk, "us")
    before = rows_in(desk, "us", "SELECT * FROM workspaces")
    assert move(desk, "us") == [f"{desk.acme.workspace.id} lives in us."]
    assert rows_in(desk, "us", "SELECT * FROM workspaces") == before


def test_a_move_that_fails_lets_it_be_written_again_where_it_was(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> int:
        raise DatabaseError("no")

    reached = seq_in(desk, "home")
    monkeypatch.setattr(moving._WorkspaceMove, "_catch_up", lambda *_: _awaited(asyncio.sleep(0, reached)))
    monkeypatch.setattr(moving, "copy_changes", fail)
    with pytest.raises(DatabaseError, match="no"):
        move(desk, "us")
    desk.lead()
    assert seq_in(desk, "home") == reached + 1


@pytest.mark.parametrize("under", ["its number", "another number"])
def test_what_it_would_overwrite_is_refused(desk: Desk, under: str) -> None:
    async def found_another(tx: Transaction) -> None:
        if under == "its number":
            await desk.app.workspaces.create(tx, "Another")
        else:
            await tx.execute(
                "INSERT INTO workspaces (number, id, name, seq, no, at, created_at, cluster)"
                " VALUES (7, ?, 'A', 0, 0, 0, 0, 'eu')",
                (desk.acme.workspace.id,),
            )

    desk.run(_awaited(desk.app.members["us"].write(found_another)))
    before = rows_in(desk, "us", "SELECT * FROM workspaces ORDER BY number")
    with pytest.raises(OtherData, match="under the number"):
        move(desk, "us")
    assert rows_in(desk, "us", "SELECT * FROM workspaces ORDER BY number") == before
    desk.lead()


def test_a_move_that_is_overtaken_in_its_last_instant_is_finished_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one announces itself after the old place has said that it is gone."""
    lead, settle = desk.lead(), moving._WorkspaceMove._settle_target

    async def overtake(self: moving._WorkspaceMove) -> None:
        monkeypatch.setattr(moving._WorkspaceMove, "_settle_target", settle)
        await moving._WorkspaceMove(
            self.members, self.number, self.id, "home", "us", "another", print
        )._announce_workspace()
        await self._settle_target()

    monkeypatch.setattr(moving._WorkspaceMove, "_settle_target", overtake)
    with pytest.raises(moving.TakenOver):
        move(desk, "us")
    assert desk.team.get(f"/api/leads/{lead['id']}/").json() == lead
    assert move(desk, "us") == [f"{desk.acme.workspace.id} lives in us."]


@pytest.mark.parametrize(
    ("workspace", "to", "why"), [("ws_x", "us", "no workspace"), ("", "mars", "no cluster mars")]
)
def test_what_is_not_there_is_said(desk: Desk, workspace: str, to: str, why: str) -> None:
    with pytest.raises(DatabaseError, match=why):
        desk.run(moving.move_workspace(desk.app.members, workspace or desk.acme.workspace.id, to, print))


def leadline(desk: Desk, *arguments: str) -> Result:
    settings = desk.app.settings
    address = settings.database or f"sqlite:///{settings.data_file}"
    return CliRunner().invoke(
        command_line, [*arguments, "--database", address], env={"LEADLINE_CLUSTERS": settings.clusters}
    )


def test_the_commands_find_it(desk: Desk) -> None:
    acme, zoes = desk.acme.workspace.id, desk.zoes.workspace.id
    moved = leadline(desk, "workspaces", "move", acme, "--to", "eu")
    assert moved.exit_code == 0, moved.stderr
    assert moved.stderr.splitlines()[-1] == f"{acme} lives in eu."
    listed = leadline(desk, "workspaces", "list").stdout.splitlines()
    assert listed == [f"{acme}  eu  Acme", f"{zoes}  home  Zoe's own"]
    key = leadline(desk, "keys", "create", "there", "--workspace", acme).stdout.strip()
    assert desk.caller(key).get("/api/me/").json()["workspace"]["id"] == acme
    assert "there" in leadline(desk, "keys", "list", "--workspace", acme).stdout
    assert leadline(desk, "users", "disable", desk.ben.email, "--workspace", acme).exit_code == 0
    assert desk.ben.get("/api/me/").status_code == 401
    assert leadline(desk, "workspaces", "rename", acme, "Acme GmbH").exit_code == 0
    assert desk.caller(key).get("/api/me/").json()["workspace"]["name"] == "Acme GmbH"
    assert leadline(desk, "workspaces", "list").stdout.splitlines()[0] == f"{acme}  eu  Acme GmbH"
    verified = leadline(desk, "verify").stdout
    assert [line for line in verified.splitlines() if line.startswith("Cluster")] == [
        f"Cluster {name}:" for name in ("home", "us", "eu")
    ]
    assert leadline(desk, "workspaces", "move", acme, "--to", "mars").exit_code == 1


def test_a_copy_of_what_it_left_behind_is_refused(desk: Desk, tmp_path: Path) -> None:
    move(desk, "us")
    source = desk.app.settings.database or f"sqlite:///{desk.app.settings.data_file}"
    options = ["--from", source, "--to", f"sqlite:///{tmp_path}/copied.db", "--workspace", desk.acme.workspace.id]
    refused = CliRunner().invoke(command_line, ["copy", *options])
    assert refused.exit_code == 1
    assert "lives in the cluster us; copy it from there." in refused.stderr


def test_under_load_nothing_is_lost_or_doubled_though_the_mover_is_killed(
    on_postgres: OnPostgres, eu: str, tmp_path: Path, size: Size
) -> None:
    assert "0 lost, 0 doubled" in moves(on_postgres.cluster, eu, tmp_path, 1, size.pause)


def test_a_reader_of_a_moved_workspace_hears_of_the_writes_of_other_nodes(desk: Desk) -> None:
    move(desk, "us")
    desk.lead()
    cursor = desk.team.get("/api/leads/").headers["Log-Seq"]
    answer = meanwhile(desk, f"/api/changes/?after={cursor}&wait=30", lambda: write_elsewhere(desk, "us"))
    assert [one["kind"] for one in answer.json()["results"]] == ["lead.created"]


async def until_told(desk: Desk, seq: int) -> None:
    """Waits until a reader knows the operation, and waits for others."""
    waiting = desk.app.signals._waiting
    await asyncio.to_thread(until, lambda: any(one.seq >= seq for own in [*waiting.values()] for one in [*own]))


def test_a_stream_goes_on_while_its_workspace_is_moved(desk: Desk) -> None:
    made = desk.ada.post("/api/keys/", {"name": "reader"}).json()
    cursor = desk.team.get("/api/leads/").headers["Log-Seq"]
    body = {"lastName": "Lee", "email": "lee@startup.example"}
    answer = meanwhile(
        desk,
        f"/api/changes/stream/?after={cursor}",
        lambda: moving.move_workspace(desk.app.members, desk.acme.workspace.id, "us", lambda _: None),
        lambda: desk.team.send_later("POST", "/api/leads/", json=body),
        lambda: until_told(desk, int(cursor) + 1),
        lambda: desk.ada.send_later("DELETE", f"/api/keys/{made['id']}/"),
        caller=desk.caller(made["secret"]),
    )
    assert [line for line in answer.text.splitlines() if line.startswith("event:")] == ["event: lead.created"]
