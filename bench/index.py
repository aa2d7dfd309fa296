"""`python -m bench.index`: builds the live index of many leads in memory, and measures what it answers.

The rows are those of `bench.data`, without a database: what is measured is the index alone.
"""

import io
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Annotated

import typer

from bench.data import SEED, lead_bodies
from leadline.crm.leads import LEADS
from leadline.kit.db import Row, SqlValue
from leadline.kit.text import SEPARATOR, fold
from leadline.records.filters import Condition, Predicate, Sorting
from leadline.records.index import KindIndex

START = 1_600_000_000
BATCH = 20_000
OWNERS = [f"usr_{number:026}" for number in range(15)]
_TEXTS = ("firstName", "lastName", "email", "phone", "company")


def main(leads: Annotated[int, typer.Option(min=100, help="How many leads the index has.")] = 1_000_000) -> None:
    index = KindIndex(LEADS)
    spent = 0.0
    for rows in _batches(index, leads):
        spent += _seconds(lambda rows=rows: index.add_rows(rows))  # type: ignore[misc]
    spent += _seconds(index.settle)
    dumped = b"".join(index.dump())
    _say("build, a lead", f"{spent / leads * 1e6:.1f} µs")
    _say("memory, a lead", f"{index.size() / leads:.0f} bytes")
    _say("dumped, a lead", f"{len(dumped) / leads:.0f} bytes")
    _say("load", f"{_seconds(lambda: KindIndex.load(LEADS, io.BytesIO(dumped).read)):.2f} s")
    _say("a change of status, score, updatedAt", _micros(_changes(index, leads)))
    for name, predicate in _predicates(leads).items():
        _measure(index, name, predicate)
    everything = _chosen(index, Predicate())
    some = _chosen(index, Predicate((Condition("status", "in", ("contacted",)),)))
    for name, chosen in {"all": everything, "contacted": some}.items():
        for sort in ("-id", "-updatedAt", "email", "company,-leadScore"):
            for offset in (0, len(chosen) // 2):
                _say(
                    f"page of {name} by {sort} from {offset:,}",
                    _micros(lambda c=chosen, s=sort, o=offset: index.slice(c, _sorting(s), o, 20)),
                )  # type: ignore[misc]
        _say(f"facets of {name}", _micros(lambda c=chosen: index.facets(c)))  # type: ignore[misc]


def _measure(index: KindIndex, name: str, predicate: Predicate) -> None:
    def ask() -> None:
        index._selected.clear()
        len(_chosen(index, predicate))

    _say(f"{name}: {len(_chosen(index, predicate)):,} found", _micros(ask))


def _chosen(index: KindIndex, predicate: Predicate):  # type: ignore[no-untyped-def]
    chosen = index.select(predicate)
    assert chosen is not None
    return chosen


def _predicates(leads: int) -> dict[str, Predicate]:
    status = Condition("status", "in", ("new", "contacted"))
    source = Condition("source", "in", ("referral",))
    owner = Condition("assignedTo", "in", (OWNERS[3],))
    created = Condition("createdAt", "gt", (START + leads * 300,))
    return {
        "status": Predicate((status,)),
        "status, source, owner, createdAt": Predicate((status, source, owner, created)),
        "createdAt": Predicate((created,)),
        "updatedAt": Predicate((Condition("updatedAt", "gt", (START + leads * 300,)),)),
        "leadScore": Predicate((Condition("leadScore", "gte", (7,)),)),
        "company has": Predicate((Condition("company", "contains", ("solutions",)),)),
        "search of 2": Predicate(search="zy"),
        "search of 1": Predicate(search="x"),
    }


def _sorting(text: str) -> Sorting:
    return Sorting(tuple((name.removeprefix("-"), name[0] == "-") for name in text.split(",")))


def _changes(index: KindIndex, leads: int) -> Callable[[], None]:
    chance = random.Random(SEED)
    now = START + leads * 700
    known: dict[int, dict[str, SqlValue]] = {}

    def change() -> None:
        nonlocal now
        now += chance.randint(0, 2)
        no = chance.randint(1, leads)
        before = known.get(no) or {"updatedAt": START + no * 600}
        after: dict[str, SqlValue] = {"updatedAt": now}
        index.change(no, before, after, None)
        known[no] = after

    return change


def _batches(index: KindIndex, leads: int) -> Iterator[list[Row]]:
    bodies = lead_bodies(random.Random(SEED), OWNERS)
    columns = [column.removesuffix("_key") for column in index.columns[:-1]]
    names = {field.column: field.name for field in LEADS.stored}
    numbers = iter(range(1, leads + 1))
    while batch := list(islice(numbers, BATCH)):
        yield [
            _row(no, body, [names.get(column.removesuffix(" IS NOT NULL"), "") for column in columns])
            for no, body in zip(batch, bodies, strict=False)
        ]


def _row(no: int, body: dict[str, object], names: list[str]) -> Row:
    values = {
        **body,
        "createdAt": START + no * 600,
        "updatedAt": START + no * 600,
        "emailOptOut": 0,
        "emailBounced": 0,
    }
    texts = [f"{body['firstName']} {body['lastName']}", body["email"], body["company"] or ""]
    return (no, *(values.get(name) for name in names), fold(SEPARATOR.join(map(str, texts))))  # type: ignore[return-value]


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _micros(work: Callable[[], object]) -> str:
    """The median of what it takes, of up to 200 times or half a second."""
    taken: list[float] = []
    while len(taken) < 200 and sum(taken) < 0.5:
        taken.append(_seconds(work))
    return f"{sorted(taken)[len(taken) // 2] * 1e6:,.0f} µs"


def _say(what: str, figure: str) -> None:
    sys.stdout.write(f"| {what} | {figure} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)
