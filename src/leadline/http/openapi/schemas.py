"""The parts of the OpenAPI document that are made from kinds: schemas of records, parameters of lists."""

from dataclasses import replace
from functools import cache
from typing import Any

from leadline import ids
from leadline.http.openapi.descriptions import describe_default, describe_field, describe_input
from leadline.http.server import paging
from leadline.records.facets import MONTH, names_a_user
from leadline.records.item_store import VERSION
from leadline.records.kind import Field, Kind
from leadline.records.query import MAX_LIST_CHARACTERS, MAX_SEARCH_CHARACTERS, MAX_TEXT_CHARACTERS
from leadline.records.structures import TagsField
from leadline.records.texts import TEXT_OPERAND
from leadline.records.times import DateField, TimeField
from leadline.records.types import ChoiceField, FieldType, FlagField, IntegerField, MoneyField

Json = dict[str, Any]


def ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def with_article(word: str) -> str:
    """Returns the word with its indefinite article."""
    return f"an {word}" if word[0] in "aeio" else f"a {word}"


def text_schema(description: str) -> Json:
    return {"type": "string", "description": description}


def nullable_text_schema(description: str) -> Json:
    return {"type": ["string", "null"], "description": description}


def list_schema(item: Json) -> Json:
    """Returns the schema of a page of a list."""
    return response_schema(
        {
            "count": {"type": "integer", "minimum": 0, "description": "How many there are on all pages."},
            "next": nullable_text_schema("The next page: absolute, to be followed as it stands."),
            "previous": nullable_text_schema("The page before: absolute, to be followed as it stands."),
            "results": {"type": "array", "items": item, "description": "What is on this page."},
        }
    )


def history_schema(entry: Json) -> Json:
    """Returns the schema of a page of a record's history."""
    page = list_schema(entry)
    gone = {"type": "boolean", "description": "Whether the record is deleted."}
    return {
        **page,
        "properties": {"gone": gone, **page["properties"]},
        "required": ["gone", *page["required"]],
    }


