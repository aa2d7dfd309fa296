"""A kind of record: its fields, which of them lists show, and the rules that hold between them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from leadline.errors import FieldError
from leadline.records.texts import ReferenceField, SlugField, TextField
from leadline.records.times import TimeField
from leadline.records.types import ChoiceField, FieldType, FlagField, IntegerField, Value

MAX_FEW_VALUES = 1_000
"""Values that a field may have, for records to be counted by them."""
Values = Mapping[str, Value]
"""The values of a record by the names of its fields."""


@dataclass(frozen=True)
class Rule:
    """What must hold between the fields of a whole record: `broken` answers what does not. `description` says it in
    a sentence, and `needed` names the fields without which no record is created."""

    broken: Callable[[Values], Iterable[FieldError]]
    description: str
    needed: tuple[str, ...] = ()


Guard = Callable[[Values, Values], None]
"""Given a record and the changes asked for, raises `Conflict` where the record's state forbids them."""


@dataclass(frozen=True)
class Field:
    """One field. `name` is the API's; the column has the same name in snake_case.

    required: it is never null.         server: only the server sets it.
    default:  what a new record has.    shown:  the API shows it.
    expression: it is not stored, but computed by this SQL.
    key_column: a column beside it that holds its folded text, indexed, for filters.
    secret: the log says that it was set, but not to what.
    reported: a program or an admin sets it, and nobody else.
    logged: it changes with the log alone, so what was read of it holds until the log goes on.
    """

    name: str
    type: FieldType
    required: bool = False
    default: Value = None
    server: bool = False
    shown: bool = True
    expression: str | None = None
    key_column: str | None = None
    secret: bool = False
    reported: bool = False
    logged: bool = True

    @cached_property
    def column(self) -> str:
        return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda match: "_" + match[0], self.name).lower()

    @property
    def source(self) -> str:
        """The SQL that the field's value is selected by."""
        return self.expression or self.column

    @property
    def is_stored(self) -> bool:
        return self.expression is None


CREATED_AT = Field("createdAt", TimeField(), server=True, required=True)
UPDATED_AT = Field("updatedAt", TimeField(), server=True, required=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """`name` is its word in the log and in sentences, `plural` its table and path, `prefix` that of its ids.

    listed:       the fields that an item of a list has; sorting is by these.
    search:       what a search looks through: each entry names fields that are joined by a blank.
    aliases:      documented query parameters, each with the field and operator it stands for.
    within:       which rows of its table are a workspace's records of this kind.
    """

    name: str
    plural: str
    prefix: str
    own_fields: tuple[Field, ...]
    listed: tuple[str, ...]
    search: tuple[tuple[str, ...], ...]
    aliases: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    within: str = "workspace = ?"

    @cached_property
    def reference_type(self) -> ReferenceField:
        """What points to a record of this kind."""
        return ReferenceField(to=self.name, prefix=self.prefix)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """All fields by name, in the order the API shows them."""
        id_ = Field("id", self.reference_type, server=True, required=True)
        return {field.name: field for field in (id_, *self.own_fields, CREATED_AT, UPDATED_AT)}

    @cached_property
    def shown_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields.values() if field.shown)

    @cached_property
    def hidden_fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields.values() if not field.shown)

    @cached_property
    def secret_fields(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields.values() if field.secret)

    @cached_property
    def is_logged(self) -> bool:
        return all(field.logged for field in self.fields.values())

    @cached_property
    def patchable_fields(self) -> dict[str, Field]:
        """The fields that a PATCH may name: those that a client sets, and those that it may send back unchanged."""
        return {name: field for name, field in self.fields.items() if field.shown or not field.server}

    @cached_property
    def listed_fields(self) -> tuple[Field, ...]:
        return tuple(self.fields[name] for name in self.listed)

    @cached_property
    def faceted_fields(self) -> tuple[Field, ...]:
        """The fields by whose values records are counted: those that have few."""
        return tuple(field for field in self.shown_fields if field.is_stored and has_few_values(field.type))

    @cached_property
    def unbounded_fields(self) -> frozenset[str]:
        """The fields whose texts may be pages long."""
        return frozenset(
            field.name for field in self.stored_fields if isinstance(field.type, TextField) and field.type.lines
        )

    @cached_property
    def stored_fields(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields.values() if field.is_stored)

    @cached_property
    def stored_names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.stored_fields)

    @cached_property
    def key_columns(self) -> dict[str, str]:
        """The columns of folded text, by the field they are made from."""
        return {field.name: field.key_column for field in self.stored_fields if field.key_column}

    @cached_property
    def default_values(self) -> dict[str, Value]:
        return {field.name: field.default for field in self.fields.values()}

    @cached_property
    def reference_fields(self) -> tuple[str, ...]:
        """The fields that a client points to other records with."""
        return tuple(name for name, field in self.writable_fields.items() if isinstance(field.type, ReferenceField))

    @cached_property
    def has_computed(self) -> bool:
        return any(not field.is_stored for field in self.fields.values())

    @cached_property
    def computed_fields(self) -> tuple[str, ...]:
        """The fields that follow other records."""
        return tuple(field.name for field in self.shown_fields if not field.is_stored)

    @cached_property
    def writable_fields(self) -> dict[str, Field]:
        """The fields that a client sets."""
        return {name: field for name, field in self.fields.items() if not field.server}

    @cached_property
    def reported_fields(self) -> dict[str, Value]:
        """The fields that programs and admins alone set, with what a new record has."""
        return {name: field.default for name, field in self.fields.items() if field.reported}

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        """The fields that a new record must be given, or have by default."""
        return tuple(field for field in self.writable_fields.values() if field.required)

    @cached_property
    def new_values(self) -> dict[str, Value]:
        """What a client sets in a new record by saying nothing."""
        return {name: field.default for name, field in self.writable_fields.items()}


def has_few_values(type_: FieldType) -> bool:
    """Whether many records share each of them."""
    if isinstance(type_, ReferenceField):
        return type_.to == "user"
    if isinstance(type_, TextField):
        return type_.low_cardinality or isinstance(type_, SlugField)
    if isinstance(type_, IntegerField):
        return type_.maximum - type_.minimum < MAX_FEW_VALUES
    return type_.multi_valued or isinstance(type_, ChoiceField | FlagField)
