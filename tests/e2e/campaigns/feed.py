"""Readers follow everything while clients write: each operation comes once, in order, on every worker of every node.

Then 100 streams are stopped, and it is measured what readers cost that do not read.

    python -m tests.e2e.campaigns.feed [WRITES]
"""

import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from tests.cli.test_people import done
from tests.e2e.feed import Json, begin_stream, newest_cursor, operations_of, stream
from tests.e2e.raw import Connection, connected_to_each
from tests.e2e.server import Server, serving
from tests.e2e.test_crowds import resident_mib
from tests.postgres import cluster

WRITERS = 4
STREAMS = 100
STREAMS_OF_A_KEY = 10
STOP_SECONDS = 1.0
SILENT_READERS = 10
COST_MIB = 10
"""What a reader may cost that does not read."""
LAST = "the last of them"
BATCHES = 100
BATCH_ROWS = 40
NOTE = "x" * 5_000


def follow_writes(nodes: list[Server], workers: int, writes: int) -> str:
    """Answers what came of it; raises `AssertionError` if a reader missed an operation, or got one twice."""
    cursor = newest_cursor(nodes[0])
    first = int(cursor) + 1
    with ExitStack() as stack:
        found = [stack.enter_context(connected_to_each(node.url, workers)) for node in nodes]
        of_workers = [one for connections in found for one in connections]
        readers = stack.enter_context(ThreadPoolExecutor(len(of_workers) + len(nodes)))
        streams = [readers.submit(_read_stream, one, nodes[0].key, cursor) for one in of_workers]
        pages = [readers.submit(_read_pages, node, cursor) for node in nodes]
        written, seconds = _write_all(nodes, writes)
        expected = list(range(first, first + writes + 1))
        for reader in pages:
            assert reader.result() == expected
        delays = []
        for told in [reader.result() for reader in streams]:
            assert [operation["seq"] for operation, _ in told] == expected
            delays += [at - written[operation["id"]] for operation, at in told]
    return (
        f"{writes} writes in {seconds:.1f} s, {len(streams)} streams and {len(pages)} readers of pages on"
        f" {len(nodes)} nodes of {workers} workers: every operation once, in order; told after"
        f" {median(delays) * 1000:.0f} ms (median), {quantiles(delays, n=100)[98] * 1000:.0f} ms (99 %)"
    )


def _read_stream(connection: Connection, key: str, after: str) -> list[tuple[Json, float]]:
    told = []
    for operation, at in operations_of(begin_stream(connection, key, after)):
        told.append((operation, at))
        if _is_last(operation):
            return told
    raise AssertionError("the stream has ended")


def _read_pages(node: Server, cursor: str) -> list[int]:
    found: list[int] = []
    with node.client(timeout=60) as client:
        while True:
            answer = client.get(f"/api/changes/?after={cursor}&limit=50&wait=10")
            page = answer.raise_for_status().json()
            found += [operation["seq"] for operation in page["results"]]
            if page["results"] and _is_last(page["results"][-1]):
                return found
            cursor = page["through"]


def _is_last(operation: Json) -> bool:
    return bool(operation["changes"][0]["fields"]["company"][1] == LAST)


def _write_all(nodes: list[Server], writes: int) -> tuple[dict[str, float], float]:
    """Answers when each operation was begun, and for how long all were written."""
    begun: dict[str, float] = {}
    start = time.monotonic()
    with ThreadPoolExecutor(WRITERS) as writers:
        shares = [writes // WRITERS + (number < writes % WRITERS) for number in range(WRITERS)]
        for done in writers.map(lambda one: _write_leads(nodes[one[0] % len(nodes)], one[1]), enumerate(shares)):
            begun |= done
    seconds = time.monotonic() - start
    return begun | _write_leads(nodes[-1], 1, LAST), seconds


def _write_leads(node: Server, count: int, company: str = "Startup IO") -> dict[str, float]:
    begun = {}
    with node.client(timeout=60) as client:
        for _ in range(count):
            at = time.monotonic()
            body = {"lastName": "Lee", "email": "lee@feed.example", "company": company}
            made = client.post("/api/leads/", json=body).raise_for_status()
            begun[made.headers["Operation-Id"]] = at
    return begun


def stop_streams(server: Server, keys: list[str]) -> float:
    """Answers in how many seconds a server with many streams stops; raises `AssertionError` if a stream goes on."""
    cursor = newest_cursor(server)
    with ExitStack() as stack:
        streams = [stack.enter_context(stream(server, cursor, key)) for key in keys for _ in range(STREAMS_OF_A_KEY)]
        start = time.monotonic()
        assert server.stop() == 0
        seconds = time.monotonic() - start
        for one in streams:
            assert [*operations_of(one)] == []
    return seconds


def keep_silent_readers(server: Server) -> str:
    """Answers what each of some readers costs that asks for the whole log and does not read it."""
    _fill_log(server)
    with server.client(timeout=60) as client:
        read = len(client.get("/api/changes/stream/?after=0&wait=0").content)  # the caches are filled by now
    before = highest = resident_mib(server)
    with ExitStack() as stack:
        for _ in range(SILENT_READERS):
            stack.enter_context(stream(server, "0"))
        end = time.monotonic() + 5
        while time.monotonic() < end:
            highest = max(highest, resident_mib(server))
            time.sleep(0.05)
    cost = (highest - before) / SILENT_READERS
    assert cost < COST_MIB, cost
    return f"a reader that does not read {read / 2**20:.0f} MiB costs {cost:.1f} MiB"


def _fill_log(server: Server) -> None:
    record = {"lastName": "Lee", "notes": NOTE}
    with server.client(timeout=60) as client:
        for batch in range(BATCHES):
            records = [{**record, "email": f"lee{batch}-{number}@feed.example"} for number in range(BATCH_ROWS)]
            body = {"operations": [{"op": "create", "record": one} for one in records]}
            client.post("/api/leads/batch/", json=body).raise_for_status()


def make_keys(server: Server, count: int) -> list[str]:
    """Makes further keys, as whom more streams can be opened."""
    return [done(server.folder, "keys", "create", f"reader {number}") for number in range(count)]


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    quick = {"LEADLINE_RATE_LIMIT": "none"}
    with tempfile.TemporaryDirectory() as place:
        with serving(Path(place) / "data", workers=2, environment=quick) as alone:
            print("SQLite:", follow_writes([alone], 2, number))  # noqa: T201
        with serving(Path(place) / "quiet", environment=quick) as quiet:
            print(keep_silent_readers(quiet))  # noqa: T201
        with serving(Path(place) / "stopped", environment=quick) as stopped:
            took = stop_streams(stopped, make_keys(stopped, STREAMS // STREAMS_OF_A_KEY))
            assert took < STOP_SECONDS, took
            print(f"{STREAMS} streams stopped in {took:.2f} s")  # noqa: T201
    with cluster() as own, own.copy() as name, tempfile.TemporaryDirectory() as place:
        options = {"workers": 2, "environment": {**quick, "LEADLINE_DATABASE": own.url(name)}}
        with (
            serving(Path(place) / "first", **options) as one,
            serving(Path(place) / "second", key=one.key, **options) as two,
        ):
            print("PostgreSQL:", follow_writes([one, two], 2, number))  # noqa: T201
