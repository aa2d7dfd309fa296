"""`leadline operations`: what was done, and its undo, on the command line."""

import json
from pathlib import Path

from leadline.access import Actor
from leadline.app import App
from leadline.cli.target import CommandTarget, run_as_system
from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records.body import read_new, read_patch
from tests.cli.first_desk import make_desk
from tests.cli.test_people import done, leadline, refused


def a_lead(folder: Path) -> tuple[str, str, str]:
    """A lead at company A that moved to B: its id, and both operations."""

    async def write(app: App, tx: Transaction, actor: Actor) -> tuple[str, str, str]:
        body = {"lastName": "Lee", "email": "lee@startup.example", "company": "A"}
        made = await app.records.create(tx, actor, LEADS, read_new(LEADS, body))
        id_ = str(made.record["id"])
        changed = await app.records.patch(tx, actor, LEADS, id_, read_patch(LEADS, {"company": "B"}))
        return id_, made.operation.id, changed.operation.id

    return run_as_system(CommandTarget(folder, None), write)


def test_an_operation_is_listed_shown_and_taken_back(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    lead, creation, change = a_lead(folder)
    lines = leadline(folder, "operations", "list", "--record", lead).stdout.splitlines()
    assert [change in lines[0], "lead.updated" in lines[0], creation in lines[1], len(lines)] == [True, True, True, 2]
    shown = leadline(folder, "operations", "show", change).stdout
    assert f"{lead} updated, version 2" in shown
    assert 'company: "A" -> "B"' in shown
    undo = done(folder, "operations", "undo", change)
    listed = json.loads(leadline(folder, "operations", "list", "--limit", "1", "--json").stdout)
    assert [(one["id"], one["undoes"]) for one in listed] == [(undo, change)]
    body = json.loads(leadline(folder, "operations", "show", change, "--json").stdout)
    assert (body["undoneBy"], body["changes"][0]["fields"]["company"]) == (undo, ["A", "B"])
    assert f"undone by {undo}" in leadline(folder, "operations", "show", change).stdout
    assert len(leadline(folder, "operations", "list", "--kind", "lead.created").stdout.splitlines()) == 1


def test_conflicts_are_told_and_may_be_gone_past(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    lead, creation, change = a_lead(folder)
    told = refused(folder, "operations", "undo", creation).splitlines()
    assert told[0].startswith("others have written since, so nothing was taken back; --force skip")
    assert told[1:] == [f'  changed: {lead} company: "B" now, null before, by {change}']
    assert done(folder, "operations", "undo", creation, "--force", "overwrite").startswith("op_")
    assert refused(folder, "operations", "undo", creation) == "It was taken back already."


def test_what_cannot_be_is_refused_with_a_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    make_desk(folder)
    lead, _, change = a_lead(folder)
    assert refused(folder, "operations", "undo", lead).startswith(f"there is no operation {lead}")
    assert refused(folder, "operations", "show", "nothing").startswith("there is no operation nothing")
    assert refused(folder, "operations", "undo", change, "--force", "maybe") == "--force is skip or overwrite."
