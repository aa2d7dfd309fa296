"""The real server over a real socket."""

from pathlib import Path

from tests.e2e.server import serving


def test_an_empty_folder_becomes_a_desk_that_answers(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, server.client() as client:
        assert client.get("/api/leads/").json() == {"count": 0, "next": None, "previous": None, "results": []}
