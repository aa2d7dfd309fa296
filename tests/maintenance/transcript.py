"""The same questions asked at two desks, and what they answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.settings import Settings
from tests.cast import Cast, Desk

LISTS = (
    "/api/me/",
    "/api/leads/?limit=100",
    "/api/leads/?limit=3&page=2",
    "/api/leads/?status=converted",
    "/api/leads/?search=startup",
    "/api/leads/?search=%C3%89mile",
    "/api/leads/?sort=-leadScore,lastName",
    "/api/leads/?assignedTo=none",
)
_KINDS = ("leads", "contacts", "accounts", "opportunities")

Answers = list[tuple[str, int, Any]]


@dataclass(frozen=True)
class There:
    """A place for one desk: the data that are at an address."""

    cast: Cast
    url: str

    @contextmanager
    def copy(self, folder: Path, **settings: Any) -> Iterator[Settings]:
        yield Settings(database=self.url, **settings)


def transcript(desk: Desk) -> Answers:
    """What lists, every record and every history answer to each workspace's key."""
    ids = [(kind, str(id_)) for kind in _KINDS for (id_,) in desk.rows(f"SELECT id FROM {kind} ORDER BY id")]
    paths = [*LISTS, *(f"/api/{kind}/{id_}/" for kind, id_ in ids)]
    paths += [f"/api/leads/{id_}/history/" for kind, id_ in ids if kind == "leads"]
    answers = []
    for caller in (desk.team, desk.stranger):
        for path in paths:
            answer = caller.get(path)
            body = answer.json()
            body.pop("requestId", None)
            answers.append((path, answer.status_code, body))
    return answers
