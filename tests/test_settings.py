"""Settings that are more than one value, and those that cannot be."""

import pytest
from pydantic import ValidationError

from leadline.settings import Settings

HOME = "postgresql://leadline@home.example/leads"
EU = "postgresql://leadline:a=b,c@eu1.example,eu2.example/leads?pgbouncer=true"
US = "sqlite:///srv/us.db"


def test_clusters_have_names_and_addresses_with_commas_of_their_own() -> None:
    settings = Settings(database=HOME, replica=HOME, clusters=f"eu={EU},us-1={US}")
    assert {name: (its.database, its.replica, its.clusters) for name, its in settings.cluster_settings.items()} == {
        "home": (HOME, HOME, ""),
        "eu": (EU, "", ""),
        "us-1": (US, "", ""),
    }
    assert list(Settings().cluster_settings) == ["home"]


@pytest.mark.parametrize(
    "clusters",
    [EU, "eu", f"EU={EU}", f"home={EU}", f"eu={EU},eu={US}", "eu=http://eu.example", f"eu={EU},", f",eu={EU}", "eu="],
)
def test_clusters_that_cannot_be_are_refused(clusters: str) -> None:
    with pytest.raises(ValidationError, match="NAME=ADDRESS"):
        Settings(database=HOME, clusters=clusters)


def test_a_replica_needs_a_primary() -> None:
    with pytest.raises(ValidationError, match="LEADLINE_REPLICA needs the data in PostgreSQL"):
        Settings(replica=HOME)


def test_what_is_given_wins_over_the_environment_and_that_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_PORT", "1234")
    monkeypatch.setenv("LEADLINE_WORKERS", "2")
    settings = Settings(workers=3)
    assert (settings.port, settings.workers, settings.connections) == (1234, 3, 10)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


@pytest.mark.parametrize("text", ["", "many", "70000"])
def test_an_environment_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("LEADLINE_PORT", text)
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_what_is_no_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Settings(colour="red")  # type: ignore[call-arg]


def test_answers_are_kept_for_a_day_at_least() -> None:
    with pytest.raises(ValidationError, match="retry_hours"):
        Settings(retry_hours=23)
