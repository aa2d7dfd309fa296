"""The dialect of SQLite."""

from collections.abc import Sequence

from leadline.kit.db import SqlValue
from leadline.kit.db.sqlite.introspection import INTROSPECTION


class SqliteDialect:
    name = "sqlite"
    lock_clause = ""  # a write has the whole file to itself
    introspection = INTROSPECTION
    integrity_check = "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"

    def fold_case(self, column: str) -> str:
        return f"fold({column})"

    def contains_text(self, text: str) -> str:
        return f"instr({text}, ?) > 0"

    def in_list(self, column: str, numbers: Sequence[int]) -> tuple[str, tuple[SqlValue, ...]]:
        if not numbers:
            return "0", ()
        places = 1 << (len(numbers) - 1).bit_length()  # padded with the last number: one text serves many lengths
        repeated = (*numbers, *[numbers[-1]] * (places - len(numbers)))
        return f"{column} IN ({', '.join('?' * places)})", repeated

    def select_page(self, select: str, table: str, where: str, order: str) -> str:
        # The rowids are found first: an index with all the columns of the condition spares reading skipped rows.
        found = f"SELECT rowid FROM {table} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
        return f"{select} WHERE rowid IN ({found}) ORDER BY {order}"

    def json_rows(self, table: str, columns: Sequence[str]) -> str:
        members = (f"value ->> '{column}' AS {column}" for column in columns)
        return f"SELECT {', '.join(members)} FROM json_each(?)"

    def json_numbers(self) -> str:
        return "SELECT value FROM json_each(?)"

    def base_table(self, table: str) -> str:
        return f"main.{table}"

    def search_condition(self, text: str) -> tuple[str, list[SqlValue]]:
        return self.contains_text("search_key"), [text]
