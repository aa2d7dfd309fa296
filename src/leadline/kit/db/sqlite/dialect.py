"""Where SQLite's SQL differs from the other engines'."""

from leadline.kit.db import SqlValue


class SqliteDialect:
    name = "sqlite"
    lock = ""  # a write has the whole file to itself

    def fold(self, column: str) -> str:
        return f"fold({column})"

    def contains(self, text: str) -> str:
        return f"instr({text}, ?) > 0"

    def index_new_row(self, table: str) -> str:
        # Not a trigger: SQLite opens a savepoint for a statement with one, and at each FTS5 writes out what it has.
        return f"INSERT INTO {table}_search (rowid, search_key) VALUES (last_insert_rowid(), ?)"

    def search(self, table: str, text: str) -> tuple[str, tuple[SqlValue, ...]]:
        exact = self.contains("search_key")
        if len(text) < 3:  # a trigram index knows nothing shorter
            return exact, (text,)
        # The index only says which rows have all the trigrams; instr() says which have them in a row.
        hits = f"row IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH ?)"
        return f"{hits} AND {exact}", (_trigrams(text), text)


def _trigrams(text: str) -> str:
    """An FTS5 query for all the trigrams of `text`: without positions (detail=none) a phrase cannot be asked."""
    grams = dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2))
    return " AND ".join('"' + gram.replace('"', '""') + '"' for gram in grams)
