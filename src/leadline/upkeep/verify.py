"""Checks the invariants on live data."""

from dataclasses import dataclass

from leadline.crm.kinds import KINDS
from leadline.kit.db import Row, SqlValue, Transaction
from leadline.kit.db.catalogue import tables
from leadline.upkeep.invariants import INVARIANTS, of_schema

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


async def verify(tx: Transaction) -> Report:
    invariants = {**INVARIANTS, **of_schema(await tables(tx), tx.dialect)}
    findings = [finding for name, query in invariants.items() if (finding := await _look(tx, name, query))]
    counted = ("workspaces", *(kind.plural for kind in KINDS), "operations", "changes")
    counts = {table: await _count(tx, table) for table in counted}
    return Report(counts, tuple(invariants), findings)


async def _look(tx: Transaction, invariant: str, query: str) -> Finding | None:
    examples = await tx.fetch_all(f"SELECT * FROM ({query}) AS broken LIMIT {EXAMPLES}")
    return Finding(invariant, await _count(tx, f"({query}) AS broken"), examples) if examples else None


async def _count(tx: Transaction, table: str) -> int:
    row = await tx.fetch_one(f"SELECT count(*) FROM {table}")
    return _number(row[0]) if row else 0


def _number(value: SqlValue) -> int:
    return int(value or 0)
