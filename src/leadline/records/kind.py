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
"""Most values that a field of whole numbers may have for records to be counted by them."""
Values = Mapping[str, Value]
"""The values of a record by the names of its fields."""


@dataclass(frozen=True)
class Rule:
    """A condition between the fields of a whole record.

    broken: returns the errors of a record that breaks the rule.
    description: the rule in a sentence.
    needed: the fields without which no record is created.
    """

    broken: Callable[[Values], Iterable[FieldError]]
    description: str
    needed: tuple[str, ...] = ()


Guard = Callable[[Values, Values], None]
"""A check of the changes to a record, which raises `Conflict` if the record's state forbids them."""


@dataclass(frozen=True)
class Field:
    """A field of a kind. `name` is the API's name; the column has the same name in snake_case.

    required: the field is never null.         server: only the server sets it.
    default:  the value in a new record.       shown:  the API shows it.
    expression: SQL that computes the field, which is then not stored.
    name_of: for a computed field, the reference of which it is the record's name.
    key_column: a column beside it that holds its folded text, indexed, for filters.
    secret: the log says that it was set, but leaves out the value.
    reported: only programs and admins set it.
    logged: the log has all its changes, so a cached value is valid until the log goes on.
    """

    name: str
    type: FieldType
    required: bool = False
    default: Value = None
    server: bool = False
    shown: bool = True
    expression: str | None = None
    name_of: str | None = None
    key_column: str | None = None
    secret: bool = False
    reported: bool = False
    logged: bool = True

    @cached_property
    def column(self) -> str:
        return re.sub(r"(?<=[a-z0-9])[A-Z]", lambda match: "_" + match[0], self.name).lower()

    @property
    def source(self) -> str:
        """SQL that selects the field's value."""
        return self.expression or self.column

    @property
    def is_stored(self) -> bool:
        return self.expression is None


CREATED_AT = Field("createdAt", TimeField(), server=True, required=True)
UPDATED_AT = Field("updatedAt", TimeField(), server=True, required=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kind:
    """A kind of record.

    name:         its word in the log and in sentences.
    plural:       the name of its table, and its path in the API.
    prefix:       the prefix of its ids.
    listed:       the fields that an item of a list has; sorting is by these.
    search:       the fields that a search looks through: each entry names fields that are joined by a blank.
    own_filters:  documented query parameters, each with the field and operator it stands for.
    within:       the SQL condition of a workspace's records of this kind in the table.
    owner:        the field with the id of the only user who sees the record; "" if it is not private.
    """

    name: str
    plural: str
    prefix: str
    own_fields: tuple[Field, ...]
    listed: tuple[str, ...]
    search: tuple[tuple[str, ...], ...]
    own_filters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    within: str = "workspace = ?"
    owner: str = ""

    @cached_property
    def reference_type(self) -> ReferenceField:
        """The field type of a reference to a record of this kind."""
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
        """The fields with which a client refers to other records."""
        return tuple(name for name, field in self.writable_fields.items() if isinstance(field.type, ReferenceField))

    @cached_property
    def has_computed(self) -> bool:
        return any(not field.is_stored for field in self.fields.values())

    @cached_property
    def computed_fields(self) -> tuple[str, ...]:
        """The shown fields that are computed, because they follow other records."""
        return tuple(field.name for field in self.shown_fields if not field.is_stored)

    @cached_property
    def writable_fields(self) -> dict[str, Field]:
        """The fields that a client sets."""
        return {name: field for name, field in self.fields.items() if not field.server}

    @cached_property
    def reported_fields(self) -> dict[str, Value]:
        """The fields that only programs and admins set, with the values of a new record."""
        return {name: field.default for name, field in self.fields.items() if field.reported}

    @cached_property
    def required_fields(self) -> tuple[Field, ...]:
        """The fields that must have a value in a new record, sent or by default."""
        return tuple(field for field in self.writable_fields.values() if field.required)

    @cached_property
    def new_values(self) -> dict[str, Value]:
        """The values that a new record gets in the fields that its client leaves out."""
        return {name: field.default for name, field in self.writable_fields.items()}


def has_few_values(type_: FieldType) -> bool:
    """Returns True if a field of the type has so few values that many records share each of them."""
    if isinstance(type_, ReferenceField):
        return type_.to == "user"
    if isinstance(type_, TextField):
        return type_.low_cardinality or isinstance(type_, SlugField)
    if isinstance(type_, IntegerField):
        return type_.maximum - type_.minimum < MAX_FEW_VALUES
    return type_.multi_valued or isinstance(type_, ChoiceField | FlagField)
