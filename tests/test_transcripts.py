"""The comparison of both databases' answers passes over what is a desk's own, and over nothing else."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from leadline import ids
from leadline.clock import system_clock, to_text
from tests.transcripts import Transcript, difference, of_both

LEADS = "http://desk.example/api/leads/"


def story(
    *, hours: int = 0, status: int = 201, name: str = "Lee", order: int = 1, etag: str = '"1"', by: int = 0
) -> str:
    """Two leads are made, and listed, at a desk with ids, keys and a time of its own."""
    at = system_clock() + hours * 3_600_000
    first, second = (ids.new_id("ld", at, number) for number in (1, 2))
    keys = [f"pk_live_{letter}{hours:031}" for letter in "AB"]
    transcript = Transcript("tests/test_story.py::test_story[*]")
    for lead in (first, second):
        headers = {"Authorization": f"Bearer {keys[by]}", "X-Own": str(hours)}
        made: dict[str, Any] = {"id": lead, "lastName": name, "createdAt": to_text(at // 1000), "hint": f"{hours:04}"}
        own = {"ETag": etag, "Location": f"/api/leads/{lead}/", "X-Request-Id": f"req_{hours}"}
        asked = httpx2.Request("POST", LEADS, json={"lastName": "Lee"}, headers=headers)
        transcript.note(httpx2.Response(status, json=made, headers=own, request=asked))
    asked = httpx2.Request(
        "GET", f"{LEADS}?id=x%2C{first}&createdAfter={to_text(at // 1000)}", headers={"Authorization": keys[0]}
    )
    transcript.note(httpx2.Response(200, json=[first, second][::order], request=asked))
    return transcript.text()


def test_ids_keys_and_times_of_their_own_are_no_difference() -> None:
    assert difference(story(), story(hours=30)) == ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": 200}, ["-201", "+200"]),
        ({"name": "Li"}, ['-    "lastName":"Lee",', '+    "lastName":"Li",']),
        ({"etag": '"2"'}, ['-  etag: "1"', '+  etag: "2"']),
        ({"order": -1}, ['-    ["<ld 2>",', '-    "<ld 3>"]', '+    ["<ld 3>",', '+    "<ld 2>"]']),
        ({"by": 1}, ["-  authorization: <pk_live 1>"]),
    ],
)
def test_anything_else_is_told_with_the_test_it_came_from(changed: dict[str, Any], told: list[str]) -> None:
    lines = difference(story(), story(**changed)).splitlines()
    assert lines[0] == "tests/test_story.py::test_story[*]"
    assert [line for line in told if line not in lines] == []


def test_times_that_a_test_has_set_are_compared() -> None:
    assert difference("2033-05-18T03:33:20Z", "2033-05-18T03:33:21Z") != ""
    long_after = 24 * 365 * 7
    assert to_text(system_clock() // 1000 + long_after * 3_600) in story(hours=long_after)


def test_a_test_that_ran_in_one_place_alone_is_not_compared(tmp_path: Path) -> None:
    for place, name in (("sqlite", "both"), ("postgres", "both"), ("sqlite", "alone")):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / name).write_text(f"{name} {place}", "utf-8")
    assert list(of_both(tmp_path)) == [("both sqlite", "both postgres")]
