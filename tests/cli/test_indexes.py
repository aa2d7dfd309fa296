"""`leadline index`: the files that the live indexes of a server begin with."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leadline.cli import indexes
from leadline.cli.main import app as command_line
from leadline.crm.leads import LEADS
from leadline.index.file import IndexFile
from tests.cast import Desk, Place, desk_on


@pytest.fixture
def however_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "MIN_INDEXED_RECORDS", 0)


def leadline_index(desk: Desk, *arguments: str, folder: str = "") -> Result:
    environment = {**desk.app.settings.as_environment(), "LEADLINE_INDEX_FOLDER": folder}
    return CliRunner().invoke(command_line, ["index", *arguments], env=environment)


@pytest.mark.usefixtures("however_few")
def test_it_makes_a_file_for_each_kind_of_each_workspace_and_brings_it_up_to_date(
    place: Place, tmp_path: Path
) -> None:
    folder = tmp_path / "indexes"
    with desk_on(place, tmp_path / "data") as desk:
        desk.lead()
        assert leadline_index(desk, folder=str(folder)).exit_code == 0
        workspaces = (desk.acme.workspace.id, desk.zoes.workspace.id)
        plurals = ("leads", "contacts", "accounts", "opportunities")
        assert {file.name for file in folder.iterdir()} == {f"{id_}.{name}" for id_ in workspaces for name in plurals}
        desk.lead()
        again = leadline_index(desk, "--workspace", desk.acme.workspace.id, "--kind", "lead", folder=str(folder))
        assert (again.stderr, again.stdout) == ("", f"{desk.acme.workspace.id}: the index of leads is up to date.\n")
        index, _ = IndexFile(folder, LEADS, desk.acme.workspace.id).read_index()
        assert len(index) == 2


def test_it_refuses_what_there_is_not(place: Place, tmp_path: Path) -> None:
    with desk_on(place, tmp_path / "data") as desk:
        unknown = leadline_index(desk, "--workspace", "ws_unknown", folder=str(tmp_path / "indexes"))
        assert (unknown.exit_code, "choose one of these workspaces" in unknown.stderr) == (1, True)
        unknown = leadline_index(desk, "--kind", "leads", folder=str(tmp_path / "indexes"))
        assert unknown.stderr == "leadline: choose one of these kinds: lead, contact, account, opportunity.\n"
        if desk.app.settings.on_postgres:
            nowhere = leadline_index(desk)
            assert (nowhere.exit_code, "LEADLINE_INDEX_FOLDER" in nowhere.stderr) == (1, True)


@pytest.mark.usefixtures("however_few")
def test_a_folder_that_cannot_be_made_fails_with_a_sentence(place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("this is no folder")
    with desk_on(place, tmp_path / "data") as desk:
        desk.lead()
        refused = leadline_index(desk, folder=str(tmp_path / "file" / "indexes"))
    assert (refused.exit_code, refused.stderr.startswith("leadline: ")) == (1, True)


def test_a_small_workspace_needs_none(place: Place, tmp_path: Path) -> None:
    with desk_on(place, tmp_path / "data") as desk:
        desk.lead()
        made = leadline_index(desk, "--workspace", desk.acme.workspace.id, folder=str(tmp_path / "indexes"))
    assert made.stdout == f"{desk.acme.workspace.id} has too few records to need one.\n"
    assert list((tmp_path / "indexes").iterdir()) == []
