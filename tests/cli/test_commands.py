"""The commands: what they print, what they refuse, and that a running server knows at once."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner, Result

from leadline import __version__
from leadline.cli.main import app as command_line
from tests.cast import OnPostgres
from tests.cli.first_desk import make_desk
from tests.e2e.raw import connected_to_each, status_of_me
from tests.e2e.server import Server, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Without a limit for bad tokens: one worker may take as many connections before the other takes one."""
    folder = tmp_path_factory.mktemp("commands") / "data"
    with serving(folder, workers=2, environment={"LEADLINE_LOGIN_LIMIT": "none"}) as server:
        yield server


def leadline(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(command_line, list(arguments), env=environment)


def keys(server: Server, *arguments: str) -> Result:
    return keys_in(server.folder, *arguments)


def keys_in(folder: Path, *arguments: str) -> Result:
    return leadline("keys", *arguments, "--data", str(folder))


def key_id(created: Result) -> str:
    return created.stderr.split()[0]


def statuses_by_worker(server: Server, key: str) -> set[int]:
    """What the two workers answer to the key."""
    with connected_to_each(server.url, 2) as workers:
        return {status_of_me(worker, key) for worker in workers}


def test_a_new_key_is_the_last_line_and_works_on_every_worker(server: Server) -> None:
    created = keys(server, "create", "website form")
    assert created.exit_code == 0
    key = created.stdout.splitlines()[-1]
    assert re.fullmatch(r"pk_live_[0-9A-Z]{32}", key)
    assert statuses_by_worker(server, key) == {200}


def test_the_data_file_and_those_beside_it_are_their_owners_alone(server: Server) -> None:
    rights = {file.name: file.stat().st_mode & 0o777 for file in server.folder.glob("leadline.db*")}
    assert rights == {"leadline.db": 0o600, "leadline.db-wal": 0o600, "leadline.db-shm": 0o600}


def test_keys_are_listed_without_their_secret(server: Server) -> None:
    created = keys(server, "create", "listed")
    line = keys(server, "list").stdout.splitlines()[-1]
    assert line.startswith(key_id(created))
    assert line.endswith("in force  all scopes  never used  listed")
    assert created.stdout.strip()[-4:] in line
    assert created.stdout.strip()[8:20] not in keys(server, "list").stdout


def test_a_revoked_key_is_refused_at_once_by_every_worker(server: Server) -> None:
    created = keys(server, "create", "to be revoked")
    key = created.stdout.strip()
    assert statuses_by_worker(server, key) == {200}
    revoked = keys(server, "revoke", key_id(created))
    assert (revoked.exit_code, revoked.stdout) == (0, f"{key_id(created)} is revoked.\n")
    assert statuses_by_worker(server, key) == {401}
    assert "revoked 20" in next(line for line in keys(server, "list").stdout.splitlines() if key_id(created) in line)
    assert statuses_by_worker(server, server.key) == {200}


def test_a_key_is_revoked_once(server: Server) -> None:
    created = key_id(keys(server, "create", "twice"))
    assert [keys(server, "revoke", created).exit_code for _ in range(2)] == [0, 1]


@pytest.mark.parametrize("id_", ["", "key_", "key_00000000000000000000000000", "' OR 1=1--", "é\0"])
def test_a_key_that_is_not_there_cannot_be_revoked(server: Server, id_: str) -> None:
    refused = keys(server, "revoke", id_)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("leadline: there is no key")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\0b", "a\x1b[31mb", "x" * 101])
def test_a_key_needs_a_name_that_can_be_printed(server: Server, name: str) -> None:
    refused = keys(server, "create", name)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("leadline: name ")
    assert refused.stderr.count("\n") == 1


ON_DATA = [
    "keys create form",
    "keys list",
    "keys revoke key_1",
    "users create ada@x.example",
    "users list",
    "users disable ada@x.example",
    "users enable ada@x.example",
    "users role ada@x.example admin",
    "users password ada@x.example",
    "workspaces create Acme",
    "workspaces list",
    "workspaces rename ws_1 Acme",
    "workspaces move ws_1 --to home",
    "index",
    "verify",
    "backup kept.db",
]


@pytest.mark.parametrize("command", ON_DATA)
def test_where_there_are_no_data_none_are_made(tmp_path: Path, command: str) -> None:
    refused = leadline(*command.split(), "--data", str(tmp_path / "new"))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"leadline: There are no data at {tmp_path}/new/leadline.db; say where they are, with --data or --database,"
        " or make them with `leadline init`.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_line_that_serve_prints_works_when_pasted(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        curl = server.announcement[-1]
        pasted = subprocess.run(["bash", "-c", curl], capture_output=True, text=True, timeout=10, check=True)
    assert curl.startswith("curl ")
    assert pasted.stdout == '{"count":0,"next":null,"previous":null,"results":[]}'


def test_an_option_wins_over_the_environment(tmp_path: Path) -> None:
    made = leadline("init", "--data", str(tmp_path), LEADLINE_DATA="/dev/null/nowhere")
    assert made.exit_code == 0
    assert (tmp_path / "leadline.db").exists()


@pytest.mark.parametrize("command", [one for one in ON_DATA if not one.startswith("backup")])
def test_only_what_makes_data_makes_them_in_an_empty_database(
    on_postgres: OnPostgres, command: str, tmp_path: Path
) -> None:
    with on_postgres.cluster.copy() as name:
        url = on_postgres.cluster.url(name)
        refused = leadline(*command.split(), "--database", url, LEADLINE_INDEX_FOLDER=str(tmp_path))
        assert (refused.exit_code, refused.stderr) == (
            1,
            "leadline: There are no data of Leadline's there; `leadline init` makes them.\n",
        )
        made = leadline("init", "--json", "--database", url)
        assert made.exit_code == 0
        workspace = json.loads(made.stdout)["workspaceId"]
        assert leadline("workspaces", "list", "--database", url).stdout == f"{workspace}  My workspace\n"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("LEADLINE_DATABSE", "LEADLINE_DATABSE is no setting; LEADLINE_DATABASE may be meant."),
        ("leadline_ports", "leadline_ports is no setting; LEADLINE_PORT may be meant."),
        ("LEADLINE_WHATEVER", "LEADLINE_WHATEVER is no setting."),
    ],
)
def test_a_misspelt_setting_is_refused(tmp_path: Path, name: str, told: str) -> None:
    refused = leadline("serve", "--data", str(tmp_path / "new"), **{name: "1"})
    assert (refused.exit_code, refused.stderr) == (1, f"leadline: {told}\n")
    assert not (tmp_path / "new").exists()


