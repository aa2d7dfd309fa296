"""The router, which finds the routes of a path."""

import re
from collections.abc import Mapping, Sequence

from leadline.http.server.endpoint import Route

Methods = dict[str, Route]
PathParameters = Mapping[str, str]

_PARAMETER = re.compile(r"\{\w+\}")
_NO_PARAMETERS: PathParameters = {}


class _PathNode:
    """A place in the tree of paths: the parts that may follow, and the routes of the path that ends here."""

    __slots__ = ("fixed", "methods", "names", "parameter")

    def __init__(self) -> None:
        self.fixed: dict[str, _PathNode] = {}
        self.parameter: _PathNode | None = None
        self.names: tuple[str, ...] = ()
        self.methods: Methods = {}


class Router:
    """The routes by path. `{name}` stands for any one part of a path that is not empty.

    Each part of a path leads to one place of a tree, so the search takes a step a part, however many routes there
    are. A fixed part wins over a parameter, also if no route goes on from there.
    """

    def __init__(self, table: Sequence[Route]) -> None:
        """Raises `TypeError` for a route that could not be told from another, so that the server does not start."""
        self._fixed: dict[str, Methods] = {}
        self._root = _PathNode()
        for route in table:
            self._add_route(route)

    def find_route(self, path: str) -> tuple[Methods | None, PathParameters]:
        """Returns the routes of a path by method, None if there are none, and the parameters in the path by name.

        The version prefix and the last slash make no difference.
        """
        if path.startswith("/api/v1/"):
            path = "/api" + path[7:]
        if path.endswith("/"):
            path = path[:-1]
        if path in self._fixed:
            return self._fixed[path], _NO_PARAMETERS
        node, values = self._root, []
        for part in path.split("/"):
            following = node.fixed.get(part)
            if following is None:
                following = node.parameter if part else None
                if following is None:
                    return None, _NO_PARAMETERS
                values.append(part)
            node = following
        return node.methods or None, dict(zip(node.names, values, strict=True))

    def _add_route(self, route: Route) -> None:
        path = route.path.rstrip("/")
        names = tuple(part[1:-1] for part in path.split("/") if _PARAMETER.fullmatch(part))
        if len(names) < path.count("{"):
            raise TypeError(f"{route.path} has a parameter that is not a whole part of the path.")
        if len({*names}) < len(names):
            raise TypeError(f"{route.path} names two parameters alike.")
        node = self._find_place(path)
        if node.methods and node.names != names:
            raise TypeError(f"{route.path} differs only in the names of its parameters from another path.")
        if route.method in node.methods:
            raise TypeError(f"{route.method} {route.path} is declared more than once.")
        node.names = names
        node.methods[route.method] = route
        if not names:
            self._fixed[path] = node.methods

    def _find_place(self, path: str) -> _PathNode:
        """Returns the place where a path of the table ends, which is made if it is new."""
        node = self._root
        for part in path.split("/"):
            if not _PARAMETER.fullmatch(part):
                node = node.fixed.setdefault(part, _PathNode())
                continue
            if node.parameter is None:
                node.parameter = _PathNode()
            node = node.parameter
        return node
