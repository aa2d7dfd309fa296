"""`python -m bench`: makes a desk, measures it, prints the figures and keeps them in docs/performance.md."""

import http.client
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import msgspec
import typer

from bench import data, places, processes, report
from bench.bare import Answer
from bench.load import Refused, Requests, measure
from bench.operations import OPERATIONS, Operation, Plan
from bench.places import Engine
from bench.processes import Server
from leadline.settings import Settings

STARTS = 5


def main(
    leads: Annotated[int, typer.Option(min=100, help="How many leads the desk has.")] = 100_000,
    seconds: Annotated[int, typer.Option(min=1, help="How long each measurement takes.")] = 3,
    rounds: Annotated[int, typer.Option(min=1, help="How often each is taken; the median counts.")] = 3,
    only: Annotated[str, typer.Option(help="Only operations whose name contains this; docs stay as they are.")] = "",
    database: Annotated[Engine, typer.Option(help="What the desk is kept in.")] = Engine.SQLITE,
) -> None:
    busy = report.load_average()
    command = f"python -m bench {' '.join(sys.argv[1:])}".strip()
    with places.opened(database) as settings:
        typer.echo(f"making {leads:,} leads ...", err=True)
        plan = Plan(data.make(settings, leads), leads, seconds, rounds)
        typer.echo(f"made at {plan.desk.rate:,.0f} leads a second", err=True)
        setting = report.setting(command, plan, busy)
        table = _table(plan, only)
        if only:
            return
        at_rest = _at_rest(settings.data.parent) if database is Engine.SQLITE else []
        bulk = f"| leads created in bulk, a second | {plan.desk.rate:,.0f} |"
        rest = "\n".join(["| besides | |", "|---|---:|", *at_rest, bulk])
        typer.echo(f"\n{rest}\n\n{setting}")
        report.keep(f"{setting}\n\n{table}\n\n{rest}", f"bench {database}")


def _table(plan: Plan, only: str) -> str:
    lines = [report.HEAD]
    typer.echo(report.HEAD)
    with processes.leadline(plan.desk.settings) as server:
        for operation in OPERATIONS:
            if only in operation.name and (operation.on_postgres or not plan.desk.settings.on_postgres):
                lines.append(_row(server, operation, plan))
                typer.echo(lines[-1])
    return "\n".join(lines)


def _row(server: Server, operation: Operation, plan: Plan) -> str:
    """Measures Leadline and the bare server in turn, so that what else the machine does meets both."""
    sent = operation.requests(plan)
    ours, bares = [], []
    with _bare(server, plan, next(sent)) as (bare, sample):
        for _ in range(plan.rounds):
            ours.append(measure(server, next(sent), plan.seconds))
            bares.append(measure(bare, sample or next(sent), plan.seconds))
    return report.row(operation.name, ours, bares)


@contextmanager
def _bare(server: Server, plan: Plan, sample: Requests) -> Iterator[tuple[Server, Requests | None]]:
    """The bare server, and what to send to it if that is always the same."""
    settings = plan.desk.settings
    if settings.on_postgres:
        with processes.bare_postgres(settings) as bare:
            yield bare, None
    else:
        answer_file = settings.data.parent / "answer.json"
        answer_file.write_bytes(msgspec.json.encode(_answer(server, sample)))
        with processes.bare(answer_file) as bare:
            yield bare, sample


def _answer(server: Server, requests: Requests) -> Answer:
    """Leadline's answer to the first of the requests, as the bare server will repeat it."""
    path, body = requests.each[0]
    connection = http.client.HTTPConnection(server.address, timeout=30)
    connection.request(requests.method, path, body or None, requests.headers())
    response = connection.getresponse()
    headers = [(n.encode(), v.encode()) for n, v in response.getheaders() if n.lower() != "date"]
    answer = Answer(response.status, headers, response.read())
    connection.close()
    if not 200 <= answer.status < 300:
        raise Refused(f"{requests.method} {path}: {answer.status} {answer.body.decode()}")
    return answer


def _at_rest(folder: Path) -> list[str]:
    """What it takes to start, and to wait: rows of a table."""
    ready, memory = [], []
    for number in range(STARTS):
        with processes.leadline(Settings(data=folder / f"empty{number}")) as server:
            ready.append(server.seconds)
            memory.append(server.memory_mib())
    helped = median(processes.help_seconds() for _ in range(STARTS))
    return [
        f"| memory after the start on an empty folder | {median(memory):.0f} MiB |",
        f"| from the start of the process to the first answer, on an empty folder | {median(ready):.2f} s |",
        f"| `leadline --help` | {helped:.2f} s |",
    ]


if __name__ == "__main__":
    try:
        typer.run(main)
    except Refused as refused:
        sys.exit(f"bench: {refused}")
