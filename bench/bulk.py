"""`python -m bench.bulk`: asks lists while another process loads leads in bulk, and after a restart that follows.

It says how long lists took, how many were answered without the live index, and how many were refused. The other
process is no part of the server, so the server learns from the log alone what it wrote.
"""

import asyncio
import http.client
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, islice
from threading import Event, Thread
from typing import Annotated

import typer

from bench import data, places, processes, report
from bench.data import SEED, Desk, lead_bodies
from bench.operations import Plan
from bench.places import Engine
from bench.processes import ROOT, Server
from bench.questions import questions, sample, wake
from bench.scale import INDEXED
from leadline.access import Actor
from leadline.app import App, build_app
from leadline.crm.leads import LEADS
from leadline.kit.db import Transaction
from leadline.records.body import ParsedBody, read_new
from leadline.settings import Settings

WORKSPACE = 1
ASKED = ("list", "by status", "by source", "created after", "last page by last name", "search rare")
"""The questions whose forms are asked in turn."""
HEAD = """\
| | lists | p50 ms | p99 ms | slowest ms | waited | without the index | refused |
|---|---:|---:|---:|---:|---:|---:|---:|"""


def main(
    leads: Annotated[int, typer.Option(min=5_000, help="How many leads are there before.")] = 100_000,
    load: Annotated[int, typer.Option(min=1_000, help="How many leads each load creates.")] = 100_000,
    chunk: Annotated[int, typer.Option(min=1, max=1_000, help="How many leads an operation creates.")] = 250,
    seconds: Annotated[int, typer.Option(min=1, help="How long lists are asked without a load.")] = 10,
    pause: Annotated[float, typer.Option(min=0, help="Milliseconds between an answer and the next list.")] = 5,
    rest: Annotated[bool, typer.Option(help="Give the server as long to rest as each operation took.")] = True,
    database: Annotated[Engine, typer.Option(help="What the desk is kept in.")] = Engine.SQLITE,
) -> None:
    busy = report.load_average()
    with places.opened(database) as settings:
        desk = data.make(settings, leads)
        command = f"python -m bench.bulk {' '.join(sys.argv[1:])}".strip()
        typer.echo(report.setting(command, Plan(desk, leads, seconds, 1), busy))
        typer.echo(f"\n{HEAD}")
        with processes.leadline(settings) as server:
            wake(server.address, desk)
            server.await_line(INDEXED)
            paths = _paths(server, desk)
            with _asking(server, desk, paths, pause, "at rest"):
                time.sleep(seconds)
            with _asking(server, desk, paths, pause, "beside the load"):
                rate = _load(settings, load, chunk, rest)
            with _asking(server, desk, paths, pause, "after the load"):
                time.sleep(seconds)
        _load(settings, load, chunk, rest=False)
        with processes.leadline(settings) as server:
            start = time.perf_counter()
            with _asking(server, desk, paths, pause, "after a restart, until the index is there"):
                server.await_line(INDEXED)
            ready = time.perf_counter() - start
            with _asking(server, desk, paths, pause, "from then on"):
                time.sleep(seconds)
        typer.echo(f"\n{load:,} leads loaded beside lists at {rate:,.0f} a second")
        typer.echo(f"the index there {ready:.1f} s after the restart")


@dataclass
class Asked:
    """The lists that were asked: their latencies in seconds, why some waited, and why some had no index."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    waited: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)

    def row(self, name: str) -> str:
        ordered = sorted(self.latencies)
        p50, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))
        told = [", ".join(f"{n} {why}" for why, n in each.items()) or "0" for each in (self.waited, self.without)]
        figures = [f"{len(ordered):,}", f"{p50:.1f}", f"{p99:.1f}", f"{ordered[-1] * 1000:.0f}", *told]
        return f"| {name} | {' | '.join(figures)} | {self.refused} |"


def _paths(server: Server, desk: Desk) -> list[str]:
    known = sample(server.address, desk, 5_000)
    asked = [[path for path, _ in requests.each] for name, requests in questions(desk, known) if name in ASKED]
    return [path for forms in zip(*asked, strict=False) for path in forms]


@contextmanager
def _asking(server: Server, desk: Desk, paths: list[str], pause: float, name: str) -> Iterator[None]:
    """Asks lists one after the other until the block ends, and prints a row of what they were like."""
    asked, over, start = Asked(), Event(), os.fstat(server.log.fileno()).st_size
    client = Thread(target=_ask, args=(server, desk, paths, pause / 1000, asked, over))
    client.start()
    try:
        yield
    finally:
        over.set()
        client.join()
    time.sleep(0.5)  # the server writes its log some moments later
    for line in os.pread(server.log.fileno(), 2**28, start).splitlines():
        told = json.loads(line) if line.startswith(b"{") else {}
        if told.get("route") == "/api/leads/":
            asked.without.update(filter(None, [told.get("noIndex")]))
            asked.waited.update(filter(None, [told.get("waitedFor")]))
    typer.echo(asked.row(name))


def _ask(server: Server, desk: Desk, paths: list[str], pause: float, asked: Asked, over: Event) -> None:
    connection = http.client.HTTPConnection(server.address, timeout=60)
    for path in cycle(paths):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {desk.key}"})
        response = connection.getresponse()
        response.read()
        asked.latencies.append(time.perf_counter() - start)
        asked.refused += response.status != 200
        if over.wait(pause):
            break
    connection.close()


def _load(settings: Settings, leads: int, chunk: int, rest: bool) -> float:
    """Loads leads by another process. Returns how many a second."""
    place = settings.model_dump_json(include={"data", "database"})
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", f"from bench.bulk import load_leads; load_leads({place!r}, {leads}, {chunk}, {rest})"],
        cwd=ROOT,
        check=True,
    )
    return leads / (time.perf_counter() - start)


def load_leads(place: str, leads: int, chunk: int, rest: bool) -> None:
    """Creates leads in the place of these settings, an operation after the other, as an import does."""
    asyncio.run(_load_leads(Settings.model_validate_json(place), leads, chunk, rest))


async def _load_leads(settings: Settings, leads: int, chunk: int, rest: bool) -> None:
    bodies = islice(lead_bodies(random.Random(SEED), [], f"bulk{time.time_ns()}n"), leads)
    async with build_app(settings).open() as app:
        actor = await app.database.read(lambda tx: app.workspaces.system_actor(tx, WORKSPACE))
        while some := list(islice(bodies, chunk)):
            drafts, start = [read_new(LEADS, body) for body in some], time.perf_counter()
            await app.database.write(partial(_create_leads, app, actor, drafts))
            if rest:
                await asyncio.sleep(time.perf_counter() - start)


async def _create_leads(app: App, actor: Actor, drafts: list[ParsedBody], tx: Transaction) -> None:
    await app.records.create_many(tx, actor, LEADS, drafts)


if __name__ == "__main__":
    typer.run(main)
