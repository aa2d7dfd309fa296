"""What must be true of the data whatever happened to their servers, asked of the database itself."""

import asyncio
from pathlib import Path

import apsw
import asyncpg

_TABLES = ("leads", "contacts", "accounts", "opportunities")
_RECORDS = f"({' UNION ALL '.join(f'SELECT id, version FROM {table}' for table in _TABLES)})"

INVARIANTS = {
    "a lead is converted just when its contact is there": """
        SELECT leads.id FROM leads LEFT JOIN contacts ON contacts.lead_id = leads.id
        WHERE (leads.status = 'converted') <> (contacts.id IS NOT NULL)
           OR leads.converted_contact_id IS DISTINCT FROM contacts.id""",
    "account and opportunity are there just when the lead names them": """
        SELECT leads.id FROM leads
        LEFT JOIN accounts ON accounts.lead_id = leads.id
        LEFT JOIN opportunities ON opportunities.lead_id = leads.id
        WHERE leads.converted_account_id IS DISTINCT FROM accounts.id
           OR leads.converted_opportunity_id IS DISTINCT FROM opportunities.id""",
    "what was converted came from a lead that is there, or was deleted since": """
        SELECT contacts.id FROM contacts LEFT JOIN leads ON leads.id = contacts.lead_id
        WHERE leads.id IS NULL AND NOT EXISTS (
            SELECT 1 FROM changes JOIN operations USING (workspace, seq)
            WHERE record_id = contacts.lead_id AND kind = 'lead.deleted')""",
    "a lead has one contact at most": "SELECT lead_id FROM contacts GROUP BY lead_id HAVING count(*) > 1",
    "the log has no gaps": """
        SELECT number FROM workspaces LEFT JOIN operations ON operations.workspace = number
        GROUP BY number HAVING count(operations.seq) <> workspaces.seq
            OR min(operations.seq) <> 1 OR max(operations.seq) <> workspaces.seq""",
    "every change belongs to an operation": """
        SELECT record_id FROM changes LEFT JOIN operations USING (workspace, seq) WHERE operations.id IS NULL""",
    "a record's version is its last change's": f"""
        SELECT records.id FROM {_RECORDS} AS records
        LEFT JOIN (SELECT record_id, max(version) AS last, count(*) AS many FROM changes GROUP BY record_id)
        AS logged ON record_id = records.id
        WHERE records.version IS DISTINCT FROM last OR records.version IS DISTINCT FROM many""",
    "a record that is gone was deleted": f"""
        SELECT record_id FROM changes JOIN operations USING (workspace, seq)
        WHERE (substr(record_id, 1, 3) = 'ld_' OR substr(record_id, 1, 4) IN ('cnt_', 'acc_', 'opp_'))
        AND record_id NOT IN (SELECT id FROM {_RECORDS} AS records)
        GROUP BY record_id HAVING max(seq) <> max(CASE WHEN kind LIKE '%.deleted' THEN seq ELSE 0 END)""",
}
"""Each with the SQL that finds what breaks it."""

OF_A_FILE = {
    "the file is sound": "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    "references lead somewhere": "SELECT * FROM pragma_foreign_key_check",
    "the search index has every lead, and no other": """
        SELECT coalesce(leads.row, leads_search.rowid)
        FROM leads FULL JOIN leads_search ON leads.row = leads_search.rowid
        WHERE leads.row IS NULL OR leads_search.rowid IS NULL""",
}
"""What only SQLite must be asked."""


def broken(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """The invariants that do not hold, each with what breaks it."""
    connection = apsw.Connection(str(file))
    try:
        found = {name: list(connection.execute(sql)) for name, sql in (INVARIANTS | OF_A_FILE).items()}
    finally:
        connection.close()
    return {name: rows for name, rows in found.items() if rows}


def broken_on(url: str) -> dict[str, list[tuple[object, ...]]]:
    """The same of a PostgreSQL database, which keeps its references by itself."""

    async def ask() -> dict[str, list[tuple[object, ...]]]:
        connection = await asyncpg.connect(url)
        try:
            return {name: [tuple(row) for row in await connection.fetch(sql)] for name, sql in INVARIANTS.items()}
        finally:
            await connection.close()

    return {name: rows for name, rows in asyncio.run(ask()).items() if rows}
