"""The commands for users, workspaces and limited keys, and the admin that a first start makes."""

import re
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner, Result

from leadline.cli.main import app as command_line
from tests.cast import PASSWORD
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
    password = done(folder, "users", "create", "ada@acme.example", "--first-name", "Ada", "--role", "admin")
    with serving(folder, key="none", module=quick.__name__) as server:
        assert login(server, "ada@acme.example", password).json()["user"]["firstName"] == "Ada"
        access = login(server, "ada@acme.example", password).json()["access"]
        other = done(folder, "users", "password", "ADA@acme.example")
        headers = {"Authorization": f"Bearer {access}"}
        assert server.ask("GET", "/api/me/", headers=headers).status_code == 401
        assert login(server, "ada@acme.example", password).status_code == 401
        assert login(server, "ada@acme.example", other).status_code == 200


def test_users_are_listed_and_disabled(tmp_path: Path) -> None:
    for name in ("ada", "ben"):
        done(tmp_path, "users", "create", f"{name}@acme.example", "--role", "admin")
    assert done(tmp_path, "users", "disable", "ada@acme.example") == (
        "ada@acme.example is disabled, and signed out everywhere."
    )
    lines = leadline(tmp_path, "users", "list").stdout.splitlines()
    assert [re.split(" {2,}", line)[2:] for line in lines] == [
        ["disabled", "admin", "ada@acme.example"],
        ["active", "admin", "ben@acme.example"],
    ]
    assert "last active admin" in refused(tmp_path, "users", "disable", "ben@acme.example")


def test_a_password_may_be_typed(tmp_path: Path) -> None:
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
        (["users", "list", "--workspace", "ws_1"], "choose one of these workspaces: ws_"),
        (["keys", "create", "x", "--scope", "leads"], "scopes has one that must be one of leads:read"),
        (["workspaces", "create", " "], "name must have 1 to 100 printable characters."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    done(tmp_path, "users", "create", "ada@acme.example")
    before = leadline(tmp_path, "users", "list").stdout
    assert refused(tmp_path, *arguments).startswith(sentence)
    assert leadline(tmp_path, "users", "list").stdout == before


def test_data_without_a_workspace_have_nobody(tmp_path: Path) -> None:
    assert leadline(tmp_path, "users", "create", "ada@acme.example", "--role", "queen").exit_code == 1
    for group in ("users", "workspaces"):
        assert leadline(tmp_path, group, "list").output == ""
    assert "there is no workspace yet" in refused(tmp_path, "users", "disable", "ada@acme.example")


def test_several_workspaces_have_the_same_people_and_never_meet(tmp_path: Path) -> None:
    acme, other = (done(tmp_path, "workspaces", "create", name) for name in ("Acme", "Other"))
    assert [line.split("  ") for line in leadline(tmp_path, "workspaces", "list").stdout.splitlines()] == [
        [acme, "Acme"],
        [other, "Other"],
    ]
    assert "choose one of these workspaces" in refused(tmp_path, "users", "list")
    for workspace in (acme, other):
        done(tmp_path, "users", "create", "ada@acme.example", "--workspace", workspace)
    done(tmp_path, "users", "disable", "ada@acme.example", "--workspace", other)
    assert " active " in leadline(tmp_path, "users", "list", "--workspace", acme).stdout
    key = leadline(tmp_path, "keys", "create", "form", "--workspace", acme).stderr.split()[0]
    assert "there is no key" in refused(tmp_path, "keys", "revoke", key, "--workspace", other)
    assert leadline(tmp_path, "keys", "list", "--workspace", other).stdout == ""


def test_a_key_may_be_limited(tmp_path: Path) -> None:
    key = done(tmp_path, "keys", "create", "form", "--scope", "leads:write", "--expires-in-days", "1")
    assert "in force until 20" in leadline(tmp_path, "keys", "list").stdout
    with serving(tmp_path, key=key) as server, server.client() as client:
        assert client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@x.example"}).status_code == 201
        assert client.get("/api/leads/").json()["code"] == "missing_scope"


def test_the_first_start_makes_an_admin_and_prints_the_password_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
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
        assert PASSWORD not in server._read_line()
        assert login(server, "ada@acme.example", PASSWORD).status_code == 200


@pytest.mark.parametrize("setting", [("ADMIN_EMAIL", "nobody"), ("ADMIN_PASSWORD", "short")])
def test_a_first_admin_that_cannot_be_stops_the_start(tmp_path: Path, setting: tuple[str, str]) -> None:
    environment = {f"LEADLINE_{setting[0]}": setting[1]}
    result = CliRunner().invoke(command_line, ["serve", "--data", str(tmp_path), "--port", "0"], env=environment)
    assert (result.exit_code, result.stdout) == (1, "")
    assert leadline(tmp_path, "workspaces", "list").output == ""


def test_a_new_role_and_a_disabled_user_count_on_every_worker(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done(folder, "users", "create", "ada@acme.example", "--role", "admin")
    password = done(folder, "users", "create", "ben@acme.example")
    with serving(folder, key="none", workers=2) as server:
        access = login(server, "ben@acme.example", password).json()["access"]
        assert statuses_by_worker(server, access) == {200}
        done(folder, "users", "disable", "ben@acme.example")
        assert statuses_by_worker(server, access) == {401}
