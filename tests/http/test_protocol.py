"""The part of the HTTP protocol that is uvicorn's."""

from importlib.metadata import version


def test_uvicorn_is_of_the_series_that_the_protocol_is_written_for() -> None:
    """`LimitedProtocol` overrides private methods of uvicorn's `HttpToolsProtocol`. Before a new series is allowed in
    pyproject.toml, compare `uvicorn/protocols/http/httptools_impl.py` of both for what it overrides, run
    tests/e2e/test_raw_sockets.py, tests/e2e/test_crowds.py and tests/e2e/test_stopping.py, and change this line."""
    assert version("uvicorn").startswith("0.54.")
