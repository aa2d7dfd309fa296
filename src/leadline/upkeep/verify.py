"""Checks the invariants on live data."""

from dataclasses import dataclass

from leadline.crm.kinds import KINDS
from leadline.kit.db import Row, SqlValue, Transaction
from leadline.kit.db.catalogue import read_tables
from leadline.upkeep.invariants import INVARIANTS, of_schema
from leadline.upkeep.replay import Say, find_differences

EXAMPLES = 5


@dataclass(frozen=True)
class Finding:
    """An invariant that does not hold: in how many cases, and the first of them."""

    invariant: str
    cases: int
    examples: list[Row]

    def __str__(self) -> str:
        shown = ", ".join(" ".join(map(str, row)) for row in self.examples)
        return f"broken: {self.invariant}: {self.cases:,} times, such as {shown}"


@dataclass(frozen=True)
class Report:
    """`counts` are the rows looked at, by table; `checked` the names of the invariants."""

    counts: dict[str, int]
    checked: tuple[str, ...]
    findings: list[Finding]


AS_THE_LOG_SAYS = "a record is what its history makes of it"
AS_ITS_FIELDS_SAY = "what filters and searches look at is made from a record's fields"


def _say_nothing(_: str) -> None:
    """For those whom the progress does not interest."""


async def verify(tx: Transaction, say: Say = _say_nothing) -> Report:
    """Looks at every row. `say` is told of the progress."""
    invariants = {**INVARIANTS, **of_schema(await read_tables(tx), tx.dialect)}
    findings = [finding for name, query in invariants.items() if (finding := await _look(tx, name, query))]
    from_history, from_fields = await find_differences(tx, say)
    for name, cases in ((AS_THE_LOG_SAYS, from_history), (AS_ITS_FIELDS_SAY, from_fields)):
        if cases:
            findings.append(Finding(name, len(cases), cases[:EXAMPLES]))
    counted = ("workspaces", *(kind.plural for kind in KINDS), "operations", "changes")
    counts = {table: await _count(tx, table) for table in counted}
    return Report(counts, (*invariants, AS_THE_LOG_SAYS, AS_ITS_FIELDS_SAY), findings)


async def _look(tx: Transaction, invariant: str, query: str) -> Finding | None:
    examples = await tx.fetch_all(f"SELECT * FROM ({query}) AS broken LIMIT {EXAMPLES}")
    return Finding(invariant, await _count(tx, f"({query}) AS broken"), examples) if examples else None


async def _count(tx: Transaction, table: str) -> int:
    row = await tx.fetch_one(f"SELECT count(*) FROM {table}")
    return _number(row[0]) if row else 0


def _number(value: SqlValue) -> int:
    return int(value or 0)
