"""Answers compressed for those who accept it."""

import gzip

import httpx2
import pytest

from leadline.http.server import compression
from leadline.http.server.accept import accepts_coding
from leadline.http.server.compression import MIN_BYTES
from tests.cast import Desk

ACCEPTED = [
    (b"gzip", True),
    (b"gzip, deflate, br", True),
    (b"GZIP;q=0.5", True),
    (b"x-gzip", True),
    (b"*", True),
    (b"*;q=0.1", True),
    (b"gzip ; q=1.000", True),
    (b"br;q=1.0, gzip;q=0.8, *;q=0.1", True),
    (b"gzip;q=0.5, identity;q=0.5", True),
    (b", gzip ,,", True),
    (b"gzip;q=0.001", True),
    (b"", False),
    (b"identity", False),
    (b"gzip;q=0", False),
    (b"gzip;q=0.000", False),
    (b"*, gzip;q=0", False),
    (b"br", False),
    (b"gzip;q=0.4, identity;q=0.5", False),
    (b"gzip;q=x", False),
    (b"gzip;q=", False),
    (b"gzip;q=-1", False),
    (b"gzip;q=nan", False),
    (b"gzip;q=1e3", False),
    (b"notgzip", False),
    (b"gzip," + b"x," * 600, False),
]


@pytest.mark.parametrize(("header", "accepted"), ACCEPTED)
def test_gzip_is_accepted_as_the_weights_say(header: bytes, accepted: bool) -> None:
    assert accepts_coding(header, "gzip") is accepted


def asked(desk: Desk, path: str, encoding: str | None, method: str = "GET") -> tuple[httpx2.Response, bytes]:
    """The answer, and its body as it was sent."""
    headers = {"Authorization": f"Bearer {desk.acme.key}"}

    async def ask() -> tuple[httpx2.Response, bytes]:
        transport = httpx2.ASGITransport(app=desk.app.http_app())
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.example") as client:
            del client.headers["Accept-Encoding"]
            more = {} if encoding is None else {"Accept-Encoding": encoding}
            async with client.stream(method, path, headers={**headers, **more}) as answer:
                return answer, b"".join([part async for part in answer.aiter_raw()])

    found: tuple[httpx2.Response, bytes] = desk.run(ask())
    return found


@pytest.mark.at_the_shared_desk
@pytest.mark.parametrize("path", ["/api/leads/", "/api/leads/facets/?status=new", "/api/openapi.json", "/api/docs/"])
def test_a_long_answer_is_compressed_for_who_accepts_it(desk: Desk, path: str) -> None:
    for number in range(50):
        desk.lead(source=f"source_{number}")
    plain, body = asked(desk, path, None)
    assert "Content-Encoding" not in plain.headers
    for _ in range(2):
        packed, data = asked(desk, path, "gzip")
        again, same = asked(desk, path, "gzip;q=0, *;q=0")
        assert same == body
        for answer in (plain, packed, again):
            assert "accept-encoding" in answer.headers["Vary"]
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) == len(data) < len(body) // 2
        assert gzip.decompress(data) == body
        head, _ = asked(desk, path, "gzip", "HEAD")
        assert (head.headers["Content-Length"], head.headers["Content-Encoding"]) == (str(len(data)), "gzip")


def test_a_short_answer_is_sent_as_it_is(desk: Desk) -> None:
    for path in (f"/api/leads/{desk.lead()['id']}/", "/api/leads/", "/api/health/", "/api/leads/ld_x/"):
        answer, body = asked(desk, path, "gzip")
        assert len(body) < MIN_BYTES
        assert "Content-Encoding" not in answer.headers


def test_a_kept_answer_is_compressed_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(20):
        desk.lead()
    done: list[int] = []
    real = gzip.compress

    def compress(data: bytes, level: int, *, mtime: int) -> bytes:
        done.append(len(data))
        return real(data, level, mtime=mtime)

    monkeypatch.setattr(gzip, "compress", compress)
    app = desk.app.http_app()
    transport = httpx2.ASGITransport(app=app)
    client = httpx2.AsyncClient(transport=transport, base_url="http://desk.example")
    headers = {"Authorization": f"Bearer {desk.acme.key}", "Accept-Encoding": "gzip"}
    bodies = {desk.run(client.get("/api/leads/", headers=headers)).content for _ in range(3)}
    assert (len(bodies), len(done)) == (1, 1)


def test_a_very_long_answer_is_compressed_beside_the_requests(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MAX_BYTES_AT_ONCE", 2_000)
    for _ in range(20):
        desk.lead()
    plain, packed = asked(desk, "/api/leads/", None)[1], asked(desk, "/api/leads/", "gzip")[1]
    assert gzip.decompress(packed) == plain


def test_what_carries_a_secret_is_not_compressed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MIN_BYTES", 10)
    assert asked(desk, "/api/me/", "gzip")[0].headers["Content-Encoding"] == "gzip"
    made = desk.ada.post(
        "/api/keys/", {"name": "x" * 100, "scopes": ["leads:read"]}, headers={"Accept-Encoding": "gzip"}
    )
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    assert "Content-Encoding" not in made.headers
