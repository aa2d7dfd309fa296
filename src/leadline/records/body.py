"""Reads the body of a request into values. Errors are collected, not raised: a client gets all of them at once, and
some (a reference that leads nowhere) only the data can tell."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leadline.errors import FieldError, InvalidInput
from leadline.kit.suggest import find_nearest
from leadline.records.kind import Field, Kind, Values
from leadline.records.types import Rejected, Value

MAX_HINTS = 5
"""Most unknown fields for which a similar name is suggested: to find that takes time."""
MAX_UNKNOWN_FIELDS = 20
"""Most unknown fields that get an error each."""
Raw = Mapping[str, object]


class ParsedBody(msgspec.Struct, frozen=True):
    """The values that could be read, and the errors of the others."""

    values: dict[str, Value]
    errors: list[FieldError]


def read_new(kind: Kind, raw: Raw) -> ParsedBody:
    """Reads all values that a client sets in a new record, defaults included."""
    servers = [name for name in raw if name not in kind.writable_fields and _is_server_field(kind, name)]
    sent = {name: value for name, value in raw.items() if name not in servers} if servers else raw
    given, errors = read_fields(kind.writable_fields, sent)
    errors += [_set_by_server(name) for name in servers]
    values = kind.new_values | given
    errors += missing_fields(kind.required_fields, values, errors)
    errors += broken_rules(kind, values, errors)
    return ParsedBody(values, errors)


def read_patch(kind: Kind, raw: Raw) -> ParsedBody:
    """Reads the values of a PATCH. The server's own fields may be among them, but must be unchanged. Only a look at
    the record can tell that."""
    given, errors = read_fields(kind.patchable_fields, raw)
    errors = [changed_by_client(one.field) if _is_server_field(kind, one.field) else one for one in errors]
    writable = [field for field in kind.writable_fields.values() if field.name in given]
    errors += missing_fields(writable, given, errors)
    return ParsedBody(given, errors)


def read_fields(known: Mapping[str, Field], raw: Raw) -> tuple[dict[str, Value], list[FieldError]]:
    """Returns the values of `raw` for the `known` fields, and the errors of the others."""
    values: dict[str, Value] = {}
    errors: list[FieldError] = []
    unknown: list[str] = []
    for name, value in raw.items():
        if name not in known:
            unknown.append(name)
            continue
        try:
            values[name] = None if value is None else known[name].type.parse_value(value)
        except Rejected as rejected:
            errors.append(field_error(name, rejected))
    return values, [*errors, *_unknown_fields(unknown, known)] if unknown else errors


def read_members(fields: Sequence[Field], raw: Raw) -> ParsedBody:
    """Reads the values of a request body that is no record, defaults included."""
    given, errors = read_fields({field.name: field for field in fields}, raw)
    values = {field.name: field.default for field in fields} | given
    return ParsedBody(values, [*errors, *missing_fields(fields, values, errors)])


def field_error(name: str, rejected: Rejected) -> FieldError:
    return FieldError(name, rejected.code, f"{name} {rejected.message}")


def missing_fields(
    fields: Iterable[Field], values: Mapping[str, Value], known_errors: Iterable[FieldError]
) -> list[FieldError]:
    """Returns an error for each required field that has no value, unless one is known already."""
    at_fault = {error.field for error in known_errors}
    return [
        FieldError(field.name, "required", _describe_missing(field))
        for field in fields
        if field.required and values.get(field.name) is None and field.name not in at_fault
    ]


def _describe_missing(field: Field) -> str:
    if field.default is None:
        return f"{field.name} is required."
    if field.default == []:
        return f"{field.name} cannot be null; leave it out, or give a list, which may be empty."
    return f"{field.name} cannot be null or empty; leave it out, or give a value."


def broken_rules(
    kind: Kind, values: Mapping[str, Value], known_errors: Iterable[FieldError] = ()
) -> list[FieldError]:
    """Returns the errors that the kind's rules find in the whole record. Rules about a field that is already at fault
    do not count: a record whose firstName is too long does have one."""
    at_fault = {error.field for error in known_errors}
    broken = [list(rule.broken(values)) for rule in kind.rules]
    return [error for errors in broken if at_fault.isdisjoint(one.field for one in errors) for error in errors]


def newly_broken_rules(
    kind: Kind, before: Values, changes: Values, known_errors: Iterable[FieldError] = ()
) -> list[FieldError]:
    """Returns the errors that the rules find in a changed record, without those that it had before."""
    if not (broken := broken_rules(kind, {**before, **changes}, known_errors)):
        return []
    old = broken_rules(kind, before)
    return [error for error in broken if error not in old]


def _is_server_field(kind: Kind, name: str) -> bool:
    return name in kind.fields and kind.fields[name].server and kind.fields[name].shown


def _set_by_server(name: str) -> FieldError:
    return FieldError(name, "read_only", f"{name} is set by the server; leave it out.")


def changed_by_client(name: str) -> FieldError:
    return FieldError(name, "read_only", f"{name} is set by the server; leave it out, or send it unchanged.")


def _unknown_fields(names: Sequence[str], known: Iterable[str]) -> list[FieldError]:
    """Returns an error for each of the first names, and one for all the others."""
    errors = [
        _unknown_field(name, known if n < MAX_HINTS else ()) for n, name in enumerate(names[:MAX_UNKNOWN_FIELDS])
    ]
    if len(names) > MAX_UNKNOWN_FIELDS:
        shown, more = _shorten_name(names[MAX_UNKNOWN_FIELDS]), len(names) - MAX_UNKNOWN_FIELDS
        sentence = f"There is no field {shown}; {more:,} in all are unknown besides those told before."
        errors.append(FieldError(shown, "unknown_field", sentence, fields=more))
    return errors


def _unknown_field(name: str, known: Iterable[str]) -> FieldError:
    shown = _shorten_name(name)
    near = find_nearest(name[:60], known, likeness=0.6)
    hint = f" Did you mean {near}?" if near else ""
    return FieldError(shown, "unknown_field", f"There is no field {shown}.{hint}")


def _shorten_name(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


def refuse_errors(names: Iterable[str], errors: Sequence[FieldError]) -> None:
    """Raises `InvalidInput` if there are any errors."""
    if errors:
        raise InvalidInput(in_order(names, errors))


def in_order(names: Iterable[str], errors: Iterable[FieldError]) -> list[FieldError]:
    """Returns the errors in the order of the field names, unknown fields last."""
    places = {name: place for place, name in enumerate(names)}
    return sorted(errors, key=lambda error: places.get(error.field, len(places)))
