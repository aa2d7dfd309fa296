"""What docs/adding-a-field.md says, done to a copy of the source on data of before."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from leadline.crm.leads import LEADS
from leadline.records.structures import JsonField
from leadline.records.types import FieldType
from tests.e2e.server import serving

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "adding-a-field.md").read_text("utf-8")
BEFORE = {"lastName": "Lee", "email": "lee@before.example"}
AFTER = {"lastName": "Kim", "email": "kim@after.example", "jobTitle": "Chief of Staff"}


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def follow_the_page(source: Path) -> None:
    shutil.copytree(ROOT / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
    leads = source / "leadline" / "crm" / "leads.py"
    text = leads.read_text("utf-8")
    above = '        Field("company", TextField()),\n'
    assert text.count(above) == 1
    leads.write_text(text.replace(above, f"{above}        {block('python').strip()},\n"), "utf-8")
    migrations = source / "leadline" / "migrations"
    number = 1 + max(int(file.name[:4]) for file in migrations.glob("*.sql"))
    (named,) = re.findall(r"`0000(_\w+\.sql)`", PAGE)
    (migrations / f"{number:04}{named}").write_text(block("sql"), "utf-8")
    searched = '("email",), ("company",)'
    assert text.count(searched) == 1
    leads.write_text(leads.read_text("utf-8").replace(searched, f'{searched}, ("jobTitle",)'), "utf-8")
    (filling,) = re.findall(r"`0000(_\w+\.sqlite\.sql)`", PAGE)
    (migrations / f"{number:04}{filling}").write_text(block("sqlite"), "utf-8")


def test_the_field_is_there_for_new_records_and_for_those_of_before(tmp_path: Path) -> None:
    assert "jobTitle" not in LEADS.fields
    with serving(tmp_path / "data") as server, server.client() as client:
        old = client.post("/api/leads/", json=BEFORE).json()
        assert "jobTitle" not in old
        assert server.stop() == 0
    follow_the_page(tmp_path / "source")
    environment = {"PYTHONPATH": str(tmp_path / "source")}
    with serving(tmp_path / "data", key=server.key, environment=environment) as newer, newer.client() as client:
        assert client.get(f"/api/leads/{old['id']}/").json() == old | {"jobTitle": None}
        new = client.post("/api/leads/", json=AFTER).json()
        names = list(new)
        assert (new["jobTitle"], names.index("jobTitle")) == ("Chief of Staff", names.index("company") + 1)
        too_long = client.patch(f"/api/leads/{old['id']}/", json={"jobTitle": "x" * 101})
        assert (too_long.status_code, too_long.json()["errors"][0]["field"]) == (422, "jobTitle")
        assert client.patch(f"/api/leads/{old['id']}/", json={"jobTitle": "Chief"}).status_code == 200
        found = client.get("/api/leads/?jobTitle[contains]=chief%20of").json()
        assert [lead["id"] for lead in found["results"]] == [new["id"]]
        assert client.get("/api/leads/?search=of%20staff").json()["count"] == 1
        assert client.get("/api/leads/?search=before").json()["count"] == 1
        history = client.get(f"/api/leads/{old['id']}/history/").json()["results"]
        assert history[0]["changes"]["jobTitle"] == [None, "Chief"]
        document = client.get("/api/openapi.json").json()
        assert "jobTitle" in document["components"]["schemas"]["LeadCreate"]["properties"]
        assert newer.stop() == 0
    verify = [sys.executable, "-m", "leadline", "verify", "--data", str(newer.folder)]
    checked = subprocess.run(verify, env=newer.environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr


def narrower_types(type_: type[FieldType]) -> Iterator[type[FieldType]]:
    """Those in `records/` that are built upon it."""
    for narrower in type_.__subclasses__():
        if narrower.__module__.startswith("leadline.records"):
            yield narrower
            yield from narrower_types(narrower)


def test_the_types_that_the_page_names_are_those_that_there_are() -> None:
    named = set(re.findall(r"`([A-Z]\w+)`", PAGE.split("| type |")[1].split("\n\n")[0])) - {"TEXT", "INTEGER"}
    assert named == {type_.__name__ for type_ in narrower_types(FieldType) if type_ is not JsonField}


def test_the_files_that_the_page_names_are_there() -> None:
    for named in re.findall(r"`((?:src/leadline|docs|tests|crm|records)/[\w/.-]+|\w+\.md)`", PAGE):
        assert (ROOT / named).exists() or (ROOT / "src" / "leadline" / named).exists(), named
