"""What is measured: each operation as requests of a client."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice

from bench.data import COMMON, RARE, SEED, Desk, lead_bodies, open_leads
from bench.load import Requests

CREATES_PER_SECOND = 15_000
CONVERTS_PER_SECOND = 5_000
"""More than any server here does, so that each lead is sent or converted once."""
PAGE = 20


@dataclass(frozen=True)
class Plan:
    """What is measured on, and for how long: `seconds` each time, `rounds` times."""

    desk: Desk
    leads: int
    seconds: int
    rounds: int


@dataclass(frozen=True)
class Operation:
    """`requests` are those of one measurement after the other; none of what they write is written twice.
    `on_postgres` says that the bare server on PostgreSQL can do it."""

    name: str
    requests: Callable[[Plan], Iterator[Requests]]
    on_postgres: bool = False


def _get(plan: Plan) -> Iterator[Requests]:
    return _reads(plan, [f"/api/leads/{id_}/" for id_ in plan.desk.ids])


def _list(query: Callable[[Plan], str]) -> Callable[[Plan], Iterator[Requests]]:
    return lambda plan: _reads(plan, [f"/api/leads/{query(plan)}"])


def _reads(plan: Plan, paths: list[str]) -> Iterator[Requests]:
    requests = Requests("GET", plan.desk.key, [(path, "") for path in paths])
    while True:
        yield requests


def _create(plan: Plan) -> Iterator[Requests]:
    for part in count():
        bodies = lead_bodies(random.Random(SEED), [], f"new{part}n")
        some = islice(bodies, CREATES_PER_SECOND * plan.seconds)
        yield Requests("POST", plan.desk.key, [("/api/leads/", json.dumps(body)) for body in some])


def _convert(plan: Plan) -> Iterator[Requests]:
    body = json.dumps({"createAccount": True, "accountName": "Startup IO", "createOpportunity": True})
    each = CONVERTS_PER_SECOND * plan.seconds
    ids = iter(open_leads(plan.desk.settings, each * (plan.rounds + 1)))
    while some := list(islice(ids, each)):
        yield Requests("POST", plan.desk.key, [(f"/api/leads/{id_}/convert/", body) for id_ in some])


OPERATIONS = (
    Operation("get", _get, on_postgres=True),
    Operation("list", _list(lambda plan: "")),
    Operation("list by status", _list(lambda plan: "?status=qualified")),
    Operation(
        "list by status, source and time",
        _list(lambda plan: f"?status=new,contacted&source=referral&createdAfter={plan.desk.middle}"),
    ),
    Operation("list deep page", _list(lambda plan: f"?page={max(1, plan.leads // PAGE // 2)}")),
    Operation("search rare", _list(lambda plan: f"?search={RARE}")),
    Operation("search common", _list(lambda plan: f"?search={COMMON}")),
    Operation("create", _create, on_postgres=True),
    Operation("convert", _convert),
)
"""Those that write come last, so that the others all see the same leads."""