def test_a_folder_on_the_command_line_wins_over_an_address_in_the_environment(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    made = leadline(
        *("init", "--data", str(tmp_path)),
        LEADLINE_DATABASE=f"sqlite:///{elsewhere}",
        LEADLINE_REPLICA="postgresql://standby.example/desk",
    )
    assert made.exit_code == 0
    assert (tmp_path / "leadline.db").exists()
    assert not elsewhere.exists()


def test_two_places_are_refused(tmp_path: Path) -> None:
    refused = leadline("verify", "--data", str(tmp_path), "--database", f"sqlite:///{tmp_path}/leads.db")
    assert (refused.exit_code, refused.stderr) == (
        1,
        "leadline: --data and --database name two places; give one of them.\n",
    )


def test_what_is_no_data_file_is_refused_and_kept(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ada, this is a letter and no database. " * 10)
    refused = leadline("keys", "list", "--database", f"sqlite:///{letter}")
    assert refused.exit_code == 1
    assert refused.stderr == f"leadline: {letter} cannot be opened as a data file (file is not a database).\n"
    kept = leadline("restore", str(letter), "--data", str(tmp_path / "new"))
    assert kept.exit_code == 1
    assert kept.stderr == f"leadline: {letter} cannot be copied as a data file (file is not a database).\n"
    assert letter.read_text().startswith("Dear Ada")


@pytest.mark.parametrize("table", ["songs (title TEXT)", "users (id INTEGER)", "migrations (id, migration, batch)"])
@pytest.mark.parametrize("command", ["serve", "keys create first", "users list", "index"])
def test_the_data_of_something_else_are_refused_and_left_alone(tmp_path: Path, table: str, command: str) -> None:
    connection = apsw.Connection(str(tmp_path / "leadline.db"))
    connection.execute(f"CREATE TABLE {table}")
    refused = leadline(*command.split(), "--data", str(tmp_path))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "leadline: The database holds something else than Leadline's data"
        f" (tables {table.split()[0]}); name another.\n"
    )
    assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchall() == [(1,)]
    connection.close()


def damaged(folder: Path) -> str:
    """A data file, whole pages of which are no longer what they were."""
    make_desk(folder)
    file = folder / "leadline.db"
    pages = bytearray(file.read_bytes())
    for page in range(4096, len(pages), 4096):
        pages[page + 8 : page + 100] = b"\xff" * 92
    file.write_bytes(pages)
    return str(folder)


@pytest.mark.parametrize("command", ["serve", "keys list", "users list", "keys create new", "verify", "index"])
def test_a_damaged_data_file_is_told_in_a_sentence(tmp_path: Path, command: str) -> None:
    refused = leadline(*command.split(), "--data", damaged(tmp_path))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("leadline: ")
    assert "malformed" in refused.stderr


def test_text_that_is_no_utf_8_is_told_in_a_sentence(tmp_path: Path) -> None:
    make_desk(tmp_path)
    typed = keys_in(tmp_path, "create", "\udcff")
    assert (typed.exit_code, typed.stdout) == (1, "")
    assert typed.stderr.startswith("leadline: ")
    connection = apsw.Connection(str(tmp_path / "leadline.db"))
    connection.execute("UPDATE keys SET name = CAST(x'ff' AS TEXT)")
    connection.close()
    listed = keys_in(tmp_path, "list")
    assert (listed.exit_code, listed.stdout) == (1, "")
    assert listed.stderr.startswith("leadline: Something typed, or stored, is no text in UTF-8 (")


def test_a_damaged_data_file_is_not_copied(tmp_path: Path) -> None:
    folder = damaged(tmp_path)
    kept = leadline("backup", str(tmp_path / "kept.db"), "--data", folder)
    assert (kept.exit_code, "docs/data.md" in kept.stderr) == (1, True)
    copied = leadline("copy", "--from", f"sqlite:///{folder}/leadline.db", "--to", f"sqlite:///{tmp_path}/copy.db")
    assert copied.exit_code == 1
    assert copied.stderr.startswith("leadline: ")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_refused(tmp_path: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = leadline("serve", "--port", port, "--data", str(tmp_path), "--workers", workers)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"leadline: cannot listen on 127.0.0.1:{port} (Address already in use); choose another --port"
        " (LEADLINE_PORT) or --host (LEADLINE_HOST).\n"
    )


@pytest.mark.parametrize(
    ("host", "why"),
    [("192.0.2.1", "Cannot assign requested address"), ("[::1]", "Name or service not known"), ("a..example", "")],
)
def test_a_host_that_cannot_be_listened_on_is_refused_with_the_reason(tmp_path: Path, host: str, why: str) -> None:
    refused = leadline("serve", "--host", host, "--port", "0", "--data", str(tmp_path))
    assert (refused.exit_code, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert why in refused.stderr


def test_a_first_start_that_cannot_listen_makes_no_key_that_nobody_sees(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        place = ("--data", str(tmp_path / "new"), "--port")
        assert leadline("serve", *place, port).exit_code == 1
        assert leadline("serve", *place, "0", LEADLINE_METRICS_PORT=port).exit_code == 1
        assert leadline("serve", *place, "0", "--workers", "2", LEADLINE_METRICS_PORT=port).exit_code == 1
    assert not (tmp_path / "new").exists()


def test_the_port_of_the_metrics_is_another_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    refused = leadline("serve", "--data", str(tmp_path), "--port", port, LEADLINE_METRICS_PORT=port)
    assert refused.exit_code == 1
    assert refused.stderr == (
        f"leadline: cannot listen on 127.0.0.1:{port}; choose another LEADLINE_METRICS_HOST or _PORT.\n"
    )


@pytest.mark.parametrize(
    "command",
    ["", "serve", "init", "backup", "restore", "verify", "copy", "keys", "keys create", "keys list", "keys revoke"],
)
def test_every_command_explains_itself(command: str) -> None:
    explained = leadline(*command.split(), "--help")
    assert explained.exit_code == 0
    assert "Usage:" in explained.stdout


@pytest.mark.parametrize("command", ["serv", "serve --prot 1", "serve --port http", "keys create", "keys revoke"])
def test_a_mistyped_command_is_a_usage_error(command: str) -> None:
    refused = leadline(*command.split())
    assert refused.exit_code == 2
    assert "Usage:" in refused.stderr


def test_the_version_is_told() -> None:
    told = leadline("--version")
    assert (told.exit_code, told.stdout) == (0, f"Leadline {__version__}\n")


def test_help_costs_no_imports() -> None:
    script = "import sys; import leadline.cli.main; print({'apsw', 'uvicorn', 'pydantic'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert shown.stdout == "set()\n"
