"""The server keeps what its OpenAPI document promises: schemathesis calls every endpoint, with all its checks."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events

from tests.cast import OnSqlite, desk_on
from tests.e2e.server import Server, serving

CASES = 2_000

EXCUSED = {
    "excludes",  # page beside offset: OpenAPI cannot say that one parameter excludes another
    "stale_version",  # a well-formed If-Match, but not this record's
    "required",  # a PATCH that takes the last name away; an account that no company gives a name
    "bad_header",  # the coverage phase takes the quotes off the ETag it sends
}
"""Refusals of what the document allows, because they depend on the data or cannot be written in it."""


@pytest.fixture
def server(on_sqlite: OnSqlite, tmp_path: Path) -> Iterator[Server]:
    """A real server, with a contact and an account to link to."""
    cast = on_sqlite.cast
    folder = tmp_path / "data"
    with desk_on(on_sqlite, folder) as desk:
        lead = desk.lead(company="Startup IO")
        made = desk.team.post(f"/api/leads/{lead['id']}/convert/", {"createAccount": True}).json()
    for name, ids in {
        "user-id": [user.id for user in cast.acme.sellers],
        "account-id": [made["account"]["id"]],
        "contact-id": [made["contact"]["id"]],
    }.items():
        schemathesis.openapi.format(name, st.sampled_from(ids))
    schemathesis.openapi.format("idn-email", st.emails())
    with serving(folder, key=cast.acme.key) as server:
        yield server


def load(server: Server) -> Any:
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "headers": {"Authorization": f"Bearer {server.key}"},
            "generation": {"deterministic": True, "max-examples": 105},
            "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
            # To cover these value by value takes most of a minute; the fuzzing phase mixes their values instead.
            "operations": [
                {"include-name": name, "phases": {"coverage": {"enabled": False}}}
                for name in ("GET /api/leads/", "PATCH /api/leads/{id}/")
            ],
            "cache": {"enabled": False},
        }
    )
    schema = schemathesis.openapi.from_url(f"{server.url}/api/openapi.json", config=config)

    @schema.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        problem = response.json() if response.status_code in (400, 412, 422) else {}
        codes = {error["code"] for error in problem.get("errors", [])} or {problem.get("code")}
        return not (type(failure).__name__ == "RejectedPositiveData" and codes <= EXCUSED)

    return schema


def test_every_endpoint_does_what_the_document_says(server: Server) -> None:
    schema = load(server)
    called: Counter[str] = Counter()
    failures = []
    for event in engine.from_schema(schema).execute():
        assert not isinstance(event, events.NonFatalError | events.FatalError), event
        if isinstance(event, events.ScenarioFinished):
            called.update(node.value.operation.label for node in event.recorder.cases.values())
            failures += [
                (event.recorder.cases[case].value.as_curl_command(), check.failure_info)
                for case, checks in event.recorder.checks.items()
                for check in checks
                if check.status is not Status.SUCCESS
            ]
    assert failures == []
    assert called.total() >= CASES
    assert set(called) == {result.ok().label for result in schema.get_all_operations()}
