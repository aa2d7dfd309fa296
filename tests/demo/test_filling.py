"""A desk that the demo has filled: it is believable, whole, and everything on it can be taken back."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from typer.testing import CliRunner, Result

from leadline.app import App
from leadline.cli.first_start import FirstStart, make_first
from leadline.cli.main import app as command_line
from leadline.cli.target import with_app
from leadline.clock import system_clock
from leadline.crm.opportunities import STAGES
from leadline.demo import plan
from leadline.demo.filling import DemoDesk
from leadline.kit.db import Row
from leadline.settings import Settings
from tests.cast import OnPostgres

YEAR_MS = 365 * 24 * 3600 * 1000


class FilledDesk(NamedTuple):
    settings: Settings
    first: FirstStart
    now: int

    def rows(self, sql: str) -> list[Row]:
        async def read(app: App) -> list[Row]:
            return await app.database.read(lambda tx: tx.fetch_all(sql))

        return with_app(self.settings, read)

    def leadline(self, *arguments: str) -> Result:
        return CliRunner().invoke(command_line, arguments, env=self.settings.as_environment())


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FilledDesk]:
    """On PostgreSQL with fewer leads, because it answers each statement over a socket."""
    if request.param == "sqlite":
        yield fill(Settings(data=tmp_path_factory.mktemp("demo") / "data"))
        return
    on_postgres: OnPostgres = request.getfixturevalue("on_postgres")
    with on_postgres.cluster.copy() as database, pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "SINGLE_LEADS", 260)
        patch.setattr(plan, "IMPORTED_LEADS", 14)
        patch.setattr(plan, "SAME_EMAIL_LEADS", 6)
        yield fill(Settings(database=on_postgres.cluster.url(database)))


def fill(settings: Settings) -> FilledDesk:
    now = system_clock()
    first = make_first(settings, DemoDesk(now))
    assert first is not None
    return FilledDesk(settings, first, now)


def test_leads_are_in_all_states_and_a_part_is_nobodys(filled: FilledDesk) -> None:
    leads = filled.rows("SELECT status, assigned_to, phone, source FROM leads")
    assert len(leads) > (2_200 if not filled.settings.on_postgres else 250)
    statuses = Counter(str(status) for status, *_ in leads)
    assert {*statuses} == {"new", "contacted", "qualified", "nurturing", "unqualified", "converted", "lost"}
    assert statuses["new"] == max(statuses.values())
    assert 0.08 < statuses["converted"] / len(leads) < 0.18
    assert 0.12 < sum(owner is None for _, owner, *_ in leads) / len(leads) < 0.3
    assert 0.2 < sum(phone is None for _, _, phone, _ in leads) / len(leads) < 0.5
    assert len({source for *_, source in leads}) == 9


def test_converted_leads_have_deals_at_all_stages(filled: FilledDesk) -> None:
    deals = filled.rows("SELECT stage, value, close_date FROM opportunities")
    assert {stage for stage, *_ in deals} >= {*STAGES} - {"prospecting", "needs_analysis", "proposal"}
    assert all(value and day for _, value, day in deals)
    ((contacts,),) = filled.rows("SELECT count(*) FROM contacts")
    assert filled.rows("SELECT count(*) FROM leads WHERE status = 'converted'") == [(contacts,)]


def test_the_log_has_a_year_in_order(filled: FilledDesk) -> None:
    times = [int(at or 0) for (at,) in filled.rows("SELECT at FROM operations ORDER BY seq")]
    assert times == sorted(times)
    assert times[0] // 1000 == (filled.now - YEAR_MS) // 1000
    assert times[-1] <= filled.now


def test_people_and_programs_have_written_it(filled: FilledDesk) -> None:
    writers = filled.rows(
        "SELECT DISTINCT users.email, keys.name FROM operations JOIN users ON users.id = operations.user_id"
        " LEFT JOIN keys ON keys.id = operations.key_id WHERE operations.kind LIKE 'lead.%'"
    )
    assert len([email for email, _ in writers if email is not None]) == 6
    assert {name for _, name in writers} == {None, "Website form", "Import", "Mailing"}


def test_the_data_are_whole(filled: FilledDesk) -> None:
    verified = filled.leadline("verify")
    assert verified.exit_code == 0, verified.output


def test_an_operation_of_it_can_be_taken_back(filled: FilledDesk) -> None:
    ((newest,),) = filled.rows(
        "SELECT id FROM operations WHERE kind = 'lead.updated' AND id NOT IN"
        " (SELECT undoes FROM operations WHERE undoes IS NOT NULL) ORDER BY seq DESC LIMIT 1"
    )
    undone = filled.leadline("operations", "undo", str(newest))
    assert undone.exit_code == 0, undone.output


def test_it_fills_only_once(filled: FilledDesk) -> None:
    before = filled.rows("SELECT count(*) FROM operations")
    assert make_first(filled.settings, DemoDesk(system_clock())) is None
    assert filled.rows("SELECT count(*) FROM operations") == before
