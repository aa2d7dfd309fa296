"""The router finds a path's routes, and the parameters in it."""

import random

import pytest

from leadline.access import Right
from leadline.http.server.endpoint import Endpoint, Route
from leadline.http.server.router import Router

ENDPOINT = Endpoint(name="any", summary="", response_schema=None)
PATHS = [
    "/api/leads/",
    "/api/leads/facets/",
    "/api/leads/{id}/",
    "/api/leads/{id}/history/",
    "/api/imports/{id}/rows/",
    "/api/imports/{id}/rows/{row}/",
    "/api/imports/{id}/rows/{row}/reasons/",
    "/api/{kind}/export/",
    "/api/openapi.json",
]


def route(path: str, method: str = "GET") -> Route:
    return Route(method, path, Right.READ, ENDPOINT, areas=())


def found(router: Router, path: str) -> tuple[str, dict[str, str]] | None:
    methods, parameters = router.find_route(path)
    return None if methods is None else (methods["GET"].path, dict(parameters))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/leads/", ("/api/leads/", {})),
        ("/api/leads", ("/api/leads/", {})),
        ("/api/v1/leads/", ("/api/leads/", {})),
        ("/api/leads/facets/", ("/api/leads/facets/", {})),
        ("/api/leads/ld_1/", ("/api/leads/{id}/", {"id": "ld_1"})),
        ("/api/leads/{id}/", ("/api/leads/{id}/", {"id": "{id}"})),
        ("/api/v1/leads/ld_1/history", ("/api/leads/{id}/history/", {"id": "ld_1"})),
        ("/api/imports/imp_1/rows/", ("/api/imports/{id}/rows/", {"id": "imp_1"})),
        ("/api/imports/imp_1/rows/7/", ("/api/imports/{id}/rows/{row}/", {"id": "imp_1", "row": "7"})),
        ("/api/imports/imp_1/rows/7/reasons", ("/api/imports/{id}/rows/{row}/reasons/", {"id": "imp_1", "row": "7"})),
        ("/api/accounts/export/", ("/api/{kind}/export/", {"kind": "accounts"})),
        ("/api/openapi.json", ("/api/openapi.json", {})),
        ("/api/leads/facets/history/", None),  # a fixed part wins, also if nothing goes on from there
        ("/api/leads//", None),
        ("/api/imports//rows/7/", None),
        ("/api/leads/ld_1/history/more/", None),
        ("/api/imports/", None),
        ("/api/", None),
        ("/", None),
        ("", None),
        ("/" * 10_000, None),
    ],
)
def test_a_path_is_found_whatever_the_order_of_the_table(
    seed: int, path: str, expected: tuple[str, dict[str, str]] | None
) -> None:
    table = [route(one) for one in PATHS]
    random.Random(seed).shuffle(table)
    assert found(Router(table), path) == expected


def test_a_path_has_its_methods() -> None:
    router = Router([route("/api/leads/{id}/"), route("/api/leads/{id}/", "PATCH")])
    methods, _ = router.find_route("/api/leads/ld_1/")
    assert methods is not None
    assert [*methods] == ["GET", "PATCH"]


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ("/api/leads/{id}/", "/api/leads/{lead}/", "only in the names of its parameters"),
        ("/api/leads/{id}/rows/{row}/", "/api/leads/{id}/rows/{line}/", "only in the names of its parameters"),
        ("/api/leads/", "/api/leads/{id}/rows/{id}/", "two parameters alike"),
        ("/api/leads/", "/api/leads/{id}.json", "not a whole part"),
        ("/api/leads/{id}/", "/api/leads/{id}/", "more than once"),
        ("/api/leads/", "/api/leads", "more than once"),
    ],
)
def test_routes_that_cannot_be_told_apart_are_refused_at_the_start(first: str, second: str, fault: str) -> None:
    with pytest.raises(TypeError, match=fault):
        Router([route(first), route(second)])


def test_paths_may_name_a_parameter_differently_if_they_differ_otherwise() -> None:
    router = Router([route("/api/imports/{id}/rows/"), route("/api/imports/{import_}/report/")])
    assert found(router, "/api/imports/imp_1/report/") == ("/api/imports/{import_}/report/", {"import_": "imp_1"})
