"""The pages under docs/ and the README say what is so."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from leadline.app import build_app
from leadline.cli.main import app as command_line
from leadline.crm.kinds import KINDS
from leadline.crm.leads import LEADS
from leadline.http.routes import all_routes
from leadline.http.server.exporter import ServerCollector
from leadline.http.server.metrics import ServerMetrics
from leadline.http.server.observer import RequestLine
from leadline.kit.json_logging import LogLine
from leadline.people.keys import KEYS
from leadline.people.users import USERS
from leadline.records.body import read_new
from leadline.records.kind import Kind
from leadline.records.types import ChoiceField
from leadline.settings import Settings
from tests.cast import Desk
from tests.e2e.server import serving

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "leadline"


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def test_every_setting_is_documented_with_its_default() -> None:
    documented = re.findall(r"^\| `LEADLINE_(\w+)` \|(.*?)\|", page("settings.md"), re.MULTILINE)
    fields = Settings.model_fields
    assert [name.lower() for name, _ in documented] == list(fields)
    assert [default.strip(" `") for _, default in documented] == [str(field.default) for field in fields.values()]


def test_every_route_is_documented() -> None:
    app = build_app(Settings())
    table = all_routes(app.make_services())
    documented = re.findall(r"^\| `([A-Z]+ /api/\S+)` \|", page("api.md"), re.MULTILINE)
    assert documented == [f"{route.method} {route.path}" for route in table]


def test_every_kind_of_operation_is_documented() -> None:
    sources = " ".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    kinds = set(re.findall(r'"((?:workspace|session|key|lead|operation)\.[a-z_]+)"', sources))
    verbs = re.findall(r'f"\{(?:self\._)?kind\.name\}\.([a-z_]+)"', sources)
    kinds |= {f"{kind.name}.{verb}" for kind in KINDS for verb in verbs}
    kinds |= {"user.created", "user.updated", "key.created"}
    kinds |= {"view.created", "view.updated", "view.deleted", "preferences.saved"}
    documented = page("api.md").split("Their kinds:")[1].split("## ")[0]
    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", documented)) == kinds


def commands(group: TyperGroup, *names: str) -> Iterator[tuple[str, list[str]]]:
    """All that can be called, by what is typed (`keys create`), with the options."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *names, name)
        else:
            yield " ".join([*names, name]), [option for one in command.params for option in one.opts]


def all_commands() -> dict[str, list[str]]:
    root = typer.main.get_command(command_line)
    assert isinstance(root, TyperGroup)
    return dict(commands(root))


def test_every_command_is_documented_and_explains_itself() -> None:
    found = all_commands()
    assert len(found) > 15
    for name in found:
        assert CliRunner().invoke(command_line, [*name.split(), "--help"]).exit_code == 0
        assert f"leadline {name}" in page("getting-started.md"), name


def test_every_option_is_documented() -> None:
    text = "".join(page(name) for name in ("getting-started.md", "data.md", "past-one-machine.md"))
    options = {option for options in all_commands().values() for option in options if option.startswith("--")}
    assert options - set(re.findall(r"--[a-z-]+", text)) == set()


def test_all_commands_but_copy_are_told_where_the_data_are_in_the_same_way() -> None:
    assert [name for name, options in all_commands().items() if not {"--data", "--database"} <= {*options}] == [
        "copy"
    ]
    assert "All commands but `copy` take `--data` or `--database`" in page("getting-started.md")


def test_no_command_is_documented_that_is_not_there() -> None:
    named = re.findall(
        r"^leadline ((?:keys|users|workspaces|operations) )?([a-z]+)", page("getting-started.md"), re.MULTILINE
    )
    assert {group + command for group, command in named} <= set(all_commands())


@pytest.mark.parametrize("kind", [*KINDS, USERS, KEYS], ids=lambda kind: kind.name)
def test_every_field_is_documented_in_its_order(kind: Kind) -> None:
    """With who sets it, and whether lists have it. docs/adding-a-field.md says what else a new one needs."""
    section = page("api.md").split(f"### Fields of {kind.plural}\n")[1].split("\n#")[0]
    documented = re.findall(r"^\| `(\w+)` \| (you|server) \| (yes|no) \| (.+) \|$", section, re.MULTILINE)
    assert [(name, who, listed) for name, who, listed, _ in documented] == [
        (field.name, "server" if field.server else "you", "yes" if field.name in kind.listed else "no")
        for field in kind.shown_fields
    ]
    for field in kind.shown_fields:
        if isinstance(field.type, ChoiceField):
            (meaning,) = (meaning for name, _, _, meaning in documented if name == field.name)
            assert set(field.type.values) <= set(re.findall(r"`(\w+)`", meaning)), field.name


