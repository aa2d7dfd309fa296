import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

import leadline.kit.db.postgres  # noqa: F401 - hypothesis takes values from what is imported: on both databases the same
from leadline.kit.json_logging import STANDARD_ERROR
from tests import transcripts
from tests.cast import Desk, OnPostgres, OnSqlite, Place, desk_on
from tests.memory import in_memory
from tests.postgres import cluster
from tests.size import Size
from tests.web.skipped import describe_skipped

LONGEST = (
    "tests/http/test_schemathesis.py",
    "tests/maintenance/",
    "tests/e2e/",
    "tests/web/",
    "tests/kit/postgres/test_replica.py",
)
"""They begin first, so that no worker is left with one of them in the end."""
SHOWN = 10
"""How many of the tests that differ are told in full."""

TRANSCRIPTS = pytest.StashKey[Path]()
COMPARED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the random tests at full size")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if place := in_memory():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(place))
    Size(is_full=config.getoption("--long")).load_profile()
    given: dict[str, str] | None = getattr(config, "workerinput", None)
    config.stash[TRANSCRIPTS] = Path(given["transcripts"] if given else tempfile.mkdtemp(dir=in_memory()))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["transcripts"] = str(node.config.stash[TRANSCRIPTS])


def pytest_collection_finish() -> None:
    """What is there by now stays to the end: no collection of garbage needs to go through it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture(autouse=True)
def transcript(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test asks and is answered in one place must be the same in the other."""
    with transcripts.written_down(request.node, request.config.stash[TRANSCRIPTS]):
        yield


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    STANDARD_ERROR.drain()  # what a test logs is shown with it


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    folder = session.config.stash[TRANSCRIPTS]
    differences = [transcripts.difference(*both) for both in transcripts.of_both(folder)]
    session.config.stash[COMPARED] = differences
    shutil.rmtree(folder)
    if any(differences):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    compared = config.stash.get(COMPARED, [])
    differences = [difference for difference in compared if difference]
    for difference in differences[:SHOWN]:
        terminalreporter.section("the databases answer differently")
        terminalreporter.line(difference)
    for line in describe_skipped(terminalreporter.stats.get("skipped", [])):
        terminalreporter.line(line)
    if compared:
        terminalreporter.line(f"{len(compared)} tests compared on both databases, {len(differences)} differ")


@pytest.fixture(scope="session")
def size(pytestconfig: pytest.Config) -> Size:
    return Size(is_full=pytestconfig.getoption("--long"))


@pytest.fixture(scope="session")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> OnSqlite:
    return OnSqlite(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def on_postgres() -> Iterator[OnPostgres]:
    with cluster() as made, made.copy() as prepared:
        yield OnPostgres(made, prepared)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest) -> Place:
    """Every test that has a desk runs on both databases."""
    found: Place = request.getfixturevalue(f"on_{request.param}")
    return found


@pytest.fixture
def desk(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> Iterator[Desk]:
    """The test's own; or that of its module, a minute later, if it is marked so."""
    if request.node.get_closest_marker("at_the_shared_desk"):
        shared: Desk = request.getfixturevalue("shared_desk")
        yield shared.a_minute_later()
    else:
        with desk_on(place, tmp_path / "data") as own:
            yield own


@pytest.fixture(scope="module")
def shared_desk(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Whose people and whose clock are in the end as they were."""
    with desk_on(place, tmp_path_factory.mktemp("shared")) as desk:
        people = desk.dump()["users"]
        yield desk
        assert (desk.dump()["users"], desk.clock.at) == (people, None)
