"""Merging: duplicates of a record are merged into it in one operation, and their ids lead to it from then on."""

from collections.abc import Mapping, Sequence

import msgspec

from leadline.access import Actor
from leadline.crm.leads import LEADS
from leadline.errors import Conflict, FieldError, MergedAway, NotFound
from leadline.kit.db import Transaction
from leadline.records.body import Raw, field_error, newly_broken_rules, read_fields, refuse_errors
from leadline.records.kind import Field, Kind, Values
from leadline.records.operation import RecordOperation
from leadline.records.service import RecordService, VersionConditions, WriteResult
from leadline.records.store import Record
from leadline.records.structures import TagsField
from leadline.records.types import Rejected, Value

MAX_DUPLICATES = 10
"""Most records that are merged into another at once."""
RESTRICTIVE = ("emailOptOut", "emailBounced")
"""The flags that the survivor has if any of the merged records has them."""


class MergeRequest(msgspec.Struct, frozen=True):
    """A request to merge records, with the errors of what could not be read.

    duplicates: the ids of the records that are merged away.
    chosen: the id of the record whose value wins, by field.
    """

    duplicates: Sequence[str]
    chosen: Mapping[str, str]
    errors: list[FieldError]


def read_request(kind: Kind, raw: Raw) -> MergeRequest:
    """Reads a request to merge records of a kind."""
    _, errors = read_fields({}, {name: value for name, value in raw.items() if name not in ("duplicates", "fields")})
    duplicates: list[str] = []
    chosen: dict[str, str] = {}
    try:
        duplicates = _read_duplicates(kind, raw.get("duplicates"))
    except Rejected as rejected:
        errors.append(field_error("duplicates", rejected))
    fields = raw.get("fields")
    if fields is None:
        return MergeRequest(duplicates, chosen, errors)
    if not isinstance(fields, dict):
        errors.append(FieldError("fields", "wrong_type", "fields must be an object of ids by field."))
        return MergeRequest(duplicates, chosen, errors)
    known = {name: Field(name, kind.reference_type) for name in kind.writable_fields}
    ids, field_errors = read_fields(known, fields)
    flags = [name for name in ids if name in RESTRICTIVE]
    errors += [*field_errors, *map(_not_chosen, flags)]
    chosen = {name: str(id_) for name, id_ in ids.items() if id_ is not None}
    return MergeRequest(duplicates, chosen, errors)


def _read_duplicates(kind: Kind, raw: object) -> list[str]:
    """Returns ids in the form in which they are stored. Raises `Rejected`."""
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_DUPLICATES:
        raise Rejected("wrong_count", f"must be a list of 1 to {MAX_DUPLICATES} ids.")
    ids = [kind.reference_type.parse_value(one) for one in raw]
    if None in ids:
        raise kind.reference_type.unknown_reference()
    return [str(id_) for id_ in ids]


def _not_chosen(name: str) -> FieldError:
    sentence = f"{name} is not chosen; it is true if it is true in any of the records. Leave it out."
    return FieldError(name, "read_only", sentence)


