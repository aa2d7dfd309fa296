"""The pieces of OpenAPI that are made from kinds: schemas of records, parameters of lists."""

from functools import cache
from typing import Any

from leadline import ids
from leadline.http import paging
from leadline.records.facets import MONTH, names_a_user
from leadline.records.kind import Field, Kind
from leadline.records.query import MAX_LIST, MAX_SEARCH, MAX_TEXT

Json = dict[str, Any]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def a(word: str) -> str:
    """The word with its article."""
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def listing(item: Json) -> Json:
    link = {"type": ["string", "null"], "description": "Absolute; follow it as it stands."}
    return {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 0},
            "next": link,
            "previous": link,
            "results": {"type": "array", "items": item},
        },
        "required": ["count", "next", "previous", "results"],
        "additionalProperties": False,
    }


def history(entry: Json) -> Json:
    """A page of what was done to a record."""
    page = listing(entry)
    gone = {"type": "boolean", "description": "Whether the record is deleted."}
    return {
        **page,
        "properties": {"gone": gone, **page["properties"]},
        "required": ["gone", *page["required"]],
    }


def facets(kind: Kind) -> Json:
    """The counts of a kind's records by value."""
    buckets = {field.name: _buckets(_facet_value(field), named=names_a_user(field)) for field in kind.faceted}
    buckets[MONTH] = _buckets({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"})
    return closed({"count": {"type": "integer", "minimum": 0}, "facets": closed(buckets)})


def _facet_value(field: Field) -> Json:
    if field.type.many:
        return {"type": "string"}
    return {"type": ["string", "null"]} if field.type.folds else _output(field)


def _buckets(value: Json, *, named: bool = False) -> Json:
    name = {"name": {"type": ["string", "null"]}} if named else {}
    return {"type": "array", "items": closed({"value": value, "count": {"type": "integer", "minimum": 1}, **name})}


def closed(properties: Json) -> Json:
    """An object with exactly these members."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def nullable(schema: Json) -> Json:
    either = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        either["enum"] = [*schema["enum"], None]
    return either


def of_kind(kind: Kind) -> dict[str, Json]:
    """The schemas of a kind: the record, an item of its list, and what creates and updates it."""
    word = kind.name.title()
    return {
        word: closed({field.name: _output(field) for field in kind.shown}),
        f"{word}Item": closed({field.name: _output(field) for field in kind.listed_fields}),
        f"{word}Create": _create(kind),
        f"{word}Update": {
            "type": "object",
            "properties": {name: _input(field) for name, field in kind.writable.items()},
            "minProperties": 1,
            "additionalProperties": False,
        },
    }


def _create(kind: Kind) -> Json:
    writable = kind.writable
    schema: Json = {
        "type": "object",
        "properties": {name: _input(field) for name, field in writable.items()},
        "required": [name for name, field in writable.items() if field.required and field.default is None],
        "additionalProperties": False,
    }
    for rule in kind.rules:
        schema |= rule.schema
    return schema


def _output(field: Field) -> Json:
    schema = field.type.schema()
    return schema if field.required else nullable(schema)


def _input(field: Field) -> Json:
    schema = field.type.input_schema()
    if field.default is not None:
        schema = {**schema, "default": field.default}
    if field.required:
        return schema
    if "enum" in schema:  # what is absent may also be sent as an empty text
        schema = {**schema, "enum": [*schema["enum"], ""]}
    return nullable(schema)


def request_of(fields: tuple[Field, ...]) -> Json:
    """An object with these members, of which those without a default may be required."""
    required = [field.name for field in fields if field.required and field.default is None]
    return {
        "type": "object",
        "properties": {field.name: _input(field) for field in fields},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def id_parameter(kind: Kind) -> Json:
    pattern = f"^{kind.prefix}_{ids.ULID_PATTERN}$"
    return {
        "name": "id",
        "in": "path",
        "required": True,
        "description": f"The {kind.name}'s id.",
        "schema": {"type": "string", "pattern": pattern},
    }


def query_parameter(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "description": description, "schema": schema}


IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the record as you know it, or *: if it has changed since, nothing is done (412).",
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}")$'},
    "example": '"1"',
}

PAGING: tuple[Json, ...] = (
    query_parameter(
        "page",
        "Page number, from 1.",
        {"type": "integer", "minimum": 1, "maximum": paging.MAX_PAGE, "default": 1},
    ),
    query_parameter(
        "limit",
        "Results per page.",
        {"type": "integer", "minimum": 1, "maximum": paging.MAX_LIMIT, "default": paging.DEFAULT_LIMIT},
    ),
    query_parameter(
        "offset",
        "How many results to skip; instead of page.",
        {"type": "integer", "minimum": 0, "maximum": paging.MAX_PAGE * paging.MAX_LIMIT},
    ),
)

_MEANINGS = {
    "eq": "is",
    "ne": "is not",
    "in": "is any of (separated by commas)",
    "gt": "is greater than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "contains": "contains",
    "startswith": "starts with",
    "null": "is absent (true) or present (false)",
}


def list_parameters(kind: Kind) -> list[Json]:
    """What pages a list, orders it and narrows it down."""
    names = "|".join(kind.listed)
    sort = query_parameter(
        "sort",
        "Fields to sort by, separated by commas; a minus before one turns it round. Absent values come last.",
        {"type": "string", "pattern": f"^-?({names})(,-?({names}))*$"},
    )
    return [*PAGING, sort, *filter_parameters(kind)]


@cache
def filter_parameters(kind: Kind) -> tuple[Json, ...]:
    search = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_SEARCH,
        "pattern": r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f]*$",
    }
    parts = ", ".join(" ".join(part) for part in kind.search)
    return (
        query_parameter("search", f"A text that is part of {parts}; case does not matter.", search),
        *(_filter(kind.fields[name], operator, alias) for alias, (name, operator) in kind.aliases.items()),
        *(_filter(field, operator) for field in kind.shown for operator in field.type.operators),
    )


def _filter(field: Field, operator: str, alias: str = "") -> Json:
    description = f"{field.name} {_MEANINGS[operator]}."
    name = alias or f"{field.name}[{operator}]"
    if operator == "null":
        return query_parameter(name, description, {"type": "boolean"})
    pattern = field.type.operand_pattern()
    if operator in ("contains", "startswith"):
        pattern = r"[^\x00-\x1f\x7f]*"
    if name == "assignedTo":
        pattern, description = f"none|{pattern}", f"{description} `none` finds the unassigned."
    if operator == "in" and pattern.endswith("*"):
        return query_parameter(name, description, _text(f"^{pattern}$", MAX_LIST))  # a comma is one of its characters
    if operator == "in":
        return query_parameter(name, description, _text(f"^({pattern})(,({pattern}))*$", MAX_LIST))
    return query_parameter(name, description, _text(f"^({pattern})$", MAX_TEXT))


def _text(pattern: str, max_length: int) -> Json:
    return {"type": "string", "pattern": pattern, "maxLength": max_length}
