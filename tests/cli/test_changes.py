"""`leadline changes`: what was done, in order, on the command line."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.cli.first_desk import make_desk
from tests.cli.test_operations import a_lead
from tests.cli.test_people import done, leadline, refused


def test_what_was_done_is_printed_in_order(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    lead, creation, change = a_lead(folder)
    lines = leadline(folder, "changes").stdout.splitlines()[-4:]
    assert [creation in lines[0], change in lines[2]] == [True, True]
    assert [lines[1], lines[3]] == [f"  {lead} created, version 1", f"  {lead} updated, version 2"]
    first, second = map(json.loads, leadline(folder, "changes", "--json").stdout.splitlines()[-2:])
    assert [first["id"], second["id"]] == [creation, change]
    assert second["changes"][0]["fields"]["company"] == ["A", "B"]
    cursor = f"{first['seq']}.{creation}"
    assert [json.loads(done(folder, "changes", "--json", "--after", cursor))["id"]] == [change]
    assert leadline(folder, "changes", "--after", str(second["seq"])).stdout == ""


def test_a_cursor_that_is_none_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    assert "--after takes the seq" in refused(folder, "changes", "--after", "x")
    assert "restored to an earlier state" in refused(folder, "changes", "--after", "999")


def test_it_follows_until_it_is_interrupted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    newest = json.loads(leadline(folder, "operations", "list", "--limit", "1", "--json").stdout)[0]["seq"]
    command = [sys.executable, "-m", "leadline", "changes", "--follow", "--json", "--after", str(newest)]
    process = subprocess.Popen(
        command,
        env={**os.environ, "LEADLINE_DATA": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # tests in the background ignore it
    )
    try:
        _, creation, change = a_lead(folder)
        assert process.stdout is not None
        assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [creation, change]
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (rest, errors, process.returncode) == (b"", b"", 0)
