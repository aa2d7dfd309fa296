"""What lists ask of SQLite where no index in memory answers them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records import store
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.item_store import read_page
from leadline.records.query import ListQuery
from tests.cast import Desk

pytestmark = [pytest.mark.at_the_shared_desk, pytest.mark.parametrize("place", ["sqlite"], indirect=True)]

CONDITIONS = {
    "status": Condition("status", "eq", ("new",)),
    "statuses": Condition("status", "in", ("new", "contacted")),
    "source": Condition("source", "eq", ("referral",)),
    "no source": Condition("source", "null", (True,)),
    "e-mail": Condition("email", "eq", ("ada@x.example",)),
}


class Planned:
    """A transaction that answers with the plans of what is asked."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.dialect = tx.dialect
        self.plans: list[str] = []

    async def fetch_all(self, sql: str, parameters: Any = ()) -> list[Any]:
        steps = await self._tx.fetch_all(f"EXPLAIN QUERY PLAN {sql}", parameters)
        self.plans += [str(step) for *_, step in steps]
        return []

    async def fetch_one(self, sql: str, parameters: Any = ()) -> None:
        await self.fetch_all(sql, parameters)


def plans(desk: Desk, ask: Callable[[Any], Awaitable[object]]) -> list[str]:
    async def work(tx: Transaction) -> list[str]:
        planned = Planned(tx)
        await ask(planned)
        return planned.plans

    found: list[str] = desk.run(desk.app.database.read(work))
    return found


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_page_reads_no_lead_that_it_does_not_show(desk: Desk, condition: Condition) -> None:
    steps = plans(desk, lambda tx: read_page(tx, LEADS, 1, ListQuery(Predicate((condition,)), SortOrder()), 20, 0))
    assert "SEARCH leads USING COVERING INDEX leads_listed (workspace=?)" in steps
    assert [step for step in steps if "leads" in step and "COVERING" not in step] == [
        "SEARCH leads USING INTEGER PRIMARY KEY (rowid=?)"
    ]


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_a_count_reads_no_lead_at_all(desk: Desk, condition: Condition) -> None:
    steps = plans(desk, lambda tx: store.count_records(tx, LEADS, 1, Predicate((condition,))))
    assert steps == ["SEARCH leads USING COVERING INDEX leads_listed (workspace=?)"]


def test_the_leads_of_a_user_are_found_without_the_others(desk: Desk) -> None:
    owner = Predicate((Condition("assignedTo", "eq", (desk.acme.sellers[0].id,)),))
    steps = plans(desk, lambda tx: store.count_records(tx, LEADS, 1, owner))
    assert steps == ["SEARCH leads USING COVERING INDEX leads_by_assigned_to (workspace=? AND assigned_to=?)"]
