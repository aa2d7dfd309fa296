"""The wheel: all that a server needs, and nothing of the machine that built it."""

import subprocess
import sys
from email.message import Message
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from leadline import __version__
from tests.e2e.server import Server

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `pip wheel .` has it built."""
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return Path(built)


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as files:
        return Parser().parsestr(files.read(f"leadline-{__version__}.dist-info/METADATA").decode())


def test_it_has_every_file_of_the_package_and_no_other(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.startswith(f"leadline-{__version__}.dist-info/")}
    files = (file.relative_to(SOURCE) for file in SOURCE.rglob("*") if file.is_file())
    assert packed == {str(file) for file in files if "__pycache__" not in file.parts}
    assert {Path(name).suffix for name in packed} >= {".py", ".sql", ".css", ".typed"}


def test_it_runs_on_any_machine_and_brings_the_command_and_the_licence(wheel: Path) -> None:
    assert wheel.name == f"leadline-{__version__}-py3-none-any.whl"
    with ZipFile(wheel) as files:
        folder = f"leadline-{__version__}.dist-info"
        assert "leadline = leadline.cli.main:main" in files.read(f"{folder}/entry_points.txt").decode()
        assert files.read(f"{folder}/licenses/LICENSE").decode() == (ROOT / "LICENSE").read_text("utf-8")


def test_it_says_what_it_is_and_names_no_address_that_is_not_ours(metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"
    assert "Programming Language :: Python :: 3.11" in metadata.get_all("Classifier", [])
    assert metadata.get_all("Project-URL", []) == []


@pytest.fixture
def unpacked(wheel: Path, tmp_path: Path) -> Path:
    with ZipFile(wheel) as files:
        files.extractall(tmp_path / "installed")
    return tmp_path / "installed"


def test_it_serves_without_the_clone_and_with_the_data_elsewhere(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's own packages, and of Leadline what the wheel has."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    environment = {"PYTHONPATH": str(unpacked)}
    where = "import leadline; print(leadline.__file__)"
    told = subprocess.run([sys.executable, "-c", where], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(unpacked / "leadline" / "__init__.py")
    server = Server(tmp_path / "data", workers=2, environment=environment)
    try:
        with server.client() as client:
            made = client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@wheel.example"})
            assert made.status_code == 201
            assert client.get("/api/docs/").status_code == 200
            assert client.get("/api/leads/?search=lee").json()["count"] == 1
        assert server.stop() == 0
    finally:
        if server.process.returncode is None:
            server.kill()
    assert list(elsewhere.iterdir()) == []
