"""The house rules of the web app that a machine can check."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from leadline.http.openapi.document import encode_document
from leadline.http.routes import all_routes
from tests.cast import Desk

SOURCE = Path(__file__).parents[1] / "web" / "src"
MODULES = sorted(file for file in SOURCE.rglob("*.ts*") if ".test." not in file.name)

GROUND = {"words", "state", "api"}
PARTS = GROUND | {"kinds", "ui", "undo"}
SHARED = PARTS | {"record", "filters", "list", "views"}
FEATURES = {"board", "convert", "create", "home", "login", "operations", "reports", "settings"}
BELOW: dict[str, set[str]] = {
    "words": set(),
    "state": {"words", "api"},  # of `api`, the names of kinds
    "api": {"state", "words"},
    "kinds": {"words", "api"},
    "ui": GROUND | {"kinds"},
    "undo": GROUND | {"ui"},
    "record": PARTS,
    "views": PARTS,
    "filters": PARTS | {"record", "views"},
    "list": PARTS | {"record", "filters", "views"},
    **dict.fromkeys(FEATURES, SHARED),
    "app": SHARED | FEATURES,
    "main.tsx": SHARED | FEATURES | {"app", "styles"},
    "vite-env.d.ts": set(),
}
"""Each folder of the web app, and those it may import. Features never import each other."""

MAX_FILE = 200
_IMPORT = re.compile(r"""(?:from|import|import\()\s*['"](\.{1,2}/[^'"]+)['"]""")


def folder(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0]


def imported_folders(module: Path) -> Iterator[str]:
    for path in _IMPORT.findall(module.read_text("utf-8")):
        target = (module.parent / path).resolve()
        yield target.relative_to(SOURCE).parts[0]


def name(module: Path) -> str:
    return module.relative_to(SOURCE).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_imports_run_one_way(module: Path) -> None:
    assert set(imported_folders(module)) <= BELOW[folder(module)] | {folder(module)}


@pytest.mark.parametrize("module", [m for m in MODULES if m.name != "schema.d.ts"], ids=name)
def test_files_stay_short(module: Path) -> None:
    assert module.read_text("utf-8").count("\n") <= MAX_FILE


@pytest.mark.parametrize("sheet", sorted(SOURCE.rglob("*.css")), ids=name)
def test_colours_are_tokens(sheet: Path) -> None:
    if sheet.name in ("tokens.css", "Avatar.module.css"):
        return
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", sheet.read_text("utf-8")) == []


def test_the_types_are_those_of_the_server(desk: Desk) -> None:
    """If this fails, run `npm run types` in ./web against a running server."""
    document: dict[str, Any] = msgspec.json.decode(encode_document(all_routes(desk.app.make_services())))
    schemas = json.dumps(document["components"]["schemas"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(schemas.encode()).hexdigest()
    assert (SOURCE / "api" / "schema.d.ts").read_text("utf-8").split()[2].rstrip(";") == digest
