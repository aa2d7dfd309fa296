"""The queries for the tables of a SQLite database."""

from leadline.kit.db import IntrospectionQueries

_TABLES = "pragma_table_list AS t"
_OURS = "t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite%'"

INTROSPECTION = IntrospectionQueries(
    columns=f"""
        SELECT t.name, c.name, c."notnull" = 0 AND c.pk = 0
        FROM {_TABLES} JOIN pragma_table_info(t.name) AS c
        WHERE {_OURS} ORDER BY t.name, c.cid""",
    keys=f"""
        SELECT t.name, '', c.name, 1, c.pk FROM {_TABLES} JOIN pragma_table_info(t.name) AS c
        WHERE {_OURS} AND c.pk > 0
        UNION ALL
        SELECT t.name, i.name, c.name, 0, c.seqno
        FROM {_TABLES} JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c
        WHERE {_OURS} AND i."unique" AND NOT i.partial AND i.origin <> 'pk'
        ORDER BY 1, 2, 5""",
    references=f"""
        SELECT t.name, r."from", r."table", r."to" FROM {_TABLES} JOIN pragma_foreign_key_list(t.name) AS r
        WHERE {_OURS} ORDER BY 1, 2""",
)
