"""`leadline serve --demo`: what a newcomer sees first."""

import re
from pathlib import Path

from tests.cli.first_desk import make_desk
from tests.e2e.server import serving


def test_the_last_line_lets_the_admin_into_a_living_desk(tmp_path: Path) -> None:
    with serving(tmp_path / "data", arguments=["--demo"]) as server:
        assert "now has key and password" in server._read_line()
        assert server._read_line().startswith(f"Open {server.url}/")
        found = re.fullmatch(r"Sign in as (\S+) with (\S{12,})\n", server._read_line())
        assert found
        signed_in = server.ask("POST", "/api/auth/login/", json={"email": found[1], "password": found[2]})
        token = {"Authorization": f"Bearer {signed_in.json()['access']}"}
        assert server.ask("GET", "/api/leads/", headers=token).json()["count"] > 2_200
        people = server.ask("GET", "/api/users/", headers=token).json()["results"]
        assert sorted(person["role"] for person in people) == ["admin", *["user"] * 5]
        assert "Amara" in {person["firstName"] for person in people}


def test_a_desk_that_is_there_is_served_as_it_is(tmp_path: Path) -> None:
    key = make_desk(tmp_path)["key"]
    with serving(tmp_path, key=key, arguments=["--demo"]) as server, server.client() as client:
        assert client.get("/api/leads/").json()["count"] == 0
        assert "There are data already, so --demo adds nothing.\n" in server.log()
