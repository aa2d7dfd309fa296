"""The change feed over real sockets: readers on several workers, stops, restarts and restores."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from leadline.crm.kinds import KINDS
from tests.cli.test_people import done
from tests.e2e.campaigns.feed import follow_writes, stop_streams
from tests.e2e.feed import newest_cursor, operations_of, stream
from tests.e2e.raw import connected, request
from tests.e2e.server import Server, serving
from tests.size import Size

PAGE = Path(__file__).parent.parent.parent / "docs" / "keeping-in-step.md"
Copy = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of two workers."""
    with serving(tmp_path_factory.mktemp("feed") / "data", workers=2) as server:
        yield server


def leadline(server: Server, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command, in another process than the server's."""
    command = [sys.executable, "-m", "leadline", *arguments]
    return subprocess.run(command, env=server.environment, capture_output=True, text=True, check=True, timeout=60)


def test_readers_on_every_worker_are_told_everything_once_and_in_order(server: Server, size: Size) -> None:
    assert "every operation once, in order" in follow_writes([server], 2, size.of(600))


def test_a_key_that_a_command_revokes_ends_its_stream(server: Server) -> None:
    made = leadline(server, "keys", "create", "short-lived")
    key, id_ = made.stdout.strip(), made.stderr.split()[0]
    with stream(server, newest_cursor(server), key) as answer:
        leadline(server, "keys", "revoke", id_)
        assert [*operations_of(answer)] == []


def test_a_stop_ends_streams_and_waiting_pages(tmp_path: Path) -> None:
    """A page that waited on would be cut off: it would wait for longer than the stop may take."""
    environment = {"LEADLINE_STOP_SECONDS": "10"}
    with (
        serving(tmp_path / "data", environment=environment) as server,
        connected(server.url, seconds=60) as waiting,
    ):
        key = done(server.folder, "keys", "create", "reader")
        waiting.send(request(server.key, f"GET /api/changes/?after={newest_cursor(server)}&wait=30"))
        stop_streams(server, [key])
        answer = waiting.answer()
    assert answer is not None
    assert (answer.status, json.loads(answer.body)["results"]) == (200, [])


def loop_of_the_page() -> dict[str, Any]:
    known: dict[str, Any] = {}
    for code in re.findall(r"```python\n(def .*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(code, known)
    return known


def all_records(client: httpx2.Client) -> Copy:
    """What there is, by the lists."""
    found: Copy = {}
    for kind in KINDS:
        path: str | None = f"/api/{kind.plural}/?limit=100"
        while path:
            page = client.get(path).json()
            found.update((record["id"], record) for record in page["results"])
            path = page["next"]
    return found


def check_copy(client: httpx2.Client, copy: Copy) -> None:
    """Raises `AssertionError` if the copy is not what there is, in all that is stored."""
    there = all_records(client)
    assert copy.keys() == there.keys()
    stored = {name for kind in KINDS for name in kind.stored_names}
    for id_, record in there.items():
        assert {name: copy[id_].get(name) for name in record if name in stored} == {
            name: value for name, value in record.items() if name in stored
        }


def write_some(client: httpx2.Client, name: str) -> None:
    """Makes, changes, converts and deletes."""
    made = [
        client.post("/api/leads/", json={"lastName": f"{name} {number}", "email": f"lee{number}@step.example"}).json()
        for number in range(4)
    ]
    client.patch(f"/api/leads/{made[0]['id']}/", json={"company": "Startup IO", "leadScore": 3}).raise_for_status()
    both = {"createAccount": True, "accountName": name, "createOpportunity": True}
    client.post(f"/api/leads/{made[1]['id']}/convert/", json=both).raise_for_status()
    client.delete(f"/api/leads/{made[2]['id']}/").raise_for_status()
    client.patch(f"/api/leads/{made[0]['id']}/", json={"company": None}).raise_for_status()


def test_the_loop_of_the_page_misses_nothing_through_a_restart_and_a_restore(tmp_path: Path) -> None:
    keep_in_step = loop_of_the_page()["keep_in_step"]
    copy: Copy = {}
    with serving(tmp_path / "data") as server, server.client() as client:
        write_some(client, "Before")
        cursor = keep_in_step(client, copy, wait=0)
        check_copy(client, copy)
        leadline(server, "backup", str(tmp_path / "kept.db"))
        write_some(client, "Lost")
        assert server.stop() == 0
    with serving(tmp_path / "data", key=server.key) as restarted, restarted.client() as client:
        cursor = keep_in_step(client, copy, cursor, wait=0)
        check_copy(client, copy)
        assert any(record.get("name") == "Lost" for record in copy.values())
    leadline(server, "restore", str(tmp_path / "kept.db"), "--data", str(tmp_path / "restored"))
    with serving(tmp_path / "restored", key=server.key) as restored, restored.client() as client:
        write_some(client, "After")
        write_some(client, "Again")
        refused = client.get("/api/changes/", params={"after": cursor})
        assert (refused.status_code, refused.json()["code"]) == (409, "other_history")
        cursor = keep_in_step(client, copy, cursor, wait=0)
        check_copy(client, copy)
        assert not any(record.get("name") == "Lost" for record in copy.values())
        write_some(client, "At last")
        keep_in_step(client, copy, cursor, wait=0)
        check_copy(client, copy)
