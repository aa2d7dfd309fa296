"""Invariants: statements that are true of the data, whatever happened to the servers that wrote them. Each has an SQL
query for the cases that break it."""

from collections.abc import Iterable

from leadline.crm.kinds import KINDS, PRIVATE_KINDS
from leadline.kit.db import Dialect
from leadline.kit.db.introspection import Table

_USERS = "users"
_LOGGED = (*KINDS, *PRIVATE_KINDS)
_MADE_FROM_A_LEAD = ("contacts", "accounts", "opportunities")
_REFERENCES = (
    *((table, "lead_id", "leads") for table in _MADE_FROM_A_LEAD),
    ("contacts", "account_id", "accounts"),
    ("opportunities", "account_id", "accounts"),
    ("opportunities", "contact_id", "contacts"),
    ("leads", "converted_contact_id", "contacts"),
    ("leads", "converted_account_id", "accounts"),
    ("leads", "converted_opportunity_id", "opportunities"),
    *((kind.plural, "assigned_to", _USERS) for kind in KINDS),
    *((kind.plural, "user_id", _USERS) for kind in PRIVATE_KINDS),
    ("operations", "user_id", _USERS),
)
"""Each table and column that holds the id of a record or a user, and the table of that record or user."""


def _union_all(queries: Iterable[str]) -> str:
    return " UNION ALL ".join(queries)


def _of_records(columns: str) -> str:
    return f"({_union_all(f'SELECT {columns} FROM {kind.plural}' for kind in _LOGGED)}) AS records"


INVARIANTS = {
    "references lead to a record of the same workspace": _union_all(
        f"""SELECT a.id, '{table}.{column}' FROM {table} AS a
        LEFT JOIN {target} AS b ON b.id = a.{column} AND b.workspace = a.workspace
        WHERE a.{column} IS NOT NULL AND b.id IS NULL"""
        for table, column, target in _REFERENCES
    ),
    "a lead is converted just when it has a time of conversion": """
        SELECT id FROM leads WHERE (status = 'converted') <> (converted_at IS NOT NULL)""",
    "a lead is converted just when it has a contact, unless that was deleted since": """
        SELECT leads.id FROM leads WHERE (status = 'converted') <> (converted_contact_id IS NOT NULL)
        AND NOT (status = 'converted' AND EXISTS (
            SELECT 1 FROM changes WHERE changes.record_id = leads.id
            AND changes.fields LIKE '%"convertedContactId":["cnt_%",null]%'))""",
    "what came of a lead is what it names": f"""
        SELECT leads.id, made.id FROM leads
        JOIN ({_union_all(f"SELECT id, lead_id FROM {table}" for table in _MADE_FROM_A_LEAD)}) AS made
        ON made.lead_id = leads.id
        WHERE made.id NOT IN (coalesce(converted_contact_id, ''), coalesce(converted_account_id, ''),
                              coalesce(converted_opportunity_id, ''))""",
    "a lead has one contact at most": """
        SELECT lead_id FROM contacts WHERE lead_id IS NOT NULL GROUP BY lead_id HAVING count(*) > 1""",
    "a record is not changed before it is made": f"""
        SELECT id FROM {_of_records("id, created_at, updated_at")} WHERE updated_at < created_at""",
    "running numbers are taken once, and counted by the workspace": f"""
        SELECT workspaces.id, records.no FROM {_of_records("workspace, no")}
        LEFT JOIN workspaces ON workspaces.number = records.workspace
        GROUP BY workspaces.id, workspaces.no, records.no
        HAVING count(*) > 1 OR workspaces.no IS NULL OR records.no > workspaces.no""",
    "the log has no gaps": """
        SELECT workspaces.id FROM workspaces LEFT JOIN operations ON operations.workspace = workspaces.number
        GROUP BY workspaces.id, workspaces.seq
        HAVING count(operations.seq) <> workspaces.seq
            OR min(operations.seq) <> 1 OR max(operations.seq) <> workspaces.seq""",
    "the log's times never run backwards": """
        SELECT later.id FROM operations AS later
        JOIN operations AS earlier ON earlier.workspace = later.workspace AND earlier.seq = later.seq - 1
        WHERE later.at < earlier.at""",
    "every change belongs to an operation": """
        SELECT changes.record_id, changes.seq FROM changes LEFT JOIN operations USING (workspace, seq)
        WHERE operations.id IS NULL""",
    "a record has one change for each version": f"""
        SELECT records.id FROM {_of_records("id, version")} LEFT JOIN (
            SELECT record_id, min(version) AS oldest, max(version) AS newest, count(*) AS many
            FROM changes GROUP BY record_id) AS told ON told.record_id = records.id
        WHERE told.many IS NULL OR told.oldest <> 1
            OR told.newest <> records.version OR told.many <> records.version""",
    "a record that is gone was deleted": _union_all(
        f"""SELECT told.record_id FROM (
            SELECT record_id, workspace, max(seq) AS seq FROM changes
            WHERE record_id LIKE '{kind.prefix}_%' GROUP BY record_id, workspace) AS told
        LEFT JOIN {kind.plural} ON {kind.plural}.id = told.record_id
        JOIN changes ON changes.workspace = told.workspace AND changes.seq = told.seq
            AND changes.record_id = told.record_id
        WHERE {kind.plural}.id IS NULL AND changes.fields NOT LIKE '%"id":["' || told.record_id || '",null]%'"""
        for kind in _LOGGED
    ),
}


def of_schema(tables: Iterable[Table], dialect: Dialect) -> dict[str, str]:
    """Returns the invariants that follow from the tables' foreign keys and from the engine, by name."""
    found = {
        "foreign keys hold": _union_all(
            f"""SELECT '{table.name}.{r.column}', CAST(a.{r.column} AS TEXT) FROM {table.name} AS a
            LEFT JOIN {r.target} AS b ON b.{r.target_column} = a.{r.column}
            WHERE a.{r.column} IS NOT NULL AND b.{r.target_column} IS NULL"""
            for table in tables
            for r in table.references
        ),
        "the file is sound": dialect.integrity_check,
    }
    return {name: query for name, query in found.items() if query}
