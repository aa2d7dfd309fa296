"""The filters of a list: one predicate, from which both the count and the page are made, and its sort order."""

from dataclasses import dataclass, replace

from leadline.kit.db import Dialect, SqlValue
from leadline.records.kind import Field, Kind

Clause = tuple[str, list[SqlValue]]
"""SQL, and the parameters it takes."""

_COMPARISONS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_EXCLUDED = {"gt": "<=", "gte": "<", "lt": ">=", "lte": ">"}
"""The opposite of each comparison, which the records that it leaves out fulfil."""


@dataclass(frozen=True)
class Condition:
    """A comparison of one field. `operands` are in the form of its column, folded if its type is case-insensitive.

    The operator `in` takes any number of operands, None standing for an absent value; `null` takes one, a boolean.
    """

    field: str
    operator: str
    operands: tuple[SqlValue, ...]


@dataclass(frozen=True)
class Predicate:
    """A filter of records: all `conditions` must hold, and the (folded) `search` text must be found."""

    conditions: tuple[Condition, ...] = ()
    search: str | None = None

    def narrow_to(self, other: "Predicate") -> "Predicate":
        """Returns a predicate of the records for which both hold. `other` must have no search."""
        assert other.search is None, "only one search can be asked"
        return replace(self, conditions=(*self.conditions, *other.conditions)) if other.conditions else self

    def without_field(self, name: str) -> "Predicate":
        """Returns the predicate without its conditions on a field."""
        return replace(self, conditions=tuple(one for one in self.conditions if one.field != name))

    def to_sql(self, kind: Kind, workspace: int, dialect: Dialect) -> Clause:
        """Returns the SQL after WHERE, and its parameters."""
        clauses: list[Clause] = [(kind.within, [workspace])]
        for one in self.conditions:
            if one.field == "createdAt" and one.operator in _COMPARISONS:
                clauses.append(_compile_created(kind, workspace, one))
            else:
                clauses.append(_condition_sql(kind.fields[one.field], one, dialect))
        if self.search is not None:
            clauses.append(dialect.search_condition(self.search))
        return " AND ".join(sql for sql, _ in clauses), [value for _, values in clauses for value in values]


def _compile_created(kind: Kind, workspace: int, condition: Condition) -> Clause:
    """Compiles a comparison of the creation time into one of the running number, which grows with it. So any index
    that the other conditions use gives the records in order, and no record is read for its time alone."""
    comparison, beyond = _COMPARISONS[condition.operator], _EXCLUDED[condition.operator]
    direction, none = ("DESC", -(2**62)) if comparison[0] == ">" else ("ASC", 2**62)
    nearest = (
        f"SELECT no FROM {kind.plural} WHERE workspace = ? AND created_at {beyond} ?"
        f" ORDER BY created_at {direction}, no {direction} LIMIT 1"
    )
    return f"no {comparison[0]} coalesce(({nearest}), {none})", [workspace, *condition.operands]


def _condition_sql(field: Field, condition: Condition, dialect: Dialect) -> Clause:
    column = _compared_sql(field, dialect)
    operands = list(condition.operands)
    if field.type.multi_valued:
        return f"{column} <> '' AND ({' OR '.join([dialect.contains_text(column)] * len(operands))})", operands
    match condition.operator:
        case "eq":
            return f"{column} = ?", operands
        case "ne":
            return f"{column} IS DISTINCT FROM ?", operands
        case "in":
            return _compile_in(column, operands)
        case "null":
            return f"{column} IS {'' if operands[0] else 'NOT '}NULL", []
        case "contains":
            return dialect.contains_text(column), operands
        case "startswith":
            return f"substr({column}, 1, {len(str(operands[0]))}) = ?", operands
        case comparison:
            return f"{column} {_COMPARISONS[comparison]} ?", operands


def _compile_in(column: str, operands: list[SqlValue]) -> Clause:
    present: list[SqlValue] = [operand for operand in operands if operand is not None]
    choices = []
    if present:
        choices.append(f"{column} IN ({', '.join('?' * len(present))})")
    if len(present) < len(operands):
        choices.append(f"{column} IS NULL")
    return f"({' OR '.join(choices)})", present


def _compared_sql(field: Field, dialect: Dialect) -> str:
    if not field.type.case_insensitive:
        return field.source
    return field.key_column or dialect.fold_case(field.source)


@dataclass(frozen=True)
class SortOrder:
    """The fields to sort by, each with True if it is descending. Absent values come last in both directions.

    Records with equal values are sorted by their running number, which orders them as their ids and creation times
    do; its direction is that of the last field.
    """

    terms: tuple[tuple[str, bool], ...] = ()

    def to_sql(self, kind: Kind, dialect: Dialect) -> str:
        """Returns the SQL after ORDER BY."""
        terms: list[str] = []
        for place, (name, down) in enumerate(self.terms, 1):
            if name == "id" or (name == "createdAt" and place == len(self.terms)):
                return ", ".join([*terms, _order_term("no", down)])
            terms.append(_order_term(_compared_sql(kind.fields[name], dialect), down) + " NULLS LAST")
        last_is_down = self.terms[-1][1] if self.terms else True
        return ", ".join([*terms, _order_term("no", last_is_down)])


def _order_term(column: str, down: bool) -> str:
    return f"{column} {'DESC' if down else 'ASC'}"
