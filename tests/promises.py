"""Every answer that a test is given is one that the OpenAPI document promises."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx2
import jsonschema_rs
import msgspec

from leadline.app import build_app
from leadline.http.openapi.codes import CODES
from leadline.http.openapi.document import encode_document
from leadline.http.routes import all_routes
from leadline.http.server.router import Router
from leadline.settings import Settings

Json = dict[str, Any]
ANYWHERE = frozenset({400, 401, 404, 405, 408, 413, 414, 415, 431, 500, 505})
"""Refusals of what reaches no endpoint, or only part of one."""


@cache
def _document() -> tuple[Json, Router]:
    table = all_routes(build_app(Settings()).make_services())
    document: Json = msgspec.json.decode(encode_document(table))
    return document, Router(table)


def _exact(node: Any) -> Any:
    """The schema without room for members that are not in it: a later server may have more, this one has not."""
    if isinstance(node, list):
        return [_exact(each) for each in node]
    if not isinstance(node, dict):
        return node
    exact = {name: _exact(member) for name, member in node.items()}
    if isinstance(exact.get("properties"), dict) and exact.get("type") == "object":
        exact.setdefault("additionalProperties", False)
    return exact


@cache
def _validator(method: str, path: str, status: int) -> jsonschema_rs.Draft202012Validator | None:
    """None where the document promises no JSON."""
    document, _ = _document()
    response = document["paths"][path][method.lower()]["responses"][str(status)]
    content = response.get("content", {}).get("application/json")
    if content is None:
        return None
    schema = {**content["schema"], "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(_exact(schema), validate_formats=True)


_are_held = True


@contextmanager
def not_held() -> Iterator[None]:
    """Meanwhile answers may be others: they have what only a later version of the document knows."""
    global _are_held
    _are_held = False
    try:
        yield
    finally:
        _are_held = True


def check(answer: httpx2.Response) -> None:
    """Raises `AssertionError` for an answer that the document does not promise."""
    if not _are_held:
        return
    request, status = answer.request, answer.status_code
    if status >= 400:
        _check_refusal(answer)
        return
    methods, _ = _document()[1].find_route(request.url.path)
    if request.method in ("HEAD", "OPTIONS") or methods is None:
        return
    route = methods[request.method]
    document, _ = _document()
    promised = document["paths"][route.path][request.method.lower()]["responses"]
    where = f"{request.method} {request.url}: {status}"
    assert str(status) in promised, f"{where} is not promised"
    validator = _validator(request.method, route.path, status)
    if validator is not None:
        fault = next(validator.iter_errors(msgspec.json.decode(answer.content)), None)
        assert fault is None, f"{where} is other than promised: {fault}"


def _check_refusal(answer: httpx2.Response) -> None:
    request, status = answer.request, answer.status_code
    if not re.match("application/problem", answer.headers.get("content-type", "")) or not answer.content:
        return
    where = f"{request.method} {request.url}: {status}"
    code = msgspec.json.decode(answer.content)["code"]
    assert code in CODES.get(status, {}), f"{where} has the code {code}, which http/codes.py does not list"
    methods, _ = _document()[1].find_route(request.url.path)
    if methods is None or request.method not in methods or status in ANYWHERE:
        return
    promised = _document()[0]["paths"][methods[request.method].path][request.method.lower()]["responses"]
    assert str(status) in promised, f"{where} is not promised"