def members_of_lines(kind: type[LogLine] = LogLine) -> Iterator[str]:
    yield from kind.__struct_fields__
    for narrower in kind.__subclasses__():
        yield from members_of_lines(narrower)


def test_every_member_of_a_log_line_is_documented() -> None:
    table = page("operations.md").split("## The log")[1].split("\n## ")[0]
    documented = [
        name for cell in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"\w+", cell)
    ]
    assert RequestLine.__struct_fields__
    assert sorted(documented) == sorted(set(members_of_lines()))


def test_every_metric_is_documented_with_its_labels() -> None:
    figures = ServerMetrics()
    figures.count_request("/api/leads/", "GET", 200, 0.1)
    families = [one for one in ServerCollector(lambda: [(os.getpid(), figures)]).collect() if "leadline" in one.name]
    names = {f"{one.name}_total" if one.type == "counter" else one.name: one for one in families}
    documented = re.findall(r"^\| `(leadline_\w+)` \| (.*?) ?\|", page("operations.md"), re.MULTILINE)
    assert sorted(name for name, _ in documented) == sorted(names)
    for name, labels in documented:
        had = {label for sample in names[name].samples for label in sample.labels} - {"le"}
        assert set(re.findall(r"\w+", labels)) == had, name


IN_WORDS = {12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen", 17: "seventeen"}


def test_every_dependency_is_pinned_and_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[^\w-]", each)[0] for each in project["dependencies"]]
    reasons = re.findall(r"^\| ([\w, -]+?) \|", page("decisions/0002-dependencies.md"), re.MULTILINE)
    assert sorted(", ".join(reasons).split(", "), key=str.lower) == sorted(names, key=str.lower)
    pinned = {
        line.split("==")[0].lower().replace("_", "-") for line in (ROOT / "constraints.txt").read_text().split()
    }
    assert {name.lower() for name in names} <= pinned
    assert f"{IN_WORDS[len(names)]} dependencies" in (ROOT / "README.md").read_text("utf-8")


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
            [lead] = client.get("/api/leads/").json()["results"]
            assert (lead["status"], lead["leadScore"]) == ("qualified", 9)
    for shown in ('"count":1', '"status":"qualified"', '"value":12000', '"kind":"operation.undone"'):
        assert shown in pasted.stdout


def test_the_loop_that_keeps_a_copy_misses_nothing(desk: Desk) -> None:
    [code] = re.findall(r"```python\n(def catch_up.*?)```", page("api.md"), re.DOTALL)
    known: dict[str, Any] = {}
    exec(code, known)
    copy: dict[str, Any] = {}
    desk.clock.at = 2_000_000_000_000
    rows = [read_new(LEADS, {"lastName": f"Lee {n}", "email": f"lee{n}@x.example"}) for n in range(230)]
    desk.run(desk.app.database.write(lambda tx: desk.app.records.create_many(tx, desk.acme.system, LEADS, rows), 1))

    def catch_up(since: str = "1970-01-01T00:00:00Z") -> str:
        newest: str = known["catch_up"](lambda path: desk.team.get(path).json(), copy, since)
        return newest

    since = catch_up()
    first = next(iter(copy))
    desk.team.patch(f"/api/leads/{first}/", {"company": "Acme"})  # in the second that the answer ended with
    desk.clock.at += 5_000
    desk.lead()
    catch_up(since)
    assert copy[first]["company"] == "Acme"
    assert len(copy) == desk.team.get("/api/leads/").json()["count"] == 231


def test_the_way_of_a_request_names_what_there_is() -> None:
    flow = page("how-a-request-flows.md")
    files = re.findall(r"`((?:http|records|crm|people|log|kit|index)/[\w/]*(?:\.py)?)`", flow)
    assert len(files) > 10
    for name in files:
        assert (SOURCE / name).exists(), name
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    for name in re.findall(r"`(?!LEADLINE_)(?:\w+\.)?([A-Za-z]\w+)`", flow):
        assert re.search(rf"\b{name}\b", source), name
