"""The pages under docs/ and the README say what is so."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline.app import build
from leadline.cli.main import app as command_line
from leadline.crm.kinds import KINDS
from leadline.http.routes import routes
from leadline.settings import Settings
from tests.e2e.server import serving

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_every_setting_is_documented_with_its_default() -> None:
    documented = re.findall(r"^\| `LEADLINE_(\w+)` \|(.*?)\|", page("settings.md"), re.MULTILINE)
    fields = Settings.model_fields
    assert [name.lower() for name, _ in documented] == list(fields)
    assert [default.strip(" `") for _, default in documented] == [str(field.default) for field in fields.values()]


def test_every_route_is_documented() -> None:
    app = build(Settings())
    table = routes(app.services())
    documented = re.findall(r"^\| `([A-Z]+ /api/\S+)` \|", page("api.md"), re.MULTILINE)
    assert documented == [f"{route.method} {route.path}" for route in table]


def test_every_kind_of_operation_is_documented() -> None:
    sources = " ".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    kinds = set(re.findall(r'"((?:workspace|session|key|lead)\.[a-z]+)"', sources))
    verbs = re.findall(r'f"\{kind\.name\}\.([a-z]+)"', sources)
    kinds |= {f"{kind.name}.{verb}" for kind in KINDS for verb in verbs}
    kinds |= {"user.created", "user.updated", "key.created"}
    documented = page("api.md").split("Their kinds:")[1].split("## ")[0]
    assert set(re.findall(r"`([a-z]+\.[a-z]+)`", documented)) == kinds


SINGLE = ["serve", "init", "backup", "restore", "verify", "copy", "index"]
COMMANDS = {
    "keys": ["create", "list", "revoke"],
    "users": ["create", "list", "disable", "enable", "role", "password"],
    "workspaces": ["create", "list", "rename", "move"],
}


@pytest.mark.parametrize(
    "command",
    [[one] for one in SINGLE] + [[group, command] for group, commands in COMMANDS.items() for command in commands],
)
def test_every_command_is_documented(command: list[str]) -> None:
    assert CliRunner().invoke(command_line, [*command, "--help"]).exit_code == 0
    assert " ".join(["leadline", *command]) in page("getting-started.md")


def test_no_command_is_left_out() -> None:
    listing = CliRunner().invoke(command_line, ["--help"]).output
    assert re.findall(r"│ (\w+) {2,}[A-Z]", listing) == [*SINGLE, *COMMANDS]


def test_every_place_the_glossary_names_exists() -> None:
    for place in re.findall(r"`(\w+/[\w/]+\.py|\w+\.py)`", page("glossary.md")):
        assert (ROOT / "src" / "leadline" / place).exists(), place


def test_links_between_pages_lead_somewhere() -> None:
    for source in [ROOT / "README.md", ROOT / "deploy" / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([\w./-]+)\)", source.read_text("utf-8")):
            assert (source.parent / target).exists(), f"{source.name}: {target}"


def test_the_readme_works_when_pasted(tmp_path: Path) -> None:
    block = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[-1]
    with serving(tmp_path / "data") as server:
        script = block.replace("http://127.0.0.1:8000", server.url)
        script = script.replace(
            ".venv/bin/leadline keys create readme",
            f"{sys.executable} -m leadline keys create readme --data {server.folder}",
        )
        pasted = subprocess.run(["bash", "-eu", "-c", script], capture_output=True, text=True, timeout=30, check=True)
        with server.client() as client:
            assert client.get("/api/leads/").json()["count"] == 0
    for shown in ('"count":1', '"status":"qualified"', '"value":12000', '"kind":"lead.converted"'):
        assert shown in pasted.stdout
