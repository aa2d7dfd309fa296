"""The commands for users, workspaces and keys, and what a first start makes."""

import asyncio
import json
import re
from pathlib import Path

import apsw
import httpx2
import pytest
from typer.testing import CliRunner, Result

from leadline.app import database_of, up_to_date
from leadline.cli.main import app as command_line
from leadline.settings import Settings
from tests.cast import PASSWORD
from tests.cli.first_desk import ADMIN, make_desk
from tests.cli.test_commands import statuses_by_worker
from tests.e2e import quick
from tests.e2e.server import Server, serving


def leadline(folder: Path, *arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(command_line, [*arguments, "--data", str(folder)], input=typed)


def done(folder: Path, *arguments: str, typed: str = "") -> str:
    """The last line that the command prints."""
    result = leadline(folder, *arguments, typed=typed)
    assert result.exit_code == 0, result.output
    return (result.stdout.splitlines() or [""])[-1]


def refused(folder: Path, *arguments: str) -> str:
    """What the command refuses with."""
    result = leadline(folder, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("leadline: ")
    return result.stderr.removeprefix("leadline: ").strip()


def login(server: Server, email: str, password: str) -> httpx2.Response:
    return server.ask("POST", "/api/auth/login/", json={"email": email, "password": password})


def test_a_user_signs_in_with_the_password_that_is_printed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    password = done(folder, "users", "create", "ada@acme.example", "--first-name", "Ada", "--role", "admin")
    with serving(folder, key="none", module=quick.__name__) as server:
        assert login(server, "ada@acme.example", password).json()["user"]["firstName"] == "Ada"
        access = login(server, "ada@acme.example", password).json()["access"]
        other = done(folder, "users", "password", "ADA@acme.example")
        headers = {"Authorization": f"Bearer {access}"}
        assert server.ask("GET", "/api/me/", headers=headers).status_code == 401
        assert login(server, "ada@acme.example", password).status_code == 401
        assert login(server, "ada@acme.example", other).status_code == 200


def listed_users(folder: Path) -> list[list[str]]:
    """State, role and e-mail of each."""
    return [re.split(" {2,}", line)[2:] for line in leadline(folder, "users", "list").stdout.splitlines()]


def test_users_are_listed_disabled_and_enabled(tmp_path: Path) -> None:
    make_desk(tmp_path)
    done(tmp_path, "users", "create", "ada@acme.example", "--role", "admin")
    assert done(tmp_path, "users", "disable", ADMIN) == f"{ADMIN} is disabled, and signed out everywhere."
    assert listed_users(tmp_path) == [["disabled", "admin", ADMIN], ["active", "admin", "ada@acme.example"]]
    assert "last active admin" in refused(tmp_path, "users", "disable", "ada@acme.example")
    assert done(tmp_path, "users", "enable", ADMIN) == (
        f"{ADMIN} is enabled, and may sign in with the password that they had."
    )
    assert listed_users(tmp_path) == [["active", "admin", ADMIN], ["active", "admin", "ada@acme.example"]]


def test_a_user_gets_another_role_but_for_the_last_admin(tmp_path: Path) -> None:
    make_desk(tmp_path)
    done(tmp_path, "users", "create", "ada@acme.example")
    assert "last active admin" in refused(tmp_path, "users", "role", ADMIN, "user")
    assert done(tmp_path, "users", "role", "ADA@acme.example", "admin") == (
        "ADA@acme.example is admin now, also where they are signed in."
    )
    done(tmp_path, "users", "role", ADMIN, "viewer")
    assert listed_users(tmp_path) == [["active", "viewer", ADMIN], ["active", "admin", "ada@acme.example"]]


def test_lists_as_json_have_the_members_that_the_api_has(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = make_desk(folder)
    done(folder, "keys", "create", "form", "--scope", "leads:read")
    with serving(folder, key=made["key"]) as server:
        access = login(server, made["email"], made["password"]).json()["access"]
        for plural in ("users", "keys"):
            answer = server.ask("GET", f"/api/{plural}/", headers={"Authorization": f"Bearer {access}"}).json()
            told = json.loads(leadline(folder, plural, "list", "--json").stdout)
            assert [list(one) for one in told] == [list(one) for one in reversed(answer["results"])]
            assert [one["id"] for one in told] == [one["id"] for one in reversed(answer["results"])]
    workspace = {"id": made["workspaceId"], "name": "My workspace", "cluster": "home"}
    assert json.loads(leadline(folder, "workspaces", "list", "--json").stdout) == [workspace]


def test_keys_are_listed_with_what_they_may_do_and_their_last_use(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = make_desk(folder)
    done(folder, "keys", "create", "form", "--scope", "leads:read", "--scope", "leads:write")
    with serving(folder, key=made["key"]) as server, server.client() as client:
        assert client.get("/api/leads/").status_code == 200
        assert server.stop() == 0
    first, form = leadline(folder, "keys", "list").stdout.splitlines()
    assert re.search(r"  in force  all scopes  last used 20\S+Z  first key$", first)
    assert form.endswith("  in force  leads:read,leads:write  never used  form")


def test_a_workspace_is_renamed_by_an_operation(tmp_path: Path) -> None:
    workspace = make_desk(tmp_path)["workspaceId"]
    for name in (" Acme GmbH ", "Acme"):
        done(tmp_path, "workspaces", "rename", workspace, name)
    assert leadline(tmp_path, "workspaces", "list").stdout == f"{workspace}  Acme\n"
    connection = apsw.Connection(str(tmp_path / "leadline.db"))
    log = connection.execute(
        "SELECT kind, version, fields FROM changes JOIN operations USING (workspace, seq) WHERE record_id = ?",
        (workspace,),
    ).fetchall()
    connection.close()
    assert log == [
        ("workspace.created", 1, '{"name":[null,"My workspace"]}'),
        ("workspace.updated", 2, '{"name":["My workspace","Acme GmbH"]}'),
        ("workspace.updated", 3, '{"name":["Acme GmbH","Acme"]}'),
    ]
    assert leadline(tmp_path, "verify").exit_code == 0


def test_a_password_may_be_typed(tmp_path: Path) -> None:
    make_desk(tmp_path)
    typed = f"{PASSWORD}\n{PASSWORD}\n"
    assert PASSWORD not in done(tmp_path, "users", "create", "ada@acme.example", "--prompt", typed=typed)
    short = leadline(tmp_path, "users", "password", "ada@acme.example", "--prompt", typed="short\nshort\n")
    assert short.exit_code == 1
    assert "leadline: password must have 10 to 200 characters.\n" in short.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["users", "create", "no"], "email must be an e-mail address"),
        (["users", "create", "ADA@acme.example"], "email is another user's"),
        (["users", "create", "x@x.example", "--role", "boss"], "role must be one of admin, user, viewer."),
        (["users", "disable", "nobody@x.example"], "there is no user nobody@x.example"),
        (["users", "password", "nobody@x.example"], "there is no user nobody@x.example"),
        (["users", "enable", "nobody@x.example"], "there is no user nobody@x.example"),
        (["users", "role", "nobody@x.example", "admin"], "there is no user nobody@x.example"),
        (["users", "role", "ada@acme.example", "boss"], "role must be one of admin, user, viewer."),
        (["users", "list", "--workspace", "ws_1"], "choose one of these workspaces with --workspace: ws_"),
        (["workspaces", "rename", "ws_1", "Acme"], "there is no workspace ws_1; see `leadline workspaces list`."),
        (["keys", "create", "x", "--scope", "leads"], "scopes has one that must be one of leads:read"),
        (["workspaces", "create", " "], "name must have 1 to 100 printable characters."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    make_desk(tmp_path)
    done(tmp_path, "users", "create", "ada@acme.example")
    before = leadline(tmp_path, "users", "list").stdout
    assert refused(tmp_path, *arguments).startswith(sentence)
    assert leadline(tmp_path, "users", "list").stdout == before


def test_data_without_a_workspace_say_how_to_make_one_and_are_left_alone(tmp_path: Path) -> None:
    async def make_schema() -> None:
        async with up_to_date(database_of(Settings(data=tmp_path))):
            pass

    asyncio.run(make_schema())
    for command in ("keys create form", "users create ada@x.example", "users disable ada@x.example"):
        assert refused(tmp_path, *command.split()).startswith(
            "there is nobody here yet; `leadline init`, or the first"
        )
    assert refused(tmp_path, "workspaces", "create", "Acme").startswith("there is nobody here yet; `leadline init`")
    for group in ("users", "workspaces"):
        assert leadline(tmp_path, group, "list").output == ""
    make_desk(tmp_path)
    assert len(leadline(tmp_path, "users", "list").stdout.splitlines()) == 1


def test_init_makes_what_a_first_start_makes_and_serve_then_shows_nothing_secret(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shown = leadline(folder, "init").stdout
    key = re.search(r"^key (pk_live_\w{32})$", shown, re.MULTILINE)
    admin = re.search(r"^Sign in as (\S+) with (\S+)$", shown, re.MULTILINE)
    assert key
    assert admin
    with serving(folder, key=key[1]) as server, server.client() as client:
        assert client.get("/api/leads/").json()["count"] == 0
        assert login(server, *admin.groups()).status_code == 200
        server.process.terminate()
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""
    assert refused(folder, "init").startswith(
        f"there are data already ({folder}/leadline.db); see `leadline users list`"
    )


def test_several_workspaces_have_the_same_people_and_never_meet(tmp_path: Path) -> None:
    acme, other = make_desk(tmp_path)["workspaceId"], done(tmp_path, "workspaces", "create", "Other")
    assert [line.split("  ") for line in leadline(tmp_path, "workspaces", "list").stdout.splitlines()] == [
        [acme, "My workspace"],
        [other, "Other"],
    ]
    for command in ("users list", "keys list", "keys create form", "users disable ada@acme.example"):
        assert "choose one of these workspaces with --workspace: ws_" in refused(tmp_path, *command.split())
    for workspace in (acme, other):
        done(tmp_path, "users", "create", "ada@acme.example", "--workspace", workspace)
    done(tmp_path, "users", "disable", "ada@acme.example", "--workspace", other)
    assert " active " in leadline(tmp_path, "users", "list", "--workspace", acme).stdout
    key = leadline(tmp_path, "keys", "create", "form", "--workspace", acme).stderr.split()[0]
    assert "there is no key" in refused(tmp_path, "keys", "revoke", key, "--workspace", other)
    assert leadline(tmp_path, "keys", "list", "--workspace", other).stdout == ""


def test_a_key_may_be_limited(tmp_path: Path) -> None:
    make_desk(tmp_path)
    key = done(tmp_path, "keys", "create", "form", "--scope", "leads:write", "--expires-in-days", "1")
    assert "in force until 20" in leadline(tmp_path, "keys", "list").stdout
    with serving(tmp_path, key=key) as server, server.client() as client:
        assert client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@x.example"}).status_code == 201
        assert client.get("/api/leads/").json()["code"] == "missing_scope"


def test_the_first_start_makes_an_admin_and_prints_the_password_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        assert "such as the system's journal, now has key and password. To keep secrets out" in server._read_line()
        assert server._read_line().startswith(f"Open {server.url}/")
        found = re.fullmatch(r"Sign in as (\S+) with (\S+)\n", server._read_line())
        assert found
        assert found[1] == "admin@leadline.local"
        access = login(server, *found.groups()).json()["access"]
        users = server.ask("GET", "/api/users/", headers={"Authorization": f"Bearer {access}"})
        assert [user["role"] for user in users.json()["results"]] == ["admin"]
    with serving(tmp_path / "data", key=server.key) as again:
        assert len(again.announcement) == 1


def test_the_first_admin_may_come_from_the_settings(tmp_path: Path) -> None:
    settings = {"LEADLINE_ADMIN_EMAIL": "ada@acme.example", "LEADLINE_ADMIN_PASSWORD": PASSWORD}
    with serving(tmp_path / "data", environment=settings) as server:
        assert "such as the system's journal, now has the key. To keep secrets out" in server._read_line()
        assert server._read_line().startswith(f"Open {server.url}/")
        assert server._read_line() == "Sign in as ada@acme.example with the password in LEADLINE_ADMIN_PASSWORD\n"
        assert login(server, "ada@acme.example", PASSWORD).status_code == 200


@pytest.mark.parametrize("command", ["serve --port 0", "init"])
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ADMIN_EMAIL", "nobody", "LEADLINE_ADMIN_EMAIL must be an e-mail address"),
        ("ADMIN_EMAIL", "", "LEADLINE_ADMIN_EMAIL must not be empty."),
        ("ADMIN_PASSWORD", "short", "LEADLINE_ADMIN_PASSWORD must have 10 to 200 characters."),
        ("ADMIN_PASSWORD", "admin@leadline.local", "LEADLINE_ADMIN_PASSWORD must not be the e-mail."),
    ],
)
def test_a_first_admin_that_cannot_be_stops_the_start(
    tmp_path: Path, command: str, name: str, value: str, sentence: str
) -> None:
    result = CliRunner().invoke(
        command_line, [*command.split(), "--data", str(tmp_path / "new")], env={f"LEADLINE_{name}": value}
    )
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"leadline: {sentence}")
    assert not (tmp_path / "new" / "leadline.db").exists() or not listed_users(tmp_path / "new")


def test_a_new_role_and_a_disabled_user_count_on_every_worker(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    password = done(folder, "users", "create", "ben@acme.example")
    with serving(folder, key="none", workers=2) as server:
        access = login(server, "ben@acme.example", password).json()["access"]
        assert statuses_by_worker(server, access) == {200}
        done(folder, "users", "disable", "ben@acme.example")
        assert statuses_by_worker(server, access) == {401}
