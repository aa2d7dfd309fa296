"""Stopping, starting again, and sharing the data: no client is left with half an answer, no data half written."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner

from leadline.cli.main import app as command_line
from tests.cli.first_desk import make_desk
from tests.e2e.invariants import broken
from tests.e2e.load import Bookkeeper, acknowledged, await_writes, check_books
from tests.e2e.raw import connected, length, request
from tests.e2e.server import Server, serving

LEAD = b'{"lastName": "Lee", "email": "lee@stop.example"}'


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_under_load_loses_nothing(tmp_path: Path, workers: int) -> None:
    books = [Bookkeeper(f"client{number}-") for number in range(4)]
    with serving(tmp_path / "data", workers=workers) as server, ThreadPoolExecutor(4) as clients:
        at_work = [clients.submit(book.work, server) for book in books]
        await_writes(books, at_work, 21)
        assert server.stop() == 0
    for one in at_work:
        one.result()
    with serving(tmp_path / "data", key=server.key) as restarted:
        check_books(restarted, books)
    assert broken(server.folder / "leadline.db") == {}
    assert acknowledged(books).total() > 20


def test_a_request_in_flight_is_answered_before_the_stop(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, connected(server.url) as at_work, connected(server.url) as idle:
        at_work.send(request(server.key, "POST /api/leads/", length(LEAD), b"Expect: 100-continue"))
        assert at_work.answer() is not None
        server.process.terminate()
        assert idle.answer() is None
        at_work.send(LEAD)
        answer = at_work.answer()
        assert answer is not None
        assert (answer.status, answer.headers["connection"]) == (201, "close")
        assert at_work.answer() is None
        assert server.stop() == 0


def test_a_client_that_never_finishes_does_not_hold_up_the_stop(tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", environment={"LEADLINE_STOP_SECONDS": "1"}) as server,
        connected(server.url) as stuck,
    ):
        stuck.send(request(server.key, "POST /api/leads/", length(LEAD), b"Expect: 100-continue"))
        assert stuck.answer() is not None
        assert server.stop() == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_is_a_stop_like_any_other(tmp_path: Path, workers: int) -> None:
    with serving(tmp_path / "data", workers=workers) as server:
        assert server.interrupt() == 0
    with serving(tmp_path / "data", key=server.key) as restarted, restarted.client() as client:
        assert client.get("/api/leads/").status_code == 200
    assert "Traceback" not in (tmp_path / "data.log").read_text("utf-8")


def test_the_folder_of_a_killed_server_starts_clean(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        lead = client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@stop.example"}).json()
        server.kill()
    with serving(tmp_path / "data", key=server.key) as restarted, restarted.client() as client:
        assert client.get(f"/api/leads/{lead['id']}/").json() == lead
        assert restarted.stop() == 0
    assert restarted.announcement[1:] == []
    assert "rror" not in (tmp_path / "data.log").read_text("utf-8")


def test_an_empty_file_is_brought_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "leadline.db").touch()
    with serving(tmp_path / "data") as server, server.client() as client:
        assert client.get("/api/leads/").json()["count"] == 0


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["keys", "list"], ["keys", "create", "late"]])
def test_data_newer_than_the_server_are_refused(tmp_path: Path, command: list[str]) -> None:
    make_desk(tmp_path)
    connection = apsw.Connection(str(tmp_path / "leadline.db"))
    connection.execute("INSERT INTO migrations (number, name) VALUES (9999, 'of_the_future')")
    connection.close()
    before = (tmp_path / "leadline.db").read_bytes()
    refused = CliRunner().invoke(command_line, [*command, "--data", str(tmp_path)])
    assert refused.exit_code == 1
    assert refused.stderr.startswith("leadline: The data have schema 9999, and this version of Leadline knows ")
    assert (tmp_path / "leadline.db").read_bytes() == before


def test_servers_workers_and_commands_share_one_file(tmp_path: Path) -> None:
    books = [Bookkeeper(f"client{number}-") for number in range(4)]
    folder = tmp_path / "data"
    with serving(folder) as first, serving(folder, key=first.key, workers=2) as second, ThreadPoolExecutor(4) as pool:
        at_work = [pool.submit(book.work, server) for book, server in zip(books, [first, second] * 2, strict=True)]
        made = [_create_key(folder) for _ in range(10)]
        for server in (first, second):
            assert set(map(_status_of_me, [server] * 10, made)) == {200}
            server.kill()
    for one in at_work:
        one.result()
    with serving(folder, key=first.key) as restarted:
        check_books(restarted, books)
    assert broken(folder / "leadline.db") == {}


def _create_key(folder: Path) -> str:
    made = CliRunner().invoke(command_line, ["keys", "create", "shared", "--data", str(folder)])
    assert made.exit_code == 0, made.output
    return made.stdout.strip()


def _init_in_a_process(folder: Path) -> int:
    command = [sys.executable, "-m", "leadline", "init", "--data", str(folder)]
    return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode


def _status_of_me(server: Server, key: str) -> int:
    with server.client() as client:
        return client.get("/api/me/", headers={"Authorization": f"Bearer {key}"}).status_code


def test_commands_that_start_at_once_on_an_empty_folder_make_one_workspace(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(_init_in_a_process, [tmp_path] * 4))
    assert sorted(ended) == [0, 1, 1, 1]
    listing = CliRunner().invoke(command_line, ["keys", "list", "--data", str(tmp_path)]).stdout
    assert len(listing.splitlines()) == 1
