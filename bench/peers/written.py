"""The two that a team would write itself: the applications are beside this file, in `drf/` and `fastapi_app.py`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers.peer import ADDRESS, HERE, Peer, installed, started
from bench.processes import Server

THREADS = 8


def _programs() -> Path:
    """Their own environment's, so that the project depends on nothing of theirs."""
    venv, recipe = HERE / ".venv", HERE / "requirements.txt"
    make = (sys.executable, "-m", "venv", venv)
    install = (venv / "bin/pip", "install", "--quiet", "--requirement", recipe)
    return installed(venv, recipe, make, install) / "bin"


@contextmanager
def _drf(environment: dict[str, str]) -> Iterator[Server]:
    gunicorn = (_programs() / "gunicorn", "--workers", 1, "--threads", THREADS, "--log-level", "warning")
    application = "bench.peers.drf.wsgi"
    with started(lambda port: (*gunicorn, "--bind", f"{ADDRESS}:{port}", application), environment) as server:
        yield server


@contextmanager
def _fastapi(environment: dict[str, str]) -> Iterator[Server]:
    uvicorn = (_programs() / "uvicorn", "--workers", 1, "--no-access-log", "--log-level", "warning")
    application = "bench.peers.fastapi_app:app"
    with started(lambda port: (*uvicorn, "--port", port, application), environment) as server:
        yield server


DRF = Peer("Django REST", f"Django REST Framework on gunicorn, 1 worker of {THREADS} threads", "upper({})", _drf)
FASTAPI = Peer("FastAPI", "FastAPI and async SQLAlchemy on uvicorn with uvloop, 1 worker", "{}", _fastapi)
