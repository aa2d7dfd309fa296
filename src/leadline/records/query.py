"""Reads the query string of a list into a predicate and a sort order. All errors are collected and told at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from leadline.errors import FieldError, MalformedRequest
from leadline.kit.db import SqlValue
from leadline.kit.text import fold_case
from leadline.records.filters import Condition, Predicate, SortOrder
from leadline.records.kind import Kind
from leadline.records.parameter_hints import MAX_NAME, ParameterHints
from leadline.records.types import Rejected, read_truth

Pairs = Sequence[tuple[str, str]]
"""The names and values of a query string's parameters, in its order."""

MAX_LIST_VALUES = 100
MAX_SEARCH_CHARACTERS = 200
MAX_TEXT_CHARACTERS = 1_000
MAX_LIST_CHARACTERS = 4_000
"""Most characters of an `in` filter: enough for `MAX_LIST_VALUES` ids, and more."""
MAX_HINTS = 5
"""Most unknown parameters for which a similar name is suggested: to find that takes time."""
MAX_UNKNOWN_PARAMETERS = 20
"""Most unknown parameters that get an error each."""
_BRACKETS = re.compile(r"(\w+)\[(\w+)\]", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class ListQuery:
    """The records of a list and their order. `with_version` gives each item the record's version."""

    predicate: Predicate
    sorting: SortOrder
    with_version: bool = False

    def narrow_to(self, other: Predicate) -> "ListQuery":
        """Returns the query of the records for which the other predicate holds, too."""
        return replace(self, predicate=self.predicate.narrow_to(other)) if other.conditions else self


def read_query(kind: Kind, pairs: Pairs, *, others: Sequence[str] = ()) -> tuple[ListQuery, list[FieldError]]:
    """Returns the query, and the errors of unknown and malformed parameters. `others` are parameters that the caller
    reads, which hints may name."""
    conditions: list[Condition] = []
    search: str | None = None
    sorting = SortOrder()
    errors: list[FieldError] = []
    unknown: list[str] = []
    for name, text in pairs:
        try:
            if name == "search":
                search = read_search(text)
            elif name == "sort":
                sorting = _read_sorting(kind, text)
            else:
                conditions.append(_read_condition(kind, name, text))
        except _UnknownParameter:
            unknown.append(name)
        except Rejected as rejected:
            errors.append(FieldError(name[:MAX_NAME], rejected.code, f"{name[:MAX_NAME]} {rejected.message}"))
    if unknown:
        errors += unknown_parameters(unknown, [*parameter_names(kind), *others])
    return ListQuery(Predicate(tuple(conditions), search), sorting), errors


def refuse_parameters(errors: Sequence[FieldError]) -> None:
    """Raises `MalformedRequest` if there are any errors."""
    if errors:
        raise MalformedRequest(" ".join(error.message for error in errors), code="bad_parameter", errors=errors)


def parameter_names(kind: Kind) -> list[str]:
    """Returns all parameters that a list of this kind takes, except those of paging."""
    brackets = [f"{field.name}[{op}]" for field in kind.shown_fields for op in field.type.operators]
    return ["search", "sort", *kind.own_filters, *brackets]


def unknown_parameters(names: Sequence[str], known: Sequence[str]) -> list[FieldError]:
    """Returns an error for each of the first names, and one for all the others."""
    errors, hints = [], ParameterHints(known)
    for place, name in enumerate(names[:MAX_UNKNOWN_PARAMETERS]):
        near = hints.find_parameter(name) if place < MAX_HINTS else None
        hint = f" Did you mean {near}?" if near else ""
        name = name[:MAX_NAME]
        errors.append(FieldError(name, "unknown_parameter", f"{name} is not a parameter here.{hint}"))
    if len(names) > MAX_UNKNOWN_PARAMETERS:
        name, more = names[MAX_UNKNOWN_PARAMETERS][:MAX_NAME], len(names) - MAX_UNKNOWN_PARAMETERS
        sentence = f"{name} is not a parameter here; {more} in all are unknown besides those told before."
        errors.append(FieldError(name, "unknown_parameter", sentence, fields=more))
    return errors


class _UnknownParameter(Exception):
    """Raised for a parameter that lists of this kind do not take."""


def read_search(text: str) -> str:
    """Reads the text to search for, and folds it. Raises `Rejected`."""
    wanted = _trim_text(text)
    if not 1 <= len(wanted) <= MAX_SEARCH_CHARACTERS:
        raise Rejected("out_of_range", f"must have 1 to {MAX_SEARCH_CHARACTERS} characters.")
    return fold_case(wanted)


def _trim_text(text: str) -> str:
    """Returns the text without the blanks around it, which may be any of Unicode's. Raises `Rejected`."""
    text = text.strip()
    if _CONTROL.search(text):
        raise Rejected("control_character", "must not contain control characters.")
    return text


def _read_sorting(kind: Kind, text: str) -> SortOrder:
    """Reads the fields to sort by. A repeated field is left out: it would not change the order, but cost as much as
    the first time."""
    terms: dict[str, bool] = {}
    for name in text.split(","):
        terms.setdefault(name.removeprefix("-"), name.startswith("-"))
    if not terms.keys() <= set(kind.listed):
        raise Rejected("unknown_value", f"can be by {', '.join(kind.listed)}; a minus before one turns it round.")
    return SortOrder(tuple(terms.items()))


def _read_condition(kind: Kind, name: str, text: str) -> Condition:
    field_name, operator = _split_parameter(kind, name)
    type_ = kind.fields[field_name].type
    if operator == "null":
        return Condition(field_name, operator, (read_truth(_trim_text(text)),))
    longest = MAX_LIST_CHARACTERS if operator == "in" else MAX_TEXT_CHARACTERS
    if len(text.strip()) > longest:
        raise Rejected("too_long", f"must have at most {longest:,} characters.")
    if operator != "in":
        return Condition(field_name, operator, (type_.parse_filter(operator, _trim_text(text)),))
    choices = [_trim_text(choice) for choice in text.split(",")]
    if len(choices) > MAX_LIST_VALUES:
        raise Rejected("too_long", f"takes at most {MAX_LIST_VALUES} values.")
    operands: list[SqlValue] = []
    for choice in choices:
        none = choice == "none" and name == "assignedTo"
        operands.append(None if none else type_.parse_filter("eq", choice))
    return Condition(field_name, operator, tuple(operands))


def _split_parameter(kind: Kind, name: str) -> tuple[str, str]:
    """Returns the field and operator that a parameter stands for. Raises `_UnknownParameter`, `Rejected`."""
    if name in kind.own_filters:
        return kind.own_filters[name]
    match = _BRACKETS.fullmatch(name)
    field = kind.fields.get(match[1]) if match else None
    if match and field and field.shown and match[2] in field.type.operators:
        return match[1], match[2]
    if match and field and field.shown:
        raise Rejected(
            "unknown_parameter",
            f"is not a parameter here; {match[1]} takes {_list_words(field.type.operators)}.",
        )
    raise _UnknownParameter


def _list_words(operators: Iterable[str]) -> str:
    return ", ".join(f"[{operator}]" for operator in operators)
