"""What lists are asked, each question in many forms, so that no answer is found where answers are kept."""

import http.client
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import combinations, product
from typing import Any
from urllib.parse import quote

from bench.data import COMMON, RARE, SEED, Desk, seconds_between
from bench.load import Requests
from leadline.crm.fields import SOURCES
from leadline.crm.leads import CONVERTED, STATUSES

FORMS = 2_000
SMALLEST, LARGEST = 10, 30
"""Leads of a page."""
NEAR = 100
"""How far from the first page, or the last, forms of a question lie."""
TEAM = 5
"""Owners whose leads are asked for at once, so that a small desk has a page of them."""


@dataclass(frozen=True)
class Sample:
    """Some of the leads as a list shows them, and how many there are of each kind that is asked for."""

    items: list[dict[str, Any]]
    count: int
    qualified: int


def wake(address: str, desk: Desk) -> None:
    """Has the index made. The first list of many leads may take longer than the server allows."""
    _list(address, desk, "?limit=1")


def learn(address: str, requests: Requests) -> float:
    """Asks the first of them until it is answered: how many seconds that took."""
    start = time.perf_counter()
    while _status(address, requests) == HTTPStatus.SERVICE_UNAVAILABLE:
        time.sleep(0.1)
    return time.perf_counter() - start


def _status(address: str, requests: Requests) -> int:
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request(requests.method, requests.each[0][0], headers=requests.headers())
    status = connection.getresponse().status
    connection.close()
    return status


def sample(address: str, desk: Desk, leads: int) -> Sample:
    chance = random.Random(SEED)
    pages = [_list(address, desk, f"?limit=100&offset={chance.randrange(max(1, leads - 100))}") for _ in range(10)]
    qualified = _list(address, desk, "?status=qualified&limit=1")["count"]
    return Sample([item for page in pages for item in page["results"]], pages[0]["count"], qualified)


def _list(address: str, desk: Desk, query: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", f"/api/leads/{query}", headers={"Authorization": f"Bearer {desk.key}"})
    answer: dict[str, Any] = json.load(connection.getresponse())
    connection.close()
    return answer


def questions(desk: Desk, known: Sample) -> Iterator[tuple[str, Requests]]:
    """Each by its name."""
    item = next(one for one in known.items if one["assignedTo"] and one["source"])
    team = ",".join(sorted({one["assignedTo"] for one in known.items if one["assignedTo"]})[:TEAM])
    times = [quote(one["createdAt"]) for one in known.items]
    three = f"status=new,contacted&source={SOURCES[0]}&assignedTo={team}&createdAfter={desk.middle}"
    paths = {
        "get": [f"/api/leads/{id_}/" for id_ in desk.ids],
        "list": _near_first(""),
        "by status": _near_first("status=qualified"),
        "by source": _near_first(f"source={item['source']}"),
        "by owner": _near_first(f"assignedTo={item['assignedTo']}"),
        "by e-mail": [f"/api/leads/?email={quote(one['email'])}" for one in known.items],
        "created after": _near_first(*(f"createdAfter={time}" for time in times)),
        "created before": _near_first(*(f"createdBefore={time}" for time in times)),
        "updated after": _near_first(*(f"updatedAfter={time}" for time in times)),
        "updated before": _near_first(*(f"updatedBefore={time}" for time in times)),
        "three filters and a time": _near_first(three),
        "last page": _near_last("", known.count),
        "last page by status": _near_last("status=qualified", known.qualified),
        "last page by last name": _near_last("sort=lastName,company", known.count),
        "search rare": _near_first(*(f"search={form}" for form in _cases(RARE))),
        "search common": _near_first(*(f"search={form}" for form in _cases(COMMON))),
        "search two letters": _near_first(*(f"search={form}" for form in _cases(RARE[:2]))),
        "facets": _facets([one["createdAt"] for one in known.items], seconds_between(known.count)),
    }
    for name, forms in paths.items():
        yield name, Requests("GET", desk.key, [(path, "") for path in forms])


def _near_first(*queries: str) -> list[str]:
    chance = random.Random(SEED)
    return [_page(chance.choice(queries), chance.randrange(NEAR), chance) for _ in range(FORMS)]


def _near_last(query: str, count: int) -> list[str]:
    chance, last = random.Random(SEED), max(0, count - LARGEST)
    return [_page(query, max(0, last - chance.randrange(NEAR)), chance) for _ in range(FORMS)]


def _page(query: str, offset: int, chance: random.Random) -> str:
    """A part of the list; about 20 leads."""
    path = chance.choice(["/api/leads/", "/api/v1/leads/"])
    return f"{path}?{query}{'&' if query else ''}limit={chance.randrange(SMALLEST, LARGEST + 1)}&offset={offset}"


def _facets(times: list[str], between: int) -> list[str]:
    """Up to any second between those in which leads were created, of which a small desk has few, and in
    which there is something to count at every size. `between` is how many seconds these are apart."""
    chance, some = random.Random(SEED), list(_subsets([status for status in STATUSES if status != CONVERTED]))
    asked = [(chance.choice(some), _later(chance.choice(times), chance.randrange(between))) for _ in range(FORMS)]
    return [f"/api/leads/facets/?status={statuses}&createdBefore={quote(time)}" for statuses, time in asked]


def _later(time: str, seconds: int) -> str:
    return (datetime.fromisoformat(time) + timedelta(seconds=seconds)).isoformat()


def _subsets(values: list[str]) -> Iterator[str]:
    for size in range(1, len(values) + 1):
        yield from map(",".join, combinations(values, size))


def _cases(word: str) -> list[str]:
    """The word in every mix of small and large letters, which all search for the same."""
    return ["".join(letters) for letters in product(*((one.lower(), one.upper()) for one in word))]
