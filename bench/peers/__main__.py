"""`python -m bench.peers`: measures Leadline and its peers in turn, and keeps the table in docs/performance.md."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from bench import data, processes, report
from bench.load import Load, Refused, measure
from bench.operations import Operation, Plan
from bench.peers import compared, postgres
from bench.peers.directus import DIRECTUS
from bench.peers.peer import Missing, Peer, Running
from bench.peers.postgres import PeersCluster
from bench.peers.written import DRF, FASTAPI
from leadline.settings import Settings

PEERS = (DRF, FASTAPI, DIRECTUS)
LEADLINE = Peer("Leadline", "leadline serve on SQLite, 1 worker", "", lambda _: processes.leadline(Settings()))


def main(
    leads: Annotated[int, typer.Option(min=1000, help="How many leads each has.")] = 1_000_000,
    seconds: Annotated[int, typer.Option(min=1, help="How long each measurement takes.")] = 2,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is taken; the median counts.")] = 3,
    only: Annotated[str, typer.Option(help="Only operations whose name contains this; docs stay as they are.")] = "",
) -> None:
    busy = report.load_average()
    with TemporaryDirectory(prefix="leadline-peers-", dir="/var/tmp") as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)  # PostgreSQL may run as another user
        _say(f"making {leads:,} leads ...")
        plan = Plan(data.make(Settings(data=Path(folder) / "desk"), leads), leads, seconds, rounds)
        cluster = stack.enter_context(postgres.cluster(Path(folder) / "postgres"))
        _say("copying them to PostgreSQL ...")
        postgres.load(cluster, plan.desk.settings.data)
        peers = list(_start(cluster, stack))
        ours = Running(LEADLINE, stack.enter_context(processes.leadline(plan.desk.settings)))
        setting = _setting(plan, busy, cluster, peers)
        table = _table(plan, ours, peers, only)
    typer.echo(f"\n{setting}")
    if not only:
        report.keep(f"{setting}\n\n{table}", "peers")


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _start(cluster: PeersCluster, stack: ExitStack) -> Iterator[Running]:
    """All that can be had."""
    for peer in PEERS:
        _say(f"starting {peer.name} ...")
        try:
            database = postgres.copy(cluster, peer.folded)
            yield Running(peer, stack.enter_context(peer.serve(cluster.environment(database))))
        except Missing as missing:
            _say(f"{peer.name} is left out: {missing}")


def _setting(plan: Plan, busy: str, cluster: PeersCluster, peers: list[Running]) -> str:
    """What the figures were found with, and on."""
    search = "pg_trgm" if cluster.has_trigrams() else "no pg_trgm, so searches walk over all leads"
    missing = [peer.name for peer in PEERS if peer not in [running.peer for running in peers]]
    lines = [
        report.setting(f"python -m bench.peers {' '.join(sys.argv[1:])}".strip(), plan, busy),
        f"- PostgreSQL {cluster.version()}, {postgres.SETTINGS.replace(' ', ', ')}; {search}",
        *(f"- {running.peer.name}: {running.peer.about}" for running in peers),
        *(f"- {name} could not be had on this machine" for name in missing),
    ]
    return "\n".join(lines)


def _table(plan: Plan, ours: Running, peers: list[Running], only: str) -> str:
    names = ["operation", ours.peer.name, *(running.peer.name for running in peers), "Leadline / best peer"]
    lines = [f"| {' | '.join(names)} |", f"|---|{'---:|' * (len(names) - 1)}"]
    typer.echo("\n".join(lines))
    for operation in compared.operations():
        if only in operation.name:
            lines.append(_row(operation, plan, ours, peers))
            typer.echo(lines[-1])
    return "\n".join(lines)


def _row(operation: Operation, plan: Plan, ours: Running, peers: list[Running]) -> str:
    if operation.name == compared.CONVERT:  # none of the peers has it
        rates = _measured(operation, plan, [ours])
        cells = [_cell(rates[0]), *("" for _ in peers), ""]
    else:
        rates = _measured(operation, plan, [ours, *peers])
        best = max((_rate(loads) for loads in rates[1:]), default=0.0)
        cells = [*map(_cell, rates), f"{_rate(rates[0]) / best:,.1f} ×" if best else ""]
    return f"| {' | '.join([operation.name, *cells])} |"


def _measured(operation: Operation, plan: Plan, everyone: list[Running]) -> list[list[Load]]:
    """What each reached, in turn, so that what else the machine does meets all."""
    sent = operation.requests(plan)
    sample = next(sent)
    compared.require_same(operation.name, sample, everyone)
    slow = [compared.is_slow(one, sample, plan.seconds) for one in everyone]
    found: list[list[Load]] = [[] for _ in everyone]
    for _ in range(plan.rounds):
        asked = next(sent)
        for one, is_slow, loads in zip(everyone, slow, found, strict=True):
            loads.append(measure(one.server, one.peer.translate(asked), plan.seconds, slow=is_slow))
    return found


def _rate(loads: list[Load]) -> float:
    return median(load.rate for load in loads)


def _cell(loads: list[Load]) -> str:
    rate = _rate(loads)
    return f"{rate:,.{0 if rate >= 10 else 1}f} ({median(load.p50 for load in loads):,.1f})"


if __name__ == "__main__":
    try:
        typer.run(main)
    except Refused as refused:
        sys.exit(f"bench: {refused}")
