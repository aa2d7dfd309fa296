"""Where SQLite's SQL differs from the other engines'."""

from collections.abc import Sequence

from leadline.kit.db import SqlValue
from leadline.kit.db.sqlite.catalogue import CATALOGUE


class SqliteDialect:
    name = "sqlite"
    lock = ""  # a write has the whole file to itself
    catalogue = CATALOGUE
    unsound = "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"

    def fold(self, column: str) -> str:
        return f"fold({column})"

    def contains(self, text: str) -> str:
        return f"instr({text}, ?) > 0"

    def among(self, column: str, numbers: Sequence[int]) -> tuple[str, tuple[SqlValue, ...]]:
        if not numbers:
            return "0", ()
        places = 1 << (len(numbers) - 1).bit_length()  # the last number is repeated: so one text serves many lengths
        repeated = (*numbers, *[numbers[-1]] * (places - len(numbers)))
        return f"{column} IN ({', '.join('?' * places)})", repeated

    def page(self, select: str, table: str, where: str, order: str) -> str:
        # Found first, and read then: an index that has all that is asked for spares reading what is passed over.
        found = f"SELECT rowid FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return f"{select} WHERE rowid IN ({found}) ORDER BY {order}"

    def index_new_row(self, table: str) -> str:
        # Not a trigger: SQLite opens a savepoint for a statement with one, and at each FTS5 writes out what it has.
        return f"INSERT INTO {table}_search (rowid, search_key) VALUES (last_insert_rowid(), ?)"

    def index_rows_after(self, table: str) -> str:
        return f"INSERT INTO {table}_search (rowid, search_key) SELECT row, search_key FROM {table} WHERE row > ?"

    def misindexed(self, table: str) -> str:
        return (
            f"SELECT coalesce({table}.row, found.rowid)"
            f" FROM {table} FULL JOIN {table}_search AS found ON found.rowid = {table}.row"
            f" WHERE {table}.row IS NULL OR found.rowid IS NULL"
        )

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
