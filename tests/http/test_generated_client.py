"""A Python client that is made from the OpenAPI document by a generator calls every route."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from leadline.app import build_app
from leadline.http.routes import all_routes
from leadline.http.server.router import Router
from leadline.settings import Settings
from tests.cast import PASSWORD, OnSqlite, desk_on
from tests.e2e import quick
from tests.e2e.server import serving
from tests.http import generated_calls

ROOT = Path(__file__).parent.parent.parent
BIN = ROOT / ".venv" / "generator" / "bin"
Json = dict[str, Any]


def run(*command: str | Path, asked: str = "") -> str:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"  # the generator looks for ruff there
    environment = {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, input=asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def told(on_sqlite: OnSqlite, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What the generator printed, and what the client asked and was answered."""
    assert BIN.exists(), "the generator is missing: `make setup` installs it"
    folder = tmp_path_factory.mktemp("generated")
    with desk_on(on_sqlite, folder / "data"):
        pass
    with serving(folder / "data", key=on_sqlite.cast.acme.admin.access, module=quick.__name__) as server:
        document = server.ask("GET", "/api/openapi.json")
        (folder / "openapi.json").write_bytes(document.content)
        printed = run(
            BIN / "openapi-python-client",
            *("generate", "--path", folder / "openapi.json"),
            *("--meta", "none", "--output-path", folder / "desk_client"),
        )
        asked = {
            "folder": str(folder),
            "package": "desk_client",
            "url": server.url,
            "email": on_sqlite.cast.acme.admin.email,
            "password": PASSWORD,
            "document": document.json(),
        }
        answered = run(BIN / "python", generated_calls.__file__, asked=json.dumps(asked))
        assert server.stop() == 0
    return {"printed": printed, **json.loads(answered)}


def test_the_generator_has_nothing_to_warn_of(told: Json) -> None:
    assert told["printed"].splitlines()[1:] == []
    assert told["printed"].startswith("Generating")


def test_the_client_calls_every_route(told: Json) -> None:
    table = all_routes(build_app(Settings()).make_services())
    paths = Router(table)
    called = set()
    for request in told["requests"]:
        assert 200 <= request["status"] < 300, request
        methods, _ = paths.find_route(request["path"])
        assert methods is not None
        called.add((request["method"], methods[request["method"]].path))
    assert called == {(route.method, route.path) for route in table}


@pytest.mark.parametrize(("record", "field", "value"), [("lead", "leadScore", 9), ("user", "firstName", "Kim")])
def test_a_partial_update_changes_that_field_alone(told: Json, record: str, field: str, value: object) -> None:
    before, after = told["updated"][record]
    assert after == before | {field: value, "updatedAt": after["updatedAt"]}
    assert before[field] != value