class MergeService:
    def __init__(self, records: RecordService) -> None:
        self._records = records

    async def merge_records(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        id_: str,
        request: MergeRequest,
        *,
        versions: VersionConditions | None = None,
    ) -> WriteResult:
        """Merges duplicates into the record with the id, the survivor.

        The survivor keeps its values. Its empty fields are filled from the duplicates, in their order. References to
        the duplicates move to it, and the duplicates are deleted.

        Raises:
            NotFound, StaleVersion: as for any record.
            Conflict: one of the duplicates is a converted lead.
            InvalidInput: the request has errors, or the merged record would break a rule.
        """
        tx.expect_slow()
        survivor = await self._records.get(tx, actor, kind, id_, lock=True, versions=versions)
        duplicates, chosen = await self._find_merged(tx, actor, kind, survivor, request)
        _refuse_converted(kind, duplicates)
        changes = await self._check_changes(tx, actor, kind, survivor, duplicates, chosen)
        async with self._records.begin(tx, actor, f"{kind.name}.merged") as op:
            for duplicate in duplicates:
                await self._merge_away(op, kind, duplicate, survivor)
            if changes:
                await op.update(kind, survivor, changes)
        return WriteResult(await self._records.get(tx, actor, kind, str(survivor["id"])), op.operation)

    async def _find_merged(
        self, tx: Transaction, actor: Actor, kind: Kind, survivor: Record, request: MergeRequest
    ) -> tuple[list[Record], dict[str, Record]]:
        """Returns the duplicates, and by field the record whose value wins. Raises `InvalidInput`."""
        merged, errors, named = {str(survivor["id"]): survivor}, [*request.errors], dict[str, Record]()
        for id_ in request.duplicates:
            try:
                record = named[id_] = await self._find_record(tx, actor, kind, id_)
            except NotFound:
                errors.append(field_error("duplicates", kind.reference_type.unknown_reference()))
                continue
            if record["id"] in merged:
                errors.append(FieldError("duplicates", "repeated", _named_twice(record)))
            merged[str(record["id"])] = record
        named |= merged
        errors += [_not_merged(name) for name, id_ in request.chosen.items() if id_ not in named]
        refuse_errors(("duplicates", *kind.fields), errors)
        duplicates = [record for record in merged.values() if record is not survivor]
        return duplicates, {name: named[id_] for name, id_ in request.chosen.items()}

    async def _find_record(self, tx: Transaction, actor: Actor, kind: Kind, id_: str) -> Record:
        """Finds a record, or the one into which it was merged. Raises `NotFound`."""
        try:
            return await self._records.get(tx, actor, kind, id_, lock=True)
        except MergedAway as away:
            return await self._records.get(tx, actor, kind, away.survivor, lock=True)

    async def _check_changes(
        self,
        tx: Transaction,
        actor: Actor,
        kind: Kind,
        survivor: Record,
        duplicates: Sequence[Record],
        chosen: Mapping[str, Record],
    ) -> Values:
        """Returns what changes in the survivor. A disabled owner is not taken over. Raises `InvalidInput`, and
        `Conflict` if the survivor's state forbids the changes."""
        changes = _merge_values(kind, survivor, duplicates, chosen)
        dangling = await self._records.references.find_dangling(tx, kind, actor.workspace, changes)
        left_out = {error.field for error in dangling} - chosen.keys()
        changes = {name: value for name, value in changes.items() if name not in left_out}
        errors = [error for error in dangling if error.field not in left_out]
        errors += _too_many_tags(kind, changes)
        errors += newly_broken_rules(kind, survivor.values, changes, errors)
        refuse_errors(kind.fields, errors)
        for guard in kind.guards:
            guard(survivor.values, changes)
        return changes

    async def _merge_away(self, op: RecordOperation, kind: Kind, duplicate: Record, survivor: Record) -> None:
        """Moves the references to a duplicate to the survivor, and deletes the duplicate."""
        for referring, name in self._records.references.fields_to(kind):
            await op.move_reference(referring, name, str(duplicate["id"]), str(survivor["id"]))
        await op.delete(kind, duplicate, merged_into=str(survivor["id"]))


def _named_twice(record: Record) -> str:
    return f"duplicates names {record['id']} twice, or it is the record itself; name each duplicate once."


def _not_merged(name: str) -> FieldError:
    sentence = f"{name} names a record that is not merged here; give the id of this record or of a duplicate."
    return FieldError(name, "not_merged", sentence)


def _refuse_converted(kind: Kind, duplicates: Sequence[Record]) -> None:
    """Raises `Conflict` if a converted lead would be merged away: its contact would come of an open lead then."""
    converted = [record["id"] for record in duplicates if kind is LEADS and record["convertedAt"] is not None]
    if converted:
        detail = "A converted lead cannot be merged into another; merge the others into it, or leave it out."
        raise Conflict(detail, code="converted_duplicate", facts={"converted": converted})


def _merge_values(
    kind: Kind, survivor: Record, duplicates: Sequence[Record], chosen: Mapping[str, Record]
) -> dict[str, Value]:
    """Returns the values of the merged record that differ from the survivor's."""
    merged = {
        name: chosen[name][name] if name in chosen else _merge_field(field, (survivor, *duplicates))
        for name, field in kind.writable_fields.items()
    }
    return {name: value for name, value in merged.items() if value != survivor[name]}


def _merge_field(field: Field, records: Sequence[Record]) -> Value:
    """Returns the value of one field: the first one that there is, for flags the most restrictive, for tags all."""
    values = [record[field.name] for record in records]
    if field.name in RESTRICTIVE:
        return any(values)
    if field.type.multi_valued:
        return list(dict.fromkeys(tag for tags in values if isinstance(tags, list) for tag in tags))
    return next((value for value in values if value is not None), None)


def _too_many_tags(kind: Kind, changes: Values) -> list[FieldError]:
    return [
        FieldError(
            name,
            "too_long",
            f"{name} would be {len(tags)}, and at most {type_.max_count} are allowed; say in fields whose win.",
        )
        for name, tags in changes.items()
        if isinstance(type_ := kind.fields[name].type, TagsField)
        and isinstance(tags, list)
        and len(tags) > type_.max_count
    ]
