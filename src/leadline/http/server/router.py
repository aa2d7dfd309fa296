"""The router, which finds the routes of a path."""

from collections.abc import Sequence

from leadline.http.server.endpoint import Route

Methods = dict[str, Route]


class Router:
    """The routes by path. `{id}` stands for any one part of a path, and is always the third: `/api/leads/{id}/…`."""

    def __init__(self, table: Sequence[Route]) -> None:
        self._methods: dict[str, Methods] = {}
        for route in table:
            self._methods.setdefault(route.path.rstrip("/"), {})[route.method] = route

    def find_route(self, path: str) -> tuple[Methods | None, str]:
        """Returns the routes of a path by method, None if there are none, and the id in the path, "" without one.

        The version prefix and the last slash make no difference.
        """
        if path.startswith("/api/v1/"):
            path = "/api" + path[7:]
        if path.endswith("/"):
            path = path[:-1]
        if path in self._methods:
            return self._methods[path], ""
        parts = path.split("/", 4)
        if len(parts) < 4:
            return None, ""
        parts[3], id_ = "{id}", parts[3]
        return self._methods.get("/".join(parts)), id_
