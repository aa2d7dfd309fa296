"""The OpenAPI document as one page of HTML that needs no other host, and a script for its search alone."""

import json
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Any

Json = dict[str, Any]

Entry = tuple[str, str, Json]
"""A method, its path, and the operation."""


def _read_source(name: str) -> tuple[str, str]:
    """Returns the text of a file beside this one, and its source in a Content Security Policy."""
    text = (files("leadline.http.openapi") / name).read_text("utf-8")
    return text, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


_STYLE, _STYLE_SOURCE = _read_source("docs_page.css")
_SCRIPT, _SCRIPT_SOURCE = _read_source("docs_page.js")

HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src {_STYLE_SOURCE}; script-src {_SCRIPT_SOURCE};"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
"""The headers of the page, which forbid other scripts, loading anything, and showing it in a frame."""


def render_page(document: Json, link: str) -> bytes:
    """Returns the page as HTML. `link` is the relative link from the page to the document."""
    return _DocsPage(document, link).render_page().encode()


class _DocsPage:
    def __init__(self, document: Json, link: str) -> None:
        self._document = document
        self._document_link = link

    def render_page(self) -> str:
        info = self._document["info"]
        title = f"{info['title']} {info['version']}"
        return (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}: API</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{_STYLE}</style>"
            f"<nav><b>{escape(title)}</b>{''.join(self._render_groups())}</nav>"
            f"<main><h1>{escape(info['title'])} API</h1><p>{_render_prose(info['description'])}</p>"
            "<p>Sign in with <code>Authorization: Bearer</code> and a key (<code>pk_live_…</code>) or access token. "
            f'<a href="{escape(self._document_link)}">The same as OpenAPI 3.1.</a></p>'
            "<p>The samples need two variables: <code>URL</code>, the address of this server, and <code>KEY</code>, "
            "an API key.</p>"
            f"{''.join(map(self._render_section, self._list_operations()))}</main>"
            f"<script>{_SCRIPT}</script></html>"
        )

    def _list_operations(self) -> Iterable[Entry]:
        for path, methods in self._document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def _render_groups(self) -> Iterable[str]:
        """Returns the links to the operations, under the names of their tags."""
        for tag, entries in groupby(self._list_operations(), lambda entry: str(entry[2]["tags"][0])):
            yield f"<div><h2>{escape(tag.capitalize())}</h2>{''.join(map(self._render_link, entries))}</div>"

    def _render_link(self, entry: Entry) -> str:
        method, _, operation = entry
        return f'<a href="#{operation["operationId"]}">{_render_method(method)} {escape(operation["summary"])}</a>'

    def _render_section(self, entry: Entry) -> str:
        method, path, operation = entry
        return (
            f'<section id="{operation["operationId"]}"><h2>{escape(operation["summary"])}</h2>'
            f"<p class=route>{_render_method(method)} <code>{escape(path)}</code></p>"
            f"<p>{_render_prose(operation.get('description', ''))}</p>"
            f"<pre>{escape(_make_sample(method, path, operation))}</pre>"
            f"{self._render_parameters(operation.get('parameters', []))}"
            f"{self._render_body(operation)}{self._render_answers(operation)}</section>"
        )

    def _render_parameters(self, parameters: list[Json]) -> str:
        plain = [one for one in parameters if "[" not in one["name"]]
        brackets = [one for one in parameters if "[" in one["name"]]
        more = ""
        if brackets:
            more = (
                f"<details><summary>{len(brackets)} filters by field</summary>{self._render_rows(brackets)}</details>"
            )
        return f"{self._render_rows(plain)}{more}"

    def _render_rows(self, parameters: list[Json]) -> str:
        if not parameters:
            return ""
        rows = (
            f"<tr><td><code>{escape(one['name'])}</code><td>{one['in']}"
            f"<td>{self._describe_type(one['schema'])}<td>{_render_prose(one.get('description', ''))}"
            for one in parameters
        )
        return f"<table><tr><th>Parameter<th>In<th>Type<th>Meaning{''.join(rows)}</table>"

    def _render_body(self, operation: Json) -> str:
        if "requestBody" not in operation:
            return ""
        content = operation["requestBody"]["content"]["application/json"]
        schema = self._resolve_schema(content["schema"])
        return f"<h3>Body</h3>{self._render_fields(schema, has_required=True)}{_render_example(content)}"

    def _render_fields(self, schema: Json, *, has_required: bool = False) -> str:
        required = schema.get("required", []) if has_required else []
        rows = (
            f"<tr><td><code>{escape(name)}</code><td>{'<b>required</b> · ' if name in required else ''}"
            f"{self._describe_type(one)}<td>{_render_prose(one.get('description', ''))}"
            for name, one in schema.get("properties", {}).items()
        )
        return f"<table><tr><th>Field<th>Type<th>Meaning{''.join(rows)}</table>"

    def _render_answers(self, operation: Json) -> str:
        parts = []
        for status, answer in operation["responses"].items():
            parts.append(f"<li><b>{status}</b> {_render_prose(answer['description'])}")
            if status.startswith("2"):
                parts += map(self._render_answer, answer.get("content", {}).values())
        return f"<h3>Answers</h3><ul>{''.join(parts)}</ul>"

    def _render_answer(self, content: Json) -> str:
        """Returns the example of an answer, and its fields; of a list, those of its items."""
        schema = self._resolve_schema(content.get("schema", {}))
        items = schema.get("properties", {}).get("results", {}).get("items")
        fields = self._resolve_schema(items) if items else schema
        if not fields.get("properties"):
            return _render_example(content)
        title = "Fields of each result" if items else "Fields"
        return f"{_render_example(content)}<details><summary>{title}</summary>{self._render_fields(fields)}</details>"

    def _resolve_schema(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema
        resolved: Json = self._document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return resolved

    def _describe_type(self, schema: Json) -> str:
        """Describes the values that a schema allows, in a few words of HTML."""
        schema = self._resolve_schema(schema)
        if "anyOf" in schema:
            return " or ".join(map(self._describe_type, schema["anyOf"]))
        if "enum" in schema:
            return ", ".join(f"<code>{escape(json.dumps(value))}</code>" for value in schema["enum"])
        types = schema.get("type", "any")
        words = " or ".join(types) if isinstance(types, list) else types
        limits = [f"{name} {schema[key]:,}" for key, name in _LIMITS.items() if key in schema]
        return escape(" · ".join([words, *limits, *filter(None, [schema.get("format")])]))


_LIMITS = {"minimum": "from", "maximum": "to", "minLength": "at least", "maxLength": "at most"}


def _make_sample(method: str, path: str, operation: Json) -> str:
    """Returns a call of the operation with curl, which can be pasted into a shell."""
    verb = "" if method == "GET" else f"-X {method} "
    lines = [f'curl {verb}"$URL{path.replace("{id}", "$ID")}"']
    if operation.get("security") != []:
        lines.append('-H "Authorization: Bearer $KEY"')
    example = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    if example is not None:
        body = json.dumps(example, ensure_ascii=False).replace("'", "'\\''")
        lines.append(f"--json '{body}'")
    return " \\\n  ".join(lines)


def _render_method(method: str) -> str:
    return f'<span class="method {method.lower()}">{method}</span>'


def _render_prose(text: str) -> str:
    """Returns the text as HTML, escaped, with everything between backticks as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))


def _render_example(content: Json) -> str:
    if "example" not in content:
        return ""
    return f"<pre>{escape(json.dumps(content['example'], indent=2, ensure_ascii=False))}</pre>"
