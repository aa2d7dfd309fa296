"""`python -m bench.index`: builds the live index of many leads in memory, and measures what it answers.

The rows are those of `bench.data`, without a database: what is measured is the index alone.
"""

import io
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any

import typer
from pyroaring import BitMap

from bench.data import SEED, lead_bodies
from leadline.crm.leads import LEADS
from leadline.index.kind_index import KindIndex
from leadline.kit.db import Row, SqlValue
from leadline.kit.text import SEPARATOR, fold_case
from leadline.records.filters import Condition, Predicate, SortOrder

START = 1_600_000_000
SECONDS_BETWEEN = 600
BATCH = 20_000
OWNERS = [f"usr_{number:026}" for number in range(15)]
_CONTACTED = Condition("status", "in", ("contacted",))


def main(leads: Annotated[int, typer.Option(min=100, help="How many leads the index has.")] = 1_000_000) -> None:
    index = KindIndex(LEADS)
    _build(index, leads)
    _say("a change of updatedAt", _micros(_changes(index, leads)))
    for name, predicate in _predicates(leads).items():
        found = len(_chosen(index, predicate))
        _say(f"{name}: {found:,} found", _micros(partial(_chosen, index, predicate)))
    for name, predicate in {"all": Predicate(), "contacted": Predicate((_CONTACTED,))}.items():
        chosen = _chosen(index, predicate)
        for sort in ("-id", "-updatedAt", "email", "company,-leadScore"):
            for offset in (0, len(chosen) // 2):
                page = partial(index.locate_page, chosen, _sorting(sort), offset, 20)
                _say(f"page of {name} by {sort} from {offset:,}", _micros(page))
        _say(f"facets of {name}", _micros(partial(index.count_facets, chosen)))


def _build(index: KindIndex, leads: int) -> None:
    seconds = sum(_seconds(partial(index.add_rows, rows)) for rows in _batches(index, leads)) + _seconds(
        index.finish_loading
    )
    dumped = b"".join(index.dump_parts())
    _say("build, a lead", f"{seconds / leads * 1e6:.1f} µs")
    _say("memory, a lead", f"{index.memory_bytes() / leads:.0f} bytes")
    _say("dumped, a lead", f"{len(dumped) / leads:.0f} bytes")
    _say("load", f"{_seconds(partial(KindIndex.load_dump, LEADS, io.BytesIO(dumped).read)):.2f} s")


def _chosen(index: KindIndex, predicate: Predicate) -> BitMap:
    return index.match_predicate(predicate).possible


def _predicates(leads: int) -> dict[str, Predicate]:
    status = Condition("status", "in", ("new", "contacted"))
    source = Condition("source", "in", ("referral",))
    owner = Condition("assignedTo", "in", (OWNERS[3],))
    created = Condition("createdAt", "gt", (START + leads * SECONDS_BETWEEN // 2,))
    return {
        "status": Predicate((status,)),
        "status, source, owner, createdAt": Predicate((status, source, owner, created)),
        "createdAt": Predicate((created,)),
        "updatedAt": Predicate((Condition("updatedAt", "gt", (START + leads * SECONDS_BETWEEN // 2,)),)),
        "leadScore": Predicate((Condition("leadScore", "gte", (7,)),)),
        "company has": Predicate((Condition("company", "contains", ("solutions",)),)),
        "search of 2": Predicate(search="zy"),
        "search of 1": Predicate(search="x"),
    }


def _sorting(text: str) -> SortOrder:
    return SortOrder(tuple((name.removeprefix("-"), name[0] == "-") for name in text.split(",")))


def _changes(index: KindIndex, leads: int) -> Callable[[], None]:
    chance = random.Random(SEED)
    now = START + leads * SECONDS_BETWEEN * 2
    known: dict[int, dict[str, SqlValue]] = {}

    def change() -> None:
        nonlocal now
        now += chance.randint(0, 2)
        no = chance.randint(1, leads)
        before = known.get(no) or {"updatedAt": START + no * SECONDS_BETWEEN}
        after: dict[str, SqlValue] = {"updatedAt": now}
        index.change_record(no, before, after, None)
        known[no] = after

    return change


def _batches(index: KindIndex, leads: int) -> Iterator[list[Row]]:
    bodies = lead_bodies(random.Random(SEED), OWNERS)
    fields = {field.column: field.name for field in LEADS.stored_fields}
    names = [fields.get(column.removesuffix("_key"), "") for column in index.row_columns[:-1]]
    for start in range(1, leads + 1, BATCH):
        nos = range(start, min(start + BATCH, leads + 1))
        yield [_row(no, body, names) for no, body in zip(nos, bodies, strict=False)]


def _row(no: int, body: dict[str, Any], names: list[str]) -> Row:
    """A name that is "" stands for a column of which only is told whether it is null."""
    time = START + no * SECONDS_BETWEEN
    values = {**body, "createdAt": time, "updatedAt": time, "emailOptOut": 0, "emailBounced": 0}
    texts = [f"{body['firstName']} {body['lastName']}", body["email"], body["company"] or ""]
    return (no, *(values.get(name) for name in names), fold_case(SEPARATOR.join(texts)))


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _micros(work: Callable[[], object]) -> str:
    """The median of what it takes of the processor, of 200 times or half a second."""
    taken: list[float] = []
    while len(taken) < 200 and sum(taken) < 0.5:
        taken.append(_seconds(work))
    return f"{sorted(taken)[len(taken) // 2] * 1e6:,.0f} µs"


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"| {what} | {figure} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