def facets_schema(kind: Kind) -> Json:
    """Returns the schema of the counts of a kind's records by value."""
    buckets = {field.name: _buckets_schema(_facet_value(kind, field), field.name) for field in kind.faceted_fields}
    for field in kind.faceted_fields:
        if names_a_user(field):
            buckets[field.name]["items"]["properties"]["name"] = nullable_text_schema("Name of the user.")
            buckets[field.name]["items"]["required"].append("name")
    buckets[MONTH] = _buckets_schema({"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}, "month of creation")
    return response_schema(
        {
            "count": {"type": "integer", "minimum": 0, "description": f"How many {kind.plural} were counted."},
            "facets": response_schema(buckets) | {"description": "Their numbers by value, for each field."},
        }
    )


def _facet_value(kind: Kind, field: Field) -> Json:
    if field.type.multi_valued:
        return {"type": "string"}
    return {"type": ["string", "null"]} if field.type.case_insensitive else _output_schema(kind, field)


def _buckets_schema(value: Json, name: str) -> Json:
    bucket = response_schema(
        {
            "value": {**value, "description": "The value; null where there is none."},
            "count": {"type": "integer", "minimum": 1, "description": "How many have it."},
        }
    )
    return {"type": "array", "items": bucket, "description": f"By {name}, the most frequent first."}


def response_schema(properties: Json) -> Json:
    """Returns the schema of an object with at least these members: later versions may add more to a response."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def nullable_schema(schema: Json) -> Json:
    if "$ref" in schema:
        described = {"description": schema["description"]} if "description" in schema else {}
        return {"anyOf": [ref(_name_in(schema)), {"type": "null"}], **described}
    either = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        either["enum"] = [*schema["enum"], None]
    return either


def _name_in(reference: Json) -> str:
    name: str = reference["$ref"].rpartition("/")[2]
    return name


def of_kind(kind: Kind) -> dict[str, Json]:
    """Returns the schemas of a kind: the record, an item of its list, a page of the list, its facets, the bodies that
    create and update a record, and the choices of its fields."""
    word = kind.name.title()
    return {
        word: response_schema({field.name: _output_schema(kind, field) for field in kind.shown_fields}),
        f"{word}Item": _item_schema(kind),
        f"{word}List": _records_schema(kind),
        f"{word}Facets": facets_schema(kind),
        f"{word}Create": _create_schema(kind),
        f"{word}Update": {
            "type": "object",
            "properties": {name: _input_schema(kind, field) for name, field in kind.writable_fields.items()},
            "minProperties": 1,
            "additionalProperties": False,
        },
        **_choice_schemas(kind),
    }


def _records_schema(kind: Kind) -> Json:
    """Returns the schema of a page of records, which says where it begins only if the client asks around one."""
    page = list_schema(ref(f"{kind.name.title()}Item"))
    offset = {"type": "integer", "minimum": 0, "description": "Results before this page, with `around`."}
    return {**page, "properties": {**page["properties"], "offset": offset}}


def _item_schema(kind: Kind) -> Json:
    """Returns the schema of a list item, which has a version only if the client asks for it."""
    item = response_schema({field.name: _output_schema(kind, field) for field in kind.listed_fields})
    version = {"type": "integer", "minimum": 1, "description": "The record's version, with `include=version`."}
    return {**item, "properties": {**item["properties"], VERSION: version}}


def _choice_schemas(kind: Kind) -> dict[str, Json]:
    named: dict[str, Json] = {}
    for field in kind.shown_fields:
        if (choice := _choice_of(field)) is not None:
            name = _choice_name(kind, field)
            named[name] = {**choice.json_schema(), "description": describe_field(field)}
            if choice.reserved:
                named[f"{name}Input"] = {**choice.input_schema(), "description": describe_field(field)}
    return named


def _choice_of(field: Field) -> ChoiceField | None:
    """Returns the choice type of a field, or of each of its values if it has several; None for other types."""
    type_ = field.type.each if isinstance(field.type, TagsField) else field.type
    return type_ if isinstance(type_, ChoiceField) else None


def _choice_name(kind: Kind, field: Field) -> str:
    name = field.name.removesuffix("s") if isinstance(field.type, TagsField) else field.name
    return f"{kind.name.title()}{name[0].upper()}{name[1:]}"


def _create_schema(kind: Kind) -> Json:
    writable = kind.writable_fields
    needed = {name for rule in kind.rules for name in rule.needed}
    properties = {
        name: _describe_schema(
            _input_schema(kind, replace(field, required=field.required or name in needed)), describe_default(field)
        )
        for name, field in writable.items()
    }
    schema: Json = {
        "type": "object",
        "properties": properties,
        "required": [
            name for name, field in writable.items() if name in needed or (field.required and field.default is None)
        ],
        "additionalProperties": False,
    }
    if kind.rules:
        schema["description"] = " ".join(rule.description for rule in kind.rules)
    return schema


def _describe_schema(schema: Json, more: str) -> Json:
    told = f"{schema.get('description', '')} {more}".strip()
    return {**schema, "description": told} if told else schema


def _output_schema(kind: Kind, field: Field) -> Json:
    schema = _refer_to_choice(kind, field, field.type.json_schema())
    return _describe_schema(schema if field.required else nullable_schema(schema), describe_field(field))


def _refer_to_choice(kind: Kind, field: Field, schema: Json, suffix: str = "") -> Json:
    """Returns the schema, with a reference in place of the choices of the field, if it has any."""
    choice = _choice_of(field)
    if choice is None:
        return schema
    reference = ref(_choice_name(kind, field) + (suffix if choice.reserved else ""))
    return {**schema, "items": reference} if isinstance(field.type, TagsField) else reference


def _input_schema(kind: Kind, field: Field) -> Json:
    schema = _refer_to_choice(kind, field, field.type.input_schema(), "Input")
    return _describe_schema(schema if field.required else nullable_schema(schema), describe_input(field))


def _member_schema(field: Field) -> Json:
    """Returns the schema of a member of a request body that is not a record."""
    schema = field.type.input_schema()
    if "enum" in schema:  # an empty text may be sent for an absent value
        schema = {**schema, "enum": [*schema["enum"], ""]}
    return _describe_schema(
        schema if field.required else nullable_schema(schema), describe_input(field, of_record=False)
    )


def request_of(fields: tuple[Field, ...]) -> Json:
    """Returns the schema of a request body with these members. A member with a default is never required."""
    required = [field.name for field in fields if field.required and field.default is None]
    return {
        "type": "object",
        "properties": {field.name: _member_schema(field) for field in fields},
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
    "schema": {"type": "string", "pattern": r'^(\*|"[0-9]{1,9}(-[0-9a-z-]{1,20})?")$'},
    "example": '"1"',
}

IDEMPOTENCY_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A text of your own, new for each write. If you send the same write again with it, the write is "
    "made once, and answered as the first time.",
    "schema": {"type": "string", "pattern": r"^[!#-~]([ -~]{0,253}[!-~])?$"},
}

DRY_RUN: Json = query_parameter(
    "dryRun", "true shows what the write would do, and writes nothing.", {"type": "boolean"}
)

IF_NONE_MATCH: Json = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The ETag of the answer as you have it: if it would be the same, it is not sent again (304).",
    "schema": {"type": "string", "pattern": r'^"[0-9A-Za-z._-]{1,100}"$'},
    "example": '"1"',
}

LIMIT = query_parameter(
    "limit",
    "Results per page.",
    {"type": "integer", "minimum": 1, "maximum": paging.MAX_LIMIT, "default": paging.DEFAULT_LIMIT},
)
PAGING: tuple[Json, ...] = (
    query_parameter(
        "page",
        "Page number, from 1; excludes offset.",
        {"type": "integer", "minimum": 1, "maximum": paging.MAX_PAGE},
    ),
    LIMIT,
    query_parameter(
        "offset",
        "How many results to skip; excludes page.",
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
    """Returns the parameters of a kind's list: paging, sorting, search and filters."""
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
        "maxLength": MAX_SEARCH_CHARACTERS,
        "pattern": rf"^{TEXT_OPERAND}[^\s\x00-\x1f\x7f-\x9f]{TEXT_OPERAND}$",
    }
    parts = ", ".join(" ".join(part) for part in kind.search)
    return (
        query_parameter("search", f"A text that is part of {parts}; case does not matter.", search),
        *(
            _filter_parameter(kind.fields[name], operator, alias)
            for alias, (name, operator) in kind.own_filters.items()
        ),
        *(
            _filter_parameter(field, operator)
            for field in kind.shown_fields
            for operator in _common_operators(kind, field)
        ),
    )


BRACKETS = (
    "Every field that is shown can be compared as `field[operator]=value`: `eq` is, `ne` is not, `in` is any of"
    " (separated by commas), `gt` is greater than, `gte` is at least, `lt` is less than, `lte` is at most,"
    " `contains`, `startswith`, and `null` is absent (true) or present (false). Examples of leads are"
    " `leadScore[gte]=7`, `company[startswith]=acme` and `phone[null]=true`. The parameters here are the common ones;"
    " a refusal names what a field takes."
)


def _common_operators(kind: Kind, field: Field) -> tuple[str, ...]:
    """Returns the operators of a field that get a parameter each; `BRACKETS` describes all others in a sentence."""
    if field.name in dict(kind.own_filters.values()) and not isinstance(field.type, TimeField):
        return ()
    if isinstance(field.type, IntegerField | MoneyField | TimeField | DateField):
        return tuple(operator for operator in ("gte", "lte") if operator in field.type.operators)
    if isinstance(field.type, FlagField):
        return ("eq",)
    return ("contains",) if "contains" in field.type.operators and field.name in kind.listed else ()


def _filter_parameter(field: Field, operator: str, alias: str = "") -> Json:
    description = f"{field.name} {_MEANINGS[operator]}."
    name = alias or f"{field.name}[{operator}]"
    if operator == "null":
        return query_parameter(name, description, {"type": "boolean"})
    if operator != "in" and isinstance(field.type, FlagField | IntegerField | MoneyField):
        return query_parameter(name, description, _NUMBERS[type(field.type)])
    if isinstance(field.type, TimeField | DateField):
        description = f"{description} {TimeField().input_description()}"
    pattern = field.type.operand_pattern()
    if operator in ("contains", "startswith"):
        pattern = TEXT_OPERAND
    if name == "assignedTo":
        pattern, description = f"none|{pattern}", f"{description} `none` finds the unassigned, `me` your own."
    if operator == "in" and pattern.endswith("*"):
        return query_parameter(
            name, description, _text_schema(f"^{pattern}$", MAX_LIST_CHARACTERS)
        )  # the pattern includes commas
    if operator == "in":
        return query_parameter(name, description, _text_schema(f"^({pattern})(,({pattern}))*$", MAX_LIST_CHARACTERS))
    return query_parameter(name, description, _text_schema(f"^({pattern})$", MAX_TEXT_CHARACTERS))


_LARGEST = 10**15 - 1
_NUMBERS: dict[type[FieldType], Json] = {
    FlagField: {"type": "boolean"},
    IntegerField: {"type": "integer", "minimum": -_LARGEST, "maximum": _LARGEST},
    MoneyField: {"type": "number", "minimum": 0, "maximum": MoneyField.maximum},
}


def _text_schema(pattern: str, max_length: int) -> Json:
    return {"type": "string", "pattern": pattern, "maxLength": max_length}
