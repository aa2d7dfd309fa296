"""Pages of other sites that call the API from a browser."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from pydantic import ValidationError

from leadline.settings import Settings
from tests.cast import Desk, Place, desk_on
from tests.e2e.server import serving

APP = "https://app.example.com"
DeskWith = Callable[..., AbstractContextManager[Desk]]


@pytest.fixture
def desk_with(place: Place, tmp_path: Path) -> DeskWith:
    return partial(desk_on, place, tmp_path / "data")


@pytest.fixture
def desk(desk_with: DeskWith) -> Iterator[Desk]:
    with desk_with(cors_origins=f"{APP}, http://localhost:5173") as desk:
        yield desk


def test_a_page_of_a_named_origin_may_read_answers(desk: Desk) -> None:
    answer = desk.team.get("/api/leads/", headers={"Origin": APP})
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Location", "Operation-Id", "Retry-After", "X-Request-Id", "X-RateLimit-Limit"} <= set(exposed)
    assert "Idempotency-Replayed" in exposed
    assert "origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/api/leads/ld_x/", "/api/nowhere/", "/api/leads/?limit=0"])
def test_a_refusal_can_be_read_too(desk: Desk, path: str) -> None:
    answer = desk.team.get(path, headers={"Origin": APP})
    assert answer.status_code in (400, 404)
    assert answer.headers["Access-Control-Allow-Origin"] == APP


def test_a_preflight_is_answered_without_a_token(desk: Desk) -> None:
    asked = {"Origin": APP, "Access-Control-Request-Method": "PATCH"}
    answer = desk.nobody.send("OPTIONS", "/api/leads/ld_x/", headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == APP
    assert answer.headers["Access-Control-Allow-Methods"] == answer.headers["Allow"]
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    assert all(
        name in allowed for name in ("authorization", "content-type", "idempotency-key", "if-match", "if-none-match")
    )


@pytest.mark.parametrize("origin", ["https://evil.example", "http://app.example.com", f"{APP}.evil.example", "null"])
def test_another_origin_is_told_nothing(desk: Desk, origin: str) -> None:
    for method, path in (("GET", "/api/leads/"), ("OPTIONS", "/api/leads/")):
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        answer = desk.team.send(method, path, headers=asked)
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert "origin" in answer.headers["Vary"]


def test_every_origin_may_be_allowed(desk_with: DeskWith) -> None:
    with desk_with(cors_origins="*") as desk:
        answer = desk.team.get("/api/leads/", headers={"Origin": "https://anywhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_by_default_no_other_site_may(desk_with: DeskWith) -> None:
    with desk_with() as desk:
        answer = desk.team.get("/api/leads/", headers={"Origin": APP})
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize(
    "origins", ["app.example.com", f"{APP}/", f"{APP}/path", "https://App.example.com", f"*,{APP}", "https://a b"]
)
def test_what_is_no_origin_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(ValidationError, match="must be"):
        Settings(cors_origins=origins)


def test_a_real_server_answers_a_preflight(tmp_path: Path) -> None:
    environment = {"LEADLINE_CORS_ORIGINS": APP}
    with serving(tmp_path / "data", environment=environment) as server, server.client() as client:
        asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
        assert client.options("/api/leads/", headers=asked).headers["Access-Control-Allow-Origin"] == APP
        assert client.get("/api/leads/", headers=asked).headers["Access-Control-Allow-Origin"] == APP
