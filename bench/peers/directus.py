"""Directus, from npm: it finds the leads in its database, and its admin's token asks for them."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic.alias_generators import to_camel, to_snake

from bench.load import Requests
from bench.operations import PAGE
from bench.peers.peer import ADDRESS, HERE, Missing, Peer, installed, last_words, started
from bench.processes import Server

_TOKEN = "for-the-bench-alone"
_SETTINGS = {
    "DB_CLIENT": "pg",
    "DB_PORT": "5432",
    "SECRET": _TOKEN,
    "ADMIN_EMAIL": "admin@example.com",
    "ADMIN_PASSWORD": _TOKEN,
    "ADMIN_TOKEN": _TOKEN,
    "HOST": ADDRESS,
    "LOG_LEVEL": "error",
    "NODE_ENV": "production",
    "TELEMETRY": "false",
}
_LISTED = ("first_name", "last_name", "email", "phone", "company", "status", "source", "assigned_to", "lead_score")
_SEARCHED = ("first_name", "last_name", "email", "company")
_LIST = {"fields": ",".join(("id", *_LISTED, "created_at", "updated_at")), "sort": "-created_at,-id"}
_FILTERS: dict[str, Callable[[str], dict[str, object]]] = {
    "status": lambda value: {"status": {"_in": value.split(",")}},
    "source": lambda value: {"source": {"_in": value.split(",")}},
    "createdAfter": lambda value: {"created_at": {"_gt": value}},
    "search": lambda value: {"_or": [{name: {"_icontains": value}} for name in _SEARCHED]},
}


@contextmanager
def _serve(database: dict[str, str]) -> Iterator[Server]:
    program = _program()
    where = {"DB_HOST": "PGHOST", "DB_USER": "PGUSER", "DB_DATABASE": "PGDATABASE"}
    environment = {**_SETTINGS, **{ours: database[name] for ours, name in where.items()}}
    _bootstrap(program, {**os.environ, **environment})
    with started(lambda port: (program, "start"), environment) as server:
        yield server


def _bootstrap(program: str, environment: dict[str, str]) -> None:
    """Makes its own tables."""
    done = subprocess.run([program, "bootstrap"], env=environment, capture_output=True, check=False)
    if done.returncode:
        raise Missing(f"does not start: {last_words(done.stdout + done.stderr)}")


def _program() -> str:
    folder, recipe = HERE / ".node", HERE / "package.json"
    copy = ("cp", recipe, folder)
    install = ("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")
    build = ("npm", "explore", "isolated-vm", "--", "npm", "run", "rebuild")  # the one package that needs its script
    return str(installed(folder, recipe, copy, install, build) / "node_modules/.bin/directus")


def _translate(asked: Requests) -> Requests:
    return replace(asked, key=_TOKEN, each=[(_path(path), _body(body)) for path, body in asked.each])


def _path(path: str) -> str:
    parts = urlsplit(path)
    id_ = parts.path.removeprefix("/api/leads/").strip("/")
    return f"/items/leads/{id_}" if id_ else f"/items/leads?{urlencode(_query(dict(parse_qsl(parts.query))))}"


def _query(query: dict[str, str]) -> dict[str, object]:
    filters = [_FILTERS[name](value) for name, value in query.items() if name in _FILTERS]
    return {
        **_LIST,
        "limit": PAGE,
        "page": query.get("page", 1),
        "meta": "filter_count",
        **({"filter": json.dumps({"_and": filters})} if filters else {}),
    }


def _body(body: str) -> str:
    return json.dumps({to_snake(name): value for name, value in json.loads(body).items()}) if body else ""


def _read(answer: Any) -> object:
    data = answer["data"]
    if isinstance(data, dict):
        return _camel(data)
    return {"count": answer["meta"]["filter_count"], "results": [_camel(item) for item in data]}


def _camel(item: dict[str, object]) -> dict[str, object]:
    return {to_camel(name): value for name, value in item.items()}


DIRECTUS = Peer("Directus", "Directus 12 on Node.js, 1 process", "lower({})", _serve, _translate, _read)
