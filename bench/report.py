"""The figures as a table, printed and kept in docs/performance.md."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import places
from bench.load import CONNECTIONS, TOOL, Load
from bench.operations import Plan
from bench.processes import ROOT

PAGE = ROOT / "docs" / "performance.md"

HEAD = """\
| operation | requests/s | p50 ms | p99 ms | CPU µs | bare requests/s | bare CPU µs | ratio |
|---|---:|---:|---:|---:|---:|---:|---:|"""


def row(name: str, ours: list[Load], bares: list[Load]) -> str:
    our_rate, bare_rate = (median(one.rate for one in loads) for loads in (ours, bares))
    figures = [
        f"{our_rate:,.0f}",
        f"{median(one.p50 for one in ours):.1f}",
        f"{median(one.p99 for one in ours):.1f}",
        f"{median(one.cpu for one in ours):.0f}",
        f"{bare_rate:,.0f}",
        f"{median(one.cpu for one in bares):.0f}",
        f"{our_rate / bare_rate:.2f}",
    ]
    return f"| {name} | {' | '.join(figures)} |"


def setting(command: str, plan: Plan, busy: str) -> str:
    """What the figures were found with, and on."""
    place, engine = places.place(plan.desk.settings), places.engine(plan.desk.settings)
    return "\n".join(
        [
            f"- `{command}`, {datetime.now(UTC):%Y-%m-%d}; {plan.rounds} rounds of {plan.seconds} s each, medians",
            f"- {plan.leads:,} leads in {place}; {CONNECTIONS} connections by {TOOL}; 1 worker",
            f"- {_processor()}, {os.cpu_count()} cores, shared with the client; Linux {platform.release()}; {busy}",
            f"- Python {platform.python_version()}, {engine}",
        ]
    )


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f} before the start"


def _processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def keep(text: str, place: str) -> None:
    """Puts the text in its place on the page, between what is written by hand."""
    page = PAGE.read_text("utf-8")
    generated = re.compile(rf"(<!-- {place} -->\n).*?(<!-- /{place} -->)", re.DOTALL)
    PAGE.write_text(generated.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page), "utf-8")
