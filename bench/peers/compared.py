"""The operations that are compared, and the proof that all do the same work."""

import http.client
import json
import time
from collections.abc import Iterator, Set
from datetime import datetime
from itertools import repeat
from typing import Any

from bench.load import CONNECTIONS, Refused, Requests
from bench.operations import OPERATIONS, PAGE, Operation, Plan
from bench.peers.peer import Running
from bench.processes import Server

CREATE = "create"
CONVERT = "convert"
_TRIED = 3
_TIMES = ("createdAt", "updatedAt")
_OWN = {"id", *_TIMES}
"""What each server gives to a lead that it creates, as it likes."""
_SHOWN = {"email", "firstName", "lastName", "phone", "company", "status", "source", "assignedTo", "leadScore", *_OWN}
"""What every answer must have of a lead at least."""

Page = tuple[int, list[dict[str, object]]]


def _last_page(plan: Plan) -> Iterator[Requests]:
    page = -(-plan.leads // PAGE)
    return repeat(Requests("GET", plan.desk.key, [(f"/api/leads/?page={page}", "")]))


def operations() -> list[Operation]:
    """Those of `python -m bench`, with the last page for the deep one."""
    last = Operation("list last page", _last_page)
    return [last if operation.name == "list deep page" else operation for operation in OPERATIONS]


def require_same(operation: str, asked: Requests, everyone: list[Running]) -> None:
    """Raises `Refused` when they do not all say what the first says."""
    creates = operation == CREATE
    for number in range(min(1 if creates else _TRIED, len(asked.each))):
        expected, *others = [_said(one, asked, number) for one in everyone]
        for one, found in zip(everyone[1:], others, strict=True):
            if difference := differs(expected, found, besides=_OWN if creates else set()):
                raise Refused(f"{one.peer.name}, {operation}: {difference}")


def _said(one: Running, asked: Requests, number: int) -> Page:
    requests = one.peer.translate(asked)
    return comparable(one.peer.read(answer(one.server, requests, *requests.each[number])))


def is_slow(one: Running, asked: Requests, seconds: int) -> bool:
    """Whether an answer takes so long that with all connections hardly one would be given in these seconds."""
    if asked.method != "GET":
        return False
    requests, start = one.peer.translate(asked), time.perf_counter()
    answer(one.server, requests, *requests.each[0])
    return time.perf_counter() - start > seconds / CONNECTIONS / 2


def answer(server: Server, requests: Requests, path: str, body: str) -> Any:
    """Raises `Refused`."""
    connection = http.client.HTTPConnection(server.address, timeout=120)
    connection.request(requests.method, path, body or None, requests.headers())
    response = connection.getresponse()
    text = response.read()
    connection.close()
    if not 200 <= response.status < 300:
        raise Refused(f"{requests.method} {path}: {response.status} {text.decode(errors='replace')[:300]}")
    return json.loads(text)


def comparable(said: Any) -> Page:
    """The count and the leads of a list, or one lead; times to the second, however they are written."""
    items = said.get("results", [said])
    return said.get("count", 1), [{name: _to_the_second(name, value) for name, value in one.items()} for one in items]


def _to_the_second(name: str, value: object) -> object:
    return datetime.fromisoformat(str(value)).timestamp() // 1 if name in _TIMES else value


def differs(expected: Page, found: Page, besides: Set[str] = frozenset()) -> str:
    """What is not the same, besides these fields; "" for nothing. What only one of them shows may be more than a list
    needs, but not less."""
    if expected[0] != found[0]:
        return f"counts {found[0]:,}, Leadline {expected[0]:,}"
    if len(expected[1]) != len(found[1]):
        return f"shows {len(found[1])} leads, Leadline {len(expected[1])}"
    for ours, theirs in zip(expected[1], found[1], strict=True):
        for name in sorted((_SHOWN | (ours.keys() & theirs.keys())) - besides):
            if name not in theirs or ours[name] != theirs[name]:
                return f"{name} is {theirs.get(name)!r}, Leadline's {ours[name]!r}"
    return ""
