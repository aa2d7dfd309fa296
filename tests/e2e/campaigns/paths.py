"""What each part on the way costs: the same requests to nodes on different paths to the data. Needs wrk.

python -m tests.e2e.campaigns.paths [SECONDS]
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.cluster import HOST, MEMBERS, Cluster

from tests.e2e.campaigns.failover import Front
from tests.e2e.server import Address, serving

CONNECTIONS = 16
CREATE = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"lastName": "Lee", "email": "lee@paths.example", "company": "Startup IO"}'
"""


@contextmanager
def nodes(cluster: Cluster, folder: Path) -> Iterator[dict[str, Address]]:
    """A node of two workers on each path, and the whole cluster."""
    (leader,) = [member for member in MEMBERS if cluster.role(member) == "leader"]
    direct = cluster.leader_database().replace(
        f"{HOST}:{cluster.ports['leader']}", f"{HOST}:{cluster.ports[f'{leader}_postgres']}"
    )
    paths = {"SQLite": "", "PostgreSQL": direct, "PgBouncer, HAProxy, PostgreSQL": cluster.database}
    with ExitStack() as started:
        found: dict[str, Address] = {}
        for name, url in paths.items():
            options = {"environment": {"LEADLINE_DATABASE": url}, "key": cluster.key if url else ""}
            found[name] = started.enter_context(serving(folder / str(len(found)), workers=2, **options))
        yield {**found, "HAProxy, two nodes, PgBouncer, HAProxy, PostgreSQL": Front(cluster.url, cluster.key)}


def rate(address: Address, path: str, seconds: int, script: Path | None = None) -> float:
    """Requests per second."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", f"Authorization: Bearer {address.key}"]
    scripted = ["-s", str(script)] if script else []
    done = subprocess.run([*command, *scripted, address.url + path], capture_output=True, text=True, check=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def measure(cluster: Cluster, folder: Path, seconds: int) -> str:
    script = folder / "create.lua"
    script.write_text(CREATE, "utf-8")
    lines = ["| path to the data | get/s | create/s |", "|---|---:|---:|"]
    with nodes(cluster, folder) as found:
        for name, address in found.items():
            with address.client() as client:
                made = client.post("/api/leads/", json={"lastName": "Lee", "email": "lee@paths.example"})
            get = rate(address, f"/api/leads/{made.json()['id']}/", seconds)
            create = rate(address, "/api/leads/", seconds, script)
            lines.append(f"| {name} | {get:,.0f} | {create:,.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        own = Cluster(Path(place) / "cluster", 7600)
        Path(place).chmod(0o755)
        try:
            own.start()
            print(measure(own, Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 5))  # noqa: T201
        finally:
            own.stop()
