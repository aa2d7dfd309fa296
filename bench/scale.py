"""`python -m bench.scale`: asks desks of several sizes the same, and keeps the figures in docs/performance.md.

What a list costs must not grow with the table. A large desk takes a while to make: `--keep FOLDER` leaves it there,
and finds it there the next time (in SQLite alone).
"""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import msgspec
import typer

from bench import data, places, processes, report
from bench.beside import writes_beside
from bench.data import Desk
from bench.load import Load, Refused, Requests, measure
from bench.operations import Plan
from bench.places import Engine
from bench.processes import Server
from bench.questions import learn, questions, sample, wake
from leadline.settings import Settings

SIZES = [10_000, 100_000, 1_000_000]
FIRST = ("search rare", "search common")
"""What costs more the first time."""
STEADY = "by status"
"""The question that is asked again while others write."""
INDEXED = "live index of lead in workspace 1 is ready"
"""What the server's log says once it has one."""

Figures = dict[str, Load]
"""By the name of what was measured."""
Firsts = dict[str, float]
"""How long the first of them took, in seconds."""


class Arrival(msgspec.Struct):
    """How long it took until the index was there, in seconds, and by how many MiB the server grew meanwhile."""

    seconds: float
    mib: float


class Index(msgspec.Struct):
    """From the table, and from its file."""

    made: Arrival
    loaded: Arrival


def main(
    leads: Annotated[list[int], typer.Option(min=5_000, help="How many leads a desk has; may come again.")] = SIZES,
    seconds: Annotated[int, typer.Option(min=1, help="How long each measurement takes.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is taken; the median counts.")] = 3,
    database: Annotated[Engine, typer.Option(help="What the desks are kept in.")] = Engine.SQLITE,
    keep: Annotated[Path | None, typer.Option(help="Folder that desks are left in, and found in.")] = None,
    only: Annotated[str, typer.Option(help="Only questions whose name contains this; docs stay as they are.")] = "",
) -> None:
    busy, setting = report.load_average(), ""
    found: dict[int, Figures] = {}
    firsts: dict[int, Firsts] = {}
    indexes: dict[int, Index] = {}
    for size in sorted(leads):
        with _desk(size, database, keep) as desk:
            plan = Plan(desk, size, seconds, rounds)
            setting = report.setting(f"python -m bench.scale {' '.join(sys.argv[1:])}".strip(), plan, busy)
            if not only:
                indexes[size] = _index(plan)
            found[size], firsts[size] = _measured(plan, only)
    typer.echo("\n\n".join([setting, _costs(found)]))
    if not only:
        once = _once(indexes, firsts)
        typer.echo(f"\n{once}")
        report.keep("\n\n".join([setting, _costs(found), once]), f"scale-{database}")


@contextmanager
def _desk(size: int, database: Engine, keep: Path | None) -> Iterator[Desk]:
    typer.echo(f"making {size:,} leads ...", err=True)
    if keep is None:
        with places.opened(database) as settings:
            yield data.make(settings, size)
        return
    settings, file = Settings(data=keep / str(size)), keep / f"{size}.json"
    if not file.exists():
        desk = data.make(settings, size)
        file.write_bytes(msgspec.json.encode([desk.key, desk.ids, desk.middle, desk.rate]))
    yield Desk(settings, *msgspec.json.decode(file.read_bytes()))


def _index(plan: Plan) -> Index:
    """Starts a server without the index's file, and one with it."""
    if plan.desk.settings.index_files is not None:
        shutil.rmtree(plan.desk.settings.index_files, ignore_errors=True)
    return Index(_arrival(plan), _arrival(plan))


def _arrival(plan: Plan) -> Arrival:
    with processes.leadline(plan.desk.settings) as server:
        before, start = server.memory_mib(), time.perf_counter()
        wake(server.address, plan.desk)
        server.await_line(INDEXED)
        return Arrival(time.perf_counter() - start, server.memory_mib() - before)


def _measured(plan: Plan, only: str) -> tuple[Figures, Firsts]:
    found: Figures = {}
    firsts: Firsts = {}
    with processes.leadline(plan.desk.settings) as server:
        wake(server.address, plan.desk)
        server.await_line(INDEXED)
        known = sample(server.address, plan.desk, plan.leads)
        asked = dict(questions(plan.desk, known))
        for name, requests in asked.items():
            if only in name and name in FIRST:
                firsts[name] = learn(server.address, requests)
                typer.echo(f"{plan.leads:,} {name}, the first: {firsts[name]:.3f} s", err=True)
            if only in name:
                found[name] = _median([measure(server, requests, plan.seconds) for _ in range(plan.rounds)])
                typer.echo(f"{plan.leads:,} {name}: {found[name]}", err=True)
        if only in STEADY:  # in the end, since the last pages lie elsewhere afterwards
            found[f"{STEADY}, others write"] = _beside(server, asked[STEADY], plan)
    return found, firsts


def _beside(server: Server, requests: Requests, plan: Plan) -> Load:
    with writes_beside(server, plan):
        return _median([measure(server, requests, plan.seconds) for _ in range(plan.rounds)])


def _median(loads: list[Load]) -> Load:
    return Load(*(median(getattr(load, name) for load in loads) for name in Load.__dataclass_fields__))


def _costs(found: dict[int, Figures]) -> str:
    """A row for each question: its figures at each size, and how the cost grew from the smallest to the largest."""
    sizes = list(found)
    head = ["", *(f"{size:,}: p50 ms | p99 ms | CPU µs" for size in sizes), "CPU, last to first"]
    lines = [f"| {' | '.join(head)} |", "|---" + "|---:" * (3 * len(sizes) + 1) + "|"]
    for name in found[sizes[0]]:
        loads = [found[size][name] for size in sizes]
        cells = [f"{load.p50:.1f} | {load.p99:.1f} | {load.cpu:,.0f}" for load in loads]
        lines.append(f"| {name} | {' | '.join(cells)} | {loads[-1].cpu / loads[0].cpu:.2f} |")
    return "\n".join(lines)


def _once(indexes: dict[int, Index], firsts: dict[int, Firsts]) -> str:
    """What happens once."""
    rows: list[tuple[str, Callable[[int, Index], str]]] = [
        ("index made from the table, s", lambda size, index: f"{index.made.seconds:.1f}"),
        ("the server grew by, bytes a lead", lambda size, index: f"{index.made.mib * 2**20 / size:,.0f}"),
        ("index there after a restart, s", lambda size, index: f"{index.loaded.seconds:.1f}"),
        ("the server grew by, bytes a lead", lambda size, index: f"{index.loaded.mib * 2**20 / size:,.0f}"),
    ]
    lines = [f"| | {' | '.join(f'{size:,}' for size in indexes)} |", "|---" + "|---:" * len(indexes) + "|"]
    for name, told in rows:
        lines.append(f"| {name} | {' | '.join(told(size, index) for size, index in indexes.items())} |")
    for name in FIRST:
        lines.append(
            f"| the first *{name}*, ms | {' | '.join(f'{first[name] * 1000:,.0f}' for first in firsts.values())} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        typer.run(main)
    except Refused as refused:
        sys.exit(f"bench.scale: {refused}")
