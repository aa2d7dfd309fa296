"""Preferences: each person's client keeps an object for them, which nobody else sees."""

from typing import Any

import httpx2
import pytest

from tests.cast import Caller, Desk

PATH = "/api/me/preferences/"
JSON = {"Content-Type": "application/json"}


def save(caller: Caller, preferences: Any, **options: Any) -> httpx2.Response:
    return caller.send("PUT", PATH, json=preferences, **options)


def test_preferences_are_empty_until_they_are_saved(desk: Desk) -> None:
    assert desk.ben.get(PATH).json() == {}
    answer = save(desk.ben, {"theme": "dark", "columns": {"leads": ["name", "email"]}, "width": 1.5, "seen": None})
    assert answer.status_code == 200
    assert answer.headers["Operation-Id"].startswith("op_")
    assert answer.json() == desk.ben.get(PATH).json()
    assert desk.ben.get(PATH).json()["width"] == 1.5


def test_they_are_replaced_as_a_whole(desk: Desk) -> None:
    for preferences in ({"a": 1, "b": 2}, {"a": True}, {"a": 1}, {"a": 1}, {}):
        save(desk.ben, preferences)
        assert desk.ben.get(PATH).text.replace(" ", "") == str(preferences).replace("'", '"').lower().replace(" ", "")


def test_each_person_has_their_own(desk: Desk) -> None:
    for caller, theme in ((desk.ben, "dark"), (desk.cleo, "light"), (desk.vic, "plain"), (desk.zoe, "red")):
        save(caller, {"theme": theme})
    assert desk.ada.get(PATH).json() == {}
    told = [caller.get(PATH).json()["theme"] for caller in (desk.ben, desk.cleo, desk.vic, desk.zoe)]
    assert told == ["dark", "light", "plain", "red"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[1]", 400, "not_an_object"),
        (b'"dark"', 400, "not_an_object"),
        (b"{", 400, "not_json"),
        (b"", 400, "not_json"),
        (b'{"a": 1, "a": 2}', 400, "unsafe_json"),
        (b'{"a": NaN}', 400, "unsafe_json"),
        (b'{"a": "' + b"x" * 16_384 + b'"}', 413, "body_too_large"),
    ],
)
def test_what_is_no_small_object_is_refused(desk: Desk, body: bytes, status: int, code: str) -> None:
    save(desk.ben, {"theme": "dark"})
    answer = desk.ben.send("PUT", PATH, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert desk.ben.get(PATH).json() == {"theme": "dark"}


def test_sixteen_kib_are_kept_to_the_last_byte(desk: Desk) -> None:
    body = b'{"a": "' + "é".encode() * 8_187 + b'"}'
    assert len(body) == 16_383
    assert desk.ben.send("PUT", PATH, content=body, headers=JSON).status_code == 200
    assert desk.ben.get(PATH).content == body


@pytest.mark.at_the_shared_desk
def test_keys_have_none(desk: Desk) -> None:
    for answer in (desk.team.get(PATH), save(desk.team, {})):
        assert (answer.status_code, answer.json()["code"]) == (403, "not_a_person")


@pytest.mark.at_the_shared_desk
def test_there_is_nothing_to_ask_them_for(desk: Desk) -> None:
    assert desk.ben.get(f"{PATH}?theme=dark").status_code == 400


def test_any_text_is_kept(desk: Desk) -> None:
    preferences = {"\u0000": "nul\u0000", "line\nbreak": "😀", "": ""}
    assert save(desk.ben, preferences).status_code == 200
    assert desk.ben.get(PATH).json() == preferences


def test_they_can_be_previewed_and_saved_again_with_a_key(desk: Desk) -> None:
    preview = save(desk.ben, {"theme": "dark"}, params={"dryRun": "true"}).json()
    assert (preview["status"], preview["answer"], desk.ben.get(PATH).json()) == (200, {"theme": "dark"}, {})
    for _ in range(2):
        answer = save(desk.ben, {"theme": "dark"}, headers={"Idempotency-Key": "once"})
        assert (answer.status_code, answer.json()) == (200, {"theme": "dark"})
    assert desk.rows("SELECT version FROM preferences") == [(1,)]
