"""What must be true of a data file whatever happened to its servers, asked of SQLite itself."""

from pathlib import Path

import apsw

_TABLES = ("leads", "contacts", "accounts", "opportunities")
_RECORDS = f"({' UNION ALL '.join(f'SELECT id, version FROM {table}' for table in _TABLES)})"
_REFERENCES = [
    *((table, "lead_id", "leads") for table in ("contacts", "accounts", "opportunities")),
    ("contacts", "account_id", "accounts"),
    ("opportunities", "account_id", "accounts"),
    ("opportunities", "contact_id", "contacts"),
    ("leads", "converted_contact_id", "contacts"),
    ("leads", "converted_account_id", "accounts"),
    ("leads", "converted_opportunity_id", "opportunities"),
]
"""Each table and column that points to a record, and the table where that is."""


def _search_index(table: str) -> str:
    return f"""
        SELECT coalesce(a.row, b.rowid) FROM {table} AS a FULL JOIN {table}_search AS b ON a.row = b.rowid
        WHERE a.row IS NULL OR b.rowid IS NULL"""


INVARIANTS = {
    "the file is sound": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "foreign keys hold": "SELECT * FROM pragma_foreign_key_check",
    "references lead somewhere, in the same workspace": " UNION ALL ".join(
        f"""SELECT a.id, '{column}' FROM {table} AS a LEFT JOIN {target} AS b
            ON b.id = a.{column} AND b.workspace = a.workspace WHERE a.{column} IS NOT NULL AND b.id IS NULL"""
        for table, column, target in _REFERENCES
    ),
    "a lead is converted just when it has a contact, unless that was deleted since": """
        SELECT id FROM leads WHERE (status = 'converted') <> (converted_contact_id IS NOT NULL)
        AND NOT (status = 'converted' AND EXISTS (
            SELECT 1 FROM changes JOIN operations USING (workspace, seq)
            WHERE record_id = leads.id AND kind = 'contact.deleted'))""",
    "what came of a lead is what it names": """
        SELECT leads.id FROM leads
        JOIN (SELECT id, lead_id FROM contacts UNION ALL SELECT id, lead_id FROM accounts
              UNION ALL SELECT id, lead_id FROM opportunities) AS made ON made.lead_id = leads.id
        WHERE made.id NOT IN (ifnull(converted_contact_id, ''), ifnull(converted_account_id, ''),
                              ifnull(converted_opportunity_id, ''))""",
    "a lead has one contact at most": """
        SELECT lead_id FROM contacts WHERE lead_id IS NOT NULL GROUP BY lead_id HAVING count(*) > 1""",
    "the log has no gaps": """
        SELECT number FROM workspaces LEFT JOIN operations ON operations.workspace = number
        GROUP BY number HAVING count(operations.seq) <> workspaces.seq
            OR min(operations.seq) <> 1 OR max(operations.seq) <> workspaces.seq""",
    "every change belongs to an operation": """
        SELECT record_id FROM changes LEFT JOIN operations USING (workspace, seq) WHERE operations.id IS NULL""",
    "a record's version is its last change's": f"""
        SELECT records.id FROM {_RECORDS} AS records
        LEFT JOIN (SELECT record_id, max(version) AS last, count(*) AS many FROM changes GROUP BY record_id)
        ON record_id = records.id WHERE records.version IS NOT last OR records.version IS NOT many""",
    "a record that is gone was deleted": f"""
        SELECT record_id FROM changes JOIN operations USING (workspace, seq)
        WHERE substr(record_id, 1, instr(record_id, '_')) IN ('ld_', 'cnt_', 'acc_', 'opp_')
        AND record_id NOT IN (SELECT id FROM {_RECORDS})
        GROUP BY record_id HAVING max(seq) <> max(CASE WHEN kind LIKE '%.deleted' THEN seq ELSE 0 END)""",
    **{f"the search index has all {table}, and nothing else": _search_index(table) for table in _TABLES},
}
"""Each with the SQL that finds what breaks it."""


def broken(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """The invariants that do not hold, each with what breaks it."""
    connection = apsw.Connection(str(file))
    try:
        found = {name: list(connection.execute(sql)) for name, sql in INVARIANTS.items()}
    finally:
        connection.close()
    return {name: rows for name, rows in found.items() if rows}
