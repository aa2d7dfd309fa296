"""The request of a batch: what is to be done to each of up to a thousand records."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from leadline.crm.conversion import read_request
from leadline.crm.leads import LEADS
from leadline.errors import FieldError, InvalidInput
from leadline.records.body import ParsedBody, read_new, read_patch
from leadline.records.kind import Kind
from leadline.records.service import VersionConditions

MAX_ITEMS = 1_000
_MEMBERS = {
    "create": ("record",),
    "upsert": ("record",),
    "patch": ("id", "ifMatch", "record"),
    "delete": ("id", "ifMatch"),
    "convert": ("id", "ifMatch", "convert"),
}
_OPTIONAL = ("ifMatch", "convert")
_TAG = re.compile(r'"?([1-9][0-9]{0,14})(?:-[0-9a-z-]*)?"?')


class BatchItem(msgspec.Struct, frozen=True):
    """An item of a batch.

    body: the parsed record, or the parsed request of a conversion.
    raw: the record as it was sent.
    error: the reason why the item cannot be tried.
    """

    op: str
    id: str = ""
    versions: VersionConditions | None = None
    body: ParsedBody | None = None
    raw: Mapping[str, object] = {}
    error: InvalidInput | None = None


class BatchRequest(msgspec.Struct, frozen=True):
    """The items of a batch. `is_atomic` is True if all of them are done or none."""

    items: Sequence[BatchItem]
    is_atomic: bool


def ops_of(kind: Kind) -> list[str]:
    """Returns what a batch of the kind can do."""
    has_email = "email" in kind.fields
    return [op for op in _MEMBERS if (op != "upsert" or has_email) and (op != "convert" or kind is LEADS)]


def read_batch(kind: Kind, raw: Mapping[str, object]) -> BatchRequest:
    """Reads a batch. Errors of single items are kept in the items. Raises `InvalidInput` for other errors."""
    errors = [
        FieldError(name[:60], "unknown_field", f"There is no member {name[:60]}; a batch has operations and atomic.")
        for name in list(raw)[:20]
        if name not in ("operations", "atomic")
    ]
    is_atomic, items = raw.get("atomic", False), raw.get("operations")
    if not isinstance(is_atomic, bool):
        errors.append(FieldError("atomic", "wrong_type", "atomic must be true or false."))
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
        sentence = f"operations must be a list of 1 to {MAX_ITEMS:,} objects."
        errors.append(FieldError("operations", "out_of_range", sentence))
    if errors or not isinstance(items, list):
        raise InvalidInput(errors)
    return BatchRequest([_read_item(kind, item) for item in items], is_atomic is True)


def _read_item(kind: Kind, raw: object) -> BatchItem:
    ops = ops_of(kind)
    if not isinstance(raw, dict) or raw.get("op") not in ops:
        sentence = f"op must be one of {', '.join(ops)}."
        return BatchItem("", error=InvalidInput([FieldError("op", "unknown_value", sentence)]))
    op = str(raw["op"])
    if errors := _member_errors(op, raw):
        return BatchItem(op, error=InvalidInput(errors))
    versions = VersionConditions(wanted=frozenset({_version_in(raw["ifMatch"])})) if raw.get("ifMatch") else None
    return BatchItem(op, str(raw.get("id", "")), versions, _read_body(kind, op, raw), raw.get("record") or {})


def _read_body(kind: Kind, op: str, raw: Mapping[str, object]) -> ParsedBody | None:
    record, request = raw.get("record"), raw.get("convert")
    if op == "convert":
        return read_request(request if isinstance(request, dict) else {})
    if not isinstance(record, dict):
        return None
    return read_patch(kind, record) if op == "patch" else read_new(kind, record)


def _member_errors(op: str, raw: Mapping[str, object]) -> list[FieldError]:
    """Returns the errors of the members of an item beside the contents of the record."""
    known = _MEMBERS[op]
    errors = [
        FieldError(name[:60], "unknown_field", f"{name[:60]} is no member of this; {op} takes {', '.join(known)}.")
        for name in list(raw)[:20]
        if name not in ("op", *known)
    ]
    for name in known:
        value = raw.get(name)
        if value is None and name not in _OPTIONAL:
            errors.append(FieldError(name, "required", f"{name} is required."))
        elif value is not None and not _is_of_type(name, value):
            errors.append(FieldError(name, "wrong_type", _TYPES[name]))
    return errors


_TYPES = {
    "id": "id must be the id of a record.",
    "record": "record must be an object.",
    "convert": "convert must be an object.",
    "ifMatch": 'ifMatch must be the ETag of the record, such as "3", or its version.',
}


def _is_of_type(name: str, value: object) -> bool:
    if name == "ifMatch":
        return _version_in(value) > 0
    return isinstance(value, str if name == "id" else dict)


def _version_in(tag: object) -> int:
    """Returns the version that an ETag or a number names, 0 for none."""
    if isinstance(tag, int) and not isinstance(tag, bool):
        return max(tag, 0)
    match = _TAG.fullmatch(tag) if isinstance(tag, str) else None
    return int(match[1]) if match else 0
