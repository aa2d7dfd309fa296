"""A real export goes in row by row, and every row is found again, unchanged."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import apsw
import httpx2
import pytest

from tests.e2e.server import Server, serving

EXPORT = Path(__file__).parents[3] / "shared" / "data" / "zoho-leads.csv"
STATUSES = {
    "Not Contacted": "new",
    "Attempted to Contact": "contacted",
    "Contacted": "contacted",
    "Contact in Future": "nurturing",
    "Pre Qualified": "qualified",
    "Junk Lead": "unqualified",
    "Lost Lead": "lost",
}
MAPPED = {"Last Name", "Company", "Email", "Mobile", "Lead Source"}
LISTED = ("lastName", "company", "email", "phone", "source", "status")
THREADS = 4

pytestmark = pytest.mark.skipif(not EXPORT.exists(), reason="the export is not here")

Json = dict[str, Any]


def lead_of(row: dict[str, str]) -> Json:
    return {
        "lastName": row["Last Name"],
        "company": row["Company"],
        "email": row["Email"],
        "phone": row["Mobile"],
        "source": row["Lead Source"].lower().replace(" ", "_"),
        "status": STATUSES[row["Lead Status"]],
        "notes": "\n".join(f"{name}: {value}" for name, value in row.items() if name not in MAPPED),
    }


@pytest.fixture(scope="module")
def sent() -> list[Json]:
    with EXPORT.open(encoding="utf-8", newline="") as file:
        return [lead_of(row) for row in csv.DictReader(file)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sent: list[Json]) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("real") / "data") as server:
        with ThreadPoolExecutor(THREADS) as clients:
            statuses = clients.map(_post_all, [server] * THREADS, [sent[start::THREADS] for start in range(THREADS)])
            assert sum(statuses, Counter()) == {201: len(sent)}
        yield server


def _post_all(server: Server, leads: list[Json]) -> Counter[int]:
    with server.client() as client:
        return Counter(client.post("/api/leads/", json=lead).status_code for lead in leads)


@pytest.fixture
def client(server: Server) -> Iterator[httpx2.Client]:
    with server.client() as client:
        yield client


def walk(client: httpx2.Client, **parameters: str) -> Iterator[Json]:
    url: str | None = f"/api/leads/?{urlencode({'limit': 100, **parameters})}"
    while url:
        page = client.get(url).json()
        yield from page["results"]
        url = page["next"]


def shown(leads: Iterable[Json]) -> Counter[tuple[str, ...]]:
    return Counter(tuple(lead[name] for name in LISTED) for lead in leads)


def test_the_export_is_all_there(sent: list[Json]) -> None:
    assert len(sent) == len({lead["email"] for lead in sent}) == 3_900
    assert {lead["status"] for lead in sent} == set(STATUSES.values())


def test_a_walk_meets_every_row_once_and_unchanged(client: httpx2.Client, sent: list[Json]) -> None:
    met = list(walk(client))
    assert shown(met) == shown(sent)
    assert [lead["id"] for lead in met] == sorted((lead["id"] for lead in met), reverse=True)


def test_notes_are_kept_line_by_line(server: Server, sent: list[Json]) -> None:
    connection = apsw.Connection(str(server.folder / "leadline.db"))
    kept = dict(connection.execute("SELECT email, notes FROM leads"))
    connection.close()
    assert kept == {lead["email"]: lead["notes"] for lead in sent}


@pytest.mark.parametrize("name", ["status", "source"])
def test_each_filter_finds_its_rows(client: httpx2.Client, sent: list[Json], name: str) -> None:
    for value in {lead[name] for lead in sent}:
        assert shown(walk(client, **{name: value})) == shown(lead for lead in sent if lead[name] == value)


def test_filters_are_combined(client: httpx2.Client, sent: list[Json]) -> None:
    found = walk(client, status="lost,unqualified", source="trade_show", **{"company[startswith]": "s"})
    wanted = [lead for lead in sent if lead["status"] in ("lost", "unqualified") and lead["source"] == "trade_show"]
    assert shown(found) == shown(lead for lead in wanted if lead["company"].lower().startswith("s"))


@pytest.mark.parametrize("text", ["smith", "SMITH", "caf\xed", "@dayrep", "'s", "an", "x", "y & s", "no such text"])
def test_a_search_finds_what_contains_it(client: httpx2.Client, sent: list[Json], text: str) -> None:
    parts = ("lastName", "email", "company")
    wanted = [lead for lead in sent if any(text.lower() in lead[part].lower() for part in parts)]
    assert shown(walk(client, search=text)) == shown(wanted)


@pytest.mark.parametrize("number", [0, 1, 1_950, 3_899])
def test_one_row_is_found_by_its_email(client: httpx2.Client, sent: list[Json], number: int) -> None:
    (found,) = walk(client, email=sent[number]["email"].upper())
    full = client.get(f"/api/leads/{found['id']}/").json()
    assert full.items() >= sent[number].items()
