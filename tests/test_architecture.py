"""The house rules that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "leadline"
MODULES = sorted(SOURCE.rglob("*.py"))

ANYWHERE = {"errors", "access", "clock", "ids", "names", "migrations", "settings", "__init__"}
"""What any layer may use; none of it imports a layer, but for SQL's values."""

BELOW: dict[str, set[str]] = {
    "kit": set(),
    "log": {"kit"},
    "records": {"kit", "log"},
    "index": {"kit", "log", "records"},
    "crm": {"kit", "log", "records"},
    "people": {"kit", "log", "records"},
    "maintenance": {"kit", "log", "records", "crm"},
    "http": {"kit", "log", "records", "crm", "people"},
    "app": {"kit", "log", "records", "index", "crm", "people", "maintenance", "http"},
    "demo": {"kit", "log", "records", "crm", "people", "app"},
    "cli": {"kit", "log", "records", "index", "crm", "people", "maintenance", "http", "app", "demo"},
}
"""Each layer, and those it may import."""

MAX_FILE = 400
MAX_FUNCTION = 50


def layer(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_layers(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if node.module != "leadline" else [f"leadline.{a.name}" for a in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "leadline":
                yield parts[1] if len(parts) > 1 else "__init__"


@pytest.mark.parametrize("module", [m for m in MODULES if layer(m) in BELOW], ids=str)
def test_imports_run_one_way(module: Path) -> None:
    own = layer(module)
    allowed = BELOW[own] | {own} | (set() if own == "kit" else ANYWHERE)
    assert set(imported_layers(module)) <= allowed


def test_every_module_is_of_a_layer() -> None:
    assert {layer(module) for module in MODULES} <= {*BELOW, *ANYWHERE, "__main__"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_files_and_functions_stay_short(module: Path) -> None:
    text = module.read_text("utf-8")
    assert text.count("\n") <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MAX_FUNCTION, node.name


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_sql_that_writes_stands_in_its_place(module: Path) -> None:
    writes = [
        node.value
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.lstrip().startswith(("INSERT ", "UPDATE ", "DELETE "))
    ]
    of_people = {f"people/{name}.py" for name in ("login_throttle", "keys", "sessions", "tokens", "workspaces")}
    assert not writes or str(module.relative_to(SOURCE)) in {
        *of_people,
        "records/store.py",
        "log/__init__.py",
        "log/replies.py",
        "kit/db/migrate.py",
        "kit/db/sqlite/dialect.py",
        "maintenance/moving.py",
        "maintenance/table_parts.py",
    }


def test_no_sql_stands_in_the_http_layer() -> None:
    for module in (SOURCE / "http").rglob("*.py"):
        assert not re.search(
            r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.*\b(FROM|INTO|SET)\b", module.read_text("utf-8")
        ), module


def test_only_the_command_line_prints() -> None:
    for module in MODULES:
        calls = [n for n in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(n, ast.Call)]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert "print" not in names, module
