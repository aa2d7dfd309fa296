"""Verification: checks the invariants on live data."""

from dataclasses import dataclass

from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.kit.db import Row, SqlValue, Transaction
from leadline.kit.db.introspection import read_tables
from leadline.maintenance.invariants import INVARIANTS, of_schema
from leadline.maintenance.replay import Say, find_differences

MAX_EXAMPLES = 5


@dataclass(frozen=True)
class BrokenInvariant:
    """An invariant that does not hold, the number of cases, and the first `MAX_EXAMPLES` of them."""

    invariant: str
    cases: int
    examples: list[Row]

    def __str__(self) -> str:
        shown = ", ".join(" ".join(map(str, row)) for row in self.examples)
        return f"broken: {self.invariant}: {self.cases:,} times, such as {shown}"


@dataclass(frozen=True)
class VerifyReport:
    """The result of a verification: the number of rows by table, the checked invariants, and the broken ones."""

    counts: dict[str, int]
    checked: tuple[str, ...]
    findings: list[BrokenInvariant]


AS_THE_LOG_SAYS = "a record is what its history makes of it"
AS_ITS_FIELDS_SAY = "what filters and searches look at is made from a record's fields"


def _say_nothing(_: str) -> None:
    """Drops a line of progress."""


async def verify_data(tx: Transaction, say: Say = _say_nothing) -> VerifyReport:
    """Checks all invariants, which looks at every row. `say` is called with lines of progress."""
    invariants = {**INVARIANTS, **of_schema(await read_tables(tx), tx.dialect)}
    findings = [finding for name, query in invariants.items() if (finding := await _check_invariant(tx, name, query))]
    from_history, from_fields = await find_differences(tx, say)
    for name, cases in ((AS_THE_LOG_SAYS, from_history), (AS_ITS_FIELDS_SAY, from_fields)):
        if cases:
            findings.append(BrokenInvariant(name, len(cases), cases[:MAX_EXAMPLES]))
    counted = ("workspaces", *(kind.plural for kind in (*KINDS, *PRIVATE_KINDS)), "operations", "changes")
    counts = {table: await _count_rows(tx, table) for table in counted}
    return VerifyReport(counts, (*invariants, AS_THE_LOG_SAYS, AS_ITS_FIELDS_SAY), findings)


async def _check_invariant(tx: Transaction, invariant: str, query: str) -> BrokenInvariant | None:
    examples = await tx.fetch_all(f"SELECT * FROM ({query}) AS broken LIMIT {MAX_EXAMPLES}")
    return BrokenInvariant(invariant, await _count_rows(tx, f"({query}) AS broken"), examples) if examples else None


async def _count_rows(tx: Transaction, table: str) -> int:
    row = await tx.fetch_one(f"SELECT count(*) FROM {table}")
    return _as_number(row[0]) if row else 0


def _as_number(value: SqlValue) -> int:
    return int(value or 0)
