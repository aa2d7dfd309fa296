"""A whole cluster on one machine, to try it and to test it: etcd, two PostgreSQL members under Patroni, PgBouncer,
two Leadline nodes, and HAProxy in front. README.md says what to install, and how to do the same on real machines.

    python deploy/cluster.py start FOLDER
    python deploy/cluster.py stop FOLDER        ends what was started there, and nothing else; the data stay
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from string import Template

HOST = "127.0.0.1"
FIRST_PORT = 7400
NOBODY = 65534
MEMBERS = ("member1", "member2")
NODES = ("node1", "node2")
TEMPLATES = Path(__file__).parent / "templates"
PROGRAMS = {"etcd": "etcd-server", "patroni": "patroni", "pgbouncer": "pgbouncer", "haproxy": "haproxy"}
"""Each program, and the Debian package that has it."""
_NAMES = (
    *("etcd", "etcd_peer", "member1_rest", "member2_rest", "member1_postgres", "member2_postgres"),
    *("leader", "pgbouncer", "node1", "node2", "front"),
)


class Cluster:
    """Keeps its data, logs, configuration and the pids of its processes in `folder`."""

    def __init__(self, folder: Path, first_port: int = FIRST_PORT) -> None:
        self.folder = folder.resolve()
        self.ports = {name: first_port + number for number, name in enumerate(_NAMES)}
        self.url = f"http://{HOST}:{self.ports['front']}"

    def start(self) -> None:
        """Returns when a request can be answered; what runs already is left alone."""
        programs = _postgres_programs()
        self.prepare(programs)
        self._start_etcd()
        for member in MEMBERS:
            self.start_member(member)
            _wait_for(f"the member {member}", lambda: any(self.role(one) == "leader" for one in MEMBERS))
        _wait_for("a synchronous standby", lambda: any(self.role(one) == "sync_standby" for one in MEMBERS))
        self.run("haproxy-database", ["haproxy", "-db", "-f", "haproxy-database.cfg"])
        self.run("pgbouncer", ["pgbouncer", "pgbouncer.ini"])
        self._make_database(programs)
        self._make_key()
        for node in NODES:
            self.start_node(node)
        self.run("haproxy-front", ["haproxy", "-db", "-f", "haproxy-front.cfg"])
        _wait_for("an answer", lambda: _status(f"{self.url}/api/health/") == 200)

    def stop(self) -> None:
        for name in ("haproxy-front", *NODES, "pgbouncer", "haproxy-database"):
            self._end(name)
        for member in sorted(MEMBERS, key=lambda member: self.role(member) == "leader"):
            self._end(member)
            for pid in self.postgres_pids(member):  # Patroni takes its database along, unless it was killed
                _signal(pid, signal.SIGINT)
        self._end("etcd")

    @property
    def key(self) -> str:
        return (self.folder / "key").read_text("utf-8").strip()

    @property
    def database(self) -> str:
        """The address that the nodes have."""
        return (
            f"postgresql://leadline:{self._secrets['leadline_password']}@{HOST}:{self.ports['pgbouncer']}/leadline"
            "?pgbouncer=true"
        )

    def leader_database(self) -> str:
        """The leader's address without PgBouncer."""
        return f"postgresql://leadline:{self._secrets['leadline_password']}@{HOST}:{self.ports['leader']}/leadline"

    def start_member(self, member: str) -> None:
        self.run(member, ["patroni", f"{member}.yml"])

    def start_node(self, node: str) -> None:
        command = [sys.executable, "-m", "leadline", "serve", "--workers", "2", "--port", str(self.ports[node])]
        self.run(node, command, unprivileged=False, environment={"LEADLINE_DATABASE": self.database})

    def role(self, member: str) -> str:
        """What Patroni says of it: "leader", "sync_standby" or "replica"; "" for one that does not answer."""
        for asked in MEMBERS:
            try:
                url = f"http://{HOST}:{self.ports[f'{asked}_rest']}/cluster"
                with urllib.request.urlopen(url, timeout=2) as answer:
                    listed = json.load(answer)["members"]
            except (OSError, ValueError):
                continue
            return next((one["role"] for one in listed if one["name"] == member and one["state"] == "running"), "")
        return ""

    def postgres_pids(self, member: str) -> list[int]:
        """The postmaster of a member, if it runs."""
        try:
            pid = int((self.folder / member / "postmaster.pid").read_text("utf-8").split()[0])
        except (OSError, ValueError, IndexError):
            return []
        return [pid] if _command(pid).startswith(str(_postgres_programs())) else []

    def pid(self, name: str) -> int | None:
        """The process that was started under a name, if it still runs."""
        try:
            pid, started = map(int, (self.folder / "pids" / name).read_text("utf-8").split())
        except (OSError, ValueError):
            return None
        return pid if _started(pid) == started else None

    def prepare(self, programs: Path) -> None:
        for folder in (self.folder, self.folder / "pids", self.folder / "etcd"):
            folder.mkdir(parents=True, exist_ok=True)
        values = {
            **{f"{name}_port": port for name, port in self.ports.items()},
            **self._secrets,
            "host": HOST,
            "network": f"{HOST}/32",
            "folder": self.folder,
            "programs": programs,
            "etcd": f"{HOST}:{self.ports['etcd']}",
        }
        for member in MEMBERS:
            ports = {f"{port}_port": self.ports[f"{member}_{port}"] for port in ("rest", "postgres")}
            own = {"name": member, "data": self.folder / member, **ports}
            _write(self.folder / f"{member}.yml", _filled("patroni.yml", values | own))
        for name in ("haproxy-database.cfg", "pgbouncer.ini", "haproxy-front.cfg", "503.http"):
            _write(self.folder / name, _filled(name, values))
        _write(self.folder / "userlist.txt", f'"leadline" "{self._secrets["leadline_password"]}"\n')
        _give_to_nobody(self.folder, *self.folder.glob("*.*"), self.folder / "etcd")

    @property
    def _secrets(self) -> dict[str, str]:
        file = self.folder / "secrets.json"
        if not file.exists():
            names = ("postgres_password", "replicator_password", "leadline_password")
            _write(file, json.dumps({name: secrets.token_urlsafe(24) for name in names}))
        found: dict[str, str] = json.loads(file.read_text())
        return found

    def _start_etcd(self) -> None:
        client, peer = (f"http://{HOST}:{self.ports[name]}" for name in ("etcd", "etcd_peer"))
        addresses = ["--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer]
        peers = ["--initial-advertise-peer-urls", peer, "--initial-cluster", f"leadline={peer}"]
        self.run("etcd", ["etcd", "--name", "leadline", "--data-dir", "etcd", *addresses, *peers])
        _wait_for("etcd", lambda: _status(f"{client}/health") == 200)

    def _make_database(self, programs: Path) -> None:
        password = self._secrets["leadline_password"]
        for statement, unless in (
            (f"CREATE ROLE leadline LOGIN PASSWORD '{password}'", "SELECT FROM pg_roles WHERE rolname = 'leadline'"),
            ("CREATE DATABASE leadline OWNER leadline", "SELECT FROM pg_database WHERE datname = 'leadline'"),
        ):
            self._psql(programs, f"SELECT $leadline${statement}$leadline$ WHERE NOT EXISTS ({unless})\n\\gexec\n")

    def _psql(self, programs: Path, script: str) -> None:
        address = [f"--host={HOST}", f"--port={self.ports['leader']}", "--username=postgres", "--dbname=postgres"]
        command = [str(programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", *address]
        environment = {**os.environ, "PGPASSWORD": self._secrets["postgres_password"]}

        def run() -> bool:  # until HAProxy has found out who the leader is
            done = subprocess.run(command, input=script.encode(), env=environment, capture_output=True, check=False)
            return done.returncode == 0

        _wait_for("the leader", run)

    def _make_key(self) -> None:
        file = self.folder / "key"
        if file.exists():
            return
        leadline = [sys.executable, "-m", "leadline"]
        environment = {**os.environ, "LEADLINE_DATABASE": self.database}
        first = subprocess.run([*leadline, "init", "--json"], env=environment, capture_output=True, check=False)
        if first.returncode == 0:
            _write(self.folder / "admin.json", first.stdout.decode())
            _write(file, json.loads(first.stdout)["key"])
            return
        # an earlier start was interrupted between the first key and its file
        made = subprocess.run(
            [*leadline, "keys", "create", "cluster"], env=environment, capture_output=True, check=True
        )
        _write(file, made.stdout.decode())

    def run(
        self,
        name: str,
        command: Sequence[str],
        *,
        unprivileged: bool = True,
        environment: dict[str, str] | None = None,
    ) -> None:
        """Starts a process in the folder, and notes its pid and when it started."""
        if self.pid(name):
            return
        nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if unprivileged and os.geteuid() == 0 else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # type: ignore[call-overload]
                [shutil.which(command[0], path=_path()) or command[0], *command[1:]],
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **nobody,
            )
        (self.folder / "pids" / name).write_text(f"{process.pid} {_started(process.pid)}")
        process.returncode = 0  # it is to outlive this program, which shall not be warned of that

    def _end(self, name: str) -> None:
        pid = self.pid(name)
        if pid is None:
            return
        _signal(pid, signal.SIGINT if name == "pgbouncer" else signal.SIGTERM)
        _wait_for(f"the end of {name}", lambda: self.pid(name) is None)
        (self.folder / "pids" / name).unlink()


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def _postgres_programs() -> Path:
    """Where PostgreSQL's programs are, once everything else that is needed is there too."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program, path=_path())]
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if not found:
        missing.append("postgresql")
    if missing:
        sys.exit(f"Programs are missing; on Debian: apt-get install --no-install-recommends {' '.join(missing)}")
    return found[0].parent


def _filled(template: str, values: dict[str, object]) -> str:
    return Template((TEMPLATES / template).read_bytes().decode()).substitute(values)


def _write(file: Path, text: str) -> None:
    """For its owner's eyes only; line ends stay as they are."""
    file.touch(mode=0o600)
    file.write_bytes(text.encode())


def _give_to_nobody(*paths: Path) -> None:
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


def _started(pid: int) -> int | None:
    """When a process was started, in the system's ticks: with the pid, this is one process for ever. See proc(5)."""
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else int(fields[18])


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8").replace("\0", " ")
    except OSError:
        return ""


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _wait_for(what: str, is_there: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > deadline:
            sys.exit(f"Waited {seconds:.0f} s for {what}, in vain; the logs are in the cluster's folder.")
        time.sleep(0.2)


def main() -> None:
    match sys.argv[1:]:
        case ["start", folder]:
            cluster = Cluster(Path(folder))
            cluster.start()
            print(f"Leadline answers at {cluster.url}; the first request:")  # noqa: T201
            print(f"curl -H 'Authorization: Bearer {cluster.key}' {cluster.url}/api/leads/")  # noqa: T201
        case ["stop", folder]:
            Cluster(Path(folder)).stop()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
