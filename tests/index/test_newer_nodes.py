"""A node of a newer version writes to the same data: what this one does not know of, it leaves aside."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.log import Change
from leadline.maintenance.verify import verify_data
from tests import promises
from tests.cast import Desk
from tests.index.desks import count, is_told, wait_for_index, worker

MADE_UP: dict[str, Any] = {"mood": [None, "sunny"], "moods": [[], ["sunny", "calm"]], "moodAt": [None, {"day": 3}]}


def write_as_a_newer_node(
    desk: Desk, lead: Mapping[str, Any], fields: Mapping[str, Any], kind: str = "lead.brightened", sql: str = ""
) -> None:
    """A change of a lead, as the next version might write it; the `sql` sets what this version knows of, too."""

    async def write(tx: Transaction) -> None:
        operation = await desk.app.records.operations.begin(tx, desk.acme.workspace.number)
        await tx.execute(f"UPDATE leads SET version = version + 1 {sql} WHERE id = ?", (lead["id"],))
        changes = [
            Change(lead["id"], 2, fields),
            Change("plan_01HXAAAAAAAAAAAAAAAAAAAAAA", 1, {"id": [None, "plan_1"]}),
        ]
        await desk.app.records.operations.append(tx, desk.acme.system, operation, kind, changes)

    desk.run(desk.app.database.write(write))


def is_sound(desk: Desk) -> bool:
    return not desk.run(desk.app.database.read(verify_data)).findings


def test_fields_of_a_newer_node_are_left_aside(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    lead = desk.lead(company="Startup IO")
    with worker(desk) as other:
        for app in (desk.app, other):
            wait_for_index(desk, LEADS, app)
        write_as_a_newer_node(desk, lead, MADE_UP)
        for app in (desk.app, other):
            assert count(desk, app, "search=startup io&status=new") == 1
            assert is_told(desk, app, LEADS)
    assert desk.team.get("/api/leads/facets/").json()["count"] == 1
    newest = desk.team.get(f"/api/leads/{lead['id']}/history/").json()["results"][0]
    assert (newest["kind"], newest["changes"]) == ("lead.brightened", MADE_UP)
    assert desk.team.patch(f"/api/leads/{lead['id']}/", {"company": "Umbrella"}).status_code == 200
    assert count(desk, desk.app, "search=umbrella") == 1
    assert not caplog.text


def test_records_that_a_newer_node_makes_and_deletes_are_known_without_its_fields(desk: Desk) -> None:
    """As it logs them: with all their fields."""
    desk.lead()
    wait_for_index(desk, LEADS)

    async def mend(tx: Transaction) -> None:
        rows = await tx.fetch_all("SELECT fields FROM changes WHERE record_id = ?", (lead["id"],))
        fields = msgspec.json.decode(str(rows[0][0])) | {"mood": pair}
        await tx.execute(
            "UPDATE changes SET fields = ? WHERE record_id = ?", (msgspec.json.encode(fields).decode(), lead["id"])
        )

    lead, pair = desk.lead(company="Umbrella"), [None, "sunny"]
    desk.run(desk.app.database.write(mend))
    assert count(desk, desk.app, "search=umbrella") == 1
    assert is_told(desk, desk.app, LEADS)


def test_a_value_that_only_a_newer_node_knows_is_listed_and_counted(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    lead = desk.lead()
    wait_for_index(desk, LEADS)
    write_as_a_newer_node(desk, lead, {"status": ["new", "dreaming"]}, sql=", status = 'dreaming'")
    with promises.not_held():
        assert [one["status"] for one in desk.team.get("/api/leads/").json()["results"]] == ["dreaming"]
        assert is_told(desk, desk.app, LEADS)
        assert count(desk, desk.app, "status=new") == 0
        facets = desk.team.get("/api/leads/facets/").json()["facets"]
    assert facets["status"] == [{"value": "dreaming", "count": 1}]
    assert not caplog.text


def test_what_a_newer_node_wrote_is_sound(desk: Desk) -> None:
    lead = desk.lead()
    write_as_a_newer_node(desk, lead, MADE_UP)
    assert is_sound(desk)
